"""The mean power derived from the energy register, for chargers that send neither power nor current (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from cpo.state.bounds import MOST_CHARGER_W

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)
ENOUGH_WH = 50.0
"""Less is all rounding: a register may count in steps of 10 Wh."""
SAME_PACE = timedelta(seconds=30)


class RegisterFlow(NamedTuple):
    """The stretch of time over which a mean power is being taken, and the mean power in W of the stretch before.

    The stretch begins with the register `since_wh`, which the charger read at `since_measured` by its clock and which
    arrived at `since`. `power_w` is None where no stretch was completed before it.
    """

    since_wh: float
    since_measured: datetime
    since: datetime
    power_w: float | None = None

    def followed(self, register_wh: float, measured_at: datetime, at: datetime) -> RegisterFlow:
        """The flow after a register that was read at `measured_at` by the charger's clock arrived `at`.

        A stretch ends after a minute with 50 Wh or more, and after 15 minutes in any case. It begins again where the
        register falls, or where its times do not pass as fast as they arrive (a replay, a clock that was set).
        """
        lasted, added_wh = at - self.since, register_wh - self.since_wh
        if added_wh < 0 or abs(measured_at - self.since_measured - lasted) > SAME_PACE:
            return RegisterFlow(register_wh, measured_at, at)
        if lasted < SHORTEST or (added_wh < ENOUGH_WH and lasted < LONGEST):
            return self
        power_w = added_wh / (lasted / timedelta(hours=1))
        return RegisterFlow(register_wh, measured_at, at, power_w if power_w <= MOST_CHARGER_W else None)
