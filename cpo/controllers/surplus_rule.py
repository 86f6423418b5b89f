"""Charging with what is left over: from readings of house and car to a wished limit and its reason (pure).

`step` is the whole interface: it has no clock and does no I/O, and the same arguments give the same step. Call it when
a reading or the connector changes, and at `next_at`. It asks, in this order:

    observed    is the car plugged in, does it take energy, is it full?             (here)
    missing     can the readings be trusted? If not: the limit for that             (`surplus_house`)
    judged      a new grid reading: what is left over, by its own time?             (`surplus_car`, `surplus_house`)
    chosen      off, one phase or three: which earns most from now on?              (`surplus_switching`)
    level       which current uses what is left over, and is it worth a command?    (`surplus_level`)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from cpo.chargers import nearest
from cpo.controllers import surplus_car, surplus_house, surplus_level, surplus_switching
from cpo.controllers.surplus_car import Car
from cpo.controllers.surplus_case import SETTLES_WITHIN_S, case_of, is_asleep, plant_of, seconds_since
from cpo.controllers.surplus_echo import Echo
from cpo.controllers.surplus_house import House
from cpo.controllers.surplus_record import DecisionRecord, Step
from cpo.controllers.surplus_values import Aim, CarRules, Readings, Reason, SurplusRules, SurplusState
from cpo.state import Activity

LONGEST_GAP_S = 60.0
"""A longer time between two grid readings counts as this much: what happened meanwhile is not known."""
REPORTED_AFTER_S = 1.0
"""By how much a limit is in force before the charger says so."""
FULL_AFTER_S = 15.0
"""A car that pauses by itself so long after its limit was in force is full."""
SWITCHES_WITHIN_S = 200.0
"""So long a charger may take to charge on fewer phases: it is not stopped before it was seen whether it does."""


class Choice(NamedTuple):
    """What to do: the number of phases (0: off), a current that is not that of the surplus, and why."""

    phases: int
    reason: Reason
    limit_a: float | None = None


def step(state: SurplusState, readings: Readings, now: datetime, rules: SurplusRules) -> Step:
    """One decision: the limit this connector wishes for, why, and when it is due again.

    The limit is 0 or between the least and the highest current of the car, whatever the readings say.
    """
    house = surplus_house.seen(readings, now)
    missing = surplus_house.missing(house, readings, now)
    state = _observed(state, readings, house.charger_a, now, rules)
    seconds = 0.0
    if missing is None:
        state, seconds = _judged(state, readings, house, rules)
    choice = _choice(state, readings, house, missing, now, rules)
    state = _acted(state, choice, house.voltage_v, seconds, now, rules)
    next_at = min((at for at in _deadlines(state, readings, rules) if at > now), default=None)
    is_most = choice.reason is Reason.FOLLOWS and state.limit_a == _expressed(rules.car.max_current_a, rules.car)
    reason = Reason.AT_MAXIMUM if is_most else choice.reason
    record = DecisionRecord(now, readings, rules, reason, state, next_at)
    return Step(record.limit_a, record.phases, record, next_at, state)


def _observed(
    state: SurplusState, readings: Readings, charger_a: float | None, now: datetime, rules: SurplusRules
) -> SurplusState:
    """The state after what charger and car did: plugged in or not, charging, full."""
    if not readings.plugged_in:
        state = _idle(state)
    elif state.phases and state.phases not in rules.phases:
        # the car is seen to charge with others than were assumed, or a ceiling is too low for so many
        memory = surplus_switching.with_modes(state.memory, rules.phases)
        fewest = max((phases for phases in rules.phases if phases < state.phases), default=rules.phases[0])
        since = now if fewest < (readings.phases or 0) else state.switched_at
        state = state._replace(phases=fewest, switched_at=since, memory=memory)
    latency = timedelta(seconds=-REPORTED_AFTER_S if readings.in_force_a is not None else rules.car.latency_s)
    in_force_a = state.limit_a if readings.in_force_a is None else readings.in_force_a
    car = surplus_car.offered(state.car, in_force_a, now + latency)
    if readings.charger_a is not None and charger_a is not None:
        car = surplus_car.metered(car, charger_a, readings.charger_a.at)
    state = state if car is state.car else state._replace(car=car)
    if not state.phases:
        return state
    if readings.held_a == 0 and readings.activity is not Activity.CHARGING:
        return state._replace(charged=False, full=False, switched_at=now)  # it is offered nothing: this is a new start
    if readings.activity is Activity.CHARGING and (not state.charged or state.full):
        return state._replace(charged=True, full=False, starts=state.starts + (not state.charged))
    offer = car.offers[-1]
    is_settled = offer.limit_a > 0 and seconds_since(offer.since, now) >= FULL_AFTER_S
    if state.charged and not state.full and readings.activity is Activity.PAUSED_BY_CAR and is_settled:
        return state._replace(full=True)
    return state


def _idle(state: SurplusState) -> SurplusState:
    """The state for the next car: only what is known of the house and of its meters stays."""
    car = Car(echo=Echo(state.car.echo.delay_s))
    return SurplusState(car=car, memory=state.memory, grid_at=state.grid_at, every_s=state.every_s, pv_w=state.pv_w)


def _judged(state: SurplusState, readings: Readings, house: House, rules: SurplusRules) -> tuple[SurplusState, float]:
    """The state after a grid reading that is new, and the seconds since the one before (0.0: it is not new)."""
    grid = readings.grid_w
    if grid is None or grid.at == state.grid_at:
        return state, 0.0
    gap_s = state.every_s if state.grid_at is None else (grid.at - state.grid_at).total_seconds()
    seconds = min(max(gap_s, 0.1), LONGEST_GAP_S)
    phases = readings.phases or state.phases or rules.phases[0]
    rest_w = (house.grid_w or 0.0) + (house.pv_w or 0.0) + (house.battery_w or 0.0)
    car = surplus_car.at_time(state.car, readings.activity, grid.at, rest_w, house.voltage_v, phases)
    car_w = house.voltage_v * phases * car.current_a
    surplus_w = surplus_house.left_over_w(house, car_w, rules.battery)
    plant = plant_of(car, house.voltage_v, rules)
    known = surplus_switching.with_modes(state.memory, rules.phases)
    pv_kw = None if house.pv_w is None else house.pv_w / 1000
    memory = surplus_switching.remembered(known, plant, surplus_w / 1000, pv_kw, seconds)
    rises_w = surplus_level.leading_w(house.pv_w, state.pv_w, seconds)
    state = state._replace(
        car=car,
        memory=memory,
        grid_at=grid.at,
        every_s=seconds,
        pv_w=house.pv_w,
        surplus_w=surplus_w,
        rises_w=rises_w,
    )
    return state, seconds


def _choice(
    state: SurplusState, readings: Readings, house: House, missing: Reason | None, now: datetime, rules: SurplusRules
) -> Choice:
    fewest, car = rules.phases[0], rules.car
    if not readings.plugged_in:
        return Choice(0, Reason.UNPLUGGED)
    if rules.aim is Aim.FAST:
        return Choice(rules.phases[-1], Reason.FAST, car.max_current_a)
    if missing is not None:
        stale_a = rules.stale_a if rules.stale_a >= car.min_current_a else 0.0
        limit_a = stale_a or (car.min_current_a if rules.aim is Aim.SURPLUS_AND_MINIMUM else 0.0)
        return Choice((state.phases or fewest) if limit_a else 0, missing, limit_a)
    if state.waking and seconds_since(state.switched_at, now) < car.wake_pause_s:
        return Choice(0, Reason.WAKING)
    asleep = is_asleep(state, readings.activity, now, car)
    if asleep and state.wake_attempts < car.wake_attempts:
        return Choice(0, Reason.WAKING)
    if _switches(state, readings) and seconds_since(state.switched_at, now) < SWITCHES_WITHIN_S:
        return Choice(state.phases, Reason.CHANGING_PHASES, car.min_current_a)
    surplus_kw, plant = state.surplus_w / 1000, plant_of(state.car, house.voltage_v, rules)
    phases = surplus_switching.chosen(state.memory, plant, case_of(state, now, rules), surplus_kw)
    if rules.aim is Aim.SURPLUS_AND_MINIMUM:
        phases = phases or fewest
    held_a = car.min_current_a if phases < (readings.phases or 0) else None  # it draws that on more phases still
    if phases != state.phases:
        return Choice(phases, _reason_to_switch(state, phases), held_a)
    if asleep or state.full:
        return Choice(phases, Reason.CAR_ASLEEP if asleep else Reason.CAR_FULL)
    reason = _reason_to_stay(state, readings.held_a, surplus_kw < plant.least_kw * phases, rules)
    return Choice(phases, reason, held_a)


def _switches(state: SurplusState, readings: Readings) -> bool:
    """True while the car draws on more phases than was decided, as its charger has not switched yet."""
    return 0 < state.phases < (readings.phases or 0)


def _reason_to_switch(state: SurplusState, phases: int) -> Reason:
    if not state.phases:
        return Reason.STARTED
    if not phases:
        return Reason.STOPPED if state.charged else Reason.WITHDRAWN
    return Reason.MORE_PHASES if phases > state.phases else Reason.FEWER_PHASES


def _reason_to_stay(state: SurplusState, held_a: float | None, lacks: bool, rules: SurplusRules) -> Reason:
    if not state.phases:
        return Reason.TOO_LITTLE
    if held_a == 0:
        return Reason.PAUSED_BY_CEILING
    if not state.charged:
        return Reason.STARTED
    if held_a is not None:
        return Reason.HELD_BACK
    if not lacks:
        return Reason.FOLLOWS
    if rules.aim is Aim.SURPLUS_AND_MINIMUM:
        return Reason.MINIMUM
    return Reason.RIDES_OUT


def _acted(
    state: SurplusState, choice: Choice, voltage_v: float, seconds: float, now: datetime, rules: SurplusRules
) -> SurplusState:
    """The state with the mode and the limit of the choice."""
    phases, limit_a, error_kwh, car = choice.phases, state.limit_a, state.error_kwh, rules.car
    if phases != state.phases:
        state, limit_a = _switched(state, choice, now), 0.0
    if not phases:
        return state._replace(limit_a=0.0, error_kwh=0.0)
    if choice.limit_a is not None:
        limit_a, error_kwh = choice.limit_a, 0.0
    elif not limit_a or (seconds and not state.full):
        least_a, most_a = car.min_current_a, car.max_current_a
        wanted_a = (state.surplus_w + state.rises_w) / (voltage_v * phases) + state.car.short_a
        if limit_a:
            wanted_a = surplus_level.surely(limit_a, wanted_a, surplus_car.may_draw_more_a(state.car))
        wanted_a = min(max(wanted_a, least_a), most_a)
        error_kwh = surplus_level.added_up(error_kwh, (wanted_a - limit_a) * voltage_v * phases, seconds)
        if not limit_a or abs(error_kwh) > surplus_level.WORTH_A_COMMAND_KWH:
            limit_a, error_kwh = wanted_a, 0.0
    return state._replace(limit_a=_expressed(limit_a, car), error_kwh=error_kwh)


def _expressed(limit_a: float, car: CarRules) -> float:
    """The nearest limit that the charger obeys."""
    return nearest(limit_a, car.numbers, car.min_current_a, car.max_current_a)


def _switched(state: SurplusState, choice: Choice, now: datetime) -> SurplusState:
    waking = choice.reason is Reason.WAKING
    return state._replace(
        phases=choice.phases,
        switched_at=now,
        charged=False,
        full=False,
        waking=waking,
        wake_attempts=state.wake_attempts + waking,
    )


def _deadlines(state: SurplusState, readings: Readings, rules: SurplusRules) -> Iterator[datetime]:
    """When the decision may change though no reading comes."""
    for reading in (readings.grid_w, readings.battery_w):
        if reading is not None and reading.fresh_until is not None:
            yield reading.fresh_until
    if state.switched_at is not None:
        if state.waking:
            yield state.switched_at + timedelta(seconds=rules.car.wake_pause_s)
        if _switches(state, readings):
            yield state.switched_at + timedelta(seconds=SWITCHES_WITHIN_S)
        if state.phases:
            yield state.switched_at + timedelta(
                seconds=SETTLES_WITHIN_S if state.charged else rules.car.starts_within_s
            )
        else:
            yield state.switched_at + timedelta(seconds=rules.pause_rest_s)
