"""What each slot until the departure is expected to be like: its prices, its sun, its ceiling (pure).

**Prices** that are not known yet are taken from the last days: the mean of the same time of day by the local clock, so
that daylight saving moves nothing, newer days and days of the same kind (working day or weekend) counting more. A
feed-in price that follows the import price is continued along the line through the known pairs of both.

**Sun.** The forecast of the production is what was pushed, or the mean of the same times of the last days. The sky of
the last quarter of an hour stays for half an hour at most, so what was measured now scales the next two slots only.
Beyond that no forecast is certain: the surplus is three numbers, for less sun than forecast, for as much, and for
more, each with its weight. A plan on the mean alone would believe that 6 A of sun are free where there often are 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from cpo.controllers.plan_values import PlanInputs, Powers, Prices, Series

SLOT_S = 900.0
FAR_SLOT_S = 3600.0
NEAR_S = 16 * 3600.0
"""What is further away is planned in longer slots; a night is not."""
DAY_S = 86_400.0
LONGEST_S = 7 * DAY_S
NEWER_BY_DAY = 0.8
"""The weight of a day of prices by the weight of the day after."""
OTHER_KIND = 0.3
"""The weight of a weekend for a working day, and the other way round."""
SKIES = ((0.25, 0.6), (0.5, 1.0), (0.25, 1.3))
"""Weight, and production as a part of the forecast."""
STAYS = (0.5, 0.15)
"""How much of the deviation measured now is still there in the coming slots."""
LEAST_FORECAST_W = 50.0
"""Below it a measured production says nothing about the sky."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What is expected of a slot. `surplus` holds pairs of weight and W that would be fed in without the car."""

    starts_at: float
    ends_at: float
    import_price: float
    feed_in_price: float
    is_price_known: bool
    surplus: tuple[tuple[float, float], ...]
    ceiling_a: float

    @property
    def hours(self) -> float:
        """Its length in h."""
        return (self.ends_at - self.starts_at) / 3600

    def cost(self, energy_kwh: float) -> float:
        """The expected cost of charging so much: what would have been fed in first, the rest imported."""
        return energy_kwh * self.import_price - self.sun_kwh(energy_kwh) * (self.import_price - self.feed_in_price)

    def costs(self, step_kwh: float, most: int, more: float) -> list[float]:
        """The expected cost of 0 to `most` steps of energy, each with `more` added."""
        if not self.surplus:
            price = self.import_price * step_kwh
            return [steps * price + more for steps in range(most + 1)]
        return [self.cost(steps * step_kwh) + more for steps in range(most + 1)]

    def sun_kwh(self, energy_kwh: float) -> float:
        """How much of so much energy is expected to come from the sun."""
        thousandth = self.hours / 1000
        return sum(weight * min(energy_kwh, power_w * thousandth) for weight, power_w in self.surplus)


def slots_of(inputs: PlanInputs, now: datetime) -> list[Slot]:
    """The slots from `now` to the departure, by the clock, the first and the last in part.

    A departure that is further away than `LONGEST_S` is planned for as if it were then.
    """
    bounds = _bounds(now.timestamp(), min(inputs.goal.departure.timestamp(), now.timestamp() + LONGEST_S))
    if len(bounds) < 2:
        return []
    imported, feed_in, are_known = prices_in(bounds, inputs.prices, inputs.rules.zone)
    surplus = _surplus(bounds, inputs.powers)
    most_a = inputs.rules.max_current_a
    ceilings = [most_a if each is None else min(each, most_a) for each in lowest_in(bounds, inputs.ceilings_a)]
    columns = zip(pairwise(bounds), imported, feed_in, are_known, surplus, ceilings, strict=True)
    return [Slot(*between, *values) for between, *values in columns]


