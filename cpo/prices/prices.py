"""The prices of the house at any time: what was pushed, else what the settings say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from cpo.clock import LOCAL, utc_now
from cpo.errors import JournalError
from cpo.prices.price import Price, PriceBasis, PriceKind
from cpo.prices.price_list import PriceSlot, first_after, replaced
from cpo.prices.tariff import Tariff
from cpo.settings import Settings

KEEP = timedelta(days=60)
"""So long pushed prices stay after their time, as the prices of coming days are guessed by them."""
FLUSH_WITHIN_S = 9.0

PriceLists = Mapping[PriceKind, Sequence[PriceSlot]]


class PriceStore(Protocol):
    """Where pushed prices are persisted."""

    def load(self) -> PriceLists:
        """All slots, each list in order of time."""
        ...

    def replace(self, kind: PriceKind, removed: Sequence[PriceSlot], added: Sequence[PriceSlot]) -> None:
        """Queue the change of a list; returns at once."""
        ...

    async def flushed(self) -> None:
        """Wait until all changes are on the disk. Raises JournalError."""
        ...


class Prices:
    """Knows what a kWh costs and earns, now and as far ahead as somebody pushed prices.

    A price that is missing in a list somebody pushes falls back to the fixed one of the settings, and says so.
    """

    def __init__(
        self,
        store: PriceStore,
        settings: Callable[[], Settings],
        now: Callable[[], datetime] = utc_now,
        zone: tzinfo = LOCAL,
    ) -> None:
        """Read the pushed prices from `store`; `settings` are asked whenever a price is needed."""
        self._store, self._settings, self._now, self._zone = store, settings, now, zone
        loaded = store.load()
        self._lists = {kind: tuple(loaded.get(kind, ())) for kind in PriceKind}
        self._one_at_a_time = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._tariff_of: tuple[Settings, Tariff] | None = None

    @property
    def currency(self) -> str:
        """The currency of all prices (ISO 4217)."""
        return self._settings().currency

    @property
    def tariff(self) -> Tariff:
        """The tariff of the settings in force."""
        settings = self._settings()
        if self._tariff_of is None or self._tariff_of[0] is not settings:
            self._tariff_of = settings, Tariff.of(settings, self._zone)
        return self._tariff_of[1]

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of the pushed prices."""
        self._listeners.append(listener)

    def pushed_until(self, kind: PriceKind) -> datetime | None:
        """The end of the list that somebody pushes, None where nobody does."""
        slots = self._lists[kind]
        return slots[-1].ends_at if slots else None

    def at(self, at: datetime, kind: PriceKind = PriceKind.IMPORT) -> Price:
        """The price at an instant; its bounds are those of a pushed slot, or `at` where nothing was pushed for it."""
        slots, tariff = self._lists[kind], self.tariff
        index = first_after(slots, at)
        if index < len(slots) and slots[index].starts_at <= at:
            slot = slots[index]
            price = tariff.paid(slot.price, kind)
            return Price(slot.starts_at, slot.ends_at, price, PriceBasis.PUSHED, slot.source)
        basis = PriceBasis.FALLBACK if slots else PriceBasis.FIXED
        return Price(at, at, tariff.fixed_at(at, kind), basis)

    def between(self, begin: datetime, end: datetime, kind: PriceKind = PriceKind.IMPORT) -> list[Price]:
        """The prices from `begin` to `end`, one after the other without a gap."""
        found, slots = [], self._lists[kind]
        index = first_after(slots, begin)
        while begin < end:
            price = self.at(begin, kind)
            if price.basis is PriceBasis.PUSHED:
                until, index = min(price.ends_at, end), index + 1
            else:
                ahead = slots[index].starts_at if index < len(slots) else end
                until = self.tariff.holds_until(begin, kind, min(ahead, end))
            found.append(price._replace(starts_at=begin, ends_at=until))
            begin = until
        return found

    async def push(self, lists: Mapping[PriceKind, Sequence[PriceSlot] | None]) -> None:
        """Replace what these slots cover, each list in order of time; None forgets all of a list.

        Raises JournalError where that cannot be persisted within 9 s; then nothing has changed.
        """
        async with self._one_at_a_time:
            old, oldest = self._lists, self._now() - KEEP
            new = {**old}
            for kind, pushed in lists.items():
                merged = () if pushed is None else replaced(old[kind], pushed)
                new[kind] = merged[first_after(merged, oldest) :]
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

    def _store_change(self, old: PriceLists, new: PriceLists) -> None:
        for kind in PriceKind:
            before, after = set(old[kind]), set(new[kind])
            if before != after:
                self._store.replace(kind, sorted(before - after), sorted(after - before))
