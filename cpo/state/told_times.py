"""The times a charger sends with its values: an earlier one is a late value or a clock that was set back (pure).

Summer time ends in a charger that sends local time as UTC, or its clock is corrected: from then on every value would
be older than those before, and be ignored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

SAME_PACE = timedelta(seconds=2)
APART = timedelta(seconds=1)
MAX_SET_BACK = timedelta(days=1)
"""By more a value never counts as late."""


class ToldTimes(NamedTuple):
    """The newest time the charger reported and when it arrived, and the last one it reported as earlier.

    `set_back` is by how much the value that arrived last showed the clock to have been set back, else None.
    """

    told: datetime
    at: datetime
    earlier: tuple[datetime, datetime] | None = None
    set_back: timedelta | None = None

    def followed(self, told: datetime, at: datetime) -> ToldTimes:
        """The times after a value of the time `told` arrived `at`.

        One earlier value is late. A second one that is as much later as it arrived later shows a clock that was set.
        """
        if told >= self.told or self.told - told > MAX_SET_BACK:
            return ToldTimes(told, at)
        if self.earlier is not None:
            earlier, earlier_at = self.earlier
            passed = at - earlier_at
            if passed >= APART and abs(told - earlier - passed) <= min(SAME_PACE, passed / 2):
                return ToldTimes(told, at, set_back=self.told + (at - self.at) - told)
        return self._replace(earlier=(told, at), set_back=None)
