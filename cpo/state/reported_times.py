"""The times a charger sends with its meter values, to tell a late value from a clock that was set back (pure).

A clock is set back when summer time ends in a charger that sends local time as UTC, when it is corrected, or when it
is lost (1970). Without this, every value from then on would count as older than those before, and be ignored.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

SAME_PACE = timedelta(seconds=2)
APART = timedelta(seconds=1)
FIRST = datetime.min.replace(tzinfo=UTC)


class ReportedTimes(NamedTuple):
    """The newest time that a charger sent with its values (`reported`), and when that value arrived (`at`).

    `earlier` is the same pair for the last value whose time was before `reported`. `set_back` is by how much the value
    that arrived last showed the charger's clock to have been set back, else None.
    """

    reported: datetime
    at: datetime
    earlier: tuple[datetime, datetime] | None = None
    set_back: timedelta | None = None

    def followed(self, reported: datetime, at: datetime) -> ReportedTimes:
        """The times after a value that the charger measured at `reported`, by its clock, arrived `at`.

        One value with an earlier time is late. A second one whose time is as much later as its arrival shows a clock
        that was set back.
        """
        if reported >= self.reported:
            return ReportedTimes(reported, at)
        if self.earlier is not None:
            earlier, earlier_at = self.earlier
            passed = at - earlier_at
            if passed >= APART and abs(reported - earlier - passed) <= min(SAME_PACE, passed / 2):
                return ReportedTimes(reported, at, set_back=self.reported - reported + (at - self.at))
        return self._replace(earlier=(reported, at), set_back=None)


def moved_back(at: datetime, by: timedelta) -> datetime:
    """The time `by` before `at`, or the first time there is."""
    return at - min(by, at - FIRST)
