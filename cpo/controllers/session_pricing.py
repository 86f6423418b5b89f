"""What the energy that a session charged meanwhile costs (pure).

Energy from the sun costs what it would have earned, the rest what the grid takes for it. What was charged between two
looks is spread evenly over the time between them, so that each price gets its part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from cpo.frozen import replace
from cpo.prices import Price, PriceBasis, PriceKind
from cpo.state import CostPart, SessionCost

LONGEST = timedelta(days=14)
"""What was charged in a longer time is taken for charged in the last days of it."""
NANO_PER_WH = Decimal(10**6)
"""A Wh at 1 per kWh, in billionths of the currency."""

PricesBetween = Callable[[datetime, datetime, PriceKind], list[Price]]


class Charged(NamedTuple):
    """What a session has charged until `until`, in Wh, and what of it came from the sun."""

    energy_wh: float
    sun_wh: float
    until: datetime


def priced(
    cost: SessionCost, charged: Charged, prices_between: PricesBetween
) -> tuple[SessionCost, tuple[CostPart, ...]]:
    """The cost of all that was charged, and the parts of it that are new."""
    added_wh = charged.energy_wh - cost.energy_wh
    until = max(cost.until, charged.until)
    if added_wh < 0:
        parts: tuple[CostPart, ...] = (_taken_back(cost, charged, until),)
    else:
        sun_wh = min(added_wh, max(0.0, charged.sun_wh - cost.sun_wh))
        parts = tuple(_parts(added_wh, sun_wh, cost.until, until, prices_between)) if added_wh else ()
    for part in parts:
        cost = cost.with_part(part)
    return replace(cost, until=until, energy_wh=charged.energy_wh), parts  # without what rounding left


def _parts(
    energy_wh: float, sun_wh: float, since: datetime, until: datetime, prices_between: PricesBetween
) -> Iterator[CostPart]:
    """The energy by the prices that held meanwhile, each with its part of the time."""
    begin = max(since, until - LONGEST)
    end = max(until, begin + timedelta(seconds=1))
    whole_s = (end - begin).total_seconds()
    for at, lasts_s, bought, fed_in in _spans(begin, end, prices_between):
        share = lasts_s / whole_s
        part_wh, part_sun_wh = energy_wh * share, sun_wh * share
        nano = _nano(part_wh - part_sun_wh, bought.price) + _nano(part_sun_wh, fed_in.price)
        is_fallback = PriceBasis.FALLBACK in (bought.basis, fed_in.basis if part_sun_wh else bought.basis)
        yield CostPart(at, bought.price, fed_in.price, part_wh, part_sun_wh, nano, is_fallback)


def _spans(
    begin: datetime, end: datetime, prices_between: PricesBetween
) -> Iterator[tuple[datetime, float, Price, Price]]:
    """Each time in which neither price changes: its begin, its length in s, both prices."""
    bought = prices_between(begin, end, PriceKind.IMPORT)
    fed_in = prices_between(begin, end, PriceKind.EXPORT)
    i = j = 0
    at = begin
    while at < end:
        until = min(bought[i].ends_at, fed_in[j].ends_at)
        yield at, (until - at).total_seconds(), bought[i], fed_in[j]
        i, j, at = i + (bought[i].ends_at == until), j + (fed_in[j].ends_at == until), until


def _taken_back(cost: SessionCost, charged: Charged, at: datetime) -> CostPart:
    """What the final figure has less than was counted, at the mean price of the session."""
    part = charged.energy_wh / cost.energy_wh - 1
    nano = int((Decimal(cost.nano) * Decimal(str(part))).to_integral_value(ROUND_HALF_UP))
    price = (Decimal(cost.nano) / Decimal(str(cost.energy_wh)) / NANO_PER_WH).quantize(Decimal('0.000001'))
    return CostPart(at, price, price, charged.energy_wh - cost.energy_wh, cost.sun_wh * part, nano)


def _nano(energy_wh: float, price: Decimal) -> int:
    return int((Decimal(str(energy_wh)) * price * NANO_PER_WH).to_integral_value(ROUND_HALF_UP))
