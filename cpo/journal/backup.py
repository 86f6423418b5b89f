"""Copies the journal while it is in use."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path
from typing import BinaryIO


def copied(connection: sqlite3.Connection) -> BinaryIO:
    """A consistent copy as one file, open for reading; it has no name any more and is gone once it is closed.

    Runs in a thread of `Journal.read`. Raises OSError or sqlite3.Error where there is no room for it in the folder for
    temporary files.
    """
    with tempfile.TemporaryDirectory(prefix='home-cpo-') as folder:
        path = Path(folder) / 'journal.db'
        with contextlib.closing(sqlite3.connect(path)) as copy:
            connection.backup(copy)
            copy.execute('PRAGMA journal_mode = DELETE')  # one file, whole without its -wal
        return path.open('rb')
