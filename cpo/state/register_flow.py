"""The power by the energy register alone, for chargers that send neither power nor current (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)
ENOUGH_WH = 50.0
"""Less is all rounding: a register may count in steps of 10 Wh."""
SAME_PACE = timedelta(seconds=30)


class RegisterFlow(NamedTuple):
    """A stretch of the register under way, and the mean power of the one before it, None where that is unknown.

    `since_told` is when the charger says that it read `since_wh`, `since` when that arrived.
    """

    since_wh: float
    since_told: datetime
    since: datetime
    power_w: float | None = None

    def followed(self, register_wh: float, told: datetime, at: datetime) -> RegisterFlow:
        """The flow after a register read at `told` that arrived `at`.

        A stretch ends after a minute with 50 Wh or more, and after 15 minutes in any case. A register that falls,
        or whose times do not run as they arrive (a replay, a clock that was set), begins again.
        """
        lasted, added_wh = at - self.since, register_wh - self.since_wh
        if added_wh < 0 or abs(told - self.since_told - lasted) > SAME_PACE:
            return RegisterFlow(register_wh, told, at)
        if lasted < SHORTEST or (added_wh < ENOUGH_WH and lasted < LONGEST):
            return self
        return RegisterFlow(register_wh, told, at, added_wh / (lasted / timedelta(hours=1)))
