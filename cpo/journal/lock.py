"""A folder that only one process at a time holds, and that remembers that it had a journal."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from pathlib import Path
from typing import IO

from cpo.errors import MustNotStart
from cpo.journal.files import PRIVATE_FOLDER, create_private

logger = logging.getLogger(__name__)

LOCK_NAME = 'journal.lock'
REMEMBERED = b'This folder has a journal. A program that finds none asks before it begins a new one.\n'

if sys.platform == 'win32':
    import msvcrt

    def lock(file: IO[str]) -> None:
        """Hold the file until it is closed, or the process ends. Raises OSError while another process holds it."""
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    try:
        import fcntl
    except ImportError:
        fcntl = None  # type: ignore[assignment]  # then nothing can be locked

    def lock(file: IO[str]) -> None:
        """Hold the file until it is closed, or the process ends. Raises OSError while another process holds it."""
        if fcntl is None:
            logger.warning('This system locks no files: take care that only one program uses the journal.')
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def hold(folder: Path) -> IO[str]:
    """Hold the folder, made where there is none, until the result is closed or the process ends.

    Raises MustNotStart while another process holds it, and OSError where it cannot be made or written.
    """
    folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    create_private(folder / LOCK_NAME)
    file = (folder / LOCK_NAME).open('a')
    file.seek(0)  # Windows locks from here
    try:
        lock(file)
    except OSError:
        file.close()
        raise MustNotStart(
            f'Another program uses the journal in {folder}; end it, or choose another folder with --data-dir.'
        ) from None
    return file


def remember_journal(folder: Path, held: IO[str]) -> None:
    """Note in the file held that the folder has a journal."""
    if not remembers_journal(folder):
        with contextlib.suppress(OSError):  # the disk is full
            os.write(held.fileno(), REMEMBERED)


def remembers_journal(folder: Path) -> bool:
    """Whether the folder ever had a journal."""
    file = folder / LOCK_NAME
    return file.exists() and file.stat().st_size > 0
