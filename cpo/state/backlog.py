"""Replay of buffered meter values: those a charger measured while it was offline (OCPP 1.6 §3.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.frozen import replace

OLD = timedelta(seconds=30)
FASTER = timedelta(seconds=2)
OVER_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Detects that a charger replays meter values it buffered while offline, from how fast they arrive.

    Buffered values arrive faster than they were measured, also where the charger's clock is wrong. Until the replay
    ends, what the charger sends is of the past, so it is not shown as what happens now ("live"). `measured_at` is the
    newest time of measurement, `heard_at` when that value arrived. `until` is when the replay counts as over if no more
    values arrive, None where no replay was seen. `before` is the backlog before the Call that arrived at `heard_at`.
    """

    measured_at: datetime | None = None
    heard_at: datetime | None = None
    until: datetime | None = None
    before: Backlog | None = None

    def is_replaying(self, now: datetime) -> bool:
        """True while a replay counts as such: values from the charger's buffer arrived within the 5 s before `now`."""
        return self.until is not None and now < self.until

    def heard(self, measured_at: datetime | None, now: datetime, clock_off: timedelta | None = None) -> Backlog:
        """The backlog after meter values arrived at `now`.

        `measured_at` is their newest time of measurement, None where they have none. `clock_off` is how far the
        charger's clock is ahead, None where that is unknown. Of several values in one Call (at one `now`) only the
        newest counts.
        """
        before = self.before if self.before is not None and now == self.heard_at else replace(self, before=None)
        if measured_at is None or measured_at == before.measured_at:
            return self
        until = before.until
        if before.measured_at is not None and before.heard_at is not None:
            lag = now - measured_at + (clock_off or timedelta(0))
            if lag > OLD and measured_at - before.measured_at > now - before.heard_at + FASTER:
                until = now + OVER_AFTER
        return Backlog(measured_at, now, until, before)
