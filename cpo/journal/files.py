"""The journal's files: readable by their owner alone, and why one of them cannot be written."""

from __future__ import annotations

import logging
import os
from pathlib import Path

try:
    import pwd
except ImportError:  # Windows has none
    pwd = None  # type: ignore[assignment]  # then nobody is named

logger = logging.getLogger(__name__)

FILE_NAME = 'journal.db'
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
SIDECARS = ('-wal', '-shm', '-journal')
"""What SQLite puts beside a file, by the end of the name."""


def with_sidecars(path: Path) -> tuple[Path, ...]:
    """An SQLite file and what may stand beside it."""
    return (path, *(path.with_name(path.name + end) for end in SIDECARS))


def create_private(path: Path) -> None:
    """Make an empty file that only its owner can read, or take that right from others; SQLite's sidecars follow it."""
    path.touch(PRIVATE_FILE)
    for file in with_sidecars(path):
        if file.exists():
            keep_private(file)


def keep_private(path: Path) -> None:
    """Take all rights from everybody but the owner; where that fails (some network shares), it is logged."""
    try:
        if path.stat().st_mode & 0o077:
            path.chmod(PRIVATE_FILE)
    except OSError as error:
        logger.warning('%s may be read by others, as its mode cannot be set: %s', path, error)


def cannot_be_written(path: Path, error: Exception) -> str:
    """A sentence on a journal that cannot be opened for writing, with file, owner and remedy."""
    folder = path.parent
    places = (*with_sidecars(path), folder / 'journal.lock', folder, *folder.parents)
    existing = [place for place in places if _exists(place)]
    place = next((place for place in existing if not _is_writable(place)), existing[0])
    owner, user = _name(place.stat().st_uid), _name(_user_id())
    elsewhere = 'or choose another folder with --data-dir'
    if _is_read_only(place):
        return f'{place} of {owner} cannot be written: its disk is read-only. Make that writable, {elsewhere}.'
    if _is_writable(place):
        return f'{place} of {owner} cannot be used as a journal: {error}. See to that, {elsewhere}.'
    command = f'chmod -R u+rwX {folder}' if owner == user else f'chown -R {user} {folder}'
    return f'{place} belongs to {owner} and cannot be written by {user}. Run: sudo {command} — {elsewhere}.'


def _exists(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # it stands in a folder that may not be looked into
        return False


def _is_writable(place: Path) -> bool:
    return os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _is_read_only(place: Path) -> bool:
    return hasattr(os, 'statvfs') and bool(os.statvfs(place).f_flag & os.ST_RDONLY)


def _user_id() -> int:
    return os.geteuid() if hasattr(os, 'geteuid') else 0


def _name(user_id: int) -> str:
    try:
        return str(user_id) if pwd is None else pwd.getpwuid(user_id).pw_name
    except KeyError:  # an id without an account, as in a container
        return str(user_id)
