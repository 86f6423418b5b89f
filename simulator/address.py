"""The URL a charger connects to: the central system's address with the charge box id at its end (OCPP-J 1.6 §3.1.1)."""

from urllib.parse import quote, urlsplit

from websockets.exceptions import InvalidURI
from websockets.uri import parse_uri

DEFAULT_ID = 'SIM1'
EXAMPLE = 'ws://localhost:8080/ocpp'


def full_url(url: str, charge_box_id: str | None) -> str:
    """The URL with the percent-encoded charge box id at its end, never twice.

    Without `charge_box_id`, a path of two parts such as /ocpp/SIM1 is taken as complete; otherwise SIM1 is appended.
    """
    address = urlsplit(url)
    parts = [part for part in address.path.split('/') if part]
    if not charge_box_id:
        if len(parts) > 1:
            return url
        charge_box_id = DEFAULT_ID
    last = quote(charge_box_id, safe='')
    if len(parts) > 1 and parts[-1] == last:
        return url
    return address._replace(path=f'{address.path.rstrip("/")}/{last}').geturl()


def shown_url(url: str) -> str:
    """The URL without the password that it may hold."""
    address = urlsplit(url)
    user, _, host = address.netloc.rpartition('@')
    return url if ':' not in user else address._replace(netloc=f'{user.partition(":")[0]}@{host}').geturl()


def check_url(url: str) -> str:
    """Return `url` unchanged; raises ValueError when it is no ws:// or wss:// URL with a valid host and port."""
    try:
        _check(url)
    except InvalidURI as error:
        raise ValueError(_sentence(url, error.msg)) from error
    except ValueError as error:
        raise ValueError(_sentence(url, str(error))) from error
    return url


def _check(url: str) -> None:
    if any(character.isspace() for character in url):
        raise ValueError('it contains blanks')
    host = parse_uri(url).host
    if urlsplit(url).port == 0:  # otherwise taken for the default port
        raise ValueError('there is no port 0')
    try:
        host.encode('idna')
    except UnicodeError as error:
        raise ValueError(f'{host} is no host name') from error


def _sentence(url: str, reason: str) -> str:
    return f'{url!r} is no address of a central system such as {EXAMPLE}: {reason}'
