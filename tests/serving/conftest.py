"""A server of a small application, on a real port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from cpo.access import Arrivals
from cpo.serving import Server
from cpo.state import AttemptVerdict

REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
UPGRADE = (
    b'GET /ocpp/x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
)


@dataclass(frozen=True)
class Served:
    """A running server; `recorded` are the attempts that its application did not see."""

    arrivals: Arrivals
    port: int
    recorded: list[tuple[str, str, AttemptVerdict, str]]
    server: Server

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection that says nothing yet."""
        return await asyncio.open_connection('127.0.0.1', self.port)

    async def status(self, request: bytes) -> int | None:
        """The status of the answer to these bytes, None where the connection is cut without one."""
        reader, writer = await self.connect()
        writer.write(request)
        async with asyncio.timeout(10):
            line = await reader.readline()
        writer.close()
        return int(line.split()[1]) if line else None


Serve = Callable[..., Awaitable[Served]]


async def answer(scope: dict[str, object], receive: Callable[[], Awaitable[object]], send: object) -> None:
    """Answer with 200, also a websocket."""
    assert callable(send)
    kind = 'websocket.http' if scope['type'] == 'websocket' else 'http'
    await send({'type': f'{kind}.response.start', 'status': 200, 'headers': [(b'content-length', b'2')]})
    await send({'type': f'{kind}.response.body', 'body': b'ok'})


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start servers that count this machine like any other."""
    running = []

    async def start(headers_within_s: float = 10, app: object = answer) -> Served:
        arrivals = CountingArrivals(headers_within_s=headers_within_s)
        server_socket = socket.create_server(('127.0.0.1', 0))
        recorded: list[tuple[str, str, AttemptVerdict, str]] = []
        server = Server(app, arrivals, lambda *attempt: recorded.append(attempt))  # type: ignore[arg-type]  # plain dicts
        server.config.lifespan = 'off'
        server.config.timeout_keep_alive = 1
        task = asyncio.create_task(server.serve([server_socket]))
        running.append((server, task))
        while not server.started:  # noqa: ASYNC110 (uvicorn only has the flag)
            await asyncio.sleep(0.01)
        return Served(arrivals, server_socket.getsockname()[1], recorded, server)

    yield start
    for server, task in running:
        server.should_exit = True
        await task


class CountingArrivals(Arrivals):
    """As for an address in the home network."""

    def begin(self, address: str, connections: int) -> bool:
        """Count 127.0.0.1 as 192.168.1.66."""
        return super().begin('192.168.1.66', connections)

    def end(self, address: str) -> None:
        """Likewise."""
        super().end('192.168.1.66')
