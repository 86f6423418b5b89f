"""What keeps the journal small and safe while the program runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from cpo.journal.daily_backups import keep_backups
from cpo.journal.damage import check
from cpo.journal.journal import Journal
from cpo.journal.retention import keep_small


async def do_chores(journal: Journal, keep_samples: Callable[[], timedelta], now: Callable[[], datetime]) -> None:
    """Remove old meter samples and make backups, until cancelled; `now` is the program's time.

    `keep_samples` returns how long meter samples are kept.
    """
    await asyncio.gather(keep_small(journal, keep_samples), keep_backups(journal, check, now))
