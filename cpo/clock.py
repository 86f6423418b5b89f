"""The program's time: the monotonic clock, set by the clock of the computer where that may be right.

A computer without a battery for its clock starts in 1970 or when it was last switched off, until it has asked a time
server. So the program's time never runs back and never jumps by itself: it begins with the computer's clock, or where
that is wrong with the newest arrival in the journal, and counts on by the monotonic clock. Where the computer's clock
is ahead of it, the program's time is set by that, and the times recorded in this run move with it. Where the computer's
clock is behind, that is reported, and believed only after the next start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from time import localtime, mktime, monotonic
from typing import Any, NamedTuple, TypeVar

T = TypeVar('T')

RELEASED_AT = datetime(2026, 6, 1, tzinfo=UTC)
"""When this release was made, at the earliest."""
TOLERANCE = timedelta(seconds=2)
SETTING_BACK_S = 3 * 3600
"""No clock is set back for winter by so much."""


def utc_now() -> datetime:
    """The time of the system clock, aware and in UTC."""
    return datetime.now(UTC)


def whole_ms(at: datetime) -> datetime:
    """The time cut to the milliseconds that the journal stores."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class LocalTime(tzinfo):
    """The time zone of this computer (`TZ` in a container), with daylight saving as it was or will be then."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """The offset of a local time; of one that the clock shows twice, the one its `fold` names."""
        if dt is None:
            return timedelta(0)
        offsets = sorted({_offset_s(mktime((*dt.timetuple()[:8], is_summer))) for is_summer in (0, 1)})
        local_s = (dt.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
        fitting = [offset for offset in offsets if _offset_s(local_s - offset) == offset] or offsets[::-1]
        return timedelta(seconds=fitting[0] if dt.fold else fitting[-1])

    def dst(self, dt: datetime | None) -> timedelta | None:
        """Unknown."""
        return None

    def tzname(self, dt: datetime | None) -> str:
        """What it is called."""
        return 'local time'

    def fromutc(self, dt: datetime) -> datetime:
        """The local time of an instant; `fold` is 1 the second time that the clock shows it."""
        at = dt.replace(tzinfo=UTC).timestamp()
        offset, before = _offset_s(at), _offset_s(at - SETTING_BACK_S)
        is_second = before > offset and _offset_s(at + offset - before) == before
        return (dt + timedelta(seconds=offset)).replace(fold=is_second)


def _offset_s(at: float) -> int:
    return localtime(at).tm_gmtoff


LOCAL = LocalTime()


class Clock(NamedTuple):
    """The clocks of the computer: `wall` may be wrong and be set at any time, `monotonic` counts seconds.

    A `wall` that says less than `released_at` is wrong.
    """

    wall: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = monotonic
    released_at: datetime = RELEASED_AT


COMPUTER = Clock()


class Setting(NamedTuple):
    """A correction of the program's time, which was wrong by `by` from `since` until `until` (by the wrong time)."""

    since: datetime
    until: datetime
    by: timedelta

    def move(self, at: datetime) -> datetime:
        """The corrected time for one recorded while the time was wrong; other times stay."""
        return at + self.by if self.since <= at <= self.until else at


class Timekeeper:
    """The program's time; `behind` is how far the computer's clock is behind it, None where it is not."""

    def __init__(self, clock: Clock, newest_arrival: datetime | None) -> None:
        """`newest_arrival` is the newest time in the journal: the program's time begins no earlier."""
        self._clock = clock
        self._since = self._base = max(clock.wall(), newest_arrival or clock.released_at, clock.released_at)
        self._base_s = clock.monotonic()
        self.behind: timedelta | None = None
        self.check()

    def now(self) -> datetime:
        """The program's time, aware and in UTC; between two calls of `check` it counts on by the monotonic clock."""
        return self._base + timedelta(seconds=self._clock.monotonic() - self._base_s)

    def check(self) -> Setting | None:
        """Compare with the computer's clock, and set the program's time where that clock is ahead.

        Returns the correction, None where none was due.
        """
        now, wall = self.now(), self._clock.wall()
        off = wall - now
        self.behind = -off if off < -TOLERANCE else None
        if off <= TOLERANCE:
            return None
        setting = Setting(self._since, now, off)
        self._base, self._base_s, self._since = wall, self._clock.monotonic(), setting.move(self._since)
        return setting


def moved(value: T, move: Callable[[datetime], datetime]) -> T:
    """A frozen value with `move` applied to every time in it, however deep.

    Parts without a time stay the same objects.
    """
    new = _moved(value, move)
    return value if new == value else new


def _moved(value: Any, move: Callable[[datetime], datetime]) -> Any:
    if isinstance(value, datetime):
        return move(value)
    if is_dataclass(value) and not isinstance(value, type):
        found = {f.name: moved(getattr(value, f.name), move) for f in fields(value)}
        changed = {name: member for name, member in found.items() if member is not getattr(value, name)}
        return replace(value, **changed) if changed else value
    if isinstance(value, Mapping):
        return {key: moved(member, move) for key, member in value.items()}
    if isinstance(value, tuple):
        members = [moved(member, move) for member in value]
        return type(value)(*members) if hasattr(value, '_fields') else tuple(members)
    return value
