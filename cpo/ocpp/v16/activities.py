"""The statuses of OCPP 1.6 (§7.7) as activities."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cpo.ocpp.v16.types import ChargePointStatus
from cpo.state import Activity

_ACTIVITIES: Mapping[str, Activity] = MappingProxyType(
    {
        ChargePointStatus.AVAILABLE: Activity.IDLE,
        ChargePointStatus.PREPARING: Activity.PLUGGED_IN,
        ChargePointStatus.CHARGING: Activity.CHARGING,
        ChargePointStatus.SUSPENDED_EV: Activity.PAUSED_BY_CAR,
        ChargePointStatus.SUSPENDED_EVSE: Activity.PAUSED_BY_CHARGER,
        ChargePointStatus.FINISHING: Activity.FINISHING,
        ChargePointStatus.RESERVED: Activity.RESERVED,
        ChargePointStatus.UNAVAILABLE: Activity.UNAVAILABLE,
        ChargePointStatus.FAULTED: Activity.FAULTED,
    }
)


def activity_of(status: str) -> Activity:
    """The activity of a status as received; UNKNOWN where it is none of the specification's."""
    return _ACTIVITIES.get(status, Activity.UNKNOWN)
