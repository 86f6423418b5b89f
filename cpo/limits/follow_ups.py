"""Questions after a limit was sent: the composite schedule, and meter values where the charger sends none (pure)."""

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
    """When each question to one connector is due, None where it is not; each method returns the next value.

    `clear_not_before` is the earliest time of another attempt to clear a TxDefaultProfile. `is_deaf`: on this
    connection the charger does not accept the question for meter values.
    """

    schedule_due: datetime | None = None
    meter_due: datetime | None = None
    clear_not_before: datetime | None = None
    is_deaf: bool = False

    def after_write(self, now: datetime) -> FollowUps:
        """The questions due after a limit was accepted, or a start that carries one."""
        return replace(self, schedule_due=now + SCHEDULE_AFTER)

    def after_connecting(self) -> FollowUps:
        """The questions due on a new connection, which may answer what the last one did not."""
        return replace(self, is_deaf=False, clear_not_before=None)

    def observed(
        self, before: Connector | None, connector: Connector, quirks: ChargerQuirks, now: datetime
    ) -> FollowUps:
        """The questions due after the connector changed.

        Meter values are, where none arrive while a limit is in force.
        """
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
        """The questions due after the composite schedule was asked for: once for each limit."""
        return replace(self, schedule_due=None)

    def after_meter_asked(self, quirks: ChargerQuirks, now: datetime) -> FollowUps:
        """The questions due after meter values were asked for; they have some time to arrive."""
        return replace(self, meter_due=now + silence(quirks))

    def after_meter_answered(self, accepted: bool) -> FollowUps:
        """The questions due after that answer; a refused question is not asked again on this connection."""
        return replace(self, is_deaf=not accepted)

    def after_clear_failed(self, now: datetime) -> FollowUps:
        """The questions due after an attempt to clear the TxDefaultProfile got no answer."""
        return replace(self, clear_not_before=now + AGAIN_AFTER)


def silence(quirks: ChargerQuirks) -> timedelta:
    """How long no meter values may arrive before they are asked for; some makes send none unless asked."""
    return ASKED_EVERY if quirks.meter_on_trigger else SILENT_FOR
