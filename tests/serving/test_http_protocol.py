"""What a stranger may leave unfinished, on real sockets."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from cpo.access import Arrivals
from cpo.serving import Server

REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
UPGRADE = (
    b'GET /ocpp/x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
)


@dataclass(frozen=True)
class Served:
    """A server of an application that answers with its headers' number."""

    arrivals: Arrivals
    port: int

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

    async def start(headers_within_s: float = 10) -> Served:
        arrivals = CountingArrivals(headers_within_s=headers_within_s)
        server_socket = socket.create_server(('127.0.0.1', 0))
        server = Server(answer, arrivals)  # type: ignore[arg-type]  # scopes are plain dictionaries here
        server.config.lifespan = 'off'
        server.config.timeout_keep_alive = 1
        task = asyncio.create_task(server.serve([server_socket]))
        running.append((server, task))
        while not server.started:  # noqa: ASYNC110 (uvicorn only has the flag)
            await asyncio.sleep(0.01)
        return Served(arrivals, server_socket.getsockname()[1])

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


def with_headers(*headers: bytes, request: bytes = REQUEST) -> bytes:
    """The request with more headers."""
    return request.removesuffix(b'\r\n') + b''.join(header + b'\r\n' for header in headers) + b'\r\n'


async def test_up_to_100_headers_are_read_and_64_kib_of_them(serve: Serve) -> None:
    served = await serve()
    for headers, status in (
        ([b'a: b'] * 99, 200),
        ([b'a: b'] * 100, 431),
        ([b'a: ' + 60_000 * b'b'], 200),
        ([b'a: ' + 66_000 * b'b'], 431),
        ([b'a: ' + 1000 * b'b'] * 66, 431),
        ([1000 * b'a' + b': b'] * 66, 431),
    ):
        assert await served.status(with_headers(*headers)) == status, (len(headers), len(headers[0]))
    assert await served.status(REQUEST.replace(b'/ HTTP', b'/' + 66_000 * b'a' + b' HTTP')) == 431


async def send_for_ever(writer: asyncio.StreamWriter) -> None:
    """Until the other end has had enough, but 64 MiB at most."""
    for _ in range(1000):
        writer.write(64 * 1024 * b'b')
        await writer.drain()


async def test_a_header_without_end_is_not_collected(serve: Serve) -> None:
    for begun in (b'', REQUEST):  # also after a whole request on the same connection
        _, writer = await (await serve()).connect()
        writer.write(begun + b'GET / HTTP/1.1\r\na: ')
        with pytest.raises(ConnectionError):
            await send_for_ever(writer)
        writer.close()


async def test_a_websocket_whose_line_its_protocol_would_not_read_is_431_and_no_bug(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    served = await serve()
    assert await served.status(with_headers(b'Cookie: a', request=UPGRADE + b'\r\n')) == 200
    assert await served.status(with_headers(b'Cookie: ' + 7_000 * b'a', request=UPGRADE + b'\r\n')) == 200
    assert await served.status(with_headers(b'Cookie: ' + 9_000 * b'a', request=UPGRADE + b'\r\n')) == 431
    assert await served.status(UPGRADE.replace(b'/x', b'/' + 9_000 * b'x') + b'\r\n') == 431
    errors = [record.message for record in caplog.records if record.levelno >= logging.ERROR]
    assert [text for text in errors if 'handshake' not in text] == []  # uvicorn says that of every refused websocket


@pytest.mark.parametrize('begun', [b'', b'G', b'\r\n', REQUEST[:-2], REQUEST + b'GET', b'GET / HTTP/1.1\r\nHost:'])
async def test_a_request_that_does_not_come_to_an_end_is_cut(serve: Serve, begun: bytes) -> None:
    reader, writer = await (await serve(headers_within_s=0.3)).connect()
    writer.write(begun)
    async with asyncio.timeout(20):
        while await reader.read(1000):
            pass
    writer.close()


async def test_dripping_does_not_make_the_time_longer(serve: Serve) -> None:
    reader, writer = await (await serve(headers_within_s=0.3)).connect()
    loop = asyncio.get_running_loop()
    began = loop.time()
    reading = asyncio.create_task(reader.read())
    while not reading.done() and loop.time() - began < 5:
        writer.write(b'a')
        await asyncio.sleep(0.05)
    assert loop.time() - began < 4
    writer.close()


async def is_cut(reader: asyncio.StreamReader) -> bool:
    """The server has ended this connection, or does so within a moment."""
    try:
        async with asyncio.timeout(0.5):
            return await reader.read(1) == b''
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def test_half_open_connections_of_one_address_leave_room_for_others(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    served = await serve()
    half_open = [await served.connect() for _ in range(80)]
    assert sum(await asyncio.gather(*(is_cut(reader) for reader, _ in half_open))) == 16
    assert Arrivals.begin(served.arrivals, '192.168.1.67', 81)
    assert len(caplog.records) == 1
    for _, writer in half_open:
        writer.close()
    await asyncio.sleep(0.2)
    assert await served.status(REQUEST) == 200


async def test_a_connection_that_asked_makes_room(serve: Serve) -> None:
    served = await serve()
    answered = []
    for _ in range(100):
        reader, writer = await served.connect()
        writer.write(REQUEST)
        assert (await reader.readline()).startswith(b'HTTP/1.1 200')
        answered.append(writer)
    for writer in answered:
        writer.close()
