"""The choice of who sets the limit of a connector; Off also ends what charges."""

from __future__ import annotations

from cpo.charge_point import ChargePoint
from cpo.state import YOU, Mode, Source


async def choose_mode(charge_point: ChargePoint, connector_id: int, mode: Mode, by: Source = YOU) -> None:
    """Choose a mode until another choice; Off ends what charges, or is about to.

    Raises what `set_charging_limit` does where the charger does not end it; the mode is chosen all the same.
    """
    charge_point.set_mode(connector_id, mode)
    connector = charge_point.state.connector(connector_id)
    is_active = connector.transaction_id is not None or connector.wish or connector.remote_start
    if mode is Mode.OFF and is_active and charge_point.sender is not None:
        await charge_point.set_charging_limit(connector_id, 0, by)
