"""What the journal has from before the start of the program, for the page Why."""

from __future__ import annotations

import asyncio
import contextlib

from cpo.dashboard.live import Live
from cpo.dashboard.words.why import SHOWN
from cpo.errors import JournalError
from cpo.journal import records
from cpo.state import Event

MAX_EVENTS = 500


class Recalled:
    """Decisions, wishes, limits and ceilings of the journal, read once, when somebody first looks.

    `events` has those that are no decisions, newest first, some of them from after the start.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._reading = asyncio.Lock()
        self._is_read = False
        self.events: tuple[Event, ...] = ()

    async def read(self) -> None:
        """Read what is not yet read, and show it; a journal that cannot be read has an alert on every page."""
        async with self._reading:
            if self._is_read:
                return
            with contextlib.suppress(JournalError):
                read = self._live.charge_point.journal.read
                self.events = tuple(
                    await read(lambda connection: records.events_before(connection, None, MAX_EVENTS, kinds=SHOWN))
                )
                self._live.refresh()
                await self._live.solar_controller.recall()
                self._is_read = True
