"""The one thread that writes the journal: groups statements into transactions, and retries what cannot be written."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from cpo.errors import JournalError

logger = logging.getLogger(__name__)

GATHER_S = 0.5
RETRY_S = 1.0
MAX_WAITING = 200_000
MAX_UNREAD = 64
"""Queued iterables that wait for the thread: reading so many takes it a few milliseconds."""
CLOSE_S = 1.2
UNFIT = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, OverflowError, TypeError, ValueError)
"""What SQLite, or Python on the way there, says of a value that can never be stored."""


class Write(NamedTuple):
    """One SQL statement with its values. An `expendable` one (a meter sample, an event) may be dropped on a full disk.

    Of two statements with the same `newest_of` the later one makes the earlier one superfluous.
    A `promised` one (a transaction, an id tag) is confirmed to whoever asks for it: where it cannot be written, the
    flush fails.
    """

    sql: str
    parameters: tuple[Any, ...]
    expendable: bool = False
    newest_of: tuple[Any, ...] | None = None
    promised: bool = False


Flush = tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]
Job = Callable[[sqlite3.Connection], None]


class Writer:
    """Writes statements in a thread of its own, many in one transaction, so that a slow disk never holds the event
    loop.

    Statements are written in the order they came, at the latest 0.5 s later. `flushed` returns when all before it is on
    the disk (`synchronous=FULL`: after the fsync), and raises when it could not be written; such statements stay first
    in the queue and are retried every second. `problem` is a sentence while that is so.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """`connect` opens the connection that writes.

        It is called in the writing thread, and again after each failure.
        """
        self._connect = connect
        self._unread: deque[Iterable[Write]] = deque()
        self._waiting: deque[Write] = deque()
        self._most_waiting = MAX_WAITING
        self._flushes: list[Flush] = []
        self._jobs: deque[Job] = deque()
        self._writing = False
        self._broken_promise = False
        self._closing = False
        self._wake = threading.Condition()
        self.problem: str | None = None
        self.problem_changed: Callable[[], None] = lambda: None  # called in the thread that writes
        self._thread = threading.Thread(target=self._run, name='journal', daemon=True)
        self._thread.start()

    def write(self, writes: Iterable[Write]) -> None:
        """Queue statements; never waits for the disk.

        An iterator is read later, in the thread that writes, so that making its statements does not hold the caller;
        where too many wait, one is read now.
        """
        with self._wake:
            was_empty = not self._is_due
            self._unread.append(writes)
            if len(self._unread) > MAX_UNREAD:
                self._read_oldest()
            if was_empty:
                self._wake.notify()

    def do(self, job: Job) -> None:
        """Run a job on the writing connection after the statements queued before, outside a transaction."""
        with self._wake:
            self._jobs.append(job)
            self._wake.notify()

    async def flushed(self) -> None:
        """Wait until all statements queued so far are on the disk.

        Raises JournalError when they could not be written.
        """
        loop = asyncio.get_running_loop()
        with self._wake:
            if not self._is_due and not self._writing and not self._broken_promise:
                return
            done = loop.create_future()
            self._flushes.append((loop, done))
            self._wake.notify()
        await done

    def close(self) -> None:
        """Write what is queued and end the thread; takes at most 1.2 s."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while True:
            batch, flushes, job = self._take()
            try:
                connection = connection or self._connect()
                if batch and not _commit(connection, batch):
                    self._broken_promise = True
            except sqlite3.Error as error:
                self._failed(error, batch, flushes, job)
                if connection is not None:
                    with contextlib.suppress(sqlite3.Error):
                        connection.close()
                connection = None
            else:
                self._succeeded(flushes)
                if job is not None:
                    _do(connection, job)
            with self._wake:
                if self._closing and (not self._is_due or self.problem is not None):
                    break
        if connection is not None:
            connection.close()

    def _take(self) -> tuple[list[Write], list[Flush], Job | None]:
        """Wait for something to do; where nobody waits for the disk, a little longer, so that one fsync serves many."""
        with self._wake:
            if self.problem is not None:
                self._wake.wait_for(lambda: self._flushes or self._closing, RETRY_S)
            else:
                self._wake.wait_for(lambda: self._is_due or self._flushes or self._jobs or self._closing)
                self._wake.wait_for(lambda: self._flushes or self._jobs or self._closing, GATHER_S)
            while self._unread:
                self._read_oldest()
            batch, flushes = list(self._waiting), self._flushes
            self._waiting.clear()
            self._flushes = []
            self._writing = True
            return batch, flushes, self._jobs.popleft() if self._jobs else None

    def _succeeded(self, flushes: list[Flush]) -> None:
        with self._wake:
            self._writing = False
            recovered, self.problem = self.problem is not None, None
            broken, self._broken_promise = self._broken_promise, self._broken_promise and not flushes
        _settle(flushes, JournalError('The journal cannot hold what was to be kept.') if broken else None)
        if recovered:
            logger.warning('The journal can be written again')
            self.problem_changed()

    def _failed(self, error: sqlite3.Error, batch: list[Write], flushes: list[Flush], job: Job | None) -> None:
        with self._wake:
            self._writing = False
            if job is not None:
                self._jobs.appendleft(job)
            self._waiting.extendleft(reversed(batch))
            if self.problem is None:
                logger.error('The journal cannot be written: %s', error)
            before, self.problem = self.problem, _sentence(error)
        _settle(flushes, JournalError(self.problem))
        if self.problem != before:
            self.problem_changed()

    @property
    def _is_due(self) -> bool:
        """True while statements are queued."""
        return bool(self._unread or self._waiting)

    def _read_oldest(self) -> None:
        """Make the statements that were queued first; where that fails, no flush reports them as on the disk."""
        try:
            self._waiting.extend(self._unread.popleft())
        except Exception:
            logger.exception('The journal cannot hold an entry')
            self._broken_promise = True
        if len(self._waiting) > self._most_waiting:
            self._drop_expendable()

    def _drop_expendable(self) -> None:
        """Drop expendable statements, and those that a newer one replaces; what remains is durable, and little."""
        lost = sum(write.expendable for write in self._waiting)
        seen: set[tuple[Any, ...] | None] = set()
        needed: deque[Write] = deque()
        for write in reversed(self._waiting):
            if not write.expendable and (write.newest_of is None or write.newest_of not in seen):
                needed.appendleft(write)
                seen.add(write.newest_of)
        self._waiting = needed
        self._most_waiting = max(MAX_WAITING, 2 * len(needed))
        logger.error('The journal is behind: %d meter samples and events are lost', lost)


def _sentence(error: sqlite3.Error) -> str:
    return f'The journal cannot be written ({error}). Is the disk full or read-only?'


def _commit(connection: sqlite3.Connection, batch: Sequence[Write]) -> bool:
    """Write the batch in one transaction; a statement that can never be written does not stop the others.

    False where one of these was promised.
    """
    connection.execute('BEGIN IMMEDIATE')
    try:
        unfit: list[Write] = []
        for sql, alike in groupby(batch, key=lambda write: write.sql):
            writes = list(alike)
            connection.execute('SAVEPOINT alike')
            try:
                connection.executemany(sql, [write.parameters for write in writes])
            except UNFIT:
                connection.execute('ROLLBACK TO alike')
                unfit += _write_one_by_one(connection, writes)
            connection.execute('RELEASE alike')
        connection.execute('COMMIT')
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute('ROLLBACK')
        raise
    return not any(write.promised for write in unfit)


def _write_one_by_one(connection: sqlite3.Connection, writes: Sequence[Write]) -> list[Write]:
    """Returns those that cannot be written."""
    unfit = []
    for write in writes:
        try:
            connection.execute(write.sql, write.parameters)
        except UNFIT:
            logger.exception('The journal cannot hold this: %s %.1000r', write.sql, write.parameters)
            unfit.append(write)
    return unfit


def _do(connection: sqlite3.Connection, job: Job) -> None:
    """Run a job; its failure does no harm to what is to be written."""
    try:
        job(connection)
    except Exception:
        logger.exception('A chore of the journal failed')
        if connection.in_transaction:
            connection.execute('ROLLBACK')


def _settle(flushes: list[Flush], error: JournalError | None) -> None:
    def settle(done: asyncio.Future[None]) -> None:
        if not done.done():
            done.set_result(None) if error is None else done.set_exception(error)

    for loop, done in flushes:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, done)
