"""What a connector is doing, independent of the OCPP version."""

from __future__ import annotations

from enum import StrEnum


class Activity(StrEnum):
    """What a connector is doing; the dialect derives it from the status its version of OCPP reports.

    The journal stores the value. UNKNOWN: no status was reported yet, or one the specification does not know.
    """

    IDLE = 'idle'
    PLUGGED_IN = 'plugged_in'
    STARTING = 'starting'
    CHARGING = 'charging'
    PAUSED_BY_CAR = 'paused_by_car'
    PAUSED_BY_CHARGER = 'paused_by_charger'
    FINISHING = 'finishing'
    RESERVED = 'reserved'
    UNAVAILABLE = 'unavailable'
    FAULTED = 'faulted'
    UNKNOWN = 'unknown'


RUNNING = frozenset({Activity.CHARGING, Activity.PAUSED_BY_CAR, Activity.PAUSED_BY_CHARGER})
"""The activities of a session: the car charges, or one side pauses it."""

STILL = frozenset(Activity) - {Activity.STARTING, Activity.CHARGING, Activity.UNKNOWN}
"""The activities in which nothing flows, as long as nothing else is measured."""
