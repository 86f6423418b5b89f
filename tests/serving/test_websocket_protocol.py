"""Pings of the application, and answers at once, on real websockets."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from websockets.asyncio.client import connect

from cpo.charger_websocket import AT_ONCE, PING, AtOnce
from cpo.serving.websocket_protocol import PingingWebSocketProtocol
from tests.serving.conftest import UPGRADE, Serve, Served


async def ping_first(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    """Answer with whether a ping was answered that was sent before any message was read, and with three messages."""
    await receive()
    await send({'type': 'websocket.accept'})
    answered = await scope['extensions'][PING]['ping'](5)
    texts = [(await receive())['text'] for _ in range(3)]
    await send({'type': 'websocket.send', 'text': json.dumps([answered, *texts])})


async def test_a_pong_is_found_behind_messages_that_nobody_has_read_and_those_are_not_lost(serve: Serve) -> None:
    served = await serve(app=ping_first)
    async with connect(f'ws://127.0.0.1:{served.port}/ocpp/x') as websocket:
        for text in ('a', 'b', 'c'):
            await websocket.send(text)
        async with asyncio.timeout(10):
            assert json.loads(await websocket.recv()) == [True, 'a', 'b', 'c']


async def test_a_client_that_answers_no_ping_is_waited_for_only_so_long(serve: Serve) -> None:
    answers = []

    async def impatient(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        await receive()
        await send({'type': 'websocket.accept'})
        ping = scope['extensions'][PING]['ping']
        answers.append(await ping(0.1))
        answers.append(await ping(60))
        done.set()

    done = asyncio.Event()
    served = await serve(app=impatient)
    reader, writer = await served.connect()
    writer.write(UPGRADE + b'\r\n')
    while not answers:
        await reader.read(1000)
    writer.close()  # the end of the connection ends the second wait
    async with asyncio.timeout(10):
        await done.wait()
    assert answers == [False, False]


async def test_pings_of_a_client_that_reads_nothing_do_not_fill_the_memory(serve: Serve) -> None:
    served = await serve(app=echo)
    reader, writer = await asyncio.open_connection('127.0.0.1', served.port, limit=1000)
    writer.write(UPGRADE + b'\r\n')
    await reader.readuntil(b'\r\n\r\n')
    (connection,) = served.server.server_state.connections
    transport = cast(PingingWebSocketProtocol, connection).transport
    for one_end in (writer, transport):
        one_end.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    writer.write(frame(125 * b'p', 9) * 6_000 + frame(b'slow'))
    async with asyncio.timeout(10):
        await writer.drain()
        assert 0 < transport.get_write_buffer_size() < 400_000  # what came together is answered together
        while b'slow after' not in await reader.read(100_000):
            pass
    writer.close()


# ---- answers at once


def quick(text: str) -> str | None:
    return text.upper() if text.startswith('quick') else None


async def echo(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    """Answer a text that begins with `quick` at once, and others as an application does, later."""
    written: list[None] = []
    await receive()
    scope['extensions'][AT_ONCE]['follow'](AtOnce(quick, lambda: written.append(None)))
    await send({'type': 'websocket.accept'})
    while 'text' in (message := await receive()):
        await asyncio.sleep(0)
        await send({'type': 'websocket.send', 'text': f'{message["text"]} after {len(written)}'})


def frame(text: bytes, opcode: int = 1) -> bytes:
    """A frame of a client, masked with zeros (RFC 6455 §5.2)."""
    return bytes((0x80 | opcode, 0x80 | len(text), 0, 0, 0, 0)) + text


async def frames_after(served: Served, *frames: bytes) -> bytes:
    """What the server answers to frames that arrive together, until it hangs up."""
    reader, writer = await served.connect()
    writer.write(UPGRADE + b'\r\n')
    await reader.readuntil(b'\r\n\r\n')
    writer.write(b''.join(frames))
    async with asyncio.timeout(10):
        answers = await reader.read()
    writer.close()
    return answers


CLOSE = frame(b'\x03\xe8', 8)


async def test_each_text_is_answered_once_and_in_its_turn_however_it_is_answered(serve: Serve) -> None:
    served = await serve(app=echo)
    async with connect(f'ws://127.0.0.1:{served.port}/ocpp/x') as websocket:
        for _ in range(20):
            for text in ('quick a', 'quick b', 'slow c', 'quick d', 'slow e'):
                await websocket.send(text)
            answers = [str(await websocket.recv()) for _ in range(5)]
            assert [answer.lower().split(' after')[0] for answer in answers] == [
                'quick a',
                'quick b',
                'slow c',
                'quick d',
                'slow e',
            ]


async def test_what_arrives_together_is_answered_together_and_then_said_to_be_written(serve: Serve) -> None:
    served = await serve(app=echo)
    reader, writer = await served.connect()
    writer.write(UPGRADE + b'\r\n')
    await reader.readuntil(b'\r\n\r\n')
    writer.write(frame(b'quick a') + frame(b'quick b') + frame(b'slow'))
    async with asyncio.timeout(10):
        assert await reader.readexactly(9 + 9 + 14) == b'\x81\x07QUICK A\x81\x07QUICK B\x81\x0cslow after 1'
    writer.close()


async def test_a_text_before_a_close_gets_no_answer_that_breaks_the_close(serve: Serve) -> None:
    assert (await frames_after(await serve(app=echo), frame(b'quick a'), CLOSE)).endswith(b'\x88\x02\x03\xe8')


async def test_a_text_that_is_no_utf_8_closes_with_1007(serve: Serve) -> None:
    answer = await frames_after(await serve(app=echo), frame(b'quick a'), frame(b'quick \xff'))
    assert answer.startswith(b'\x81\x07QUICK A\x88')
    assert answer[11:13] == (1007).to_bytes(2)


async def test_a_text_that_is_no_utf_8_right_before_a_close_is_no_bug(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await frames_after(await serve(app=echo), frame(b'slow \xff'), CLOSE)
    assert answer.endswith(b'\x88\x02\x03\xe8')
    assert 'Fatal error' not in caplog.text


async def test_the_turn_ends_also_where_its_first_text_cannot_be_handled(serve: Serve) -> None:
    ends: list[None] = []
    answers: dict[str, str] = {}
    has_ended = asyncio.Event()

    async def failing(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        await receive()
        scope['extensions'][AT_ONCE]['follow'](AtOnce(answers.__getitem__, lambda: ends.append(None)))
        await send({'type': 'websocket.accept'})
        await receive()
        has_ended.set()

    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    await frames_after(await serve(app=failing), frame(b'unknown'))
    await has_ended.wait()
    assert len(ends) == 1
    assert [type(each['exception']) for each in reported] == [KeyError]
