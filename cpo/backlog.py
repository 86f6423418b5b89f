"""A charger that was away first tells what it measured meanwhile (OCPP 1.6 §3.7)."""

from __future__ import annotations

from datetime import datetime, timedelta

OLD = timedelta(seconds=30)
FASTER = timedelta(seconds=2)


class Backlog:
    """Tells the past from the present, also where the charger's clock is wrong: the past comes faster than it was."""

    def __init__(self) -> None:
        """Nothing was measured yet."""
        self._measured_at: datetime | None = None
        self._heard_at: datetime | None = None

    def comes(self, measured_at: datetime | None, now: datetime) -> bool:
        """Whether what has just been heard, measured at that time, is of the past and more is to come."""
        before, heard_at = self._measured_at, self._heard_at
        if measured_at is None or measured_at == before:
            return False
        self._measured_at, self._heard_at = measured_at, now
        if before is None or heard_at is None:
            return False
        return now - measured_at > OLD and measured_at - before > now - heard_at + FASTER
