"""The times a charger sends with its meter values, to tell a late value from a clock that was set back (pure).

A clock is set back when summer time ends in a charger that sends local time as UTC, or when it is corrected. Without
this, every value from then on would count as older than those before, and be ignored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

SAME_PACE = timedelta(seconds=2)
APART = timedelta(seconds=1)
MAX_SET_BACK = timedelta(days=1)
"""By more a value never counts as late."""


class ToldTimes(NamedTuple):
    """The newest time that a charger sent with its values (`told`), and when that value arrived (`at`).

    `earlier` is the same pair for the last value whose time was before `told`. `set_back` is by how much the value that
    arrived last showed the charger's clock to have been set back, else None.
    """

    told: datetime
    at: datetime
    earlier: tuple[datetime, datetime] | None = None
    set_back: timedelta | None = None

    def followed(self, told: datetime, at: datetime) -> ToldTimes:
        """The times after a value that the charger measured at `told`, by its clock, arrived `at`.

        One value with an earlier time is late. A second one whose time is as much later as its arrival shows a clock
        that was set back.
        """
        if told >= self.told or self.told - told > MAX_SET_BACK:
            return ToldTimes(told, at)
        if self.earlier is not None:
            earlier, earlier_at = self.earlier
            passed = at - earlier_at
            if passed >= APART and abs(told - earlier - passed) <= min(SAME_PACE, passed / 2):
                return ToldTimes(told, at, set_back=self.told + (at - self.at) - told)
        return self._replace(earlier=(told, at), set_back=None)
