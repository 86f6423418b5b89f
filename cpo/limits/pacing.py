"""When a limit is written (again): every write wears the charger's memory, and contactors too (pure).

A person's wish and every decrease go out at once. The steps are those of the demo: a raise at most every 10 s.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

from cpo.state import Limit

INTERVAL = timedelta(seconds=10)
SMALL_INTERVAL = timedelta(seconds=30)
DEAD_BAND_A = 0.5
"""A raise by less than this has more time."""
MAX_RAISES_PER_HOUR = 60
HOUR = timedelta(hours=1)
SETTLED_AFTER = timedelta(seconds=5)
SOON_AFTER = timedelta(seconds=30)
RARELY_AFTER = timedelta(minutes=5)
MAX_FAILURES = 3


class RaiseSpacing:
    """The raises a controller has made on one connector."""

    def __init__(self) -> None:
        """None so far."""
        self._raises: deque[datetime] = deque(maxlen=MAX_RAISES_PER_HOUR)

    def due(self, limit: Limit | None, wish: Limit) -> datetime:
        """From when on a controller's wish may be written where `limit` is in force."""
        if limit is None or wish.limit_a <= limit.limit_a or not self._raises:
            return datetime.min.replace(tzinfo=UTC)
        interval = SMALL_INTERVAL if round(wish.limit_a - limit.limit_a, 1) < DEAD_BAND_A else INTERVAL
        due = self._raises[-1] + interval
        return max(due, self._raises[0] + HOUR) if len(self._raises) == MAX_RAISES_PER_HOUR else due

    def written(self, at: datetime, before: Limit | None, wish: Limit) -> None:
        """A wish was written where `before` was in force."""
        if before is None or wish.limit_a > before.limit_a:
            self._raises.append(at)


class Retry:
    """When to send again what failed: soon, then rarely, as a deaf charger must not make a wish forgotten.

    `at` is not before when, None where nothing has to wait.
    """

    def __init__(self) -> None:
        """Nothing failed yet."""
        self.at: datetime | None = None
        self._failures = 0

    def later(self, now: datetime) -> None:
        """A charger that has just come first tells what happened meanwhile."""
        self.at = now + SETTLED_AFTER

    def failed(self, now: datetime) -> bool:
        """Once more in vain; whether it is tried rarely from now on."""
        self._failures += 1
        rarely = self._failures > MAX_FAILURES
        self.at = now + (RARELY_AFTER if rarely else SOON_AFTER)
        return rarely
