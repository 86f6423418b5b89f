"""Serves the application on one socket, and with TLS on another.

A signal ends it within two seconds, after the charger's connection was closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import cast

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from cpo.access import Arrivals
from cpo.serving.http_protocol import LimitedHttpProtocol
from cpo.serving.log_lines import OneLine
from cpo.serving.tls_door import TlsDoor
from cpo.serving.unserved import RecordAttempt, UnservedAttempts
from cpo.serving.websocket_protocol import PingingWebSocketProtocol
from cpo.websocket_endpoint import MAX_FRAME_BYTES

try:
    import uvloop
except ImportError:  # Windows has none
    uvloop = None  # type: ignore[assignment]  # then asyncio's own event loop serves

GOODBYE_S = 0.8
FINISH_S = 0.3
"""For answers that are under way once the goodbyes are said."""
ENDS_WITHIN_S = 1.7
SWITCH_S = 0.0005


CLIENTS_FAULT = re.compile('handshake|UTF-8|Invalid HTTP request|Unsupported upgrade|timeout graceful shutdown')
"""What uvicorn says at WARNING or ERROR of connections; the endpoint and Arrivals report those."""


class Server(uvicorn.Server):
    """A uvicorn server without signal handlers: its own would end Ctrl-C with a traceback.

    Beside its sockets without TLS it serves those that `add_tls` gave it, with TLS.
    """

    def __init__(self, app: ASGIApp, arrivals: Arrivals, record_attempt: RecordAttempt = lambda *_: None) -> None:
        """Serve `app`; `arrivals` says which connections may wait for their request.

        `record_attempt` records those that the application does not see: TLS, no HTTP, no request.
        """
        self._arrivals = arrivals
        self._unserved = unserved = UnservedAttempts(record_attempt)
        self._with_tls: list[tuple[socket.socket, ssl.SSLContext]] = []
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                proxy_headers=False,  # believed behind the gate only, which has to see the real peer
                http=cast(type[asyncio.Protocol], partial(LimitedHttpProtocol, arrivals, unserved)),
                # the fastest, and the only one with patient pings
                ws=cast(type[asyncio.Protocol], partial(PingingWebSocketProtocol, unserved)),
                ws_max_size=MAX_FRAME_BYTES,
                ws_ping_interval=20,
                ws_ping_timeout=None,
                timeout_graceful_shutdown=cast(int, FINISH_S),  # it is waited for, and may be any number
            )
        )

    def add_tls(self, listening: socket.socket, context: ssl.SSLContext) -> None:
        """Serve this socket too, with TLS; to be called before `serve`."""
        self._with_tls.append((listening, context))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        for listening, context in self._with_tls:
            door = TlsDoor(listening, context, self._http_protocol, self._arrivals, self._unserved)
            door.open()
            self.servers.append(cast(asyncio.Server, door))  # uvicorn closes it as one

    def _http_protocol(self) -> asyncio.Protocol:
        """The protocol of one connection, as uvicorn makes it."""
        make = cast(Callable[..., asyncio.Protocol], self.config.http_protocol_class)
        return make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Replaces uvicorn's signal handling by nothing; `stop_on_signal` handles them."""
        yield


def believe_proxies(app: FastAPI, trusted: Sequence[str]) -> None:
    """Take the caller's address and scheme from `X-Forwarded-…` where this machine or a trusted proxy sends them."""
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=['127.0.0.1', '::1', *trusted])


def stop_on_signal(server: Server, *goodbyes: Callable[[], Awaitable[None]]) -> None:
    """From now on, SIGINT and SIGTERM end the server after the `goodbyes`, and the process within 1.7 s in any case.

    Work that takes longer, such as a thread that copies a large file, is abandoned as by `kill -9`: nothing that was
    confirmed is lost. To be called in the thread of the running event loop.
    """

    loop = asyncio.get_running_loop()
    stopping: set[asyncio.Task[None]] = set()

    async def say_goodbye() -> None:
        for goodbye in goodbyes:
            await goodbye()

    async def stop() -> None:
        await at_most(GOODBYE_S, say_goodbye())
        server.should_exit = True

    def on_signal() -> None:
        if not stopping:
            end_process_in(ENDS_WITHIN_S)
        stopping.add(loop.create_task(stop()))

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, on_signal)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(on_signal))


def end_process_in(seconds: float) -> None:
    """End this process with status 0 after so many seconds, unless it has ended by then."""
    timer = threading.Timer(seconds, os._exit, [0])
    timer.daemon = True
    timer.start()


async def at_most(seconds: float, work: Awaitable[None]) -> None:
    """Await the work, and cancel it after so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


def configure_logging() -> None:
    """Log INFO and above to stderr, one line for each record, without uvicorn's records about faults of clients."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine('%(asctime)s %(levelname)s %(message)s'))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger('uvicorn').setLevel(logging.WARNING)
    logging.getLogger('uvicorn.error').addFilter(_is_a_bug)


def _is_a_bug(record: logging.LogRecord) -> bool:
    """What uvicorn reports is neither a client's fault nor a request that was cut short by the program's end."""
    cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cancelled and CLIENTS_FAULT.search(record.getMessage()) is None


def let_the_event_loop_in() -> None:
    """Have a thread that computes yield after 0.5 ms: by default the event loop waits 5 ms for that of the journal."""
    sys.setswitchinterval(SWITCH_S)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """An event loop of uvloop, which needs a quarter less CPU per message, or asyncio's own where uvloop is missing."""
    return asyncio.new_event_loop() if uvloop is None else uvloop.new_event_loop()
