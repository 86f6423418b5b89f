"""Changes that hold and are persisted, or neither."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

from cpo.errors import JournalError
from cpo.state import ChargePointState, Entry

FLUSH_WITHIN_S = 9.0


class Records(Protocol):
    """The part of ChargePoint that `persist` and its callers use."""

    @property
    def state(self) -> ChargePointState:
        """The state of the charger as it is now."""
        ...

    def record(self, *entries: Entry) -> None:
        """Apply entries to the state and queue them to the journal."""
        ...

    async def flushed(self) -> None:
        """Wait until all recorded entries are on the disk. Raises JournalError."""
        ...


async def persist(records: Records, change: Entry, undo: Entry) -> None:
    """Make a change and wait for the disk; raises JournalError where that takes more than 9 s, after undoing it.

    The journal writes later what it could not write now, so the undoing is recorded after it.
    """
    records.record(change)
    try:
        async with asyncio.timeout(FLUSH_WITHIN_S):
            await records.flushed()
    except (JournalError, TimeoutError):
        records.record(undo)
        raise JournalError('This cannot be kept now (is the disk full or read-only?); nothing was changed.') from None


async def settle(records: Records) -> None:
    """Wait for the disk, 9 s at most; where the journal cannot be written, the pages say so and this does not."""
    with suppress(JournalError, TimeoutError):
        async with asyncio.timeout(FLUSH_WITHIN_S):
            await records.flushed()
