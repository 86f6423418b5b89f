"""Hosts and origins, as browsers write them in the headers `Host` and `Origin` (RFC 9110 §7.2, RFC 6454 §6.1).

Also the addresses of clients, as this program shows them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_HOST = re.compile(
    r'(?:\[(?P<ipv6>[0-9a-f:.]+(?:%[\w.~-]+)?)]|(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::(?P<port>[0-9]{0,5}))?',
    re.ASCII | re.IGNORECASE,
)
_DEFAULT_PORTS = {'http': '80', 'https': '443'}


@lru_cache(maxsize=64)  # asked for each request
def host_of(authority: str) -> str | None:
    """The host of `host[:port]` in lower case, without brackets and the dot of a full name; None where it is none.

    A name that is not ASCII is none: browsers send its punycode.
    """
    found = _HOST.fullmatch(authority)
    if found is None:
        return None
    if (ipv6 := found['ipv6']) is not None:
        return ipv6.lower() if ':' in ipv6 and is_ip_address(ipv6) else None
    return found['name'].lower()


def origin_of(text: str) -> str | None:
    """The origin `scheme://host[:port]` in one spelling; None for everything else, as `null` or a URL with a path."""
    scheme, separator, authority = text.lower().partition('://')
    if not separator or scheme not in _DEFAULT_PORTS or (host := host_of(authority)) is None:
        return None
    found = _HOST.fullmatch(authority)
    port = found['port'] if found else None
    shown = f'[{host}]' if ':' in host else host
    return f'{scheme}://{shown}' + (f':{port}' if port and port != _DEFAULT_PORTS[scheme] else '')


def host_of_origin(text: str) -> str | None:
    """The host of an origin (`scheme://host[:port]`), None where the text is no origin."""
    origin = origin_of(text)
    return None if origin is None else host_of(origin.partition('://')[2])


@lru_cache(maxsize=64)
def is_ip_address(host: str) -> bool:
    """The host is an IPv4 or IPv6 address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def is_loopback(address: str) -> bool:
    """The address is one of this machine for itself: 127.0.0.0/8 or ::1."""
    return is_ip_address(address) and ipaddress.ip_address(address).is_loopback


def shown_address(client: Sequence[Any] | None) -> str:
    """The IP address of a client `(address, port)`; `somebody` where it is unknown.

    An IPv4 address is shown without the prefix that it has where the server listens on IPv6 too.
    """
    return str(client[0]).removeprefix('::ffff:') if client else 'somebody'


def to_ascii(name: str) -> str:
    """A name as it is sent: `käse.example` is `xn--kse-qla.example`. Raises ValueError where it cannot be a name."""
    return name.encode('idna').decode()


def in_ascii(text: str) -> str:
    """A name, also behind `scheme://`, as browsers send it; what cannot be one stays as it is."""
    scheme, separator, authority = text.rpartition('://')
    try:
        return scheme + separator + to_ascii(authority)
    except ValueError:
        return text


def host_pattern(text: str) -> str:
    """A name or `*.name`, also out of a URL. Raises ValueError where it is neither."""
    authority = text.partition('://')[2].partition('/')[0] if '://' in text else text
    star, name = ('*.', authority[2:]) if authority.startswith('*.') else ('', authority)
    host = host_of(in_ascii(name))
    if host is None:
        raise ValueError(f'{text!r} is no name of a server as cpo.example.org')
    return star + host
