"""From slots, car and charger to the problem that `plan_search` solves, and from its solution to currents (pure)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cpo.chargers import nearest
from cpo.controllers.plan_car import Ability
from cpo.controllers.plan_forecast import SLOT_S, Slot
from cpo.controllers.plan_search import OPEN, Choice, Solution, Taken
from cpo.controllers.plan_values import Charging, PlanRules, Run
from cpo.frozen import replace

WORK = 60_000
"""How many values one planning compares at most, about."""
CLOSE_A = 0.5
"""A scale is never so coarse that its least current is further above that of the car."""
STAY = 0.001
"""The price of a slot that charges, or does not, against what the last plan announced."""


class Offer(NamedTuple):
    """The current in A that a slot offers on so many phases (0.0: none)."""

    current_a: float
    phases: int


class Scale(NamedTuple):
    """How energy is counted: one step is `step_a` for a quarter of an hour on the fewest phases.

    `least_a` is the least current the car draws while it charges. `phases` are the groups as sent to the charger,
    `factors` how much more than the fewest each of them draws.
    """

    step_a: float
    step_kwh: float
    least_a: float
    phases: tuple[int, ...]
    factors: tuple[int, ...]


def scale_of(slots: int, need_kwh: float, rules: PlanRules, ability: Ability, charging: Charging) -> Scale:
    """The scale within `WORK` whose least current is nearest to that of the car; of those the finest.

    A full slot is always a whole number of steps, so what is possible is never rounded.
    """
    drawn = [min(phases, ability.phases) for phases in rules.phases]
    most_a = max(ability.drawn_a(rules.max_current_a), 0.1)
    least_a = min(max(rules.min_current_a - ability.less_a, 0.1), most_a)
    full_kwh = most_a * rules.voltage_v * drawn[0] * SLOT_S / 3.6e6
    budgets = 1 if charging.closings_left is None else charging.closings_left + 1
    work = slots * budgets * len(drawn) * need_kwh / full_kwh

    def least_exceeds_a(parts: int) -> float:
        return round(math.ceil(least_a * parts / most_a - 1e-9) * most_a / parts - least_a, 3)

    possible = range(1, max(int(most_a), 1) + 1)
    coarsest = next((parts for parts in possible if least_exceeds_a(parts) <= CLOSE_A), possible[-1])
    finest = min(max(int(math.sqrt(WORK / max(work, 1.0))), coarsest), possible[-1])
    parts = min(possible[:finest], key=lambda parts: (least_exceeds_a(parts), -parts))
    factors = tuple(phases // drawn[0] for phases in drawn)
    return Scale(most_a / parts, full_kwh / parts, least_a, rules.phases, factors)


def choices_of(slot: Slot, scale: Scale, rules: PlanRules, ability: Ability, plan_has: bool | None) -> list[Choice]:
    """What each group of phases can do in a slot; `plan_has`: whether the last plan charges in it (None: unknown)."""
    part = slot.hours * 3600 / SLOT_S
    most = int(ability.drawn_a(slot.ceiling_a) * part / scale.step_a + 1e-6)
    if not most and slot.ends_at % SLOT_S == 0:
        most = 1  # the rest of a slot that has begun: what charges continues
    if slot.ceiling_a < rules.min_current_a or not most:
        return [Choice(1, ())] * len(scale.factors)
    least = min(max(math.ceil(scale.least_a * part / scale.step_a - 1e-6), 1), most)
    against = 0.0 if plan_has is None else -STAY if plan_has else STAY
    costs = slot.costs(scale.step_kwh, most * scale.factors[-1], against)
    stride = max(round(part), 1)
    return [Choice(least * factor, costs[: most * factor + 1], stride * factor) for factor in scale.factors]


def showing(choices: list[Choice], slot: Slot, is_due: bool) -> list[Choice]:
    """The choices where the car has yet to show what it takes.

    It begins with all that may flow, except with the sun; where it `is_due`, it takes that on most phases now.
    """
    if is_due and choices[-1].costs:
        return [*[Choice(1, ())] * (len(choices) - 1), replace(choices[-1], least=choices[-1].most)]
    return choices if slot.surplus else [replace(choice, begins_full=True) for choice in choices]


def announced_by(runs: Sequence[Run], slot: Slot) -> bool | None:
    """Whether the last plan charges in this slot, None where there was no plan."""
    middle = (slot.starts_at + slot.ends_at) / 2
    return any(run.starts_at.timestamp() <= middle < run.ends_at.timestamp() for run in runs) if runs else None


def capacity_kwh(slot: Slot, rules: PlanRules, ability: Ability) -> float:
    """The most energy that flows in a slot."""
    if slot.ceiling_a < rules.min_current_a:
        return 0.0
    phases = min(rules.phases[-1], ability.phases)
    return ability.drawn_a(slot.ceiling_a) * phases * rules.voltage_v * slot.hours / 1000


def latest_start(slots: Sequence[Slot], need_kwh: float, rules: PlanRules, ability: Ability) -> int:
    """The last slot from which a car of this ability is still ready at the end; the first where none is."""
    for index in range(len(slots) - 1, -1, -1):
        need_kwh -= capacity_kwh(slots[index], rules, ability)
        if need_kwh <= 0:
            return index
    return 0


def offer_of(taken: Taken, slot: Slot, scale: Scale, rules: PlanRules, ability: Ability, idle: int) -> Offer:
    """The current that makes so many steps flow; the highest that may where the car takes all it can."""
    if taken.state == OPEN:
        return Offer(0.0, idle)
    group = taken.state - 1
    part = slot.hours * 3600 / SLOT_S
    drawn_a = taken.steps / scale.factors[group] * scale.step_a / part
    most_a = min(slot.ceiling_a, rules.max_current_a)
    takes_all = drawn_a > ability.drawn_a(most_a) - scale.step_a / part + 1e-6
    wanted_a = most_a if takes_all else drawn_a + ability.less_a
    return Offer(nearest(wanted_a, rules.numbers, rules.min_current_a, most_a), scale.phases[group])


def sunny_offer(
    solution: Solution, taken: Taken, slot: Slot, scale: Scale, rules: PlanRules, ability: Ability
) -> Offer:
    """The current for a slot with sun that begins now: as near to the sun as the charger can be set, not by steps."""
    group = taken.state - 1
    hour = slot.hours * 3600 / SLOT_S * scale.factors[group] / scale.step_a
    most_a = min(slot.ceiling_a, rules.max_current_a)
    whole = range(math.ceil(rules.min_current_a), int(most_a) + 1)
    currents = {nearest(current_a, rules.numbers, rules.min_current_a, most_a) for current_a in (*whole, most_a)}
    steps = {ability.drawn_a(current_a) * hour: current_a for current_a in sorted(currents, reverse=True)}
    best = solution.finest(taken, tuple(steps), lambda amount: slot.cost(amount * scale.step_kwh))
    return Offer(steps[best], scale.phases[group])
