"""What the endpoint does with a charger's websocket: read, write, close, ping it, and answer what arrives at once.

The last two are extensions of our server to ASGI, which has neither.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from cpo.connection import Close, Ping, unanswered
from cpo.errors import ConnectionClosed

PING = 'cpo.ping'
"""The ASGI extension of our server with `ping`, a Ping of this websocket."""
CERTIFICATE = 'cpo.certificate'
"""The ASGI extension of our server with `certificate`, that of the client as `ssl` reads it, verified."""
AT_ONCE = 'cpo.at_once'
"""The ASGI extension of our server with `follow`, which takes an AtOnce."""


class AtOnce(NamedTuple):
    """`answer` returns what to send for a text, '' for nothing; None where the application has to receive the text.

    `written` is called once that is written for all that was read together, also where `answer` raised.
    """

    answer: Callable[[str], str | None]
    written: Callable[[], None]


def text_of(message: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The text of a frame and what is wrong with it; None for bytes that are no JSON array."""
    if message.get('text') is not None:
        return message['text'], ()
    text = message['bytes'].decode('utf-8', 'replace')
    if text.lstrip('\ufeff \t\r\n').startswith('['):
        return text, ('A binary frame; OCPP-J is text. It was read.',)
    return None, ('A binary frame; OCPP-J is text. It was ignored.',)


def writer_of(websocket: WebSocket) -> Callable[[str], Awaitable[None]]:
    """Sends a text to the charger; raises ConnectionClosed."""

    async def send_text(text: str) -> None:
        try:
            await websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: closed from this side
            raise ConnectionClosed(was_sent=False) from None

    return send_text


def closer_of(websocket: WebSocket) -> Close:
    """Closes the websocket, unless it is closed."""

    async def close(code: int, reason: str) -> None:
        if websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError):  # closed by the charger meanwhile
                await websocket.close(code, reason)

    return close


def ping_of(websocket: WebSocket) -> Ping:
    """Pings the charger, where the server can."""
    extension = websocket.scope.get('extensions', {}).get(PING)
    return extension['ping'] if extension else unanswered


def answer_at_once(websocket: WebSocket, at_once: AtOnce) -> None:
    """Let the server answer texts as they arrive, so that the answer waits neither for the event loop nor for a task.

    Another server than ours leaves all texts to the application.
    """
    extension = websocket.scope.get('extensions', {}).get(AT_ONCE)
    if extension:
        extension['follow'](at_once)
