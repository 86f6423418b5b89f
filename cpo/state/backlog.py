"""A charger that was away first tells what it measured meanwhile (OCPP 1.6 §3.7): what it does now is not known."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.state.connector import Connector, Limit

OLD = timedelta(seconds=30)
FASTER = timedelta(seconds=2)
OVER_AFTER = timedelta(seconds=5)


class Backlog:
    """Tells the past from the present, also where the charger's clock is wrong: the past comes faster than it was.

    `until` is when it will be over if no more comes, None before there was any.
    """

    def __init__(self) -> None:
        """Nothing was measured yet."""
        self.until: datetime | None = None
        self._measured_at: datetime | None = None
        self._heard_at: datetime | None = None

    def is_told(self, now: datetime) -> bool:
        """The charger is still at it."""
        return self.until is not None and now < self.until

    def look(self, measured_at: datetime | None, now: datetime, clock_off: timedelta | None = None) -> None:
        """Something has just been heard that was measured at that time; `clock_off` is what is known of the clock."""
        before, heard_at = self._measured_at, self._heard_at
        if measured_at is None or measured_at == before:
            return
        self._measured_at, self._heard_at = measured_at, now
        if before is None or heard_at is None:
            return
        lag = now - measured_at + (clock_off or timedelta(0))
        if lag > OLD and measured_at - before > now - heard_at + FASTER:
            self.until = now + OVER_AFTER

    def spared_wish(
        self, before: Connector, connector: Connector, since: datetime | None, now: datetime
    ) -> Limit | None:
        """The wish of this connection (`since`) that a session must not take with it which had ended before that."""
        wish = before.wish
        ended = before.transaction_id is not None and connector.transaction_id is None
        if not ended or not self.is_told(now) or wish is None or since is None:
            return None
        return wish if wish.limit_a and wish.at >= since else None
