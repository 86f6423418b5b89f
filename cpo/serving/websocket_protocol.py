"""Websockets that the application can ping and answer at once, and whose broken handshakes are reported."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from cpo.charger_websocket import AT_ONCE, CERTIFICATE, PING, AtOnce
from cpo.host_names import shown_address
from cpo.serving.unserved import UnservedAttempts
from cpo.state import AttemptVerdict

MAX_QUEUED = 16
"""Messages that are read ahead of the application to find a pong among them."""
SWITCHING_PROTOCOLS = 101


class PingingWebSocketProtocol(WebSocketsSansIOProtocol):
    """Offers two ASGI extensions.

    PING has `ping(within_s)`: True if the client answers a ping of ours in that time. AT_ONCE has `follow(at_once)`:
    texts that it answers get their answer as they arrive; the application receives the others.
    """

    def __init__(self, unserved: UnservedAttempts, **of_uvicorn: Any) -> None:
        """`unserved` takes handshakes that the application does not see (RFC 6455 §4.2.1)."""
        super().__init__(**of_uvicorn)
        self._unserved = unserved
        self._pings: dict[bytes, asyncio.Future[bool]] = {}
        self._at_once = AtOnce(lambda text: None, lambda: None)
        self._is_turn = False

    def handle_connect(self, event: Request) -> None:
        """Report a handshake that is refused, pass on any other with the extension."""
        super().handle_connect(event)
        if self.response.status_code == SWITCHING_PROTOCOLS:
            self.scope['extensions'] |= {PING: {'ping': self.ping}, AT_ONCE: {'follow': self.follow}}
            if certificate := self.transport.get_extra_info('peercert'):
                self.scope['extensions'][CERTIFICATE] = {'certificate': certificate}
        else:
            self._unserved.add(
                shown_address(self.client), AttemptVerdict.BROKEN_HANDSHAKE, event.path.partition('?')[0]
            )

    def connection_lost(self, exc: Exception | None) -> None:
        """No ping is answered any more."""
        super().connection_lost(exc)
        for ping in self._pings.values():
            if not ping.done():
                ping.set_result(False)

    def handle_ping(self) -> None:
        """Answer, but leave out pongs (RFC 6455 §5.5.3) while the client does not read: they would fill the memory."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_pong(self, event: Frame) -> None:
        """Resolve the ping that this pong answers (RFC 6455 §5.5.3)."""
        if (ping := self._pings.get(bytes(event.data))) is None:
            super().handle_pong(event)
        elif not ping.done():
            ping.set_result(True)

    def follow(self, at_once: AtOnce) -> None:
        """From now on, answer texts as they arrive."""
        self._at_once = at_once

    def data_received(self, data: bytes) -> None:
        """Handle what arrived, and write what was answered at once."""
        try:
            super().data_received(data)
        finally:
            if self._is_turn:
                self._is_turn = False
                if output := b''.join(self.conn.data_to_send()):  # else a close has written it
                    self.transport.write(output)
                self._at_once.written()

    def handle_text(self, event: Frame) -> None:
        """Answer a text at once, unless it has to wait for its turn or for room."""
        if event.fin and self.queue.empty() and self.writable.is_set() and self.conn.state is State.OPEN:
            self._is_turn = True
            answer = self._answer_to(event)
            if answer:
                self.conn.send_text(answer.encode())
            if answer is not None:
                return
        super().handle_text(event)

    def _answer_to(self, event: Frame) -> str | None:
        try:
            text = bytes(event.data).decode()
        except UnicodeDecodeError:
            return None
        return self._at_once.answer(text)

    def send_receive_event_to_app(self) -> None:
        """Read on while a pong is awaited: uvicorn reads a message only after the application took the one before."""
        with suppress(InvalidState):  # no UTF-8, but the connection is closing already
            super().send_receive_event_to_app()
        self._read_on()

    def handle_parser_exception(self) -> None:
        """Pass on what arrived whole before bytes that are no frame, and close."""
        self.handle_events()
        super().handle_parser_exception()

    async def ping(self, within_s: float) -> bool:
        """True if the client answers a ping within so many seconds."""
        if self.close_sent or self.transport.is_closing():
            return False
        payload = secrets.token_bytes(8)
        pong: asyncio.Future[bool] = self.loop.create_future()
        self._pings[payload] = pong
        self.conn.send_ping(payload)
        self.transport.write(b''.join(self.conn.data_to_send()))
        self._read_on()
        try:
            async with asyncio.timeout(within_s):
                return await pong
        except TimeoutError:
            return False
        finally:
            del self._pings[payload]

    def _read_on(self) -> None:
        if self._pings and self.read_paused and self.queue.qsize() < MAX_QUEUED and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()
