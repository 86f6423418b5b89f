"""The journal for commands that only read it, also while the program runs."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cpo.errors import MustNotStart
from cpo.journal.files import FILE_NAME
from cpo.journal.schema import VERSION, version_of


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write to the journal in the folder.

    Raises MustNotStart where there is none, or where it is of another version or cannot be read.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise MustNotStart(f'There is no journal at {path}; name its folder with --data-dir.')
    try:
        with contextlib.closing(sqlite3.connect(f'{path.absolute().as_uri()}?mode=ro', uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            if version_of(connection) != VERSION:
                raise MustNotStart(f'{path} is of another version of this program; start this one once to migrate it.')
            yield connection
    except sqlite3.Error as error:
        raise MustNotStart(f'{path} cannot be read: {error}.') from error
