"""What a charger does not measure, as it shows once a car has charged for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from cpo.state.activity import Activity
from cpo.state.meter import CURRENT, POWER
from cpo.state.state import ChargePointState

SHOWS_AFTER = timedelta(seconds=70)  # a minute is the longest interval between samples that makers choose


class Unmeasured(StrEnum):
    """What never arrived: any meter value, or power and current."""

    EVERYTHING = 'everything'
    POWER = 'power'


def unmeasured(state: ChargePointState, connector_id: int, now: datetime) -> Unmeasured | None:
    """What the charger does not send of a car that charges for more than 70 s; None while that is not known."""
    connector, running = state.connector(connector_id), state.running_transaction(connector_id)
    if not state.connected or running is None or running.energy is None or connector.activity is not Activity.CHARGING:
        return None
    if connector.status_heard_at is None or now - connector.status_heard_at < SHOWS_AFTER:
        return None
    if any(measurand in (POWER, CURRENT) for measurand, _ in connector.meter.values):
        return None
    has_register = running.energy.register_at > running.energy.started_at
    return Unmeasured.POWER if has_register else Unmeasured.EVERYTHING
