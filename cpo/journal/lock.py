"""A file that only one process at a time holds."""

from __future__ import annotations

import logging
import sys
from typing import IO

logger = logging.getLogger(__name__)

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
