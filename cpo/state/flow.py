"""The power and current that flow at a connector now, as measured or by its status (pure).

Both are unknown while the charger is not connected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cpo.state.activity import STILL
from cpo.state.arrival import Arrival
from cpo.state.connector import Connector
from cpo.state.meter import CURRENT, ENERGY, OFFERED, POWER, SOC, TEMPERATURE, VOLTAGE
from cpo.state.state import ChargePointState

SILENT_AFTER_HEARTBEATS = 3
KINDS = {
    'power': POWER,
    'current': CURRENT,
    'voltage': VOLTAGE,
    'offered': OFFERED,
    'energy': ENERGY,
    'soc': SOC,
    'temperature': TEMPERATURE,
}


def silent_since(state: ChargePointState, now: datetime, heartbeat_interval_s: float) -> datetime | None:
    """When a connected charger was last heard, if three of its Heartbeats have not come since; otherwise None."""
    heard_at = max((at for at in (state.last_message_at, state.since) if at is not None), default=None)
    if not state.connected or heard_at is None:
        return None
    patience = timedelta(seconds=SILENT_AFTER_HEARTBEATS * heartbeat_interval_s)
    return heard_at if now - heard_at >= patience else None


def power_w(connector: Connector, gone: bool) -> float | None:
    """The power drawn in W: as measured, else by the energy register; 0 where nothing can flow, None where unknown.

    `gone`: the charger is not connected, so that what was measured last does not count.
    """
    known = _flowing(connector, connector.meter.power_w, gone)
    flow = connector.register_flow
    return flow.power_w if known is None and flow is not None and not gone else known


def power_arrival(connector: Connector) -> Arrival | None:
    """When the power drawn was last measured; None where it is not, or where the status says that nothing flows."""
    at_rest = connector.activity in STILL and connector.transaction_id is None
    if at_rest:
        return None
    flow = connector.register_flow
    by_register = flow is not None and flow.power_w is not None
    return connector.meter.arrival(*((ENERGY,) if by_register else (POWER, CURRENT)))


def newest_arrivals(connector: Connector) -> dict[str, Arrival]:
    """The newest arrival of each kind of value that was measured, by its name in `KINDS`."""
    found = {
        name: power_arrival(connector) if name == 'power' else connector.meter.arrival(measurand)
        for name, measurand in KINDS.items()
    }
    return {name: arrival for name, arrival in found.items() if arrival is not None}


def current_a(connector: Connector, measured_a: float | None, gone: bool) -> float | None:
    """`measured_a` where a current can flow, 0 where none can by the status, None where it is unknown.

    `gone`: the charger is not connected.
    """
    return _flowing(connector, measured_a, gone)


def currents_a(connector: Connector, gone: bool) -> Mapping[str, float]:
    """The currents by phase in A, each 0 where none can flow by the status; empty where they are unknown.

    `gone`: the charger is not connected.
    """
    measured = connector.meter.per_phase(CURRENT)
    return {phase: known for phase, a in measured.items() if (known := _flowing(connector, a, gone)) is not None}


def _flowing(connector: Connector, measured: float | None, gone: bool) -> float | None:
    """A status without a flow ends what was measured before it (`StatusNotified`); what comes later counts again."""
    if gone:
        return None
    still = connector.activity in STILL
    return 0.0 if still and (measured is None or connector.transaction_id is None) else measured
