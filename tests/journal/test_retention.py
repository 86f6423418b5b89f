"""Old samples are thinned, old facts are deleted, in small steps; transactions stay."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, thread_time

import pytest

from cpo.journal import Journal
from cpo.journal.retention import KEEP_FACTS, keep_small, thin, thin_step
from cpo.journal.rows import ms
from tests.journal.quiet_house import Clock, QuietHouse, persisted, rows

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
QUARTER_MS = 15 * 60_000
DAY_MS = 86_400_000


def at(days_ago: float) -> int:
    return int(NOW.timestamp() * 1000 - days_ago * DAY_MS)


def write(folder: Path, sql: str, parameters: list[tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(folder / 'journal.db')) as connection:
        connection.executemany(sql, parameters)
        connection.commit()


def add_samples(folder: Path, series: int, days: float, every_s: int = 10, per_day_h: float = 24) -> None:
    """A series that ends now."""
    write(folder, 'INSERT INTO series VALUES (?, ?, 1, ?, ?)', [(series, 'CP1', f'Measurand {series}', '')])
    times = range(at(days), at(0), every_s * 1000)
    samples: list[tuple[object, ...]] = [(series, t, t % 997) for t in times if t % DAY_MS < per_day_h * 3_600_000]
    write(folder, 'INSERT INTO meter_samples VALUES (?, ?, ?)', samples)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Journal(tmp_path).close()
    return tmp_path


async def thinned(folder: Path, keep_days: float = 90, now: datetime = NOW) -> int:
    journal = Journal(folder)
    try:
        return await thin(journal, now - timedelta(days=keep_days), now - KEEP_FACTS)
    finally:
        journal.close()


async def test_of_each_series_the_last_sample_of_each_quarter_of_an_hour_stays(folder: Path) -> None:
    add_samples(folder, 1, days=3)
    add_samples(folder, 2, days=2.5, every_s=60)
    before = rows(folder, 'SELECT * FROM meter_samples')
    await thinned(folder, keep_days=1)
    until = at(1)
    for series in (1, 2):
        old = [(t, value) for number, t, value in before if number == series and t < until]
        last = {t // QUARTER_MS: (series, t, value) for t, value in old}
        expected = [*last.values(), *(row for row in before if row[0] == series and row[1] >= until)]
        found = rows(folder, 'SELECT * FROM meter_samples WHERE series_id = ? ORDER BY at', series)
        assert found == expected
    assert len(before) > 20_000


async def test_it_continues_where_it_was_and_does_nothing_twice(folder: Path) -> None:
    add_samples(folder, 1, days=4)
    steps = await thinned(folder, keep_days=2)
    assert steps > 5
    once = rows(folder, 'SELECT * FROM meter_samples')
    until = rows(folder, 'SELECT * FROM retention')
    assert until == [('series 1', at(2))]
    assert await thinned(folder, keep_days=2) == 1
    assert rows(folder, 'SELECT * FROM meter_samples') == once
    assert 1 < await thinned(folder, keep_days=2, now=NOW + timedelta(days=1)) < steps
    assert rows(folder, 'SELECT count(*) FROM meter_samples WHERE at < ?', at(1)) == [(3 * 96,)]


async def test_of_the_inputs_the_last_of_each_kind_in_each_quarter_of_an_hour_stays(folder: Path) -> None:
    start = at(100) - at(100) % QUARTER_MS
    inputs: list[tuple[object, ...]] = []
    for second in range(0, 1800, 10):
        inputs += [(start + second * 1000, 100.0 + second, None), (start + second * 1000 + 500, None, -1.0 * second)]
    recent = [(at(1), 1, None), (at(1) + 1, 2, None)]
    write(folder, 'INSERT INTO inputs (at, pv_w, grid_w) VALUES (?, ?, ?)', [*inputs, *recent])
    await thinned(folder)
    assert rows(folder, 'SELECT pv_w, grid_w FROM inputs ORDER BY at') == [
        (990, None),
        (None, -890),
        (1890, None),
        (None, -1790),
        (1, None),
        (2, None),
    ]


async def test_decisions_go_as_long_as_all_samples_stay(folder: Path) -> None:
    decisions: list[tuple[object, ...]] = [(1, at(91 + n / 1000), '{}', 0, 1, 'too_little') for n in range(1500)]
    recent = (1, at(89), '{}', 0, 1, 'follows')
    sql = 'INSERT INTO decisions (connector_id, at, inputs, limit_a, phases, reason) VALUES (?, ?, ?, ?, ?, ?)'
    write(folder, sql, [*decisions, recent])
    await thinned(folder)
    assert rows(folder, 'SELECT reason FROM decisions') == [('follows',)]


async def test_commands_events_and_status_changes_go_after_two_years_transactions_stay(tmp_path: Path) -> None:
    clock = Clock(NOW - timedelta(days=800))
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        await house.boot()
        for number in range(120):
            await house.status(('Preparing', 'Available')[number % 2])
        transaction_id = await house.start()
        await house.stop(transaction_id)
        clock.now = NOW - timedelta(days=700)
        house.connect()
    for table, old in (('events', 2500), ('commands', 1200)):
        columns = 'at, kind, details' if table == 'events' else 'at, action, request'
        facts: list[tuple[object, ...]] = [(at(731 + n / 10_000), 'x', 'y') for n in range(old)]
        write(tmp_path, f'INSERT INTO {table} ({columns}) VALUES (?, ?, ?)', [*facts, (at(729), 'x', 'y')])
    before = persisted(house.state)
    await thinned(tmp_path)
    assert rows(tmp_path, 'SELECT count(*) FROM commands') == [(1,)]
    assert rows(tmp_path, 'SELECT kind FROM events ORDER BY at') == [('x',), ('disconnected',), ('disconnected',)]
    assert rows(tmp_path, 'SELECT count(*) FROM status_changes') == [(50,)]
    assert rows(tmp_path, 'SELECT CAST(transaction_id AS INTEGER) FROM transactions') == [(transaction_id,)]
    async with QuietHouse(tmp_path, clock) as restarted:
        assert persisted(restarted.state) == before


async def test_a_step_is_short_however_much_there_is_to_do(folder: Path) -> None:
    for series in range(1, 5):
        add_samples(folder, series, days=2)
    with closing(sqlite3.connect(folder / 'journal.db', isolation_level=None)) as connection:
        longest, more = 0.0, True
        while more:
            started = thread_time()
            more = thin_step(connection, at(0), at(0))
            longest = max(longest, thread_time() - started)
    assert longest < 0.1


@pytest.mark.turns(3)
async def test_a_transaction_is_persisted_at_once_while_the_journal_is_thinned(tmp_path: Path) -> None:
    clock = Clock(NOW)
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        await house.charge_point.flushed()
        for series in range(1, 5):
            add_samples(tmp_path, series, days=3)
        thinning = asyncio.create_task(thin(house.journal, NOW, NOW))
        took_s: list[float] = []
        while not thinning.done():
            started = perf_counter()
            await house.stop(await house.start(meter_start=len(took_s)))
            took_s.append(perf_counter() - started)
        assert await thinning > 40
    assert len(took_s) > 40
    assert sorted(took_s)[len(took_s) * 95 // 100] < 0.2  # two commits, each behind one step at most


async def test_the_space_of_what_was_thinned_is_used_again(folder: Path) -> None:
    add_samples(folder, 1, days=3)
    size = (folder / 'journal.db').stat().st_size
    await thinned(folder, keep_days=0)
    add_samples(folder, 2, days=2)
    assert (folder / 'journal.db').stat().st_size <= size


async def test_it_runs_soon_after_the_start_and_ends_with_the_program(folder: Path) -> None:
    add_samples(folder, 1, days=2)
    journal = Journal(folder)
    task = asyncio.create_task(keep_small(journal, lambda: timedelta(days=1), lambda: NOW, first_after_s=0))
    thinned_until = [(ms(NOW - timedelta(days=1)),)]
    async with asyncio.timeout(10):
        while rows(folder, 'SELECT until FROM retention') != thinned_until:  # noqa: ASYNC110 (only the file tells)
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal.close()
    assert task.cancelled()


async def test_the_log_says_how_long_it_took(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    journal = Journal(tmp_path)
    task = asyncio.create_task(keep_small(journal, lambda: timedelta(days=1), lambda: NOW, first_after_s=0))
    async with asyncio.timeout(10):
        while 'The journal was thinned in 0.000 s, 1 step' not in caplog.messages:  # noqa: ASYNC110 (only the log tells)
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal.close()


async def test_where_the_disk_is_full_it_waits_for_another_day(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    add_samples(folder, 1, days=2)
    journal = Journal(folder)

    def refuse_changes(connection: sqlite3.Connection) -> None:
        connection.execute('PRAGMA query_only = 1')

    journal.in_writer(refuse_changes)
    assert await thin(journal, NOW, NOW) == 1
    journal.close()
    assert 'The journal could not be thinned' in caplog.text
