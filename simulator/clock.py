"""Simulated time, which can run faster than the wall clock, and the charger's own clock, which can be wrong."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

LAPSE = timedelta(hours=24)
MAX_DRIFT_S = 3e9  # nearly a hundred years, more than a clock that begins in 1970 is wrong
TOLERATED_ERROR = timedelta(seconds=1)
TIMES = ('expiryDate', 'retrieveDate', 'startSchedule', 'startTime', 'stopTime', 'validFrom', 'validTo')


class Clock:
    """Simulated time: `now()` runs `speed` times as fast as the wall clock; all durations are in its seconds.

    With `speed` above 1, simulated time starts a day in the past, so that no timestamp lies in the future and energy
    stays power times time. Once it has caught up with the present, it runs at the pace of the wall clock.

    The charger's own clock, which `stamp` reads, is wrong by `drift_s` until the central system sends the time.
    `wall_clock` returns the present time, by default the computer's.

    Raises ValueError for a speed that is not above 0 or a drift out of range.
    """

    def __init__(
        self, speed: float = 1.0, drift_s: float = 0.0, wall_clock: Callable[[], datetime] | None = None
    ) -> None:
        if not 0 < speed < inf:
            raise ValueError(f'speed {speed} is not a number above 0')
        if not -MAX_DRIFT_S <= drift_s <= MAX_DRIFT_S:
            raise ValueError(f'clock drift {drift_s} is not between {-MAX_DRIFT_S:g} and {MAX_DRIFT_S:g} seconds')
        self._speed = speed
        self._drift = self._error = timedelta(seconds=drift_s)
        self._wall_clock = wall_clock or _steady_wall_clock()
        self._began_at = self._wall_clock()
        self._started_at = self._began_at - (LAPSE if speed > 1 else timedelta(0))

    @property
    def speed(self) -> float:
        return 1.0 if self._caught_up else self._speed

    def now(self) -> datetime:
        elapsed = self._wall_clock() - self._began_at
        return self._started_at + (elapsed + LAPSE if self._caught_up else elapsed * self._speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    # The charger's own clock

    def stamp(self, moment: datetime) -> str:
        """A simulated time as the charger's own clock shows it, in RFC 3339."""
        return to_wire(moment + self._error)

    def set(self, current_time: str) -> None:
        """Set the charger's clock to the currentTime of BootNotification.conf or Heartbeat.conf (RFC 3339).

        A difference of up to a second, and an unreadable time, change nothing.
        """
        try:
            error = from_wire(current_time) - self._wall_clock()
        except ValueError:
            return
        if abs(error - self._error) > TOLERATED_ERROR:
            self._error = error

    def lose_time(self) -> None:
        """Reset the charger's clock to its initial error, as a power cut does."""
        self._error = self._drift

    def localize(self, payload: Any) -> Any:
        """A payload of the central system with its times moved into simulated time, so that its "now" is `now()`."""
        behind = self.now() - self._wall_clock() if self._speed > 1 else timedelta(0)
        return _moved(payload, behind - self._error)

    @property
    def _caught_up(self) -> bool:
        return self._speed > 1 and (self._wall_clock() - self._began_at) * (self._speed - 1) >= LAPSE


def _steady_wall_clock() -> Callable[[], datetime]:
    """A clock that starts at the present and advances monotonically, whatever the computer's clock is set to."""
    began_at, began = datetime.now(UTC), time.monotonic()
    return lambda: began_at + timedelta(seconds=time.monotonic() - began)


def to_wire(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`; some parsers reject `+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def from_wire(text: str) -> datetime:
    """Parse RFC 3339; a time without zone is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moved(payload: Any, by: timedelta) -> Any:
    if not by:
        return payload
    if isinstance(payload, list):
        return [_moved(item, by) for item in payload]
    if isinstance(payload, dict):
        return {key: _moved_time(value, by) if key in TIMES else _moved(value, by) for key, value in payload.items()}
    return payload


def _moved_time(value: Any, by: timedelta) -> Any:
    """A time of a payload, shifted; a value that is no time stays as it is, for the operation to reject."""
    try:
        return to_wire(from_wire(value) + by)
    except (TypeError, ValueError, OverflowError):
        return value
