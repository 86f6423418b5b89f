"""Rows that cannot be read are set aside, each by itself, counted and said; all others are used."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from cpo.journal import Journal
from tests.conftest import MakeHouse
from tests.journal.damaging import journal_with_a_session
from tests.journal.quiet_house import QuietHouse, rows

BAD_ROWS = [
    ('transactions', "UPDATE transactions SET ending = 'banana'"),
    ('transactions', "UPDATE transactions SET energy = '{'"),
    ('transactions', "UPDATE transactions SET start_timestamp = 'yesterday'"),
    ('transactions', 'UPDATE transactions SET stop_timestamp = 9223372036854775807'),
    ('transactions', "UPDATE transactions SET meter_stop_wh = x'00'"),
    ('transactions', "UPDATE transactions SET id_tag = CAST(x'ff' AS TEXT)"),
    ('connectors', "UPDATE connectors SET meter = 'nothing'"),
    ('connectors', "UPDATE connectors SET limit_a = 'much'"),
    ('status_changes', "UPDATE status_changes SET activity = 'dancing'"),
    ('charge_point', "UPDATE charge_point SET since = 'noon'"),
    ('charge_point', 'UPDATE charge_point SET last_message_at = 9223372036854775807'),
    ('boots', "UPDATE boots SET vendor = x'ff'"),
    ('modes', "INSERT OR REPLACE INTO modes VALUES (1, 'party', NULL)"),
    ('id_tags', "UPDATE id_tags SET expiry_date = 'never' WHERE key = 'tag1'"),
    ('id_tags', "UPDATE id_tags SET status = 'AcceSted' WHERE key = 'tag2'"),
    ('series', "UPDATE series SET measurand = CAST(x'ff' AS TEXT) WHERE series_id = 1"),
    ('meter_samples', "INSERT INTO meter_samples VALUES (1, 5, 'full')"),
    ('inputs', "INSERT INTO inputs (at, pv_w) VALUES ('noon', 1)"),
    ('attempts', "INSERT INTO attempts VALUES ('a', '/x', 'lost', '', '', 5, 1)"),
    ('reservations', "INSERT INTO reservations VALUES (1, 'CP1', 1, 'T', NULL, 'never', 'Accepted', NULL)"),
    ('minutes', "INSERT INTO minutes (at, sun_w) VALUES (5, 'bright')"),
    ('solar_reading', "INSERT INTO solar_reading VALUES ('pv_w', '3200', 5, NULL, 'moon', NULL)"),
    ('solar_reading', "INSERT INTO solar_reading VALUES ('wind_w', '3200', 5, NULL, 'person', NULL)"),
    ('solar_reading', "INSERT INTO solar_reading VALUES ('grid_a', '[1, 2]', 5, NULL, 'person', NULL)"),
    ('commands', "INSERT INTO commands VALUES (5, CAST(x'ff' AS TEXT), '', NULL, NULL)"),
]


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A journal with a session."""
    return await journal_with_a_session(tmp_path)


def execute(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


@pytest.mark.parametrize(('table', 'sql'), BAD_ROWS, ids=[sql for _, sql in BAD_ROWS])
async def test_a_bad_row_is_set_aside_and_the_house_lives_on(path: Path, table: str, sql: str) -> None:
    execute(path, sql)
    (bad,) = rows(path.parent, f'SELECT count(*) FROM {table}')[0]
    async with QuietHouse(path.parent) as house:
        (count,) = house.journal.rows_set_aside.values()
        assert house.journal.rows_set_aside == {table: count}
        house.connect()
        await house.boot()
        await house.stop(await house.start(3000), 4000)
    aside = rows(path.parent, 'SELECT table_name, row FROM set_aside')
    assert [name for name, _ in aside] == [table] * count
    assert all(isinstance(json.loads(row), dict) for _, row in aside)
    assert bad >= count


def test_good_rows_beside_a_bad_one_stay(path: Path) -> None:
    execute(path, "UPDATE id_tags SET expiry_date = 'never' WHERE key = 'tag1'")
    with closing(Journal(path.parent)) as journal:
        assert 'tag2' in journal.restored_state(phases=1).id_tags
        assert len(journal.restored_state(phases=1).transactions) == 1
    assert rows(path.parent, "SELECT count(*) FROM id_tags WHERE key = 'tag1'") == [(0,)]


def test_a_sound_journal_has_no_table_for_them(path: Path) -> None:
    with closing(Journal(path.parent)) as journal:
        assert journal.rows_set_aside == {}
    assert rows(path.parent, "SELECT name FROM sqlite_master WHERE name = 'set_aside'") == []


async def test_it_is_said_for_a_week(path: Path, make_house: MakeHouse, caplog: pytest.LogCaptureFixture) -> None:
    execute(path, "UPDATE transactions SET ending = 'banana'")
    Journal(path.parent).close()
    assert 'A row of transactions cannot be read and was set aside: {"number": ' in caplog.text
    house = await make_house(folder=path.parent)
    async with httpx.AsyncClient(verify=False, base_url=house.http, trust_env=False) as rest:
        answer = await rest.get('/api/health')
        sentence = '1 row of the journal could not be read and was set aside (transactions: 1); the rest is used.'
        assert (answer.status_code, answer.json()['detail']) == (200, f'The program runs. {sentence}')
        assert (await rest.get('/api/transactions')).json()['items'] == []


def test_it_is_not_said_for_ever(path: Path) -> None:
    execute(path, "UPDATE transactions SET ending = 'banana'")
    Journal(path.parent).close()
    long_ago = (datetime.now(UTC) - timedelta(days=8)).timestamp() * 1000
    execute(path, f'UPDATE set_aside SET at = {long_ago:.0f}')
    with closing(Journal(path.parent)) as journal:
        assert journal.rows_set_aside == {}
