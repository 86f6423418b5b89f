"""Which meter values a charger never sends, as it shows once a car has charged for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from cpo.state.activity import Activity
from cpo.state.meter import CURRENT, POWER
from cpo.state.state import ChargePointState

SHOWS_AFTER = timedelta(seconds=70)  # a minute is the longest interval between samples that makers choose


class Unmeasured(StrEnum):
    """What a charger never sent: any meter value, or power and current."""

    EVERYTHING = 'everything'
    POWER = 'power'


def unmeasured(state: ChargePointState, connector_id: int, now: datetime) -> Unmeasured | None:
    """What the charger does not send about a car that has charged for 70 s or more; None while that is not known."""
    connector, running = state.connector(connector_id), state.running_transaction(connector_id)
    if not state.connected or running is None or running.energy is None or connector.activity is not Activity.CHARGING:
        return None
    if connector.status_heard_at is None or now - connector.status_heard_at < SHOWS_AFTER:
        return None
    if any(measurand in (POWER, CURRENT) for measurand, _ in connector.meter.values):
        return None
    has_register = running.energy.register_at > running.energy.started_at
    return Unmeasured.POWER if has_register else Unmeasured.EVERYTHING
