"""Copies the journal while it is in use."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path
from typing import BinaryIO

from cpo.journal.files import create_private


def copied(connection: sqlite3.Connection) -> BinaryIO:
    """A consistent copy as one file, open for reading; it has no name any more and is gone once it is closed.

    It leaves this machine, so it is without the key that seals statements; a program that starts with it makes another.
    Runs in a thread of `Journal.read`. Raises OSError or sqlite3.Error where there is no room for it in the folder for
    temporary files.
    """
    with tempfile.TemporaryDirectory(prefix='home-cpo-') as folder:
        path = Path(folder) / 'journal.db'
        copy_to(path, connection)
        with contextlib.closing(sqlite3.connect(path)) as copy, copy:
            copy.execute('PRAGMA secure_delete = ON')  # nothing of it stays on the page
            copy.execute('DELETE FROM seal_key')
        return path.open('rb')


def copy_to(path: Path, connection: sqlite3.Connection) -> None:
    """Put a consistent copy at the path, as one file that is whole without its `-wal`, in place of what is there.

    Raises OSError or sqlite3.Error where there is no room for it; what was copied by then stays.
    """
    path.unlink(missing_ok=True)
    create_private(path)
    with contextlib.closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
        copy.execute('PRAGMA journal_mode = DELETE')
