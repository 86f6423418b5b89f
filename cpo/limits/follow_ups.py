"""What is asked once a limit is written: what the charger makes of it, and meter values where it sends none (pure)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cpo.chargers import ChargerQuirks
from cpo.state import Connector

SCHEDULE_AFTER = timedelta(seconds=10)
SILENT_FOR = timedelta(seconds=60)
ASKED_EVERY = timedelta(seconds=15)
AGAIN_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class FollowUps:
    """When each of these questions is due, None where it is not.

    `clear_not_before` is the earliest time of another attempt to take a default profile out of the charger.
    `is_deaf`: on this connection meter values cannot be asked for.
    """

    schedule_due: datetime | None = None
    meter_due: datetime | None = None
    clear_not_before: datetime | None = None
    is_deaf: bool = False

    def after_write(self, now: datetime) -> FollowUps:
        """A limit was written just now, or a start that brings one."""
        return replace(self, schedule_due=now + SCHEDULE_AFTER)

    def after_connecting(self) -> FollowUps:
        """A new connection may answer what the last one did not."""
        return replace(self, is_deaf=False, clear_not_before=None)

    def observed(
        self, before: Connector | None, connector: Connector, quirks: ChargerQuirks, now: datetime
    ) -> FollowUps:
        """Whether the limit is followed can only be seen in meter values: they are missed after a while."""
        new = self
        began = before is not None and before.transaction_id is None and connector.transaction_id is not None
        if began and self.schedule_due is not None:
            new = new.after_write(now)
        if connector.transaction_id is None or connector.wish is None:
            return new if new.meter_due is None else replace(new, meter_due=None)
        if new.meter_due is None or before is None or connector.meter is not before.meter:
            return replace(new, meter_due=now + silence(quirks))
        return new

    def after_schedule_asked(self) -> FollowUps:
        """It is asked once for each limit that was written."""
        return replace(self, schedule_due=None)

    def after_meter_asked(self, quirks: ChargerQuirks, now: datetime) -> FollowUps:
        """The meter values get their time to come."""
        return replace(self, meter_due=now + silence(quirks))

    def after_meter_answered(self, accepted: bool) -> FollowUps:
        """Where the charger does not take the question it is not asked again on this connection."""
        return replace(self, is_deaf=not accepted)

    def after_clear_failed(self, now: datetime) -> FollowUps:
        """There was no answer."""
        return replace(self, clear_not_before=now + AGAIN_AFTER)


def silence(quirks: ChargerQuirks) -> timedelta:
    """How long no meter values come until they are asked for: some makes send none unless they are."""
    return ASKED_EVERY if quirks.meter_on_trigger else SILENT_FOR
