"""The table of events: its rows, the query for a page of them, and the migration that fills it from older tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import orjson

from cpo.journal.rows import Row, insert_row, moment, ms
from cpo.journal.writer import Write
from cpo.state import QUIET, Event

MOST = 2**63 - 1


def event_write(event: Event) -> Write:
    """The statement for the row of an event."""
    return insert_row(
        'events',
        True,
        number=event.number,
        at=ms(event.at),
        kind=str(event.kind),
        connector_id=event.connector_id,
        details=orjson.dumps(event.details).decode(),
    )


def event_of(row: Row) -> Event:
    """The event in a row; details that cannot be read are left out."""
    try:
        details = orjson.loads(row['details'])
    except orjson.JSONDecodeError:
        details = {}
    return Event(moment(row['at']), row['kind'], row['connector_id'], details, row['number'])


def events_before(
    connection: sqlite3.Connection,
    number: int | None,
    limit: int,
    since: datetime | None = None,
    kinds: Sequence[str] = (),
) -> list[Event]:
    """The newest events with a number below `number` (None: of all), newest first; none before `since`.

    `kinds` are the kinds asked for, empty: all but the QUIET ones.
    """
    named = kinds or [*QUIET]
    asked = f'AND kind {"IN" if kinds else "NOT IN"} ({", ".join("?" * len(named))})'
    sql = f'SELECT * FROM events WHERE number <= ? AND at >= ? {asked} ORDER BY number DESC LIMIT ?'
    newest, oldest = MOST if number is None else number - 1, -MOST if since is None else ms(since)
    return [event_of(row) for row in connection.execute(sql, (newest, oldest, *named, limit))]


def collect_events(connection: sqlite3.Connection) -> None:
    """Rebuild the table as version 5 has it, with the sessions, faults and commands of older versions in it.

    Works inside the transaction that is open; the numbers follow the times.
    """
    connection.execute('ALTER TABLE events RENAME TO older_events')
    connection.execute('DROP INDEX events_by_time')
    connection.execute(
        'CREATE TABLE events (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, '
        'connector_id INTEGER, details TEXT NOT NULL)'
    )
    connection.execute('CREATE INDEX events_by_time ON events (at)')
    connection.execute(f'INSERT INTO events (at, kind, connector_id, details) {OLDER}')
    connection.execute('DROP TABLE older_events')


OLDER = """
    SELECT at, kind, NULL AS connector_id, json_object('text', CAST(text AS TEXT)) AS details FROM older_events
    UNION ALL
    SELECT start_timestamp, 'session_begun', connector_id,
        json_object('transactionId', CAST(transaction_id AS TEXT), 'number', number, 'idTag', CAST(id_tag AS TEXT))
        FROM transactions WHERE start_timestamp IS NOT NULL
    UNION ALL
    SELECT stop_timestamp, 'session_ended', connector_id,
        json_object('transactionId', CAST(transaction_id AS TEXT), 'number', number, 'idTag', CAST(id_tag AS TEXT),
            'energyWh', CAST(energy_wh AS REAL), 'reason', CAST(ending AS TEXT))
        FROM transactions WHERE stop_timestamp IS NOT NULL
    UNION ALL
    SELECT heard_at, CASE activity WHEN 'faulted' THEN 'fault' ELSE 'status' END, connector_id,
        json_object('status', CAST(status AS TEXT), 'errorCode', CAST(nullif(error_code, '') AS TEXT))
        FROM status_changes
    UNION ALL
    SELECT at, 'command', NULL, json_object('action', CAST(action AS TEXT), 'status', CAST(status AS TEXT))
        FROM commands
    ORDER BY 1
"""
