"""The thread that writes: order, what cannot be written, what cannot be written now, the end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from cpo.errors import JournalError
from cpo.journal import Journal
from cpo.journal.writer import MAX_UNREAD, Write, Writer
from cpo.state import (
    ENERGY,
    ChargePointState,
    ConfigurationRead,
    Entry,
    MeterRead,
    MeterSample,
    Mode,
    ModeChosen,
    ReservationMade,
    TagStatus,
    Transaction,
    TransactionStarted,
)
from tests.journal.quiet_house import NOON, QuietHouse, rows

MOST = 20_000
"""As many statements may wait in a test; outside of tests there are ten times as many."""
SAMPLES = tuple(MeterSample(ENERGY, f'phase {number}', 1000.5) for number in range(20))


def fill(path: Path, pages: int) -> None:
    """Put a table into the file that takes so many pages of 4 KiB; with 0 it goes again."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute('DROP TABLE IF EXISTS filler')
        if pages:
            connection.execute('CREATE TABLE filler AS SELECT zeroblob(?)', (pages * 4096,))


@pytest.mark.parametrize(
    'unfit',
    [
        ConfigurationRead({'key': 'half a \ud800 character'}, NOON),
        ConfigurationRead({'\ud800': None}, NOON),
        ReservationMade(2**63, 1, 'Tag1', NOON),
        ReservationMade(1, 2**63, 'Tag1', NOON),
    ],
)
async def test_what_can_never_be_written_does_not_hold_up_the_rest(
    tmp_path: Path, unfit: Entry, caplog: pytest.LogCaptureFixture
) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        first = await house.start()
        house.charge_point.record(ConfigurationRead({'a': '1'}, NOON), unfit, ConfigurationRead({'b': '2'}, NOON))
        await house.charge_point.flushed()
        await house.stop(first)
        assert house.journal.problem is None
    assert rows(tmp_path, 'SELECT key FROM configuration_keys') == [('a',), ('b',)]
    assert rows(tmp_path, 'SELECT meter_stop_wh FROM transactions') == [(2000,)]
    assert 'The journal cannot hold this' in caplog.text


async def test_a_transaction_that_cannot_be_written_is_not_confirmed(tmp_path: Path) -> None:
    unfit = Transaction('1', 'CP1', 2**63, number=1)
    async with QuietHouse(tmp_path) as house:
        house.connect()
        house.charge_point.record(TransactionStarted(unfit, NOON), ConfigurationRead({'a': '1'}, NOON))
        with pytest.raises(JournalError):
            await house.charge_point.flushed()
        await house.start()
        assert house.journal.problem is None
    assert rows(tmp_path, 'SELECT key FROM configuration_keys') == [('a',)]
    assert len(rows(tmp_path, 'SELECT number FROM transactions')) == 1


def refuse_rows(folder: Path, table: str, refuse: bool) -> None:
    """Let the file refuse new rows of a table, or take them again, while the rest is written."""
    trigger = f'CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, "refused"); END'
    with closing(sqlite3.connect(folder / 'journal.db', isolation_level=None)) as connection:
        connection.execute(trigger if refuse else 'DROP TRIGGER refuse')


