"""The prices of the house at any time: what was pushed, else what the settings say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from cpo.clock import LOCAL
from cpo.prices.price import Price, PriceBasis, PriceKind
from cpo.prices.pushed_lists import PushedList, PushedLists
from cpo.prices.slots import Slot, first_after
from cpo.prices.tariff import Tariff
from cpo.settings import Settings


class Prices:
    """Knows what a kWh costs and earns, now and as far ahead as somebody pushed prices.

    A price that is missing in a list somebody pushes falls back to the fixed one of the settings, and says so; one in
    another currency than that of the settings counts as missing.
    """

    def __init__(
        self,
        lists: PushedLists,
        settings: Callable[[], Settings],
        zone: tzinfo = LOCAL,
    ) -> None:
        """`settings` are asked whenever a price is needed; the local clock is that of `zone`."""
        self._lists, self._settings, self.zone = lists, settings, zone
        self._tariff_of: tuple[Settings, Tariff] | None = None
        self._usable_of: dict[PriceKind, tuple[tuple[Slot, ...], str, tuple[Slot, ...]]] = {}

    @property
    def currency(self) -> str:
        """The currency of all prices (ISO 4217)."""
        return self._settings().currency

    @property
    def tariff(self) -> Tariff:
        """The tariff of the settings in force."""
        settings = self._settings()
        if self._tariff_of is None or self._tariff_of[0] is not settings:
            self._tariff_of = settings, Tariff.of(settings, self.zone)
        return self._tariff_of[1]

    def pushed_until(self, kind: PriceKind) -> datetime | None:
        """The end of the list that somebody pushes in the currency of the settings, None where nobody does."""
        slots = self._slots(kind)
        return slots[-1].ends_at if slots else None

    def at(self, at: datetime, kind: PriceKind = PriceKind.IMPORT) -> Price:
        """The price at an instant; its bounds are those of a pushed slot, or `at` where nothing was pushed for it."""
        slots, tariff = self._slots(kind), self.tariff
        index = first_after(slots, at)
        if index < len(slots) and slots[index].starts_at <= at:
            slot = slots[index]
            price = tariff.paid(slot.value, kind)
            return Price(slot.starts_at, slot.ends_at, price, PriceBasis.PUSHED, slot.source)
        basis = PriceBasis.FALLBACK if self._lists.slots(PushedList(kind)) else PriceBasis.FIXED
        return Price(at, at, tariff.fixed_at(at, kind), basis)

    def between(self, begin: datetime, end: datetime, kind: PriceKind = PriceKind.IMPORT) -> list[Price]:
        """The prices from `begin` to `end`, one after the other without a gap."""
        found, slots = [], self._slots(kind)
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

    def _slots(self, kind: PriceKind) -> tuple[Slot, ...]:
        """The pushed slots in the currency of the settings; chosen again when either changes."""
        slots, currency = self._lists.slots(PushedList(kind)), self.currency
        known = self._usable_of.get(kind)
        if known is None or known[0] is not slots or known[1] != currency:
            usable = tuple(slot for slot in slots if slot.currency in ('', currency))
            known = self._usable_of[kind] = slots, currency, usable
        return known[2]
