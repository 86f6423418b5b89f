"""Serves an application on one socket, and ends on a signal as politely as time allows."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import cast

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from cpo.access import Arrivals
from cpo.http_protocol import LimitedHttpProtocol
from cpo.websocket_endpoint import MAX_FRAME_BYTES

GOODBYE_S = 1.5


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals alone: its own handling ends Ctrl-C with a traceback."""

    def __init__(self, app: ASGIApp, arrivals: Arrivals) -> None:
        """Serve `app`; `arrivals` says which connections may wait for their request."""
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                proxy_headers=False,  # believed behind the gate only, which has to see the real peer
                http=cast(type[asyncio.Protocol], partial(LimitedHttpProtocol, arrivals)),
                ws='websockets-sansio',  # the fastest, and the only one with patient pings
                ws_max_size=MAX_FRAME_BYTES,
                ws_ping_interval=20,
                ws_ping_timeout=None,
                timeout_graceful_shutdown=1,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def believe_proxies(app: FastAPI, trusted: Sequence[str]) -> None:
    """Take the caller's address and scheme from `X-Forwarded-…` where this machine or a trusted proxy sends them."""
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=['127.0.0.1', '::1', *trusted])


def stop_on_signal(server: Server, say_goodbye: Callable[[], Awaitable[None]]) -> None:
    """From now on, SIGINT and SIGTERM end the server: after `say_goodbye`, and within 1.5 s in any case.

    Belongs to the running event loop's thread.
    """

    async def stop() -> None:
        await at_most(GOODBYE_S, say_goodbye())
        server.should_exit = True

    stopping: set[asyncio.Task[None]] = set()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lambda: stopping.add(asyncio.create_task(stop())))


async def at_most(seconds: float, work: Awaitable[None]) -> None:
    """Wait for the work, and cancel it after so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


def configure_logging() -> None:
    """INFO and above to stderr; of uvicorn only what is no charger's fault, since the endpoint reports those."""
    logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(message)s')
    logging.getLogger('uvicorn').setLevel(logging.WARNING)
    logging.getLogger('uvicorn.error').addFilter(lambda record: not re.search('handshake|UTF-8', record.getMessage()))
