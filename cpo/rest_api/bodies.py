"""Bodies of requests, read by hand: a plain number is a body too, and `NaN` or `true` is no current."""

from __future__ import annotations

import re
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from cpo.errors import InvalidConnector
from cpo.rest_api.errors import IncompleteBody, PayloadTooLarge

MAX_BODY_BYTES = 1024 * 1024

_CONNECTOR = re.compile('[0-9]{1,9}')


async def read_body(request: Request) -> bytes:
    """The whole body. Raises PayloadTooLarge above 1 MiB, without waiting for the rest."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise PayloadTooLarge('The body is larger than 1 MiB.')
    except ClientDisconnect:
        raise IncompleteBody('The caller hung up before the whole body was there.') from None
    return bytes(body)


def from_json(body: bytes) -> Any:
    """The value of strict JSON (no `NaN`, no `Infinity`), None where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def is_number(value: Any) -> bool:
    """True for a JSON number; `true` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def connector_id_of(text: str) -> int:
    """The connector id in a path or query. Raises InvalidConnector for 0 and for what is no number."""
    connector_id = int(text) if _CONNECTOR.fullmatch(text) else 0
    if connector_id == 0:
        raise InvalidConnector('The connector must be a number: 1, 2, …')
    return connector_id


def shown(body: bytes) -> str:
    """The beginning of a body, for a sentence about it."""
    text = body[:40].decode(errors='replace')
    return f'{text}…' if len(body) > 40 else text
