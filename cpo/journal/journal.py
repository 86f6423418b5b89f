"""The journal: facts in, state out; one SQLite file that survives `kill -9`, a full disk and a power cut."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TypeVar
from uuid import uuid4

from cpo.errors import JournalError, MustNotStart
from cpo.journal.lock import lock
from cpo.journal.restore import restored_state
from cpo.journal.schema import prepare, refuse_newer
from cpo.journal.writer import Job, Writer
from cpo.journal.writes import writes_of
from cpo.state import ChargePointState, Entry, MeterSample

logger = logging.getLogger(__name__)

FILE_NAME = 'journal.db'
BUSY_S = 5.0
T = TypeVar('T')


class Journal:
    """Keeps every entry; with no folder it keeps them in memory only.

    Entries are queued, never waited for; `flushed` says when they are on the disk. Reading happens in threads of its
    own on connections of its own. One program at a time has a journal.
    """

    def __init__(self, folder: Path | None, pragmas: Mapping[str, int] | None = None) -> None:
        """Open or create `journal.db` in the folder.

        `pragmas` are set on the connection that writes, as they are then, again whenever a failure makes it a new one.
        Raises MustNotStart where it cannot be opened, is another program's, or was written by a newer version.
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
        """A sentence while the journal cannot be written, None while all is well."""
        return self._writer.problem

    def on_problem(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the running event loop whenever `problem` comes, changes or goes."""
        loop = asyncio.get_running_loop()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(listener)

        self._writer.problem_changed = tell

    def restored_state(self, phases: int) -> ChargePointState:
        """What was known when the program ended last; not connected."""
        return restored_state(self._keeper, phases)

    def next_number(self, first: int) -> int:
        """The number of the next transaction, `first` in a new journal; one that is no id of a charger's own."""
        newest = self._keeper.execute('SELECT max(number) FROM transactions').fetchone()[0]
        number = first if newest is None else int(newest) + 1
        while self._keeper.execute('SELECT 1 FROM transactions WHERE transaction_id = ?', (str(number),)).fetchone():
            number += 1
        return number

    def known_id_tags(self) -> frozenset[str]:
        """Every id tag ever seen, deleted ones too, in lower case (`casefold`)."""
        return frozenset(str(row['id_tag']).casefold() for row in self._keeper.execute('SELECT id_tag FROM id_tags'))

    def record(self, entry: Entry, before: ChargePointState, after: ChargePointState) -> None:
        """Queue what an entry changed; returns at once."""
        self._writer.write(writes_of(entry, before, after, self._series_id))

    async def flushed(self) -> None:
        """Wait until all that was recorded is on the disk. Raises JournalError when it cannot be written."""
        await self._writer.flushed()

    def in_writer(self, job: Job) -> None:
        """Run a chore on the connection that writes."""
        self._writer.do(job)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query in a thread. Raises JournalError where the file cannot be read."""

        def run() -> T:
            with contextlib.closing(self._connect()) as connection:
                return query(connection)

        try:
            return await asyncio.to_thread(run)
        except sqlite3.Error as error:
            raise JournalError(f'The journal cannot be read: {error}.') from error

    def close(self) -> None:
        """Write what is left and close."""
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
        """For reading; in memory a reader must not wait for the writer's table locks."""
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