def _bounds(now: float, departure: float) -> list[float]:
    """Quarters of an hour in the near future, whole hours after it: those are planned again before they count."""
    bounds, bound = [now], now
    while bound < departure:
        length = SLOT_S if bound < now + NEAR_S else FAR_SLOT_S
        bound = min(bound // length * length + length, departure)
        bounds.append(bound)
    return bounds


def means_in(bounds: Sequence[float], series: Series) -> list[float | None]:
    """The mean of a series between each two bounds, over the time that it covers; None where it covers nothing."""
    means: list[float | None] = []
    for parts in _parts(bounds, series):
        covered = sum(seconds for seconds, _ in parts)
        means.append(sum(seconds * value for seconds, value in parts) / covered if covered else None)
    return means


def lowest_in(bounds: Sequence[float], series: Series) -> list[float | None]:
    """The lowest value of a series between each two bounds; None where it covers nothing."""
    return [min((value for _, value in parts), default=None) for parts in _parts(bounds, series)]


def _parts(bounds: Sequence[float], series: Series) -> Iterator[list[tuple[float, float]]]:
    """For each two bounds the spans between them: the seconds they have in common, and the value."""
    spans = [(span.starts_at.timestamp(), span.ends_at.timestamp(), span.value) for span in series]
    first = 0
    for start, end in pairwise(bounds):
        while first < len(spans) and spans[first][1] <= start:
            first += 1
        parts, index = [], first
        while index < len(spans) and spans[index][0] < end:
            since, until, value = spans[index]
            if until > start:
                parts.append((min(until, end) - max(since, start), value))
            index += 1
        yield parts


def prices_in(bounds: Sequence[float], prices: Prices, zone: tzinfo) -> tuple[list[float], list[float], list[bool]]:
    """Import and feed-in price of each slot, and whether the import price is known."""
    imported, feed_in = means_in(bounds, prices.imported), means_in(bounds, prices.feed_in)
    unknown = [start for start, price in zip(bounds, imported, strict=False) if price is None]
    guesses = iter(_usual(unknown, prices, zone))
    buy = [next(guesses) if price is None else price for price in imported]
    slope, offset = _line([(b, s) for b, s in zip(imported, feed_in, strict=True) if b is not None and s is not None])
    if slope is None:
        sell = [prices.fixed_feed_in if s is None else s for s in feed_in]
    else:
        sell = [min(slope * b + offset, b) if s is None else s for b, s in zip(buy, feed_in, strict=True)]
    return buy, sell, [price is not None for price in imported]


def _line(pairs: Sequence[tuple[float, float]]) -> tuple[float | None, float]:
    """Slope and offset of the line through pairs, by least squares; no slope where there are none."""
    if not pairs:
        return None, 0.0
    mean_b, mean_s = (sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    spread = sum((b - mean_b) ** 2 for b, _ in pairs)
    slope = sum((b - mean_b) * (s - mean_s) for b, s in pairs) / spread if spread > 1e-9 else 0.0
    return slope, mean_s - slope * mean_b


def _usual(starts: Sequence[float], prices: Prices, zone: tzinfo) -> list[float]:
    """The import price that is usual at these instants, by those of the last days and the known ones."""
    if not starts:
        return []
    past: dict[tuple[bool, int], list[tuple[float, float]]] = {}
    series = [*prices.past_imported, *prices.imported]
    newest = series[-1].starts_at if series else None
    for span in series:
        age = (newest - span.starts_at).total_seconds() // DAY_S if newest else 0.0
        at = span.starts_at
        while at < span.ends_at:
            past.setdefault(_clock(at.astimezone(zone)), []).append((NEWER_BY_DAY**age, span.value))
            at += timedelta(seconds=SLOT_S)
    usual = []
    for start in starts:
        is_weekend, slot = _clock(datetime.fromtimestamp(start, UTC).astimezone(zone))
        same, other = past.get((is_weekend, slot), []), past.get((not is_weekend, slot), [])
        pairs = [*same, *((weight * OTHER_KIND, value) for weight, value in other)]
        total = sum(weight for weight, _ in pairs)
        usual.append(sum(w * v for w, v in pairs) / total if pairs else prices.fixed_import)
    return usual


def _clock(local: datetime) -> tuple[bool, int]:
    """Whether it is a weekend, and the slot of the day by the local clock."""
    return local.weekday() >= 5, (local.hour * 60 + local.minute) // 15


def _surplus(bounds: Sequence[float], powers: Powers) -> Iterator[tuple[tuple[float, float], ...]]:
    """The expected surplus of each slot, as pairs of weight and W."""
    pv = _power(bounds, powers.pv_w, powers.past_pv_w)
    house = _power(bounds, powers.house_w, powers.past_house_w)
    if powers.pv_now_w is not None and pv and pv[0] > LEAST_FORECAST_W:
        off = min(powers.pv_now_w / pv[0], 2.0) - 1
        pv = [w * (1 + off * STAYS[n]) if n < len(STAYS) else w for n, w in enumerate(pv)]
    for pv_w, house_w in zip(pv, house, strict=True):
        most_w = SKIES[-1][1] * pv_w - house_w
        yield tuple((weight, max(part * pv_w - house_w, 0.0)) for weight, part in SKIES) if most_w > 0 else ()


def _power(bounds: Sequence[float], forecast: Series, past: Series) -> list[float]:
    """The power forecast for each slot: what was pushed, else the mean of the same times of the last days, else 0."""
    pushed = means_in(bounds, forecast)
    if None not in pushed or not past:
        return [power or 0.0 for power in pushed]
    oldest = past[0].starts_at.timestamp()
    days = range(1, int((bounds[-1] - oldest) // DAY_S) + 2)
    earlier = [means_in([bound - day * DAY_S for bound in bounds], past) for day in days]
    usual = []
    for column in zip(*earlier, strict=True):
        values = [power for power in column if power is not None]
        usual.append(sum(values) / len(values) if values else 0.0)
    return [past_w if power is None else power for power, past_w in zip(pushed, usual, strict=True)]
