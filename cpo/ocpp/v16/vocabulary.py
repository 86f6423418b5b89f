"""The words of OCPP 1.6 (§7), each with its version-neutral value of `cpo.state`.

A word the specification does not know has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cpo.ocpp.v16.types import ChargePointErrorCode, ChargePointStatus, Reason
from cpo.state import Activity, Ending, Fault

ACTIVITIES: Mapping[str, Activity] = MappingProxyType(
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
"""§7.7."""

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        ChargePointErrorCode.GROUND_FAILURE: Fault.GROUND,
        ChargePointErrorCode.OVER_CURRENT_FAILURE: Fault.TOO_MUCH_CURRENT,
        ChargePointErrorCode.OVER_VOLTAGE: Fault.HIGH_VOLTAGE,
        ChargePointErrorCode.UNDER_VOLTAGE: Fault.LOW_VOLTAGE,
        ChargePointErrorCode.HIGH_TEMPERATURE: Fault.TOO_HOT,
        ChargePointErrorCode.CONNECTOR_LOCK_FAILURE: Fault.PLUG_LOCK,
        ChargePointErrorCode.EV_COMMUNICATION_ERROR: Fault.CAR_COMMUNICATION,
        ChargePointErrorCode.POWER_METER_FAILURE: Fault.METER,
        ChargePointErrorCode.POWER_SWITCH_FAILURE: Fault.SWITCH,
        ChargePointErrorCode.READER_FAILURE: Fault.CARD_READER,
    }
)
"""§7.6; the others say nothing a person can do something with."""

ENDINGS: Mapping[str, Ending] = MappingProxyType(
    {
        Reason.REMOTE: Ending.FROM_HERE,
        Reason.LOCAL: Ending.AT_CHARGER,
        Reason.EV_DISCONNECTED: Ending.UNPLUGGED,
        Reason.UNLOCK_COMMAND: Ending.UNLOCKED,
        Reason.DE_AUTHORIZED: Ending.CARD_REFUSED,
        Reason.EMERGENCY_STOP: Ending.EMERGENCY_STOP,
        Reason.POWER_LOSS: Ending.POWER_CUT,
        Reason.HARD_RESET: Ending.RESTART,
        Reason.SOFT_RESET: Ending.RESTART,
        Reason.REBOOT: Ending.RESTART,
        Reason.OTHER: Ending.OTHER,
    }
)
"""§7.36."""
