"""The prices of the settings: fixed or two-level, and the formula for pushed ones (pure).

Amounts are `Decimal`, as sums of money have to be right to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from math import gcd

from cpo.prices.price import PriceKind
from cpo.settings import NightHours, Settings, is_night, night_hours

DIGITS = Decimal('0.000001')


@dataclass(frozen=True, slots=True)
class Tariff:
    """The fixed price of each kind, and a night price for a part of the week by the clock of `zone`.

    What was pushed for energy from the grid counts as `price * factor + plus`; feed-in prices count as pushed.
    """

    zone: tzinfo
    fixed: Decimal
    feed_in: Decimal
    night: Decimal | None = None
    hours: tuple[NightHours, ...] = ()
    factor: Decimal = Decimal(1)
    plus: Decimal = Decimal(0)

    @classmethod
    def of(cls, settings: Settings, zone: tzinfo) -> Tariff:
        """The tariff of these settings."""
        return cls(
            zone,
            exact(settings.price),
            exact(settings.feed_in_price),
            None if settings.night_price is None else exact(settings.night_price),
            tuple(map(night_hours, settings.night_hours)),
            exact(settings.price_factor),
            exact(settings.price_plus),
        )

    def fixed_at(self, at: datetime, kind: PriceKind) -> Decimal:
        """The price of this kind where none was pushed."""
        if kind is PriceKind.EXPORT:
            return self.feed_in
        if self.night is not None and is_night(at.astimezone(self.zone), self.hours):
            return self.night
        return self.fixed

    def holds_until(self, at: datetime, kind: PriceKind, most: datetime) -> datetime:
        """Until when the fixed price of `at` stays the same, at most until `most`."""
        if kind is PriceKind.EXPORT or self.night is None:
            return most
        price, step_s = self.fixed_at(at, kind), 60 * self._step_min
        probe = datetime.fromtimestamp((at.timestamp() // step_s + 1) * step_s, UTC)
        while probe < most and self.fixed_at(probe, kind) == price:
            probe += timedelta(seconds=step_s)
        return min(probe, most)

    @property
    def _step_min(self) -> int:
        """Night hours begin and end at multiples of it, also where the clock is set, as offsets are quarters."""
        return gcd(15, *(minute for part in self.hours for minute in (part.since, part.until)))

    def paid(self, pushed: Decimal, kind: PriceKind) -> Decimal:
        """The price that a pushed one stands for."""
        return pushed if kind is PriceKind.EXPORT else (pushed * self.factor + self.plus).quantize(DIGITS)


def exact(number: float) -> Decimal:
    """The decimal number that a float is written as."""
    return Decimal(repr(number))
