"""What the state of the surplus rule means for switching: the modes to choose from, what the car can take (pure)."""

from __future__ import annotations

from datetime import datetime

from cpo.controllers.surplus_car import Car
from cpo.controllers.surplus_switching import Case, Plant
from cpo.controllers.surplus_values import Aim, CarRules, SurplusRules, SurplusState
from cpo.state import Activity

SETTLES_WITHIN_S = 45.0
"""So long after a start was decided, it is known what the car draws."""
NOT_TAKING = frozenset({Activity.PLUGGED_IN, Activity.PAUSED_BY_CAR, Activity.PAUSED_BY_CHARGER})


def plant_of(car: Car, voltage_v: float, rules: SurplusRules) -> Plant:
    """What the car can take, for the rates of the modes."""
    least_a, most_a = rules.car.min_current_a - car.short_a, rules.car.max_current_a - car.short_a
    return Plant(least_a * voltage_v / 1000, max(least_a, most_a) * voltage_v / 1000, rules.import_price)


def case_of(state: SurplusState, now: datetime, rules: SurplusRules) -> Case:
    """The modes that may be chosen now: phases and a pause rest for a while, and the minimum is never left.

    A car that has just started is not stopped before its meter has shown on how many phases it charges, and how fast it
    follows: what it takes more than was assumed would look like a cloud, again at each start.
    """
    since_s = seconds_since(state.switched_at, now)
    if not state.phases and since_s < rules.pause_rest_s:
        return Case(0, (0,), withdrawable=False, spent=0.0)
    on_s = since_s if state.phases else float('inf')
    choices = (state.phases,) if on_s < rules.phase_dwell_s else rules.phases
    withdrawable = bool(state.phases) and not state.charged
    spent = state.starts / rules.car.restarts if rules.car.restarts else 0.0
    settles = state.charged and on_s < SETTLES_WITHIN_S
    may_stop = rules.aim is Aim.SURPLUS and not settles
    return Case(state.phases, (0, *choices) if may_stop else choices, withdrawable, spent)


def is_asleep(state: SurplusState, activity: Activity, now: datetime, car: CarRules) -> bool:
    """True where the car was offered a current for long enough and took nothing."""
    waited = seconds_since(state.switched_at, now) >= car.starts_within_s
    return bool(state.phases) and not state.charged and waited and activity in NOT_TAKING


def seconds_since(at: datetime | None, now: datetime) -> float:
    """The seconds since `at`; without it, or where the clock was set back, as many as one likes."""
    seconds = float('inf') if at is None else (now - at).total_seconds()
    return seconds if seconds >= 0 else float('inf')
