"""What the house leaves over for the car, from the readings that can be trusted (pure).

    left over = what the car draws − grid import − the battery's discharge − what the battery takes first

The car's power counts as left over, as it would be without the car; so does what the battery charges with, unless the
battery comes first. A battery's discharge never does.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import NamedTuple

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.controllers.surplus_values import BatteryRules, Reading, Readings, Reason

PLAUSIBLE_W = 1e6
"""No house has more; a meter that says so is wrong."""
PLAUSIBLE_V = (80.0, 300.0)


class House(NamedTuple):
    """The values of the readings that can be trusted; None is unknown. The voltage is the nominal one where none is."""

    grid_w: float | None
    pv_w: float | None
    battery_w: float | None
    battery_soc: float | None
    charger_a: float | None
    voltage_v: float


def seen(readings: Readings, now: datetime) -> House:
    """What is known now."""
    voltage_v, (least_v, most_v) = value_of(readings.voltage_v, now), PLAUSIBLE_V
    return House(
        value_of(readings.grid_w, now),
        value_of(readings.pv_w, now),
        value_of(readings.battery_w, now),
        value_of(readings.battery_soc, now),
        value_of(readings.charger_a, now),
        voltage_v if voltage_v is not None and least_v <= voltage_v <= most_v else NOMINAL_VOLTAGE_V,
    )


def value_of(reading: Reading | None, now: datetime) -> float | None:
    """The value of a reading; None where it is unknown, stale, not a number or absurd."""
    if reading is None or is_stale(reading, now) or not math.isfinite(reading.value):
        return None
    return reading.value if abs(reading.value) <= PLAUSIBLE_W else None


def is_stale(reading: Reading, now: datetime) -> bool:
    """The reading is no longer that of now."""
    return reading.fresh_until is not None and now >= reading.fresh_until


def missing(house: House, readings: Readings, now: datetime) -> Reason | None:
    """Why it is not known what is left over, None where it is. A house that never had a battery reading has none."""
    if house.grid_w is None:
        is_old = readings.grid_w is not None and is_stale(readings.grid_w, now)
        return Reason.STALE_GRID_READING if is_old else Reason.NO_GRID_READING
    if house.battery_w is None and readings.battery_w is not None:
        return Reason.STALE_BATTERY_READING
    return None


def left_over_w(house: House, car_w: float, rules: BatteryRules) -> float:
    """The power that the car may use; negative where the house itself imports."""
    return car_w - (house.grid_w or 0.0) - (house.battery_w or 0.0) - battery_first_w(house, rules)


def battery_first_w(house: House, rules: BatteryRules) -> float:
    """What is kept for the battery: all it can take, until it is as full as the owner wants it before the car."""
    if house.battery_w is None or (house.battery_soc or 0.0) >= rules.first_to_soc:
        return 0.0
    return max(rules.max_charge_w, -house.battery_w)
