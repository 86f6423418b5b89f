"""Two devices with one name take the connection from each other: over real websockets, from two addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cpo.connection import Ping
from cpo.connection.line_holder import LineHolder
from cpo.sentences import attempt_sentence
from cpo.state import AttemptVerdict
from tests.conftest import House

ONE, OTHER = '127.0.0.1', '127.0.0.2'
BOOT = '[2,"1","BootNotification",{"chargePointVendor":"Test","chargePointModel":"One"}]'
NOON = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def devices(house: House) -> AsyncIterator[list[ClientConnection]]:
    """Of one name, from these addresses in turn: the line changed hands three times, the last one has it."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(device(house, address)) for address in (ONE, OTHER, ONE, OTHER)]


@asynccontextmanager
async def device(house: House, address: str) -> AsyncIterator[ClientConnection]:
    """A charger that calls itself CP1, connected from this address and served, or refused."""
    ocpp = [Subprotocol('ocpp1.6')]
    async with connect(house.ocpp(), subprotocols=ocpp, local_addr=(address, 0)) as websocket:
        await is_served(websocket)
        yield websocket


async def is_served(websocket: ClientConnection) -> bool:
    """Whether its Calls are answered, not its connection closed."""
    try:
        async with asyncio.timeout(20):
            await websocket.send(BOOT)
            await websocket.recv()
    except ConnectionClosed:
        return False
    return True


async def test_the_older_one_stays_and_both_are_named(house: House) -> None:
    async with devices(house) as (*_, older):
        for _ in range(2):
            async with device(house, ONE) as newer:
                assert not await is_served(newer)
                assert newer.close_code == 1008
        assert await is_served(older)
        attempt = house.charge_point.state.attempts[0]
        assert (attempt.verdict, attempt.count, attempt.accepted) == (AttemptVerdict.TWO_DEVICES, 2, False)
        sentence = attempt_sentence(attempt)
        assert sentence.startswith(f'Two devices use the name CP1: {OTHER}, which stays connected, and {ONE}.')


async def test_the_newest_one_wins_before_that_and_always_from_one_address(house: House) -> None:
    async with devices(house) as (first, second, third, last):
        assert [await is_served(websocket) for websocket in (first, second, third, last)] == [False, False, False, True]
        async with device(house, OTHER) as newest:
            assert await is_served(newest)
            assert not await is_served(last)


def pings(answers: bool) -> Ping:
    async def ping(within_s: float) -> bool:
        assert within_s == 5
        return answers

    return ping


async def send_text(text: str) -> None:
    """Send nothing."""


async def close(code: int, reason: str) -> None:
    """Close nothing."""


@pytest.mark.parametrize(('older', 'newer'), [(True, False), (False, True), (False, False), (True, True)])
async def test_the_newest_one_wins_unless_both_answer_a_ping(house: House, older: bool, newer: bool) -> None:
    connections = house.charge_point.connections
    for address in (ONE, OTHER, ONE, OTHER):
        assert await connections.refusal_of_rival('CP1', address, pings(newer)) is None
        current = connections.connect('CP1', address, send_text, close, ping=pings(older))
    refusal = await connections.refusal_of_rival('CP1', ONE, pings(newer))
    assert refusal == ((AttemptVerdict.TWO_DEVICES, OTHER) if older and newer else None)
    connections.disconnect(current)
    assert await connections.refusal_of_rival('CP1', ONE, pings(True)) is None


def held(changes: Iterable[tuple[str, int]]) -> LineHolder:
    """The holder after devices with the name CP1 were let in: (address, seconds after noon)."""
    holder = LineHolder()
    for address, second in changes:
        holder = holder.followed('CP1', address, NOON + timedelta(seconds=second))
    return holder


@pytest.mark.parametrize(
    ('changes', 'name', 'address', 'second', 'disputed'),
    [
        ([(ONE, 0), (OTHER, 10), (ONE, 20), (OTHER, 30)], 'CP1', ONE, 70, True),
        ([(ONE, 0), (OTHER, 10), (ONE, 20), (OTHER, 30)], 'CP1', ONE, 71, False),
        ([(ONE, 0), (OTHER, 10), (ONE, 20), (OTHER, 30)], 'CP1', OTHER, 31, False),
        ([(ONE, 0), (OTHER, 10), (ONE, 20), (OTHER, 30)], 'CP2', ONE, 31, False),
        ([(ONE, 0), (OTHER, 10), (ONE, 20)], 'CP1', OTHER, 30, False),
        ([(ONE, 0), (OTHER, 10), (OTHER, 15), (ONE, 20), (OTHER, 30), (OTHER, 50)], 'CP1', ONE, 60, True),
        ([], 'CP1', ONE, 0, False),
    ],
)
def test_the_line_changed_hands_three_times_in_a_minute(
    changes: list[tuple[str, int]], name: str, address: str, second: int, disputed: bool
) -> None:
    assert held(changes).may_be_disputed(name, address, NOON + timedelta(seconds=second)) is disputed


def test_a_dispute_lasts_until_the_line_changes_hands() -> None:
    holder = held([(ONE, 0), (OTHER, 10), (ONE, 20), (OTHER, 30)]).disputed()
    an_hour_later = NOON + timedelta(hours=1)
    assert holder.may_be_disputed('CP1', ONE, an_hour_later)
    assert holder.followed('CP1', OTHER, an_hour_later).may_be_disputed('CP1', ONE, an_hour_later)
    assert not holder.followed('CP1', ONE, an_hour_later).may_be_disputed('CP1', OTHER, an_hour_later)
