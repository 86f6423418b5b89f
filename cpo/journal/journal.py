"""The journal: facts are written, the state is restored.

An SQLite file that survives `kill -9`, a full disk, a power cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar
from uuid import uuid4

from cpo.errors import JournalError, MustNotStart
from cpo.journal.bad_rows import set_aside_bad_rows
from cpo.journal.damage import check, damage_found
from cpo.journal.decisions import decisions_to_resume
from cpo.journal.events import event_write
from cpo.journal.files import FILE_NAME, cannot_be_written, create_private
from cpo.journal.identity import check_columns, sign
from cpo.journal.lock import hold, remember_journal
from cpo.journal.page_settings import page_settings
from cpo.journal.restore import restored_state, without_knowledge
from cpo.journal.rows import moment
from cpo.journal.schema import prepare
from cpo.journal.writer import Job, Write, Writer
from cpo.journal.writes import writes_of
from cpo.state import ChargePointState, Entry, Event, MeterSample, PageSetting, SurplusDecided

logger = logging.getLogger(__name__)

BUSY_S = 5.0
T = TypeVar('T')


class Journal:
    """Persists every entry in `journal.db`, or in memory only where there is no folder.

    `record` queues and returns at once; `flushed` waits for the disk. Reading happens in threads, on connections of its
    own. A folder's journal belongs to one program at a time. `rows_set_aside` says how many rows of which tables could
    not be read in the last week.
    """

    def __init__(self, folder: Path | None, pragmas: Mapping[str, int] | None = None, must_exist: bool = False) -> None:
        """Open or create `journal.db` in the folder; None: in memory.

        `pragmas` are set, with their values of that moment, on each connection that writes (there is a new one after a
        failure). `must_exist`: a missing file is damage also in a folder that never had one. Raises JournalDamaged, and
        MustNotStart where the file cannot be written, is in use or was written by a newer version.
        """
        self.path = None if folder is None else folder / FILE_NAME
        self._memory = f'file:cpo-{uuid4()}?mode=memory&cache=shared'
        self._pragmas = {} if pragmas is None else pragmas
        self._held: IO[str] | None = None
        try:
            self._open(must_exist)
        except BaseException as error:
            if self._held is not None:
                self._held.close()
            if self.path is not None and isinstance(error, (OSError, sqlite3.Error)):
                raise MustNotStart(cannot_be_written(self.path, error)) from None
            raise
        self._writer = Writer(self._connect_writer)

    def _open(self, must_exist: bool) -> None:
        """Hold the folder, judge the file, and read from it what is needed at once."""
        path = self.path
        if path is not None:
            self._held = hold(path.parent)
            check(path, must_exist)
            create_private(path)
        with nullcontext() if path is None else damage_found(path):
            self._keeper = self._connect()
            is_new = prepare(path, self._keeper)
            if not is_new:
                check_columns(self._keeper)
            _try_to_write(self._keeper)
            self.rows_set_aside: Mapping[str, int] = {}
            if not is_new:
                self.rows_set_aside = set_aside_bad_rows(self._keeper)
                without_knowledge(self._keeper)  # what cannot be restored is damage, and is found now
            self._series = {
                (row['charge_box_id'], row['connector_id'], row['measurand'], row['phase']): row['series_id']
                for row in self._keeper.execute('SELECT * FROM series')
            }
        if path is not None and self._held is not None:
            remember_journal(path.parent, self._held)

    @property
    def problem(self) -> str | None:
        """A sentence on why the journal cannot be written now, None where it can."""
        return self._writer.problem

    def on_problem(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the running event loop whenever `problem` changes."""
        loop = asyncio.get_running_loop()

        def notify() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(listener)

        self._writer.problem_changed = notify

    def restored_state(self, phases: int) -> ChargePointState:
        """The state when the program ended last, not connected; `phases` is from the settings."""
        return restored_state(self._keeper, phases)

    @property
    def page_settings(self) -> Mapping[str, PageSetting]:
        """The settings that were changed in the page, by name."""
        return page_settings(self._keeper)

    @property
    def newest_arrival(self) -> datetime | None:
        """The time of the newest message or connection of the charger in the journal; None in a new journal."""
        sql = 'SELECT max(max(coalesce(last_message_at, 0)), max(coalesce(since, 0))) FROM charge_point'
        newest = self._keeper.execute(sql).fetchone()[0]
        at: datetime | None = moment(newest) if newest else None
        return at

    def next_number(self, first: int) -> int:
        """The number for the next transaction, `first` in a new journal; never one that is a transaction's id."""
        newest = self._keeper.execute('SELECT max(number) FROM transactions').fetchone()[0]
        number = first if newest is None else int(newest) + 1
        while self._keeper.execute('SELECT 1 FROM transactions WHERE transaction_id = ?', (str(number),)).fetchone():
            number += 1
        return number

    @property
    def newest_event(self) -> int:
        """The number of the newest event, 0 in a new journal."""
        return int(self._keeper.execute('SELECT ifnull(max(number), 0) FROM events').fetchone()[0])

    def decisions_to_resume(self, connector_id: int, now: datetime) -> list[SurplusDecided]:
        """The decisions from which the surplus rule continues after a restart, oldest first; none after a long time."""
        return decisions_to_resume(self._keeper, connector_id, now)

    def known_id_tags(self) -> frozenset[str]:
        """The ids of all id tags there ever were, deleted ones too, in lower case (`casefold`)."""
        return frozenset(str(row['id_tag']).casefold() for row in self._keeper.execute('SELECT id_tag FROM id_tags'))

    def record(self, entry: Entry, before: ChargePointState, after: ChargePointState) -> None:
        """Queue the statements for an entry that changed the state from `before` to `after`; returns at once."""
        self._writer.write(writes_of(entry, before, after, self._series_id))

    def record_events(self, events: Iterable[Event]) -> None:
        """Queue the rows of events; returns at once."""
        self._writer.write(event_write(event) for event in events)

    async def flushed(self) -> None:
        """Wait until everything recorded is on the disk. Raises JournalError when it cannot be written."""
        await self._writer.flushed()

    def write(self, writes: Iterable[Write]) -> None:
        """Queue statements; returns at once."""
        self._writer.write(writes)

    def in_writer(self, job: Job) -> None:
        """Run a job on the writing connection, in its thread, after the statements queued before."""
        self._writer.do(job)

    def read_at_once(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a short query in this thread, and return its result."""
        return query(self._keeper)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query in a thread, and return its result. Raises JournalError where the file cannot be read."""

        def run() -> T:
            with contextlib.closing(self._connect()) as connection:
                return query(connection)

        try:
            return await asyncio.to_thread(run)
        except sqlite3.Error as error:
            raise JournalError(f'The journal cannot be read: {error}.') from error

    def close(self) -> None:
        """Write what is queued and close the file; takes at most 1.2 s."""
        self._writer.close()
        self._keeper.close()
        if self._held is not None:
            self._held.close()

    def _series_id(self, box: str, connector_id: int, sample: MeterSample) -> tuple[int, bool]:
        key = (box, connector_id, sample.measurand, sample.phase)
        number = self._series.get(key)
        if number is not None:
            return number, False
        self._series[key] = number = max(self._series.values(), default=0) + 1
        return number, True

    def _connect(self) -> sqlite3.Connection:
        """A connection for reading; in memory, a reader must not wait for the writer's table locks."""
        name = self._memory if self.path is None else str(self.path)
        connection = sqlite3.connect(
            name, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=self.path is None
        )
        connection.row_factory = sqlite3.Row
        connection.execute('PRAGMA read_uncommitted = 1' if self.path is None else 'PRAGMA journal_mode = WAL')
        return connection

    def _connect_writer(self) -> sqlite3.Connection:
        connection = self._connect()
        connection.execute('PRAGMA synchronous = FULL')
        for name, value in self._pragmas.items():
            connection.execute(f'PRAGMA {name} = {value}')
        return connection


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Raises sqlite3.Error where the file cannot be written; a full disk may have room again at any time."""
    try:
        sign(connection)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        logger.error('The journal cannot be written now: %s', error)
