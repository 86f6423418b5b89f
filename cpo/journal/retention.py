"""Limits the size of the journal: old meter samples are thinned out, old commands and events deleted.

Freed pages are used again, so the file never shrinks: making it smaller would rewrite all of it.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cpo.journal.rows import ms
from cpo.journal.writer import Job
from cpo.state import MAX_STATUS_CHANGES

logger = logging.getLogger(__name__)

KEEP_FACTS = timedelta(days=730)
"""How long commands, events and status changes stay; transactions and their signed values are never deleted."""
STEP_MS = 6 * 3600_000
"""As much of a series as one transaction thins: short, since what the charger waits for stands in line behind it."""
BUCKET_MS = 15 * 60_000
MOST_DELETED = 1000
EVERY_S = 24 * 3600.0
SOON_S = 60.0
PAUSE_S = 0.05

OLDEST_SAMPLE = 'SELECT min(at) FROM meter_samples WHERE series_id = :series AND at >= :until'
OLDEST_INPUT = 'SELECT min(at) FROM inputs WHERE at >= :until'
THIN_SAMPLES = """
    DELETE FROM meter_samples WHERE series_id = :series AND at >= :start AND at < :end AND at NOT IN (
        SELECT max(at) FROM meter_samples WHERE series_id = :series AND at >= :start AND at < :end
        GROUP BY at / :bucket
    )
"""
KEPT_INPUTS = ' UNION '.join(
    f"""SELECT rowid FROM (SELECT rowid, max(at) FROM inputs WHERE at >= :start AND at < :end AND {reading} IS NOT NULL
        GROUP BY at / :bucket)"""
    for reading in ('pv_w', 'grid_w', 'battery_w', 'battery_soc', 'l1_a')
)
THIN_INPUTS = f'DELETE FROM inputs WHERE at >= :start AND at < :end AND rowid NOT IN ({KEPT_INPUTS})'
DELETE_STATUS_CHANGES = f"""
    DELETE FROM status_changes WHERE heard_at < :until AND rowid IN (
        SELECT rowid FROM status_changes WHERE charge_box_id = :box AND connector_id = :connector
        ORDER BY rowid LIMIT {MOST_DELETED}
    ) AND rowid <= (
        SELECT rowid FROM status_changes WHERE charge_box_id = :box AND connector_id = :connector
        ORDER BY rowid DESC LIMIT 1 OFFSET {MAX_STATUS_CHANGES}
    )
"""


class Journal(Protocol):
    """The part of the journal that this module uses."""

    def in_writer(self, job: Job) -> None:
        """Run a job on the connection that writes, in its thread."""
        ...


async def keep_small(
    journal: Journal,
    keep_samples: Callable[[], timedelta],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    first_after_s: float = SOON_S,
) -> None:
    """Thin out the journal after `first_after_s` and then once a day; never returns.

    Of samples older than `keep_samples` one is left for each 15 minutes, of decisions none; commands and events older
    than two years are deleted.
    """
    await asyncio.sleep(first_after_s)
    while True:
        started = now()
        steps = await thin(journal, started - keep_samples(), started - KEEP_FACTS)
        took_s = (now() - started).total_seconds()
        logger.info('The journal was thinned in %.3f s, %d step%s', took_s, steps, '' if steps == 1 else 's')
        await asyncio.sleep(EVERY_S)


async def thin(journal: Journal, samples_until: datetime, facts_until: datetime) -> int:
    """Thin out the samples before one time and delete commands and events before another; returns the number of steps.

    A failure (the disk is full) is logged, and the rest is left for the next day.
    """
    samples_ms, facts_ms = ms(samples_until) or 0, ms(facts_until) or 0
    loop = asyncio.get_running_loop()
    steps, more = 0, True
    while more:
        done: asyncio.Future[bool] = loop.create_future()

        def job(connection: sqlite3.Connection, done: asyncio.Future[bool] = done) -> None:
            more = False
            try:
                more = thin_step(connection, samples_ms, facts_ms)
            except sqlite3.Error as error:
                logger.warning('The journal could not be thinned: %s', error)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(_settle, done, more)

        journal.in_writer(job)
        more = await done
        steps += 1
        await asyncio.sleep(PAUSE_S if more else 0)
    return steps


def thin_step(connection: sqlite3.Connection, samples_until: int, facts_until: int) -> bool:
    """Do a small part of the work in one transaction; False when nothing is left to do. Times in ms since 1970."""
    connection.execute('BEGIN IMMEDIATE')
    try:
        series = [int(row[0]) for row in connection.execute('SELECT series_id FROM series').fetchall()]
        more = (
            _delete_facts(connection, 'commands', facts_until)
            or _delete_facts(connection, 'events', facts_until)
            or _delete_facts(connection, 'decisions', samples_until)
            or _delete_status_changes(connection, facts_until)
            or _thin(connection, 'inputs', samples_until, OLDEST_INPUT, THIN_INPUTS)
            or any(_thin(connection, f'series {n}', samples_until, OLDEST_SAMPLE, THIN_SAMPLES, n) for n in series)
        )
        connection.execute('COMMIT')
    except BaseException:
        connection.execute('ROLLBACK')
        raise
    return more


def _delete_facts(connection: sqlite3.Connection, table: str, until: int) -> bool:
    sql = f'DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE at < ? LIMIT {MOST_DELETED})'
    return connection.execute(sql, (until,)).rowcount > 0


def _delete_status_changes(connection: sqlite3.Connection, until: int) -> bool:
    """Delete old status changes but the newest of each connector, which the page shows."""
    connectors = connection.execute('SELECT charge_box_id, connector_id FROM connectors').fetchall()
    return any(
        connection.execute(DELETE_STATUS_CHANGES, {'box': box, 'connector': number, 'until': until}).rowcount > 0
        for box, number in connectors
    )


def _thin(connection: sqlite3.Connection, what: str, until: int, oldest: str, sql: str, series: int = 0) -> bool:
    """Thin the oldest stretch that was not thinned yet. Samples that arrive for it later stay: they are few."""
    row = connection.execute('SELECT until FROM retention WHERE what = ?', (what,)).fetchone()
    thinned = {'series': series, 'until': 0 if row is None else row[0]}
    start = connection.execute(oldest, thinned).fetchone()[0]
    until -= until % BUCKET_MS
    if start is None or start >= until:
        return False
    start -= start % BUCKET_MS
    end = min(start + STEP_MS, until)
    connection.execute(sql, {'series': series, 'start': start, 'end': end, 'bucket': BUCKET_MS})
    connection.execute('INSERT OR REPLACE INTO retention (what, until) VALUES (?, ?)', (what, end))
    return True


def _settle(done: asyncio.Future[bool], more: bool) -> None:
    if not done.done():
        done.set_result(more)
