"""The energy import register of a connector without its wrong readings: a counter that never jumps (pure).

Chargers report wrong registers: a single 0 among 16,000,000 Wh, the largest integer there is, the register of the
session's beginning in each frame. A fall, and a rise that no car can have caused, count only when a second reading
confirms them. What a session has charged is counted from the same readings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_REGISTER_WH = 1e12
SATURATED = frozenset({2**31 - 1, 2**32 - 1})  # what a meter of more than 32 bits shows through 32 of them
JITTER_WH = 10  # a register this little behind the newest one is no reset
MAX_POWER_W = 3 * 80 * 230
LEAST_JUMP_WH = 200_000  # more than a battery holds
MAX_LATE = timedelta(days=1)  # a reading this much older comes late; an even older one means that the clock was set


def is_register(wh: float) -> bool:
    """True for a number of Wh that a meter can show: finite, not negative, and not the largest integer there is."""
    return 0 <= wh <= MAX_REGISTER_WH and wh not in SATURATED


def is_late(newest: datetime, at: datetime) -> bool:
    """True for a reading `at` a time before the newest one, unless so long before that the clock must have been set."""
    return timedelta(0) < newest - at <= MAX_LATE


@dataclass(frozen=True, slots=True)
class Reading:
    """A register in Wh and when the charger measured it."""

    wh: float
    at: datetime

    def is_followed_by(self, later: Reading) -> bool:
        """True where the same meter can show `later` after this: no fall, and no rise that no car can have caused."""
        risen_wh = later.wh - self.wh
        if not 0 <= risen_wh <= LEAST_JUMP_WH:
            seconds = max(0.0, (later.at - self.at).total_seconds())
            return -JITTER_WH <= risen_wh <= LEAST_JUMP_WH + MAX_POWER_W * seconds / 3600
        return True


@dataclass(frozen=True, slots=True)
class Register:
    """The newest reading that counts, and one in doubt that waits for a second one to confirm it.

    `began` is the first reading of a counter that restarted, set only right after a second reading confirmed that.
    """

    newest: Reading | None = None
    doubted: Reading | None = None
    began: Reading | None = None

    def heard(self, wh: float, at: datetime) -> Register:
        """The register after a reading; one that is late, or that no meter can show, changes nothing."""
        if not is_register(wh):
            return self
        newest, doubted, reading = self.newest, self.doubted, Reading(wh, at)
        if newest is None:
            return Register(reading)
        late = is_late(newest.at, at)
        if not late and newest.is_followed_by(reading):
            return Register(reading if wh >= newest.wh else Reading(newest.wh, at))
        if doubted is not None and not is_late(doubted.at, at) and doubted.is_followed_by(reading):
            return Register(reading, began=doubted)
        return self if late else Register(newest, doubted=reading)

    def started(self, wh: float, at: datetime) -> Register:
        """The register after a transaction began with this reading (meterStart).

        A lower one than before waits to be confirmed, even where it seems late.
        """
        reading = Reading(wh, at)
        if self.newest is None or not is_register(wh) or self.newest.is_followed_by(reading):
            return self.heard(wh, at)
        return Register(self.newest, doubted=reading)

    def confirmed_by(self, wh: float | None, at: datetime) -> Reading | None:
        """The reading in doubt, where a reading of `wh` at `at` confirms it; otherwise None."""
        after = self if wh is None else self.heard(wh, at)
        return after.began if after is not self else None
