"""Finds out whether a file can be used as the journal, without changing a byte of it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cpo.errors import CpoError
from cpo.journal.daily_backups import backups_of
from cpo.journal.files import with_sidecars
from cpo.journal.identity import is_foreign, open_read_only, refuse_newer
from cpo.journal.lock import remembers_journal


class DamageKind(StrEnum):
    """What is wrong with a journal."""

    MISSING = 'missing'
    """There is none, or an empty file, in a folder that had one."""
    NO_FILE = 'no_file'
    """There is none, or an empty file, where one has to be."""
    NO_DATABASE = 'no_database'
    """It is no SQLite file."""
    FOREIGN = 'foreign'
    """It is an SQLite file of another program."""
    BAD_PAGE = 'bad_page'
    """A part of the file cannot be read, or contradicts the rest."""
    UNREADABLE = 'unreadable'
    """It is whole, and has not what this program wrote."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with the journal at `path`; `finding` is what SQLite or Python says of it, '' where nothing."""

    kind: DamageKind
    path: Path
    finding: str = ''


class JournalDamaged(CpoError):
    """The journal cannot be used, and was not changed."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(f'The journal {damage.path} is damaged: {damage.kind}. {damage.finding}'.strip())
        self.damage = damage


OF_ERRORS = {
    sqlite3.SQLITE_NOTADB: DamageKind.NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: DamageKind.BAD_PAGE,
    sqlite3.SQLITE_ERROR: DamageKind.UNREADABLE,
    sqlite3.SQLITE_CONSTRAINT: DamageKind.UNREADABLE,
    sqlite3.SQLITE_MISMATCH: DamageKind.UNREADABLE,
}
"""Primary error codes of SQLite that mean damage; others (full, read-only, locked) are no fault of the file."""
UNREADABLE_DISK = (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ)
OF_A_ROW = ' value in '
"""In what newer releases of SQLite say of a value of the wrong type: rows are judged one by one, elsewhere."""


def check(path: Path, must_exist: bool = False) -> None:
    """Raise JournalDamaged where the file is no journal that can be used, MustNotStart where it is a newer program's.

    A folder that never had a journal needs none, unless one `must_exist`. Raises OSError and sqlite3.Error where it
    cannot be read for another reason.
    """
    if not path.exists() or path.stat().st_size == 0:
        if must_exist or _had_journal(path):
            raise JournalDamaged(Damage(DamageKind.NO_FILE if must_exist else DamageKind.MISSING, path))
        return
    with damage_found(path), contextlib.closing(open_read_only(path)) as connection:
        if is_foreign(connection):
            raise JournalDamaged(Damage(DamageKind.FOREIGN, path))
        refuse_newer(path, connection)
        for (found,) in connection.execute('PRAGMA quick_check'):
            if found != 'ok' and OF_A_ROW not in found:
                raise JournalDamaged(Damage(DamageKind.BAD_PAGE, path, found))


@contextlib.contextmanager
def damage_found(path: Path) -> Iterator[None]:
    """Raise JournalDamaged for an error that comes from what is in the file."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, 'sqlite_errorcode', sqlite3.SQLITE_ERROR)
        kind = DamageKind.BAD_PAGE if code in UNREADABLE_DISK else OF_ERRORS.get(code & 0xFF)
        if kind is None:
            raise
        raise JournalDamaged(Damage(kind, path, str(error))) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise JournalDamaged(Damage(DamageKind.UNREADABLE, path, str(error))) from error


def _had_journal(path: Path) -> bool:
    is_left = any(file.exists() and file.stat().st_size > 0 for file in with_sidecars(path))
    return is_left or bool(backups_of(path)) or remembers_journal(path.parent)
