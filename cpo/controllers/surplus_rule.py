"""Charging with what is left over: from readings of the house and of the car to a wished limit and its reason (pure).

`step` is the whole interface: it has no clock and does no I/O, and the same arguments give the same step. Call it when
a reading or the connector changes, and at `next_at`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.amperes import NOMINAL_VOLTAGE_V, rounded_down
from cpo.controllers.surplus_values import (
    Aim,
    DecisionRecord,
    Reading,
    Readings,
    Reason,
    Step,
    SurplusRules,
    SurplusState,
)


def step(state: SurplusState, readings: Readings, now: datetime, rules: SurplusRules) -> Step:
    """One decision: the limit this connector wishes for, why, and when it is due again.

    The limit is 0 or between the least and the highest current of the car, whatever the readings say.
    """
    phases, least, highest = rules.phases[0], rules.car.min_current_a, rules.car.max_current_a
    if rules.aim is Aim.FAST:
        limit_a, reason = highest, Reason.FAST
    elif readings.grid_w is None:
        limit_a, reason = rules.stale_a, Reason.NO_GRID_READING
    else:
        car_w = readings.charger_w.value if readings.charger_w else 0.0
        limit_a = rounded_down((car_w - readings.grid_w.value) / NOMINAL_VOLTAGE_V / phases)
        limit_a, reason = (min(limit_a, highest), Reason.FOLLOWS) if limit_a >= least else (0.0, Reason.TOO_LITTLE)
    next_at = _fresh_until(readings.grid_w) or now + timedelta(seconds=10)
    record = DecisionRecord(
        now, (), rules.aim, rules.import_price, limit_a, phases, reason, {}, counterfactual=None, next_at=next_at
    )
    return Step(limit_a, phases, record, next_at, state)


def _fresh_until(reading: Reading | None) -> datetime | None:
    return None if reading is None else reading.fresh_until
