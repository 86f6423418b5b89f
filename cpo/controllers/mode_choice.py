"""The choice of a connector's mode, that is of who may set its limit; mode OFF also ends what charges."""

from __future__ import annotations

from cpo.charge_point import ChargePoint
from cpo.state import YOU, Mode, Source


async def choose_mode(charge_point: ChargePoint, connector_id: int, mode: Mode, by: Source = YOU) -> None:
    """Set a connector's mode until it is set again; OFF also ends a transaction that runs or is about to start.

    Raises the errors of `set_charging_limit` where the charger does not end it; the mode is OFF all the same.
    """
    charge_point.set_mode(connector_id, mode)
    connector = charge_point.state.connector(connector_id)
    is_active = connector.transaction_id is not None or connector.wish or connector.remote_start
    if mode is Mode.OFF and is_active and charge_point.sender is not None:
        await charge_point.set_charging_limit(connector_id, 0, by)
