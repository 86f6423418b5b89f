"""What a session has cost so far. Pure: no clock, no I/O.

Amounts are whole billionths of the currency, so that sums are exact and the same again after a restart. What has a cost
keeps it: a later price, or another setting, changes nothing of what was charged before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from cpo.frozen import replace


@dataclass(frozen=True, slots=True)
class CostPart:
    """Energy that one price holds for, from `at` on; `feed_in` is what the sun's part of it would have earned.

    Prices are per kWh, energies in Wh, `nano` is the cost in billionths of the currency. `is_fallback`: a price was
    missing, and the fixed one stands in for it. What takes back energy counted before is negative.
    """

    at: datetime
    price: Decimal
    feed_in: Decimal
    energy_wh: float
    sun_wh: float
    nano: int
    is_fallback: bool = False


@dataclass(frozen=True, slots=True)
class SessionCost:
    """The cost of `energy_wh`, all that was charged until `until`; `sun_wh` of it came from the sun.

    `fallback_wh` is the part for which a price was missing and the fixed one was used.
    """

    currency: str
    until: datetime
    nano: int = 0
    energy_wh: float = 0.0
    sun_wh: float = 0.0
    fallback_wh: float = 0.0

    @property
    def cents(self) -> int:
        """The cost in whole hundredths of the currency, a half rounded away from zero."""
        return int(Decimal(self.nano).scaleb(-7).to_integral_value(ROUND_HALF_UP))

    @property
    def per_kwh(self) -> Decimal | None:
        """The mean price of a kWh, with four decimals; None before anything was charged."""
        if self.energy_wh <= 0:
            return None
        return (Decimal(self.nano) / Decimal(str(self.energy_wh))).scaleb(-6).quantize(Decimal('0.0001'))

    def with_part(self, part: CostPart) -> SessionCost:
        """The cost with that of more energy."""
        return replace(
            self,
            nano=self.nano + part.nano,
            energy_wh=self.energy_wh + part.energy_wh,
            sun_wh=self.sun_wh + part.sun_wh,
            fallback_wh=self.fallback_wh + (part.energy_wh if part.is_fallback else 0.0),
        )
