"""Decisions of the surplus rule in the journal: with what the rule was given, so that a day can be decided again."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, time, timedelta

from cpo.journal.rows import Row, insert_row, moment, ms
from cpo.journal.writer import Write
from cpo.state import SurplusDecided

RESUMED_WITHIN = timedelta(minutes=10)
RECALLED = timedelta(hours=2)


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


def recent_decisions(connection: sqlite3.Connection, before: datetime) -> dict[int, list[SurplusDecided]]:
    """By connector, the decisions of the last two hours with any before a time, oldest first.

    They begin with a whole row, so that they can be decided again.
    """
    recent: dict[int, list[SurplusDecided]] = {}
    newest = 'SELECT connector_id, max(at) FROM decisions WHERE at < ? GROUP BY connector_id'
    whole = 'SELECT min(at) FROM decisions WHERE connector_id = ? AND at >= ? AND whole IS NOT NULL'
    for connector_id, newest_ms in connection.execute(newest, (ms(before),)).fetchall():
        since_ms = newest_ms - RECALLED // timedelta(milliseconds=1)
        begin = moment(connection.execute(whole, (connector_id, since_ms)).fetchone()[0])
        if begin is not None:
            recent[connector_id] = decisions_between(connection, connector_id, begin, before)
    return recent
