"""What plans are made of, in one value for the doors: what was pushed, prices, and what quarters were like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self

from cpo.charge_point import ChargePoint
from cpo.clock import LOCAL
from cpo.controllers.quarters import Quarters
from cpo.journal import Journal, QuarterTables, SlotTables
from cpo.prices import PriceFetcher, Prices, PushedLists


@dataclass(frozen=True, slots=True)
class Planning:
    """Pushed prices and forecasts, the prices that hold, the quarters of an hour of the last days, and who
    fetches prices where the settings name a publisher."""

    pushed: PushedLists
    prices: Prices
    quarters: Quarters
    fetcher: PriceFetcher

    @classmethod
    def of(cls, charge_point: ChargePoint, journal: Journal, now: Callable[[], datetime], zone: tzinfo = LOCAL) -> Self:
        """The planning of a house, as its journal has it; the local clock is that of `zone`."""
        pushed = PushedLists(SlotTables(journal), now)
        prices = Prices(pushed, lambda: charge_point.settings, zone)
        fetcher = PriceFetcher(pushed, lambda: charge_point.settings, now)
        return cls(pushed, prices, Quarters(charge_point, QuarterTables(journal)), fetcher)
