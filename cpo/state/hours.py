"""Hours of a day in which a card may charge, by the clock on the wall (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR
WRITTEN = re.compile(r'(\d{1,2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?', re.ASCII)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `begin` until `end` of each day, in minutes after midnight by the time zone of this computer.

    Where the end is before the beginning, they cross midnight. What the clock on the wall shows decides: on the day on
    which it is set forward or back for summer they are an hour shorter or longer where they contain that hour.
    """

    begin: int
    end: int

    @classmethod
    def parse(cls, text: str) -> Hours:
        """The hours in a text such as `22:00-06:00` or `22-6`; raises ValueError for any other."""
        match = WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError('hours are written like 22:00-06:00')
        begin_h, begin_min, end_h, end_min = (int(part or 0) for part in match.groups())
        begin, end = begin_h * MINUTES_PER_HOUR + begin_min, end_h * MINUTES_PER_HOUR + end_min
        if max(begin_min, end_min) >= MINUTES_PER_HOUR or max(begin, end) > MINUTES_PER_DAY:
            raise ValueError('a day has 24 hours')
        if begin % MINUTES_PER_DAY == end % MINUTES_PER_DAY:
            raise ValueError('the hours begin and end at the same time')
        return cls(begin % MINUTES_PER_DAY, end % MINUTES_PER_DAY)

    def __str__(self) -> str:
        return f'{clock(self.begin)}-{clock(self.end)}'

    def include(self, at: datetime) -> bool:
        """True where the card may charge at this time."""
        minute = _minute(at)
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end

    def over_for(self, at: datetime) -> timedelta:
        """How long ago they ended last, up to a minute more."""
        return timedelta(minutes=(_minute(at) - self.end) % MINUTES_PER_DAY + 1)


def _minute(at: datetime) -> int:
    local = at.astimezone()
    return local.hour * MINUTES_PER_HOUR + local.minute


def clock(minute: int) -> str:
    """The time of day so many minutes after midnight, such as `06:00`."""
    return f'{minute // MINUTES_PER_HOUR:02}:{minute % MINUTES_PER_HOUR:02}'
