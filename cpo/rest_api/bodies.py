"""Reading of request bodies without FastAPI, as a plain number is a valid body; `NaN` and `true` are no numbers."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import Request

from cpo.access import CALLER, Caller
from cpo.clock import whole_ms
from cpo.errors import InvalidConnector
from cpo.masking import masked
from cpo.rest_api.errors import IncompleteBody, PayloadTooLarge
from cpo.state import HOME_ASSISTANT, REST, Source, SourceKind

MAX_BODY_BYTES = 1024 * 1024
BODY_S = 30.0
READ_TO_SHOW = 4_000  # a secret may have its name behind it
LONGEST_TIME = 40

_CONNECTOR = re.compile('[0-9]{1,9}')


def moment_in(value: object) -> datetime | None:
    """A time of a JSON document, in UTC and cut to milliseconds; None for what is no time with its zone."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= LONGEST_TIME else None
        return None if at is None or at.tzinfo is None else whole_ms(at.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


async def read_body(request: Request, within_s: float = BODY_S) -> bytes:
    """Read the whole body.

    Raises PayloadTooLarge once it exceeds 1 MiB, and IncompleteBody when it does not arrive within `within_s` seconds
    or the connection ends before.
    """
    body, has_more = bytearray(), True
    try:
        async with asyncio.timeout(within_s):
            while has_more:  # not request.stream(): an asynchronous generator takes a tenth of a PUT
                message = await request.receive()
                if message['type'] == 'http.disconnect':
                    raise IncompleteBody('The caller hung up before the whole body was there.')
                body += message.get('body', b'')
                has_more = message.get('more_body', False)
                if len(body) > MAX_BODY_BYTES:
                    raise PayloadTooLarge('The body is larger than 1 MiB.')
    except TimeoutError:
        raise IncompleteBody(f'The body was not complete within {within_s:g} s.') from None
    return bytes(body)


def caller_of(request: Request) -> Source:
    """Who sends the request, as the source of a limit: the person who is signed in there, else the program."""
    caller: Caller | None = request.scope.get(CALLER)
    if caller is not None and caller.device is not None:
        return Source(SourceKind.PERSON, caller.name)
    return program_of(request)


def program_of(request: Request) -> Source:
    """The program that sends the request; its User-Agent says which."""
    user_agent: bytes = dict(request.scope['headers']).get(b'user-agent', b'')
    return HOME_ASSISTANT if user_agent.startswith(b'HomeAssistant') else REST


def from_json(body: bytes) -> Any:
    """Parse strict JSON, without `NaN` and `Infinity`; None for anything else."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def is_number(value: Any) -> bool:
    """True for a JSON number, False for `true` and `false`."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def connector_id_of(text: str) -> int:
    """Parse the connector id of a path or query; raises InvalidConnector for 0 and for text that is no number."""
    connector_id = int(text) if _CONNECTOR.fullmatch(text) else 0
    if connector_id == 0:
        raise InvalidConnector('The connector must be a number: 1, 2, …')
    return connector_id


def shown(body: bytes) -> str:
    """The first 40 characters of a body without its secrets, to be quoted in an error's sentence."""
    text = masked(body[:READ_TO_SHOW].decode(errors='replace'))
    return f'{text[:40]}…' if len(text) > 40 else text
