"""Which current uses the surplus, and whether it is worth a command: each one makes the charger write (pure).

By how much the present limit misses the surplus adds up, and only when that exceeds a little energy is the limit
changed: at once for a cloud or a kettle, after minutes for a few watts.
"""

from __future__ import annotations

WORTH_A_COMMAND_KWH = 0.0008
SMALL_W = 60.0
SMALL_FADES = 0.8
TURNED_FADES = 0.5
LEAD_S = 8.0
LEAD_AT_MOST_W = 1500.0


def leading_w(pv_w: float | None, before_w: float | None, seconds: float) -> float:
    """By how much the sun's production will have changed when the car has followed, if it continues as now."""
    if pv_w is None or before_w is None or seconds <= 0:
        return 0.0
    change_w = (pv_w - before_w) / seconds * LEAD_S
    return min(max(change_w, -LEAD_AT_MOST_W), LEAD_AT_MOST_W)


def surely(limit_a: float, wanted_a: float, more_a: float) -> float:
    """The current nearest to the present limit of those that may be right: `wanted_a`, and up to `more_a` beyond."""
    return min(max(limit_a, min(wanted_a, wanted_a + more_a)), max(wanted_a, wanted_a + more_a))


def added_up(error_kwh: float, missed_w: float, seconds: float) -> float:
    """The error after `seconds` more of it, in kWh; it fades while the error is small, and when it turns."""
    missed_kwh = missed_w * seconds / 3.6e6
    if error_kwh * missed_kwh < 0:
        error_kwh *= TURNED_FADES
    return (error_kwh + missed_kwh) * (SMALL_FADES if abs(missed_w) < SMALL_W else 1.0)
