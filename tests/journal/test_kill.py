"""Killed at any moment, the program has lost nothing: its ledger against the books of a charger that saw it all.

`TEST_KILLS=200` in the environment makes it 200 kills instead of 20; `TEST_SEED` draws other moments.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from tests.journal.bookkeeping_charger import BookkeepingCharger
from tests.journal.charger_books import Session
from tests.program import Program, running

pytestmark = pytest.mark.program

KILLS = int(os.environ.get('TEST_KILLS', '20'))
SEED = int(os.environ.get('TEST_SEED', '1'))
KEPT_WITHIN_S = 1.0
"""Meter values may be this old when they reach the disk; transactions are there before they are confirmed."""
LONGEST_LIFE_S = 1.5
NO_COVERAGE = {'COVERAGE_PROCESS_CONFIG': '', 'COVERAGE_PROCESS_START': ''}
"""What is killed cannot write down what it covered, and it starts faster without."""


@dataclass
class Day:
    """One data directory and one charger, over many lives of the program.

    `kills_s` are the times of the kills, and when the charger had read the last answer sent before each.
    """

    folder: Path
    random: Random
    charger: BookkeepingCharger
    kills_s: list[tuple[float, float]] = field(default_factory=list)
    restarts_s: list[float] = field(default_factory=list)
    running_checked: int = 0

    def environment(self, may_ask: bool) -> Mapping[str, str]:
        """Of one life of the program."""
        asks = 'true' if may_ask else 'false'
        return {**NO_COVERAGE, 'CPO_DATA_DIR': str(self.folder), 'CPO_STARTUP_REQUESTS': asks}

    async def one_life(self, number: int) -> None:
        """Start, look, let the charger talk, kill at some moment."""
        began = perf_counter()
        async with running(environment=self.environment(may_ask=number // 4 % 2 == 1)) as program:
            self.restarts_s.append(perf_counter() - began)
            await self.assert_that_what_was_confirmed_is_there(program)
            talking = asyncio.create_task(self.charger.talk(program.ocpp('CP1')))
            await self.moment_to_kill(number)
            program.process.kill()
            killed_s = asyncio.get_running_loop().time()
            assert await program.process.wait() == -signal.SIGKILL
            await talking
            self.kills_s.append((killed_s, asyncio.get_running_loop().time()))
            self.charger.deaf = False

    async def moment_to_kill(self, number: int) -> None:
        """Any moment, or that in which a charger has sent something that must not be lost."""
        action = (None, 'StartTransaction', None, 'StopTransaction')[number % 4]
        if action is None:
            await asyncio.sleep(self.random.uniform(0, LONGEST_LIFE_S))
            return
        sent = asyncio.Event()
        skip = self.random.randrange(4)

        def was_sent(what: str) -> None:
            nonlocal skip
            skip -= what == action
            if skip < 0:
                self.charger.deaf = True  # the answer, if there is one, is lost
                sent.set()

        self.charger.sent = was_sent
        async with asyncio.timeout(30):
            await sent.wait()
        self.charger.sent = lambda action: None
        await asyncio.sleep(self.random.choice((0, 0.001, 0.003, 0.01, 0.03)))

    async def assert_that_what_was_confirmed_is_there(self, program: Program) -> None:
        """As page and REST see it after a restart, before the charger is back."""
        confirmed = [s for s in self.charger.sessions if s.transaction_id is not None][-50:]
        async with program.client() as rest:
            items = (await rest.get('/api/transactions', params={'limit': 100})).json()['items']
        rows = {item['transactionId']: item for item in items}
        for session in confirmed:
            row = rows[session.transaction_id]
            assert (row['idTag'], row['meterStart']) == (session.id_tag, session.meter_start_wh)
            if session.stop_confirmed:
                assert row['energyWh'] == session.energy_wh
                assert datetime.fromisoformat(row['startTimestamp']) == session.start
                assert datetime.fromisoformat(row['stopTimestamp']) == session.stop
            elif row['note'] is None:  # else `Available` overtook its StopTransaction, and ended it for now
                self.running_checked += 1
                surely_kept = [t.energy_wh for t in session.confirmed_values if self.is_surely_kept(t.confirmed_s)]
                assert max(surely_kept, default=0) <= (row['energyWh'] or 0) <= session.measured_wh + 1, (row, session)

    def is_surely_kept(self, confirmed_s: float) -> bool:
        """Whether it was confirmed a while before the next kill."""
        return not any(killed_s - KEPT_WITHIN_S <= confirmed_s <= gone_s for killed_s, gone_s in self.kills_s)


async def test_after_many_kills_the_ledger_is_what_the_charger_knows(tmp_path: Path) -> None:
    random = Random(SEED)
    day = Day(tmp_path, random, BookkeepingCharger(random))
    living = asyncio.create_task(day.charger.live())
    for number in range(KILLS):
        await day.one_life(number)
    living.cancel()
    async with running(environment=day.environment(may_ask=True)) as program:
        await day.assert_that_what_was_confirmed_is_there(program)
        talking = asyncio.create_task(day.charger.talk(program.ocpp('CP1')))
        async with asyncio.timeout(60):
            await day.charger.finish()
        await program.stop()
        await talking
    async with running(environment=day.environment(may_ask=False)) as program:
        await day.assert_that_what_was_confirmed_is_there(program)
        assert await energies(program) == {s.transaction_id: s.energy_wh for s in day.charger.sessions}
    assert day.charger.call_errors == 0
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as ledger:
        assert ledger.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        assert_books_agree(day.charger.sessions, ledger)
        lost = lost_samples(day, ledger)
    print_figures(day, lost)


async def energies(program: Program) -> dict[int, int]:
    """The energy of every transaction, from all pages of REST."""
    found: dict[int, int] = {}
    following = '/api/transactions?limit=100'
    async with program.client() as rest:
        while following is not None:
            page = (await rest.get(following)).json()
            found |= {item['transactionId']: item['energyWh'] for item in page['items']}
            following = page['next']
    return found


def assert_books_agree(sessions: list[Session], ledger: sqlite3.Connection) -> None:
    """Nothing lost, nothing twice, the same energies and times; ids as OCPP wants them."""
    ids = [
        transaction_id
        for (transaction_id,) in ledger.execute('SELECT CAST(transaction_id AS INTEGER) FROM transactions')
    ]
    assert len(set(ids)) == len(ids)
    assert all(0 < number < 2**31 for number in ids)
    booked = ledger.execute(
        'SELECT CAST(transaction_id AS INTEGER), connector_id, id_tag, id_tag_status, meter_start_wh, start_timestamp, '
        'meter_stop_wh, stop_timestamp, stop_reason, energy_wh, energy_estimated, note FROM transactions ORDER BY 1'
    ).fetchall()
    known = [
        (
            session.transaction_id,
            session.connector_id,
            session.id_tag,
            'Accepted',
            session.meter_start_wh,
            ms(session.start),
            session.meter_stop_wh,
            ms(session.stop),
            session.reason,
            session.energy_wh,
            0,
            None,
        )
        for session in sessions
    ]
    assert booked == sorted(known)


def ms(at: datetime | None) -> int | None:
    """Whole milliseconds since 1970, as the file has them."""
    return None if at is None else round(at.timestamp() * 1000)


def lost_samples(day: Day, ledger: sqlite3.Connection) -> int:
    """How many meter values are not in the ledger; all of them were confirmed right before a kill."""
    sql = 'SELECT connector_id, at, value FROM meter_samples JOIN series USING (series_id) WHERE measurand = ?'
    kept = set(ledger.execute(sql, ('Energy.Active.Import.Register',)))
    lost = [
        t
        for session in day.charger.sessions
        for t in session.confirmed_values
        if (session.connector_id, ms(t.at), session.meter_start_wh + t.energy_wh) not in kept
    ]
    assert not [t for t in lost if day.is_surely_kept(t.confirmed_s)]
    return len(lost)


def print_figures(day: Day, lost: int) -> None:
    """For `pytest -s`."""
    sessions = day.charger.sessions
    restarts = sorted(day.restarts_s)
    values = sum(len(s.confirmed_values) for s in sessions)
    print(
        f'\n{len(day.kills_s)} kills, {len(sessions)} sessions, {sum(s.energy_wh for s in sessions) / 1000:.1f} kWh; '
        f'{day.running_checked} times a running one was looked at after a restart; {day.charger.sent_again} messages '
        f'sent again; of {values} meter values {lost} lost, all confirmed in the {KEPT_WITHIN_S:g} s before a kill; '
        f'start-up {restarts[len(restarts) // 2]:.2f} s in the middle, {restarts[-1]:.2f} s at most'
    )
