"""The order in which a simulated charger takes what the server sends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import orjson

from simulator.connection import Connection, ConnectionLostError, Reply


class TwoAtOnce:
    """A socket on which the answer to the first Call and a Call of the server arrive together."""

    close_code, close_reason = 1000, ''

    def __init__(self) -> None:
        self.transport = self
        self._sent: asyncio.Queue[str] = asyncio.Queue()

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        pass

    async def send(self, message: str) -> None:
        self._sent.put_nowait(message)

    async def close(self) -> None:
        pass

    async def __aiter__(self) -> AsyncIterator[str]:
        _, message_id, *_ = orjson.loads(await self._sent.get())
        yield orjson.dumps([3, message_id, {'transactionId': 7}]).decode()
        yield '[2,"a","SetChargingProfile",{}]'


async def test_what_follows_from_an_answer_comes_before_the_next_message() -> None:
    known: list[Any] = []

    def answer(_action: str, _payload: Any) -> Reply:
        return Reply({'status': 'Accepted' if 7 in known else 'Rejected'}, lambda: known.append('asked'))

    connection = Connection(TwoAtOnce(), answer)

    async def start() -> None:
        known.append((await connection.call('s', 'StartTransaction', {}))['transactionId'])

    async with asyncio.TaskGroup() as group:
        group.create_task(start())
        with suppress(ConnectionLostError):
            await connection.run()
    assert known == [7, 'asked']
