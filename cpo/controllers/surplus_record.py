"""The record of a decision: what it was made from, and what would have changed it (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cpo.controllers import surplus_house
from cpo.controllers.surplus_case import case_of, plant_of
from cpo.controllers.surplus_flip import nearest_flip
from cpo.controllers.surplus_house import House
from cpo.controllers.surplus_switching import Case
from cpo.controllers.surplus_values import (
    Beyond,
    Counterfactual,
    DecisionRecord,
    Input,
    Part,
    Readings,
    Reason,
    SurplusRules,
    SurplusState,
    UsedInput,
)

HORIZONS_S = (300.0, 900.0)
"""For how long a surplus is imagined to last, where it cannot flip the decision by the next reading; a car that is
about to start changes the case before."""
SWITCHING = frozenset(
    {
        Reason.TOO_LITTLE,
        Reason.STARTED,
        Reason.WITHDRAWN,
        Reason.FOLLOWS,
        Reason.RIDES_OUT,
        Reason.STOPPED,
        Reason.MORE_PHASES,
        Reason.FEWER_PHASES,
        Reason.MINIMUM,
        Reason.HELD_BACK,
    }
)
"""The reasons with which what is left over decides."""


def recorded(
    state: SurplusState,
    readings: Readings,
    house: House,
    reason: Reason,
    now: datetime,
    next_at: datetime | None,
    rules: SurplusRules,
) -> DecisionRecord:
    """The record of the decision that led to `state`."""
    return DecisionRecord(
        now,
        tuple(_inputs(readings, house, now)),
        rules.aim,
        rules.import_price,
        state.limit_a,
        state.phases or rules.phases[0],
        reason,
        _parts(state, house, reason, rules),
        _counterfactual(state, house.voltage_v, now, rules) if reason in SWITCHING else None,
        next_at,
    )


def _inputs(readings: Readings, house: House, now: datetime) -> Iterator[UsedInput]:
    given = (
        (Input.GRID_W, readings.grid_w, house.grid_w),
        (Input.PV_W, readings.pv_w, house.pv_w),
        (Input.BATTERY_W, readings.battery_w, house.battery_w),
        (Input.BATTERY_SOC, readings.battery_soc, house.battery_soc),
        (Input.CHARGER_A, readings.charger_a, house.charger_a),
        (Input.VOLTAGE_V, readings.voltage_v, house.voltage_v),
    )
    for name, reading, value in given:
        if reading is not None:
            age_s, is_stale = (now - reading.at).total_seconds(), surplus_house.is_stale(reading, now)
            yield UsedInput(name, value, age_s, reading.source, is_stale)


def _parts(state: SurplusState, house: House, reason: Reason, rules: SurplusRules) -> dict[Part, float]:
    if reason in (Reason.WAKING, Reason.CAR_ASLEEP):
        return {Part.ATTEMPTS: state.wake_attempts}
    if reason not in SWITCHING and reason is not Reason.CAR_FULL:
        return {}
    parts: dict[Part, float] = {Part.SURPLUS_W: round(state.surplus_w)}
    if kept_w := surplus_house.battery_first_w(house, rules.battery):
        parts[Part.BATTERY_FIRST_W] = round(kept_w)
    return parts


def _counterfactual(state: SurplusState, voltage_v: float, now: datetime, rules: SurplusRules) -> Counterfactual | None:
    """The surplus that would flip the decision, exactly; None where it cannot be said or nothing would."""
    plant = plant_of(state.car, voltage_v, rules)

    def case_after(seconds: float) -> Case:
        return case_of(state, now + timedelta(seconds=seconds), rules)

    starts = bool(state.phases) and not state.charged
    horizons_s = (state.every_s, *(() if starts else (each_s for each_s in HORIZONS_S if each_s > state.every_s)))
    flip = nearest_flip(state.memory, plant, case_after, state.surplus_w / 1000, horizons_s)
    if flip is None:
        return None
    beyond = Beyond.ABOVE if flip.above else Beyond.BELOW
    return Counterfactual(Input.SURPLUS_W, beyond, flip.surplus_kw * 1000, flip.for_s, flip.phases)
