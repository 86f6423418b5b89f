"""When values of one kind arrive, how often they come, and until when the newest counts as current (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median_low
from typing import NamedTuple

from cpo.state.source import Source

GAPS = 5
MISSED = 3
FRESH_FOR_S = 30.0
"""A value is fresh for three times its usual gap, and at least so long."""


class Arrival(NamedTuple):
    """When the newest value of one kind (power, energy …) arrived by the program's clock, and how often values arrive.

    `gaps_s` are the seconds between the last arrivals; `by` is who sent the newest, None for values of the charger.
    Of an even number of gaps the lower middle one is the usual one.
    """

    at: datetime
    gaps_s: tuple[float, ...] = ()
    by: Source | None = None

    def followed(self, at: datetime, by: Source | None = None) -> Arrival:
        """The arrival record after another value of `by` arrived `at`; several at one moment count as one arrival."""
        if at <= self.at:
            return self if by == self.by else self._replace(by=by)
        return Arrival(at, (*self.gaps_s, (at - self.at).total_seconds())[-GAPS:], by)

    @classmethod
    def first(cls, at: datetime, by: Source | None) -> Arrival:
        """The arrival of a value after which the next one tells nothing of how often they come."""
        return cls(at, (0.0,), by)

    @property
    def fresh_until(self) -> datetime:
        """The time from which the value is stale: three usual gaps after its arrival, and at least 30 s."""
        usual_s = median_low(self.gaps_s) if self.gaps_s else 0.0
        return self.at + timedelta(seconds=max(FRESH_FOR_S, MISSED * usual_s))

    def is_stale(self, now: datetime) -> bool:
        """True once no newer value has come for three usual gaps, and at least 30 s."""
        return self.age_s(now) >= FRESH_FOR_S and now >= self.fresh_until

    def age_s(self, now: datetime) -> float:
        """The seconds since the newest value arrived, never below 0."""
        return max(0.0, (now - self.at).total_seconds())