async def test_a_start_or_stop_that_is_repeated_is_confirmed_only_once_it_is_written(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        start = house.start_payload()
        refuse_rows(tmp_path, 'transactions', refuse=True)
        for _ in range(3):
            assert (await house.call('StartTransaction', start))[2] == 'InternalError'
        refuse_rows(tmp_path, 'transactions', refuse=False)
        transaction_id = (await house.call('StartTransaction', start))['transactionId']
        assert rows(tmp_path, 'SELECT transaction_id, meter_stop_wh FROM transactions') == [(str(transaction_id), None)]
        for known_id, meter_stop in ((transaction_id, 2000.0), (-1, 3000.0)):
            stop = {'transactionId': known_id, 'meterStop': int(meter_stop), 'timestamp': house.clock.text()}
            refuse_rows(tmp_path, 'transactions', refuse=True)
            for _ in range(3):
                assert (await house.call('StopTransaction', stop))[2] == 'InternalError'
            refuse_rows(tmp_path, 'transactions', refuse=False)
            assert await house.call('StopTransaction', stop) == {}
            assert rows(tmp_path, 'SELECT meter_stop_wh FROM transactions')[-1] == (meter_stop,)
    assert len(rows(tmp_path, 'SELECT number FROM transactions')) == 2


async def test_an_id_tag_that_cannot_be_written_is_not_confirmed(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        await house.charge_point.flushed()
        refuse_rows(tmp_path, 'id_tags', refuse=True)
        for _ in range(2):
            with pytest.raises(JournalError):
                await house.charge_point.id_tags.put('Guest', {'status': TagStatus.ACCEPTED})
        refuse_rows(tmp_path, 'id_tags', refuse=False)
        assert 'guest' not in house.state.id_tags
        await house.charge_point.id_tags.put('Guest', {'status': TagStatus.ACCEPTED})
    assert rows(tmp_path, "SELECT deleted FROM id_tags WHERE key = 'guest'") == [(0,)]


async def test_a_broken_promise_is_reported_also_where_the_commit_was_earlier(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    before = ChargePointState(charge_box_id='CP1')
    started = TransactionStarted(Transaction('1', 'CP1', 2**63, number=1), NOON)
    journal.record(started, before, started.apply(before))
    await asyncio.sleep(1)
    with pytest.raises(JournalError):
        await journal.flushed()
    await journal.flushed()
    journal.close()


async def test_statements_are_written_in_the_order_they_came(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    state = ChargePointState(charge_box_id='CP1')
    for number in range(3000):
        chosen = ModeChosen(1, Mode.SOLAR if number % 2 else Mode.MANUAL)
        journal.record(chosen, state, chosen.apply(state))
        journal.record(ConfigurationRead({'newest': str(number)}, NOON), state, state)
        if number % 1000 == 0:
            await journal.flushed()
    journal.close()
    assert rows(tmp_path, 'SELECT value FROM configuration_keys') == [('2999',)]
    assert rows(tmp_path, 'SELECT mode FROM modes') == [('solar',)]


async def test_the_end_writes_what_is_left(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    state = ChargePointState(charge_box_id='CP1')
    for number in range(500):
        journal.record(ConfigurationRead({str(number): None}, NOON), state, state)
    journal.close()
    assert rows(tmp_path, 'SELECT count(*) FROM configuration_keys') == [(500,)]


async def test_a_chore_that_fails_costs_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def chore(error: Exception) -> Callable[[sqlite3.Connection], None]:
        def fails(connection: sqlite3.Connection) -> None:
            connection.execute('BEGIN')
            connection.execute('DELETE FROM boots')
            raise error

        return fails

    async with QuietHouse(tmp_path) as house:
        house.connect()
        for firmware, error in (('1', sqlite3.OperationalError('no')), ('2', KeyError('no'))):
            await house.boot(firmware)
            house.journal.in_writer(chore(error))
            await house.charge_point.flushed()
        await house.boot('3')
        await house.charge_point.flushed()
        assert house.journal.problem is None
    assert rows(tmp_path, 'SELECT count(*) FROM boots') == [(3,)]
    assert caplog.text.count('A chore of the journal failed') == 2


async def test_while_the_disk_is_full_samples_are_dropped_transactions_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('cpo.journal.writer.MAX_WAITING', MOST)
    Journal(tmp_path).close()
    fill(tmp_path / 'journal.db', 200)
    journal = Journal(tmp_path, {'max_page_count': rows(tmp_path, 'PRAGMA page_count')[0][0]})
    async with QuietHouse(None) as house:
        house.connect()
        transaction_id = await house.start()
        before, state = ChargePointState(charge_box_id='CP1'), house.state
    journal.record(ModeChosen(1, Mode.SOLAR), before, state)
    while journal.problem is None:
        journal.record(ConfigurationRead({'x' * 5000: None}, NOON), state, state)
        with contextlib.suppress(JournalError):
            await journal.flushed()
    seconds = 0
    while 'are lost' not in caplog.text:
        seconds += 10
        at = NOON + timedelta(seconds=seconds)
        samples = (MeterSample(ENERGY, '', 1000 + seconds), *SAMPLES)
        read = MeterRead(1, str(transaction_id), at, samples, at)
        before, state = state, read.apply(state)
        journal.record(read, before, state)
    fill(tmp_path / 'journal.db', 0)
    async with asyncio.timeout(20):
        while journal.problem is not None:
            with contextlib.suppress(JournalError):
                await journal.flushed()
    journal.close()
    assert rows(tmp_path, 'SELECT CAST(transaction_id AS INTEGER), energy_wh FROM transactions') == [
        (transaction_id, seconds)
    ]
    assert rows(tmp_path, 'SELECT length(key) FROM configuration_keys') == [(5000,)]


async def test_what_waits_for_a_disk_takes_no_more_memory_than_so_many_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('cpo.journal.writer.MAX_WAITING', MOST)
    path = tmp_path / 'journal.db'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE rows (key INTEGER PRIMARY KEY, value INTEGER)')
    is_there = False

    def connect() -> sqlite3.Connection:
        if not is_there:
            raise sqlite3.OperationalError('unable to open database file')
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def alive() -> int:
        return sum(type(each) is Write for each in gc.get_objects())

    writer, before = Writer(connect), alive()
    for number in range(MOST):
        writer.write(
            (
                Write('INSERT INTO rows VALUES (?, 0)', (1000 + number,), expendable=True),
                Write('INSERT OR REPLACE INTO rows VALUES (1, ?)', (number,), newest_of=('rows', 1)),
                Write('INSERT OR REPLACE INTO rows VALUES (2, ?)', (number,), newest_of=('rows', 2)),
            )
        )
    assert alive() - before < 2 * MOST
    with pytest.raises(JournalError):
        await writer.flushed()
    is_there = True
    await writer.flushed()
    writer.close()
    assert rows(tmp_path, 'SELECT value FROM rows WHERE key < 1000') == [(MOST - 1,), (MOST - 1,)]
    assert rows(tmp_path, 'SELECT count(*) FROM rows')[0][0] < MOST


def table(path: Path) -> Callable[[], sqlite3.Connection]:
    """What opens a new file with one table, `rows`."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE rows (value INTEGER)')
    return lambda: sqlite3.connect(path, isolation_level=None, check_same_thread=False)


async def test_statements_are_made_in_the_thread_that_writes_in_their_order(tmp_path: Path) -> None:
    makers: list[tuple[int, str]] = []

    def made(number: int) -> Iterator[Write]:
        makers.append((number, threading.current_thread().name))
        yield Write('INSERT INTO rows VALUES (?)', (number,))

    writer = Writer(table(tmp_path / 'journal.db'))
    for number in range(MAX_UNREAD + 2):
        writer.write(made(number))
    here = threading.current_thread().name
    assert makers == [(0, here), (1, here)]  # of too many, the oldest are made where they are queued
    await writer.flushed()
    writer.close()
    assert makers[2:] == [(number, 'journal') for number in range(2, MAX_UNREAD + 2)]
    assert rows(tmp_path, 'SELECT value FROM rows') == [(number,) for number in range(MAX_UNREAD + 2)]


async def test_statements_that_cannot_be_made_are_confirmed_to_nobody_and_stop_no_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def made() -> Iterator[Write]:
        yield Write('INSERT INTO rows VALUES (1)', ())
        raise ZeroDivisionError

    writer = Writer(table(tmp_path / 'journal.db'))
    writer.write(made())
    writer.write([Write('INSERT INTO rows VALUES (2)', ())])
    with pytest.raises(JournalError):
        await writer.flushed()
    await writer.flushed()
    writer.close()
    assert rows(tmp_path, 'SELECT value FROM rows') == [(1,), (2,)]
    assert 'cannot hold an entry' in caplog.text
