"""The backups that the program makes by itself: one a day, the newest seven kept, in a folder beside the journal."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from cpo.errors import CpoError
from cpo.journal.backup import copy_to
from cpo.journal.files import PRIVATE_FOLDER, with_sidecars

logger = logging.getLogger(__name__)

BACKUPS = 'backups'
EVERY = timedelta(days=1)
MOST_KEPT = 7
FIRST_AFTER_S = 60.0
LOOK_EVERY_S = 3600.0
NAME = 'journal-%Y-%m-%dT%H%M%SZ.db'
FILES = 'journal-*.db'
UNFINISHED = 'unfinished'
T = TypeVar('T')
Check = Callable[[Path], None]


class Backup(NamedTuple):
    """A copy of the journal, and when it was made."""

    path: Path
    at: datetime


class Journal(Protocol):
    """The part of the journal that this module uses."""

    path: Path | None

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query in a thread, and return its result."""
        ...


def backups_of(path: Path) -> list[Backup]:
    """The copies of the journal at the path, newest first: those made daily, and those made before it was migrated."""
    daily = (Backup(file, _made_at(file)) for file in (path.parent / BACKUPS).glob(FILES))
    before = (Backup(file, _changed_at(file)) for file in path.parent.glob('journal-before-version-*.db'))
    return sorted((*daily, *before), key=lambda backup: backup.at, reverse=True)


async def keep_backups(journal: Journal, check: Check, now: Callable[[], datetime]) -> None:
    """Make a backup whenever there is none of the last 24 h; never returns. What fails is logged, and tried again."""
    await asyncio.sleep(FIRST_AFTER_S)
    while True:
        try:
            await back_up(journal, check, now())
        except (CpoError, OSError, sqlite3.Error) as error:
            logger.error('The daily backup failed: %s', error)
        await asyncio.sleep(LOOK_EVERY_S)


def free_bytes(folder: Path) -> int:
    """The room on the disk of a folder."""
    return shutil.disk_usage(folder).free


async def back_up(journal: Journal, check: Check, at: datetime, free_bytes: Callable[[Path], int] = free_bytes) -> None:
    """Make a backup, unless there is one of the last 24 h, or the disk has less room than twice the journal.

    `check` raises a CpoError for a copy that is no sound journal: it is no backup, and no older one is deleted for it.
    """
    if (path := journal.path) is None:
        return
    folder = path.parent / BACKUPS
    if any(abs(at - _made_at(file)) < EVERY for file in folder.glob(FILES)):
        return
    size = sum(file.stat().st_size for file in with_sidecars(path) if file.exists())
    if (free := free_bytes(path.parent)) < 2 * size:
        logger.warning('No backup was made: the disk has %d MB free, twice the journal is needed.', free // 10**6)
        return

    def copy(connection: sqlite3.Connection) -> None:
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
        copy_to(folder / UNFINISHED, connection)
        check(folder / UNFINISHED)
        (folder / UNFINISHED).replace(folder / at.astimezone(UTC).strftime(NAME))
        _delete_surplus(folder, at)

    await journal.read(copy)


def _delete_surplus(folder: Path, now: datetime) -> None:
    """Keep the newest; a backup of a time to come, made while the clock was wrong, counts as the oldest."""
    files = sorted(folder.glob(FILES), key=lambda file: (_made_at(file) <= now, _made_at(file)))
    for file in files[:-MOST_KEPT]:
        file.unlink()


def _made_at(file: Path) -> datetime:
    """What its name says; when it was changed, where somebody named it otherwise."""
    try:
        return datetime.strptime(file.name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return _changed_at(file)


def _changed_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
