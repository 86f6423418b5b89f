"""Pings of the application, on real websockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.client import connect

from cpo.websocket_endpoint import PING
from tests.serving.conftest import UPGRADE, Serve


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
