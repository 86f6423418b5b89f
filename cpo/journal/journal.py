"""The journal: facts are written, the state is restored.

An SQLite file that survives `kill -9`, a full disk, a power cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar
from uuid import uuid4

from cpo.errors import JournalError, MustNotStart
from cpo.journal.lock import lock
from cpo.journal.restore import restored_state
from cpo.journal.rows import moment
from cpo.journal.schema import prepare, refuse_newer
from cpo.journal.writer import Job, Writer
from cpo.journal.writes import writes_of
from cpo.state import ChargePointState, Entry, MeterSample

logger = logging.getLogger(__name__)

FILE_NAME = 'journal.db'
BUSY_S = 5.0
T = TypeVar('T')


class Journal:
    """Persists every entry in `journal.db`, or in memory only where there is no folder.

    `record` queues and returns at once; `flushed` waits for the disk. Reading happens in threads, on connections of its
    own. A folder's journal belongs to one program at a time.
    """

    def __init__(self, folder: Path | None, pragmas: Mapping[str, int] | None = None) -> None:
        """Open or create `journal.db` in the folder; None: in memory.

        `pragmas` are set, with their values of that moment, on each connection that writes (there is a new one after a
        failure). Raises MustNotStart where the file cannot be opened, is another program's, or was written by a newer
        version.
        """
        self.path = None if folder is None else folder / FILE_NAME
        self._memory = f'file:cpo-{uuid4()}?mode=memory&cache=shared'
        self._pragmas = {} if pragmas is None else pragmas
        self._lock: IO[str] | None = None
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                self._lock = _locked(folder)
                refuse_newer(folder / FILE_NAME)
            self._keeper = self._connect()
            prepare(self.path, self._keeper)
        except (OSError, sqlite3.Error, MustNotStart) as error:
            if self._lock is not None:
                self._lock.close()
            if isinstance(error, MustNotStart):
                raise
            raise MustNotStart(f'The journal in {folder} cannot be opened: {error}.') from None
        self._series = {
            (row['charge_box_id'], row['connector_id'], row['measurand'], row['phase']): row['series_id']
            for row in self._keeper.execute('SELECT * FROM series')
        }
        self._writer = Writer(self._connect_writer)

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

    def known_id_tags(self) -> frozenset[str]:
        """The ids of all id tags there ever were, deleted ones too, in lower case (`casefold`)."""
        return frozenset(str(row['id_tag']).casefold() for row in self._keeper.execute('SELECT id_tag FROM id_tags'))

    def record(self, entry: Entry, before: ChargePointState, after: ChargePointState) -> None:
        """Queue the statements for an entry that changed the state from `before` to `after`; returns at once."""
        self._writer.write(writes_of(entry, before, after, self._series_id))

    async def flushed(self) -> None:
        """Wait until everything recorded is on the disk. Raises JournalError when it cannot be written."""
        await self._writer.flushed()

    def in_writer(self, job: Job) -> None:
        """Run a job on the writing connection, in its thread, after the statements queued before."""
        self._writer.do(job)

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
        if self._lock is not None:
            self._lock.close()

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


def _locked(folder: Path) -> IO[str]:
    """Held until the program ends, however it ends."""
    file = (folder / 'journal.lock').open('w')
    try:
        lock(file)
    except OSError:
        file.close()
        raise MustNotStart(
            f'Another program uses the journal in {folder}; end it, or choose another folder with --data-dir.'
        ) from None
    return file
