"""Rows of the journal that cannot be read: each is moved to the table `set_aside`, so that all others can be used."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cpo.journal.identity import OWN_TABLES, SET_ASIDE, has_set_aside
from cpo.journal.restore import READERS
from cpo.journal.rows import ms
from cpo.masking import masked

logger = logging.getLogger(__name__)

CREATE = f'CREATE TABLE IF NOT EXISTS {SET_ASIDE} (at INTEGER, table_name TEXT, row TEXT)'
SAID_FOR = timedelta(days=7)
WITHOUT_TEXT = frozenset({'meter_samples', 'inputs', 'decisions'})
"""Tables with millions of numbers: SQLite alone looks at their rows."""

Row = dict[str, Any]


def set_aside_bad_rows(connection: sqlite3.Connection, now: datetime | None = None) -> Mapping[str, int]:
    """Read every row, and move those that cannot be read; the result is how many of each table were in the last week.

    Takes about a second for three million samples.
    """
    at = now or datetime.now(UTC)
    tables = _names(connection)
    connection.text_factory = bytes  # a text that is not UTF-8 is judged with its row, and ends no query
    try:
        for table in tables:
            if bad := list(_bad_rows(connection, table)):
                _move(connection, table, bad, at)
    finally:
        connection.text_factory = str
    return _moved_since(connection, at - SAID_FOR)


def _names(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in found if name in OWN_TABLES]


def _bad_rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    columns = connection.execute(f'PRAGMA table_info({table})').fetchall()
    keys = ', '.join(_key_columns(columns))
    where = ' OR '.join(_is_bad(column) for column in columns)
    unfit = [dict(row) for row in connection.execute(f'SELECT {keys}, * FROM {table} WHERE {where}')]
    yield from unfit
    if table in WITHOUT_TEXT:
        return
    for row in connection.execute(f'SELECT {keys}, * FROM {table} WHERE ({where}) IS NOT TRUE'):
        values = dict(row)
        try:
            text = {name: value.decode() if isinstance(value, bytes) else value for name, value in values.items()}
            READERS.get(table, dict)(text)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            yield values


def _is_bad(column: sqlite3.Row) -> str:
    """The condition that a value is none of its column: SQLite sorts numbers before texts and texts before blobs."""
    name = column['name'].decode()
    least_of_others = "x''" if column['type'] == b'TEXT' else "''"
    bad = f'{name} >= {least_of_others}'
    return f'{bad} OR {name} IS NULL' if column['notnull'] else bad


def _key_columns(columns: list[sqlite3.Row]) -> list[str]:
    return [column['name'].decode() for column in columns if column['pk']] or ['rowid']


def _move(connection: sqlite3.Connection, table: str, bad: list[Row], at: datetime) -> None:
    keys = _key_columns(connection.execute(f'PRAGMA table_info({table})').fetchall())
    is_it = ' AND '.join(f'({key} IS ? OR {key} IS CAST(? AS TEXT))' for key in keys)
    connection.execute('BEGIN IMMEDIATE')
    connection.execute(CREATE)
    for row in bad:
        content = json.dumps({name: _shown(value) for name, value in row.items()})
        connection.execute(f'INSERT INTO {SET_ASIDE} VALUES (?, ?, ?)', (ms(at), table, content))
        connection.execute(f'DELETE FROM {table} WHERE {is_it}', [row[key] for key in keys for _ in range(2)])
        logger.error('A row of %s cannot be read and was set aside: %.500s', table, masked(content))
    connection.execute('COMMIT')


def _shown(value: Any) -> Any:
    return value.decode('utf-8', 'backslashreplace') if isinstance(value, bytes) else value


def _moved_since(connection: sqlite3.Connection, at: datetime) -> Mapping[str, int]:
    if not has_set_aside(connection):
        return {}
    counted = f'SELECT table_name, count(*) FROM {SET_ASIDE} WHERE at >= ? GROUP BY table_name'
    return {str(table): int(count) for table, count in connection.execute(counted, (ms(at),))}
