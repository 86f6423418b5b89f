"""Lists of slots that somebody pushes: a change holds once it is persisted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from cpo.clock import utc_now
from cpo.errors import JournalError
from cpo.prices.slots import Slot, first_after, replaced

KEEP = timedelta(days=60)
"""So long slots stay after their time, as coming days are guessed by the last ones."""
FLUSH_WITHIN_S = 9.0


class PushedList(StrEnum):
    """The name of a list. The values are stored in the journal.

    What energy from the grid costs, what energy fed in earns, what the sun is expected to give, and what the house is
    expected to take without the car.
    """

    IMPORT = 'import'
    EXPORT = 'export'
    PV = 'pv_w'
    HOUSE = 'house_w'


Lists = Mapping[PushedList, Sequence[Slot]]


class SlotStore(Protocol):
    """Where pushed lists are persisted."""

    def load(self) -> Lists:
        """All slots, each list in order of time."""
        ...

    def replace(self, name: PushedList, removed: Sequence[Slot], added: Sequence[Slot]) -> None:
        """Queue the change of a list; returns at once."""
        ...

    async def flushed(self) -> None:
        """Wait until all changes are on the disk. Raises JournalError."""
        ...


class PushedLists:
    """Holds the pushed lists, and tells its listeners of every change."""

    def __init__(self, store: SlotStore, now: Callable[[], datetime] = utc_now) -> None:
        """Read the lists from `store`."""
        self._store, self._now = store, now
        loaded = store.load()
        self._lists = {name: tuple(loaded.get(name, ())) for name in PushedList}
        self._one_at_a_time = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []

    def slots(self, name: PushedList) -> tuple[Slot, ...]:
        """The slots of a list in order of time; no two overlap."""
        return self._lists[name]

    def until(self, name: PushedList) -> datetime | None:
        """The end of a list, None where nobody pushes it."""
        slots = self._lists[name]
        return slots[-1].ends_at if slots else None

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    async def push(self, lists: Mapping[PushedList, Sequence[Slot] | None]) -> None:
        """Replace what these slots cover, each list in order of time; None forgets all of a list.

        Raises JournalError where that cannot be persisted within 9 s; then nothing has changed.
        """
        async with self._one_at_a_time:
            old, oldest = self._lists, self._now() - KEEP
            new = {**old}
            for name, pushed in lists.items():
                merged = () if pushed is None else replaced(old[name], pushed)
                new[name] = merged[first_after(merged, oldest) :]
            if new == old:
                return
            self._store_change(old, new)
            try:
                async with asyncio.timeout(FLUSH_WITHIN_S):
                    await self._store.flushed()
            except (JournalError, TimeoutError):
                self._store_change(new, old)
                raise JournalError(
                    'This cannot be kept now (is the disk full or read-only?); nothing was changed.'
                ) from None
            self._lists = new
        for listener in self._listeners:
            listener()

    def _store_change(self, old: Lists, new: Lists) -> None:
        for name in PushedList:
            before, after = set(old[name]), set(new[name])
            if before != after:
                self._store.replace(name, sorted(before - after), sorted(after - before))
