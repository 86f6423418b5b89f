"""Whose file it is, and of which version: read from its header and its tables."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from cpo.errors import MustNotStart
from cpo.journal.migrations import MIGRATIONS, Migration
from cpo.journal.schema import prepare, version_of

APPLICATION_ID = int.from_bytes(b'CPOj')
"""What the header of a journal says of whose it is."""
FIRST_TABLES, *_MORE_TABLES = (
    frozenset(re.findall(r'CREATE TABLE (\w+)', statements)) for statements in MIGRATIONS if isinstance(statements, str)
)
"""The tables of the first version, which all later ones have."""
OWN_TABLES = FIRST_TABLES.union(*_MORE_TABLES)
"""The tables of this version."""
SET_ASIDE = 'set_aside'
"""The table with rows of others that could not be read; it is made with the first of them."""


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that changes no byte of the file, but for what a killed program left half written."""
    is_half_written = path.with_name(f'{path.name}-journal').exists()  # SQLite rolls that back before it can read
    return sqlite3.connect(f'{path.resolve().as_uri()}?mode={"rw" if is_half_written else "ro"}', uri=True)


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Whether the file is another program's; older journals have no application id, and are known by their tables."""
    application_id = connection.execute('PRAGMA application_id').fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    is_unknown = bool(tables) and not tables >= FIRST_TABLES
    return application_id != APPLICATION_ID and (application_id != 0 or is_unknown)


def refuse_newer(path: Path, connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Raise MustNotStart where a newer program wrote the journal at the path, to which the connection is."""
    version = version_of(connection)
    if version > len(migrations):
        raise MustNotStart(
            f'{path} was written by a newer version of this program (its journal has version {version}, this program '
            f'knows {len(migrations)}); start that version, or choose another folder with --data-dir.'
        )


def check_columns(connection: sqlite3.Connection) -> None:
    """Raise ValueError where a column of this version is missing, or is of another kind."""
    for table, columns in _own_columns().items():
        if not columns <= _columns(connection, table):
            raise ValueError(f'the table {table} is another one')


@cache
def _own_columns() -> Mapping[str, set[tuple[object, ...]]]:
    """The columns of each table of this version."""
    with contextlib.closing(sqlite3.connect(':memory:', isolation_level=None)) as new:
        prepare(None, new)
        return {table: _columns(new, table) for table in sorted(OWN_TABLES)}


def _columns(connection: sqlite3.Connection, table: str) -> set[tuple[object, ...]]:
    """Name, type, whether it may be empty and place in the key, of each."""
    found = connection.execute(f'PRAGMA table_info({table})')
    return {(name, kind, may_not_be_empty, key) for _, name, kind, may_not_be_empty, _, key in found}


def has_set_aside(connection: sqlite3.Connection) -> bool:
    """Whether rows that could not be read were ever set aside."""
    return connection.execute('SELECT 1 FROM sqlite_master WHERE name = ?', (SET_ASIDE,)).fetchone() is not None


def has_lost(connection: sqlite3.Connection, table: str) -> bool:
    """Whether a row of this table could not be read and was set aside, however long ago."""
    lost = f'SELECT 1 FROM {SET_ASIDE} WHERE table_name = ?'
    return has_set_aside(connection) and connection.execute(lost, (table,)).fetchone() is not None


def sign(connection: sqlite3.Connection) -> None:
    """Write the application id into the file. Raises sqlite3.Error where the file cannot be written."""
    connection.execute(f'PRAGMA application_id = {APPLICATION_ID}')
