"""Simulated time, which can run faster than the wall clock."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Starts at the present and runs `speed` times as fast; every duration of the simulator is in its seconds."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._started_at = datetime.now(UTC)
        self._started = time.monotonic()

    def now(self) -> datetime:
        return self._started_at + timedelta(seconds=(time.monotonic() - self._started) * self.speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


def to_wire(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`: `+00:00` is a parse error for some."""
    return moment.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def from_wire(text: str) -> datetime:
    """A time without zone is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
