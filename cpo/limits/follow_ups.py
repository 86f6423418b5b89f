"""Requests that follow a limit: for the composite schedule, and for meter values where none arrive (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.chargers import ChargerQuirks
from cpo.frozen import replace
from cpo.state import Connector, WishEnd

SCHEDULE_AFTER = timedelta(seconds=10)
SILENT_FOR = timedelta(seconds=60)
ASKED_EVERY = timedelta(seconds=15)
AGAIN_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class FollowUps:
    """When each follow-up request to one connector is due, None where it is not; each method returns the next value.

    `clear_not_before` is the earliest time of another attempt to clear a TxDefaultProfile. `is_deaf`: on this
    connection the charger does not accept the request for meter values. `schedule_asked_in` is the transaction in which
    the composite schedule was last asked for.
    """

    schedule_due: datetime | None = None
    meter_due: datetime | None = None
    clear_not_before: datetime | None = None
    is_deaf: bool = False
    schedule_asked_in: str | None = None

    def after_write(self, now: datetime) -> FollowUps:
        """The requests due after the charger accepted a limit, or a start that carries one."""
        return replace(self, schedule_due=now + SCHEDULE_AFTER)

    def after_connecting(self) -> FollowUps:
        """The requests due on a new connection: a charger that refused meter values on the last one is asked again."""
        return replace(self, is_deaf=False, clear_not_before=None)

    def observed(
        self, before: Connector | None, connector: Connector, quirks: ChargerQuirks, now: datetime
    ) -> FollowUps:
        """The requests due after the connector changed from `before`.

        Meter values are to be asked for where none arrive while a transaction runs whose limit somebody wished.
        """
        new = self
        if before is not None and before.wish_end is WishEnd.OVERRIDDEN and connector.wish_end is None:
            new = replace(new, schedule_asked_in=None)  # somebody took limits away; others may be left
        began = before is not None and before.transaction_id is None and connector.transaction_id is not None
        if began and self.schedule_due is not None:
            new = new.after_write(now)
        if connector.transaction_id is None or connector.wish is None:
            return new if new.meter_due is None else replace(new, meter_due=None)
        if new.meter_due is None or before is None or connector.meter is not before.meter:
            return replace(new, meter_due=now + silence(quirks))
        return new

    def after_schedule_asked(self, transaction_id: str | None) -> FollowUps:
        """The requests due after the composite schedule was asked for in this transaction: once for each limit."""
        return replace(self, schedule_due=None, schedule_asked_in=transaction_id)

    def after_meter_asked(self, quirks: ChargerQuirks, now: datetime) -> FollowUps:
        """These follow-ups after a TriggerMessage for MeterValues; the next is due when the make is silent for long."""
        return replace(self, meter_due=now + silence(quirks))

    def after_meter_answered(self, accepted: bool) -> FollowUps:
        """These follow-ups after the answer to that; where it was refused, this connection is not asked again."""
        return replace(self, is_deaf=not accepted)

    def after_clear_failed(self, now: datetime) -> FollowUps:
        """The requests due after an attempt at `now` to clear the TxDefaultProfile failed: the next one comes later."""
        return replace(self, clear_not_before=now + AGAIN_AFTER)


def silence(quirks: ChargerQuirks) -> timedelta:
    """How long no meter values may arrive until they are asked for; some makes only send them when asked."""
    return ASKED_EVERY if quirks.meter_on_trigger else SILENT_FOR
