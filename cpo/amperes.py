"""Facts about charging currents: the lowest current, the mains voltage, the phases, rounding to 0.1 A."""

from __future__ import annotations

import math

MIN_CHARGING_CURRENT_A = 6.0
"""The least current a car is offered (IEC 61851-1); below it, it pauses."""

NOMINAL_VOLTAGE_V = 230.0
"""The voltage of one phase of the European grid (EN 50160), where none is measured."""

MAX_PHASES = 3


def rounded_down(value: float) -> float:
    """The value (A or W) rounded down to 0.1.

    1e-9 or so below a step counts as it, so that 8.1, stored as 8.0999…, stays 8.1.
    """
    return math.floor(value * 10 + 1e-6) / 10
