"""Kinds of settings that are texts: each is checked, and written in one way, as the settings are made."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from cpo.host_names import host_pattern, in_ascii, origin_of
from cpo.settings.night_hours import night_hours

BROKER = re.compile(r'(?:[^\s/:@\[\]]+|\[[0-9a-fA-F:.]+\])(?::(?P<port>\d{1,5}))?')
PUBLISHER = re.compile(r'awattar:(de|at)|energy-charts:[A-Z0-9-]{2,20}|octopus:[A-Z0-9-]{2,40}:[A-P]')
CURRENCY = re.compile('[A-Z]{3}')
AROUND_A_KEY = re.compile(r'-----[A-Z ]+-----|\s')
TOPIC = re.compile(r'[\w-]+(/[\w-]+)*', re.ASCII)
MAX_ID_TAG_LENGTH = 20
"""Characters of an id tag that every version of OCPP takes."""


def _split(value: Any) -> Any:
    return tuple(text.strip() for text in value.split(',') if text.strip()) if isinstance(value, str) else value


def _url(text: str) -> str:
    scheme, _, rest = text.partition('://')
    authority, slash, path = rest.partition('/')
    origin = origin_of(f'{scheme}://{in_ascii(authority)}')
    if origin is None or set(path) & set('?# '):
        raise ValueError('write it as https://cpo.example.org or http://192.168.1.20:8080')
    return f'{origin}{slash}{path}'.rstrip('/')


def _broker(text: str) -> str:
    found = BROKER.fullmatch(text)
    if found is None or int(found['port'] or 1) not in range(1, 65536):
        raise ValueError('write it as nas.lan or 192.168.1.20:1883')
    return text


def _topic(text: str) -> str:
    if not TOPIC.fullmatch(text):
        raise ValueError('write it as homecpo or house/homecpo')
    return text


def _currency(text: str) -> str:
    if CURRENCY.fullmatch(text) is None:
        raise ValueError('this must be three capital letters, like EUR')
    return text


def _hosts(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(host_pattern(name) for name in names)


def _origins(texts: tuple[str, ...]) -> tuple[str, ...]:
    origins = {text: origin_of(in_ascii(text.rstrip('/'))) for text in texts}
    if wrong := next((text for text, origin in origins.items() if origin is None), None):
        raise ValueError(f'{wrong!r} is no origin as https://home.example.org:8123')
    return tuple(origin for origin in origins.values() if origin)


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_network, texts))


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f'{text[:40]!r} is no address or network as 192.168.1.0/24') from None


def _hours(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if night_hours(text))


def _publisher(text: str) -> str:
    if PUBLISHER.fullmatch(text) is None:
        raise ValueError(f'{text[:40]!r} is none of awattar:de, awattar:at, energy-charts:DE-LU, octopus:PRODUCT:C')
    return text


def _public_key(text: str) -> str:
    key = AROUND_A_KEY.sub('', text)
    if key.startswith('oca:'):
        return text
    for decoded in (bytes.fromhex, lambda digits: base64.b64decode(digits, validate=True)):
        with suppress(binascii.Error, ValueError):
            if decoded(key):
                return text
    raise ValueError('this must be a public key in hex or base64')


def _id_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    if too_long := next((tag for tag in tags if len(tag) > MAX_ID_TAG_LENGTH), None):
        raise ValueError(f'{too_long!r} is longer than the {MAX_ID_TAG_LENGTH} characters of an idTag')
    if not tags:
        raise ValueError('at least one id tag is needed')
    return tags


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several values, separated by commas."""
Hosts = Annotated[Names, AfterValidator(_hosts)]
"""Names of hosts; `*.example.org` is all below it."""
Origins = Annotated[Names, AfterValidator(_origins)]
"""Origins of pages, as `https://home.example.org:8123`."""
Networks = Annotated[Names, AfterValidator(_networks)]
"""Addresses and networks, as `192.168.1.0/24`."""
NightHours = Annotated[Names, AfterValidator(_hours)]
"""When the night tariff holds, as `22:00-06:00` or `sat-sun 00:00-24:00`."""
Publisher = Annotated[str, AfterValidator(_publisher)]
"""Who publishes prices, with the country, the bidding zone, or the product and region."""
IdTags = Annotated[Names, AfterValidator(_id_tags)]
"""One id tag or more, which fit every version of OCPP."""
Url = Annotated[str, AfterValidator(_url)]
"""The address of a web server, without query; it has no slash at its end."""
Broker = Annotated[str, AfterValidator(_broker)]
"""The host of an MQTT broker, with its port or without."""
Currency = Annotated[str, AfterValidator(_currency)]
"""The code of a currency by ISO 4217."""
PublicKey = Annotated[str, AfterValidator(_public_key)]
"""A public key as owners copy it: in hex, base64 or PEM, or as the OCA’s note on signed values writes it."""
Topic = Annotated[str, AfterValidator(_topic)]
"""Levels of an MQTT topic, without wildcards and empty levels."""
BoxId = Annotated[str, AfterValidator(lambda text: text.strip('/'))]
"""A charge box id; slashes around it belong to the URL."""
