"""HTTP/1.1 with limits on time and size of unfinished requests; uvicorn's own protocol has none."""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cpo.access import CUT, Arrivals
from cpo.host_names import shown_address
from cpo.serving.first_bytes import NO_TLS_HERE, foreign_protocol
from cpo.serving.unserved import UnservedAttempts
from cpo.state import AttemptVerdict

MAX_HEADER_BYTES = 64 * 1024
MAX_HEADERS = 100
MAX_WEBSOCKET_LINE_BYTES = 8 * 1024
"""What the websocket protocol behind this one reads of one header line."""
REST_S = 2.0
"""So long the rest of a request that was answered before its end, such as a large upload, is read and dropped."""
TOO_LARGE = (
    b'HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n'
    b'content-length: 26\r\nconnection: close\r\n\r\nThe headers are too large.'
)


class HeadersTooLarge(Exception):
    """A request has more headers, or longer ones, than any client of this program sends."""


class LimitedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose headers do not come in time, and answers 431 to more than 64 KiB or 100 of them.

    It takes the host in an absolute request target for that of the Host header (RFC 9112 §3.2.2).
    Connections that bring no HTTP, or no whole request, are reported.
    """

    def __init__(self, arrivals: Arrivals, unserved: UnservedAttempts, **of_uvicorn: Any) -> None:
        """`arrivals` counts the requests that are unfinished, `unserved` records connections without one."""
        super().__init__(**of_uvicorn)
        self._arrivals = arrivals
        self._unserved = unserved
        self._has_begun = False
        self._is_served = False
        self.url = b''
        self._deadline: asyncio.TimerHandle | None = None
        self._in_headers = False
        self._header_bytes = 0
        self._too_large = False
        self._is_whole = True
        self._rest: asyncio.TimerHandle | None = None

    @property
    def _address(self) -> str:
        return shown_address(self.client)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first request's headers, if the server has room for another connection."""
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting for headers, as the connection has ended; one without a request is reported."""
        if self._deadline is not None and not self._is_served:
            self._unserved.add(self._address, AttemptVerdict.NO_REQUEST)
        self._stop_waiting()
        self._end_rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived.

        Data after a completed answer begins the next request, whose headers have a deadline again, unless all are here;
        or it is the rest of the one that was answered, which is dropped until the sender has read the answer.
        """
        last = self.cycle
        is_answered = last is None or last.response_complete
        is_next = self._deadline is None and is_answered and self._is_whole
        if self.transport.is_closing():
            return
        if not self._has_begun and (verdict := foreign_protocol(data)) is not None:
            self._refuse_protocol(verdict)
            return
        self._has_begun = True
        if is_answered and not self._is_whole and self._rest is None and not self._in_headers:
            self._rest = self.loop.call_later(REST_S, self.transport.close)
        self._in_headers = self._in_headers or is_next
        super().data_received(data)
        if self._in_headers and not self.transport.is_closing():
            if is_next and self.cycle is last:
                self._await_headers()
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEADER_BYTES or len(self.headers) > MAX_HEADERS:
                self._refuse_headers()

    def shutdown(self) -> None:
        """The server ends: what is cut by that is nobody's attempt."""
        self._stop_waiting()
        super().shutdown()

    def on_message_begin(self) -> None:
        """Begin to count the headers of a request, which may arrive while the one before it is being answered."""
        super().on_message_begin()
        self._in_headers = True
        self._header_bytes = 0
        self._is_whole = False

    def on_message_complete(self) -> None:
        """The request is here with all of its body."""
        super().on_message_complete()
        self._is_whole = True
        self._end_rest()

    def on_headers_complete(self) -> None:
        """Pass on a request whose headers are complete. Raises HeadersTooLarge."""
        self._is_served = True
        size = len(self.url) + sum(map(len, chain.from_iterable(self.headers))) + 4 * len(self.headers)
        if size > MAX_HEADER_BYTES or len(self.headers) > MAX_HEADERS:
            self._too_large = True
            raise HeadersTooLarge
        self._in_headers = False
        self._stop_waiting()
        self._take_host_of_target()
        self.scope['extensions'] = {CUT: {'cut': self.transport.abort}}
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that is not HTTP/1.1, or whose headers are too large, and close the connection."""
        if self._too_large:
            self._refuse_headers()
        else:
            if not self._is_served:
                self._unserved.add(self._address, AttemptVerdict.NO_HTTP, self.url.decode('ascii', 'replace'))
            self._stop_waiting()
            super().send_400_response(msg)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection to the websocket protocol, unless a line is too long for that."""
        lines = (self.url, *(name + value for name, value in self.scope['headers']))
        if max(map(len, lines)) + 20 > MAX_WEBSOCKET_LINE_BYTES:
            self._refuse_headers()
        else:
            super().handle_websocket_upgrade()

    def _await_headers(self) -> None:
        if not self._arrivals.begin(self._address, len(self.connections)):
            self.transport.abort()
            return
        self._deadline = self.loop.call_later(self._arrivals.headers_within_s, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
            self._arrivals.end(self._address)

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _give_up(self) -> None:
        within_s = self._arrivals.headers_within_s
        if not self._is_served:
            self._unserved.add(self._address, AttemptVerdict.NO_REQUEST_IN_TIME, fact=f'{within_s:g}')
        self._arrivals.report(f'{self._address} did not send a whole request within {within_s:g} s; it was cut.')
        self._stop_waiting()
        self.transport.abort()

    def _refuse_protocol(self, verdict: AttemptVerdict) -> None:
        self._stop_waiting()
        self._unserved.add(self._address, verdict)
        if verdict is AttemptVerdict.TLS:
            self.transport.write(NO_TLS_HERE)
        self.transport.close()

    def _refuse_headers(self) -> None:
        self._stop_waiting()
        self._arrivals.report(f'{self._address} sent too many or too long headers; it was cut.')
        self.transport.write(TOO_LARGE)
        self.transport.close()

    def _take_host_of_target(self) -> None:
        """Of an absolute request target, which comes before the Host header (RFC 9112 §3.2.2)."""
        if self.url.startswith(b'/'):
            return
        target = httptools.parse_url(self.url)
        if target.host is None:
            return
        authority = self.url.partition(b'://')[2].partition(b'/')[0].partition(b'?')[0]
        self.headers[:] = [*(header for header in self.headers if header[0] != b'host'), (b'host', authority)]
        self.url = (target.path or b'/') + (b'?' + target.query if target.query else b'')
