"""What a car can take: by what it has shown since it was plugged in, and by the settings until then (pure)."""

from __future__ import annotations

from typing import NamedTuple

from cpo.amperes import MAX_PHASES
from cpo.controllers.plan_values import Charging, PlanRules, SeenCar

HELD_A = 0.25
"""A current that is not further below the one offered is as offered."""
DOUBT = 0.65
"""A car that has not shown anything yet may take as little as this part of what the settings say."""


class Ability(NamedTuple):
    """The current of one phase in A that a car draws at most, what it draws less than is offered, and its phases."""

    most_a: float
    less_a: float
    phases: int

    def drawn_a(self, offered_a: float) -> float:
        """The current of one phase in A that it draws of one that is offered."""
        return max(min(offered_a - self.less_a, self.most_a), 0.0)


def observed(car: SeenCar, charging: Charging, rules: PlanRules) -> SeenCar:
    """The car after a measurement of what it draws of what it is offered."""
    if charging.drawn_a <= 0 or charging.drawn_phases <= 0:
        return car
    phases, most_a, less_a = car.phases, car.most_a, car.less_a
    if charging.drawn_phases < charging.offered_phases or charging.offered_phases == rules.phases[-1]:
        phases = charging.drawn_phases
    if charging.offered_a >= min(rules.max_current_a, rules.car_max_a or rules.max_current_a) - HELD_A:
        most_a = charging.drawn_a
    elif most_a is None or charging.drawn_a < most_a - HELD_A:
        less_a = charging.offered_a - charging.drawn_a
    return SeenCar(phases, most_a, less_a if less_a > HELD_A else 0.0)


def likely(car: SeenCar, rules: PlanRules) -> Ability:
    """What the car takes in all likelihood."""
    most_a = _told_a(rules) if car.most_a is None else car.most_a
    return Ability(min(most_a, rules.max_current_a), car.less_a, car.phases or rules.car_phases or MAX_PHASES)


def at_least(car: SeenCar, rules: PlanRules) -> Ability:
    """What even a car takes that is weaker than the settings say; once it was seen, what it has shown."""
    if car.was_seen:
        return likely(car, rules)
    most_a = min(_told_a(rules) * DOUBT, rules.max_current_a)
    return Ability(most_a, car.less_a, car.phases or rules.car_phases or 1)


def _told_a(rules: PlanRules) -> float:
    return rules.max_current_a if rules.car_max_a is None else rules.car_max_a
