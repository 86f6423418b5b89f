"""What a stranger may leave unfinished, on real sockets."""

from __future__ import annotations

import asyncio
import logging

import pytest

from cpo.access import Arrivals
from cpo.state import AttemptVerdict
from tests.serving.conftest import REQUEST, UPGRADE, Serve


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


UPLOAD = b'PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\n'


async def test_the_rest_of_an_upload_that_was_answered_is_no_header_and_ends_soon(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    served = await serve()
    reader, writer = await served.connect()
    writer.write(UPLOAD + 1000 * b'b')
    assert (await reader.readuntil(b'ok')).startswith(b'HTTP/1.1 200')
    writer.write(499_000 * b'b' + REQUEST)  # whole, so the connection stays
    assert (await reader.readuntil(b'ok')).startswith(b'HTTP/1.1 200')
    writer.write(UPLOAD)
    await reader.readuntil(b'ok')
    writer.write(300_000 * b'b')
    async with asyncio.timeout(10):
        assert await reader.read() == b''
    writer.close()
    assert (caplog.text, served.recorded) == ('', [])


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
    served = await serve(headers_within_s=0.3)
    reader, writer = await served.connect()
    writer.write(begun)
    async with asyncio.timeout(20):
        while await reader.read(1000):
            pass
    writer.close()
    was_served = begun.startswith(REQUEST)
    assert served.recorded == ([] if was_served else [('127.0.0.1', '', AttemptVerdict.NO_REQUEST_IN_TIME, '0.3')])


@pytest.mark.parametrize('begun', [b'G', b'\r\n', b'GET / HTTP/1.1\r\nHost:'])
async def test_the_next_request_of_a_connection_has_as_little_time(serve: Serve, begun: bytes) -> None:
    served = await serve(headers_within_s=0.3)
    reader, writer = await served.connect()
    for _ in range(2):
        writer.write(REQUEST)
        assert (await reader.readuntil(b'ok')).startswith(b'HTTP/1.1 200')
    writer.write(begun)
    async with asyncio.timeout(3):
        assert await reader.read() == b''
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
