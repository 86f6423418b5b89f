"""A disk that is full, read-only or slow: what cannot be written is not promised, all else works."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import pytest

from tests.conftest import House, MakeHouse
from tests.journal.slow_disk import pauses_s, slow_disk
from tests.program import running
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

WITHIN_S = 10
SLOW_S = 2.0
NOT_PERSISTED = 'InternalError'
FULL = {'max_page_count': 1}
"""SQLite takes it for: no page more than there are."""


@pytest.fixture
async def rest() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=False, timeout=30, trust_env=False) as client:
        yield client


async def test_a_start_that_a_full_disk_cannot_take_is_refused_and_persisted_once_when_there_is_room(
    make_house: MakeHouse, rest: httpx.AsyncClient, tmp_path: Path
) -> None:
    pragmas = dict(FULL)
    house = await make_house(folder=tmp_path, pragmas=pragmas)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        refused = await fill_with_transactions(charger)
        await assert_that_all_else_goes_on(charger)
        await assert_unwell(house, rest, 'full')
        assert await answer_in_time(charger, 'StartTransaction', refused) == NOT_PERSISTED

        pragmas['max_page_count'] = 10_000
        transaction_id = await answer_in_time(charger, 'StartTransaction', refused)
        assert await answer_in_time(charger, 'StartTransaction', refused) == transaction_id
        await assert_well(house, rest)
        assert await rows(house, 'CAST(transaction_id AS INTEGER)', refused) == [(transaction_id,)]
        assert await values_kept(house) == [4242]  # reported while the disk was full


async def test_a_stop_that_a_disk_turned_read_only_cannot_take_is_refused_and_persisted_once_later(
    make_house: MakeHouse, rest: httpx.AsyncClient, tmp_path: Path
) -> None:
    pragmas: dict[str, int] = {}
    house = await make_house(folder=tmp_path, pragmas=pragmas)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        started = start_of(meter_start=500, id_tag='Tag1')
        transaction_id = await answer_in_time(charger, 'StartTransaction', started)
        stop = {'transactionId': transaction_id, 'meterStop': 1700, 'timestamp': '2026-06-14T13:00:00Z'}
        pragmas['query_only'] = 1
        is_read_only, loop = asyncio.Event(), asyncio.get_running_loop()

        def turn_read_only(connection: sqlite3.Connection) -> None:
            make_read_only(connection)
            loop.call_soon_threadsafe(is_read_only.set)

        house.charge_point.journal.in_writer(turn_read_only)
        await is_read_only.wait()
        for _ in range(2):
            assert await answer_in_time(charger, 'StopTransaction', stop) == NOT_PERSISTED
        await assert_unwell(house, rest, 'readonly')
        assert await rows(house, 'meter_stop_wh', started) == [(None,)]

        pragmas.clear()
        for _ in range(2):
            assert await answer_in_time(charger, 'StopTransaction', stop) is None
        await assert_well(house, rest)
        assert await rows(house, 'CAST(transaction_id AS INTEGER), energy_wh', started) == [(transaction_id, 1200)]


async def test_with_a_disk_that_is_read_only_from_the_start_all_works_but_transactions(
    make_house: MakeHouse, rest: httpx.AsyncClient, tmp_path: Path
) -> None:
    pragmas = {'query_only': 1}
    house = await make_house(folder=tmp_path, pragmas=pragmas)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        started = start_of(meter_start=500)
        assert await answer_in_time(charger, 'StartTransaction', started) == NOT_PERSISTED
        await assert_that_all_else_goes_on(charger)
        await assert_unwell(house, rest, 'readonly')

        pragmas.clear()
        await house.until(lambda: house.charge_point.journal.problem is None)  # by itself
        await assert_well(house, rest)
        transaction_id = await answer_in_time(charger, 'StartTransaction', started)
        assert await rows(house, 'CAST(transaction_id AS INTEGER)', started) == [(transaction_id,)]


@pytest.mark.program
async def test_a_slow_disk_holds_up_the_answers_that_promise_something_and_nothing_else(tmp_path: Path) -> None:
    environment = slow_disk(tmp_path, SLOW_S)
    if environment is None:
        pytest.skip('There is no C compiler here to make a slow disk with.')
    more = {'CPO_DATA_DIR': str(tmp_path), 'CPO_STARTUP_REQUESTS': 'false', **environment}
    over = asyncio.Event()
    async with (
        running(environment=more) as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
        program.client() as client,
    ):
        await charger.boot()
        watching = asyncio.create_task(pauses_s(client, over))
        began = perf_counter()
        transaction_id = await charger.start()
        assert SLOW_S < perf_counter() - began < WITHIN_S
        began = perf_counter()
        for energy_wh in range(1000, 1300):
            await charger.meter(transaction_id, energy=energy_wh, power=3600)
        meter_values_s = (perf_counter() - began) / 300
        began = perf_counter()
        await charger.stop(transaction_id)
        assert SLOW_S < perf_counter() - began < WITHIN_S
        over.set()
        pauses = await watching
    assert meter_values_s < SLOW_S / 10
    assert len(pauses) > 20
    assert max(pauses) < SLOW_S * 0.9  # a loop that waits for the disk even once stands still for all of it


def start_of(meter_start: int, id_tag: str = 'Tag1') -> dict[str, Any]:
    """A StartTransaction that is recognized by its meterStart."""
    return {'connectorId': 1, 'idTag': id_tag, 'meterStart': meter_start, 'timestamp': TIMESTAMP}


async def answer_in_time(charger: ScriptedCharger, action: str, payload: dict[str, Any]) -> Any:
    """The transactionId, None where there is none in the answer, or the code of a CallError."""
    async with asyncio.timeout(WITHIN_S):
        answer = await charger.call(action, payload)
    return answer[2] if isinstance(answer, list) else answer.get('transactionId')


async def fill_with_transactions(charger: ScriptedCharger) -> dict[str, Any]:
    """Charge until there is no room; the StartTransaction that was refused."""
    for meter_start in range(1000, 2000):
        start = start_of(meter_start)
        if await answer_in_time(charger, 'StartTransaction', start) == NOT_PERSISTED:
            return start
    raise AssertionError('It was never full.')


async def assert_that_all_else_goes_on(charger: ScriptedCharger) -> None:
    """Answered as always."""
    assert (await charger.call('Heartbeat', {}))['currentTime']
    assert (await charger.call('Authorize', {'idTag': 'Tag1'}))['idTagInfo'] == {'status': 'Accepted'}
    await charger.status(1, 'Charging')
    await charger.meter(energy=4242)


async def assert_unwell(house: House, rest: httpx.AsyncClient, why: str) -> None:
    """503, and a sentence."""
    answer = await rest.get(f'{house.http}/api/health')
    assert answer.status_code == 503
    detail = answer.json()['detail']
    assert detail.startswith('The journal cannot be written')
    assert why in detail


async def assert_well(house: House, rest: httpx.AsyncClient) -> None:
    """200."""
    answer = await rest.get(f'{house.http}/api/health')
    assert answer.status_code == 200, answer.text


async def rows(house: House, columns: str, start: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What the file has of this StartTransaction."""
    sql = f'SELECT {columns} FROM transactions WHERE meter_start_wh = ?'

    def query(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.execute(sql, (start['meterStart'],))]

    return await house.charge_point.journal.read(query)


async def values_kept(house: House) -> list[float]:
    """The meter values of the file above 4000 Wh."""
    sql = 'SELECT value FROM meter_samples WHERE value > 4000'
    return await house.charge_point.journal.read(lambda connection: [v for (v,) in connection.execute(sql)])


def make_read_only(connection: sqlite3.Connection) -> None:
    """As a file system that is remounted read-only after an error."""
    connection.execute('PRAGMA query_only = 1')
