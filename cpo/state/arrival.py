"""When a value arrived and how often it comes, and from that, until when it may be shown as what is now (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

GAPS = 5
MISSED = 3
FRESH_FOR_S = 30.0
"""A value is fresh for three times its usual gap, and at least so long."""


class Arrival(NamedTuple):
    """When the newest value of a kind arrived by the program's clock, and the last gaps between arrivals in s."""

    at: datetime
    gaps_s: tuple[float, ...] = ()

    def followed(self, at: datetime) -> Arrival:
        """The arrival of the next value; several at one moment are one arrival."""
        if at <= self.at:
            return self
        return Arrival(at, (*self.gaps_s, (at - self.at).total_seconds())[-GAPS:])

    @property
    def fresh_until(self) -> datetime:
        """From then on the value is stale: three usual gaps have passed, and at least 30 s."""
        usual_s = median(self.gaps_s) if self.gaps_s else 0.0
        return self.at + timedelta(seconds=max(FRESH_FOR_S, MISSED * usual_s))

    def is_stale(self, now: datetime) -> bool:
        """The value is older than it should be."""
        return now >= self.fresh_until

    def age_s(self, now: datetime) -> float:
        """The age in seconds, never below 0."""
        return max(0.0, (now - self.at).total_seconds())
