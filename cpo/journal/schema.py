"""The tables of the journal: they are created in a new file, and an older one is migrated."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from cpo.journal.backup import copy_to
from cpo.journal.migrations import MIGRATIONS, Migration
from cpo.journal.secrets import mask_secrets

VERSION = len(MIGRATIONS)


def prepare(path: Path | None, connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> bool:
    """Create the tables in a new file, or migrate an older one; whether it is new, and its tables therefore empty.

    The old file is copied beside it before, without its secrets.
    """
    version = version_of(connection)
    if version >= len(migrations):
        return False
    if not version:
        connection.executescript(_creation(tuple(migrations)))
        return True
    if path is not None:
        _back_up(connection, path.with_name(f'{path.stem}-before-version-{len(migrations)}{path.suffix}'))
    _migrate(connection, version, migrations)
    return False


def _migrate(connection: sqlite3.Connection, version: int, migrations: Sequence[Migration]) -> None:
    """Run the migrations that come after this version, each in a transaction of its own."""
    for number, migration in enumerate(migrations[version:], version + 1):
        if isinstance(migration, str):
            connection.executescript(f'BEGIN; {migration} PRAGMA user_version = {number}; COMMIT;')
        else:
            connection.execute('BEGIN')
            migration(connection)
            connection.execute(f'PRAGMA user_version = {number}')
            connection.execute('COMMIT')
    connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')  # else the file still has the pages from before


@cache
def _creation(migrations: tuple[Migration, ...]) -> str:
    """The statements that create at once what all migrations end with."""
    with contextlib.closing(sqlite3.connect(':memory:', isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        _migrate(connection, 0, migrations)
        made = connection.execute('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL')
        tables = ';'.join(row['sql'] for row in made)
    return f'BEGIN; {tables}; PRAGMA user_version = {len(migrations)}; COMMIT;'


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables of a file, 0 in an empty one."""
    return int(connection.execute('PRAGMA user_version').fetchone()[0])


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    copy_to(path, connection)
    with contextlib.closing(sqlite3.connect(path)) as copy, copy:
        mask_secrets(copy)
