"""While the journal cannot be written, `/api/health` and listeners report it, and no change of an idTag succeeds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cpo.journal.files import FILE_NAME
from cpo.prices import PriceKind
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of

BLOCKED = {'status': 'Blocked'}
IMPATIENT = {'busy_timeout': 20}


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Lock the journal's database for writing while inside, as a full disk would."""
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        connection.execute('BEGIN IMMEDIATE')
        yield


async def until_problem(house: House, expected: bool) -> None:
    """Wait until the journal reports its problem, with no other change meanwhile."""
    await house.until(lambda: (house.charge_point.journal.problem is not None) is expected)


async def test_health_says_what_is_wrong_and_recovers_by_itself(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path, pragmas=IMPATIENT)
    await house.charge_point.flushed()
    async with client_of(house) as rest:
        with unwritable(tmp_path):
            house.charge_point.record_reading(pv_w=3000)
            await until_problem(house, True)
            answer = await rest.get('/api/health')
            assert answer.status_code == 503
            assert answer.json()['detail'].startswith('The journal cannot be written')
            assert (await rest.get('/api/transactions')).status_code == 200
            assert (await rest.get('/api/backup')).status_code == 200
        await until_problem(house, False)
        assert (await rest.get('/api/health')).status_code == 200


async def test_a_tag_that_cannot_be_persisted_is_503_and_not_in_force(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path, pragmas=IMPATIENT)
    await house.charge_point.flushed()
    async with client_of(house) as rest:
        before = (await rest.get('/api/idtags')).json()
        with unwritable(tmp_path):
            answers = await asyncio.gather(
                rest.put('/api/idtags/Tag1', json=BLOCKED),
                rest.put('/api/idtags/Tag1', json={'status': 'Expired'}),
                rest.put('/api/idtags/New', json=BLOCKED),
                rest.delete('/api/idtags/Tag2'),
            )
            for answer in answers:
                assert (answer.status_code, answer.json()['error']) == (503, 'JournalError')
            assert (await rest.get('/api/idtags')).json() == before
        await until_problem(house, False)
        sql = 'SELECT id_tag, status FROM id_tags WHERE NOT deleted ORDER BY id_tag'
        kept = await house.charge_point.journal.read(
            lambda connection: [(tag, status) for tag, status in connection.execute(sql)]
        )
        assert kept == [('Tag1', 'Accepted'), ('Tag2', 'Accepted')]
        assert (await rest.put('/api/idtags/Tag1', json=BLOCKED)).status_code == 200


async def test_prices_that_cannot_be_persisted_are_503_and_not_in_force(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path, pragmas=IMPATIENT)
    slot = {'start': '2090-01-01T10:00Z', 'end': '2090-01-01T11:00Z', 'price': 0.3}
    async with client_of(house) as rest:
        await rest.put('/api/prices', json={'import': [slot]})
        with unwritable(tmp_path):
            answer = await rest.put('/api/prices', json={'import': [{**slot, 'end': '2090-01-01T12:00Z'}]})
            assert (answer.status_code, answer.json()['error']) == (503, 'JournalError')
        await until_problem(house, False)
    sql = 'SELECT ends_at - starts_at FROM slots'
    assert await house.charge_point.journal.read(lambda c: [row[0] for row in c.execute(sql)]) == [3_600_000]
    assert house.prices.pushed_until(PriceKind.IMPORT) == datetime(2090, 1, 1, 11, tzinfo=UTC)
