"""Decisions of the surplus rule in the journal: with what the rule was given, so that a day can be decided again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from itertools import islice

from cpo.journal.rows import Row, insert_row, moment, ms
from cpo.journal.writer import Write
from cpo.state import SurplusDecided

RESUMED_WITHIN = timedelta(minutes=10)
WHOLE = 'SELECT at FROM decisions WHERE connector_id = ? AND whole IS NOT NULL'


def decision_write(entry: SurplusDecided) -> Write:
    """The statement for the row of a decision."""
    return insert_row(
        'decisions',
        True,
        connector_id=entry.connector_id,
        at=ms(entry.at),
        inputs=entry.inputs,
        whole=entry.whole,
        limit_a=entry.limit_a,
        phases=entry.phases,
        reason=entry.reason,
    )


def decision_of(row: Row) -> SurplusDecided:
    """The decision in a row."""
    at, connector_id, result = moment(row['at']), row['connector_id'], (row['limit_a'], row['phases'], row['reason'])
    return SurplusDecided(at, connector_id, row['inputs'], row['whole'], *result)


def decisions_between(
    connection: sqlite3.Connection, connector_id: int, begin: datetime, end: datetime
) -> list[SurplusDecided]:
    """The decisions for a connector from `begin` until before `end`, oldest first."""
    sql = 'SELECT * FROM decisions WHERE connector_id = ? AND at >= ? AND at < ? ORDER BY at, rowid'
    return [decision_of(row) for row in connection.execute(sql, (connector_id, ms(begin), ms(end)))]


def decisions_of_day(connection: sqlite3.Connection, connector_id: int, day: date) -> list[SurplusDecided]:
    """The decisions for a connector on a day in the time zone of this computer, oldest first."""
    if day.year in (MINYEAR, MAXYEAR):  # such a day may begin or end at no time that there is
        return []
    begin, end = (datetime.combine(each, time()).astimezone() for each in (day, day + timedelta(days=1)))
    return decisions_between(connection, connector_id, begin, end)


def decisions_to_resume(connection: sqlite3.Connection, connector_id: int, now: datetime) -> list[SurplusDecided]:
    """The newest decisions from the last whole row on, oldest first; none where the newest is too old to go on with."""
    newest = 'SELECT max(at) FROM decisions WHERE connector_id = ?'
    whole = f'{newest} AND whole IS NOT NULL'
    at = moment(connection.execute(newest, (connector_id,)).fetchone()[0])
    begin = moment(connection.execute(whole, (connector_id,)).fetchone()[0])
    if at is None or begin is None or not timedelta(0) <= now - at <= RESUMED_WITHIN:
        return []
    return decisions_between(connection, connector_id, begin, at + timedelta(milliseconds=1))


def recent_decisions(connection: sqlite3.Connection, before: datetime, count: int) -> dict[int, list[SurplusDecided]]:
    """By connector, decisions before a time, oldest first: the first of each of the `count` newest results, and more.

    From a whole row to the one after nothing is left out, so that they can be decided again.
    """
    recent: dict[int, list[SurplusDecided]] = {}
    for connector_id, at_ms in sorted(islice(_begins_of_results(connection, before), count)):
        found = recent.setdefault(connector_id, [])
        if found and found[-1].at >= moment(at_ms):
            continue
        begin = connection.execute(f'{WHOLE} AND at <= ? ORDER BY at DESC LIMIT 1', (connector_id, at_ms)).fetchone()
        following = connection.execute(f'{WHOLE} AND at > ? ORDER BY at LIMIT 1', (connector_id, at_ms)).fetchone()
        if begin is not None:
            end = before if following is None else min(before, moment(following[0]))
            found += decisions_between(connection, connector_id, moment(begin[0]), end)
    return recent


def _begins_of_results(connection: sqlite3.Connection, before: datetime) -> Iterator[tuple[int, int]]:
    """The connector and the time of each decision with another result than its one before, newest first."""
    later: dict[int, tuple[int, list[object]]] = {}
    sql = 'SELECT connector_id, at, limit_a, phases, reason FROM decisions WHERE at < ? ORDER BY at DESC, rowid DESC'
    for connector_id, at_ms, *result in connection.execute(sql, (ms(before),)):
        if connector_id in later and later[connector_id][1] != result:
            yield connector_id, later[connector_id][0]
        later[connector_id] = at_ms, result
    yield from ((connector_id, at_ms) for connector_id, (at_ms, _) in later.items())
