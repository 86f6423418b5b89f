"""When the night price of a two-level tariff holds, as people write it: `22:00-06:00`, `sat-sun 00:00-24:00` (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

DAYS = ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
DAY_MIN = 24 * 60
FORM = re.compile(r'(?:([a-z]{3})(?:-([a-z]{3}))? )?([0-2]?\d):([0-5]\d)-([0-2]?\d):([0-5]\d)')


class NightHours(NamedTuple):
    """A part of some weekdays by the local clock, in minutes since midnight.

    Where `until` is not after `since`, the part ends on the next day; it belongs to the day on which it began.
    """

    weekdays: frozenset[int]
    since: int
    until: int

    def holds(self, local: datetime) -> bool:
        """True where this local time lies in it."""
        minute, today = local.hour * 60 + local.minute, local.weekday()
        if self.since < self.until:
            return today in self.weekdays and self.since <= minute < self.until
        is_morning = (today - 1) % 7 in self.weekdays and minute < self.until
        return is_morning or (today in self.weekdays and minute >= self.since)


def night_hours(text: str) -> NightHours:
    """The hours that a text says. Raises ValueError with a sentence."""
    found = FORM.fullmatch(text.lower())
    if found is not None:
        since, until = (int(found[n]) * 60 + int(found[n + 1]) for n in (3, 5))
        first, last = found[1] or 'mon', found[2] or found[1] or 'sun'
        if first in DAYS and last in DAYS and since < DAY_MIN and until <= DAY_MIN and since != until:
            begin, end = DAYS.index(first), DAYS.index(last)
            days = (end - begin) % 7 + 1
            return NightHours(frozenset((begin + n) % 7 for n in range(days)), since, until)
    raise ValueError(f'{text[:40]!r} is not written as 22:00-06:00 or sat-sun 00:00-24:00')


def is_night(local: datetime, parts: Iterable[NightHours]) -> bool:
    """True where the night price holds at this local time."""
    return any(part.holds(local) for part in parts)
