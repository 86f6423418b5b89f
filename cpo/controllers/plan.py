"""When to charge so that the car is ready at its departure and the energy is cheapest (pure).

`step` is the whole interface: it has no clock and does no I/O, and the same arguments give the same plan. Call it when
anything changes that it is given, and at `next_at`. It asks, in this order:

    what does the car take?     what it has shown; until then what the settings say         (`plan_car`)
    what is each slot like?     prices, sun, ceiling; where unknown, as usual               (`plan_forecast`)
    what can be done in it?     currents and phases as whole steps of energy, and back      (`plan_problem`)
    what is cheapest?           a dynamic programme over slots, contactor and energy        (`plan_search`)

**Theory of operation.** Every call plans the whole stay from what is known now, and only the first slot of a plan is
ever in force. So nothing has to be repaired when a price list comes late, the departure moves, the car takes less or
the sun fails: the next call knows. Far hours and a long stay are searched in coarser steps; in a slot with sun the
current that is offered now is then chosen as finely as the charger can be set. Five rules make all that safe and calm:

  - Missing energy costs more than any price, so a plan that is ready in time is always preferred: where time gets
    tight it charges at the maximum whatever that costs, and where it is too late it gets as far as can be.
  - The settings may be wrong about the car. It has to show what it takes while even a much weaker one would still be
    ready in time (`Problem.shown_by`).
  - Energy made of a state of charge is an estimate: such a goal keeps the last slot free, as long as there is room.
  - A closing of the contactor has a price, and has to earn a little more than that, as what it earns is a forecast. A
    car that no longer wakes after some closings has a budget of them.
  - Going another way than the last plan announced has a small price too, so that plans of one worth do not alternate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from cpo.controllers.plan_car import Ability, at_least, likely, observed
from cpo.controllers.plan_forecast import Slot, slots_of
from cpo.controllers.plan_problem import (
    Offer,
    Scale,
    announced_by,
    capacity_kwh,
    choices_of,
    latest_start,
    offer_of,
    scale_of,
    showing,
    sunny_offer,
)
from cpo.controllers.plan_search import OPEN, Problem, Solution
from cpo.controllers.plan_values import (
    Charging,
    Goal,
    Outlook,
    Plan,
    PlanInputs,
    PlannedSlot,
    PlanRules,
    PlanState,
    PlanStep,
    Run,
)
from cpo.frozen import replace

MISSING = 100.0
"""What a missing kWh costs; no price is near it."""
EARNS = 1.2
"""By so much more than its price a closing has to earn, as what it earns is a forecast."""
SPARE = 0.06
"""By so much an estimated goal may be too low."""
TINY_KWH = 0.02
"""So little may be missing from a goal that is called reached."""


class Way(NamedTuple):
    """The current of each slot, and whether all the energy flows; what rounding leaves out comes with a later plan."""

    offers: list[Offer]
    gets_all: bool


def step(state: PlanState, inputs: PlanInputs, now: datetime) -> PlanStep:
    """One planning: the current for the slot that begins now, the plan behind it, and when the next one is due.

    The current is 0 or between the least and the lowest ceiling of its slot, whatever the inputs say.
    """
    rules, charging, goal = inputs.rules, inputs.charging, inputs.goal
    car = observed(state.car, charging, rules)
    ability = likely(car, rules)
    slots = slots_of(inputs, now)
    used = slots[: len(slots) - _spare(slots, goal, rules, ability)]
    shown_by = None if car.was_seen else latest_start(used, goal.need_kwh, rules, at_least(car, rules))
    wary = replace(rules, closing_price=rules.closing_price * EARNS)
    way = cheapest(used, goal.need_kwh, wary, ability, charging, state.runs, shown_by)
    plan = plan_of(way, slots, goal.need_kwh, rules, ability)
    current_a, phases = way.offers[0] if way.offers else (0.0, charging.offered_phases or rules.phases[0])
    next_at = plan.slots[0].ends_at if plan.slots else goal.departure
    return PlanStep(current_a, phases, plan, next_at, PlanState(car, _runs(plan)))


def at_once(state: PlanState, inputs: PlanInputs) -> PlanStep:
    """The maximum until the departure, for where no plan can be made: what is known of its cost is nothing."""
    rules, need_kwh = inputs.rules, inputs.goal.need_kwh
    current_a = rules.max_current_a if need_kwh > 0 else 0.0
    plan = Plan((), Outlook.OUT_OF_REACH if current_a else Outlook.DONE, 0.0, 0.0, need_kwh, 0.0, 0)
    return PlanStep(current_a, rules.phases[-1], plan, inputs.goal.departure, state)


def _spare(slots: Sequence[Slot], goal: Goal, rules: PlanRules, ability: Ability) -> int:
    """How many of the last slots stay free, for what an estimated goal may be larger; none where there is no room."""
    if not goal.is_estimated:
        return 0
    spare = len(slots) - latest_start(slots, goal.need_kwh * SPARE, rules, ability)
    return min(spare, latest_start(slots, goal.need_kwh, rules, ability))


def cheapest(
    slots: Sequence[Slot],
    need_kwh: float,
    rules: PlanRules,
    ability: Ability,
    charging: Charging,
    runs: Sequence[Run] = (),
    shown_by: int | None = None,
) -> Way:
    """The cheapest way to so much energy, or to as much of it as there can be.

    `runs` are those of the last plan, and `shown_by` is the slot in which the car has to begin at the latest.
    """
    if not slots or need_kwh <= 0:
        return Way([], gets_all=False)
    possible_kwh = sum(capacity_kwh(slot, rules, ability) for slot in slots) + TINY_KWH
    is_possible, need_kwh = need_kwh <= possible_kwh, min(need_kwh, possible_kwh)
    scale = scale_of(len(slots), need_kwh, rules, ability, charging)
    problem = _problem(slots, need_kwh, scale, rules, ability, charging, runs, shown_by)
    solution = Solution(problem)
    way = solution.follow()
    offers, phases = [], charging.offered_phases or rules.phases[0]
    for taken, slot in zip(way, slots, strict=True):
        offers.append(offer_of(taken, slot, scale, rules, ability, phases))
        phases = offers[-1].phases
        if len(offers) == 1 and slot.surplus and taken.state != OPEN and shown_by != 0:
            offers[0] = sunny_offer(solution, taken, slot, scale, rules, ability)
    return Way(offers, is_possible and sum(taken.steps for taken in way) >= problem.need)


def _problem(
    slots: Sequence[Slot],
    need_kwh: float,
    scale: Scale,
    rules: PlanRules,
    ability: Ability,
    charging: Charging,
    runs: Sequence[Run],
    shown_by: int | None,
) -> Problem:
    choices = [choices_of(slot, scale, rules, ability, announced_by(runs, slot)) for slot in slots]
    if shown_by is not None:
        due = [shown_by == index == 0 for index in range(len(slots))]
        choices = [showing(*each) for each in zip(choices, slots, due, strict=True)]
    return Problem(
        slots=choices,
        need=math.ceil(need_kwh / scale.step_kwh - 1e-6),
        closing=rules.closing_price,
        missing=MISSING * scale.step_kwh,
        state=1 + rules.phases.index(charging.phases) if charging.phases in rules.phases else OPEN,
        closings_left=charging.closings_left,
        shown_by=shown_by,
    )


def plan_of(way: Way, slots: Sequence[Slot], need_kwh: float, rules: PlanRules, ability: Ability) -> Plan:
    """The plan with the offers of a way, none in the slots after them, and what is expected of it."""
    offers = way.offers
    planned, left_kwh, closings, closed = [], max(need_kwh, 0.0), 0, 0
    for index, slot in enumerate(slots):
        current_a, phases = offers[index] if index < len(offers) else Offer(0.0, closed or rules.phases[0])
        power_w = ability.drawn_a(current_a) * min(phases, ability.phases) * rules.voltage_v
        energy_kwh = min(power_w * slot.hours / 1000, left_kwh)
        left_kwh -= energy_kwh
        planned.append(_planned(slot, current_a, phases, energy_kwh))
        closings += bool(current_a) and phases != closed
        closed = phases if current_a else 0
    is_reached = way.gets_all or left_kwh <= TINY_KWH
    return Plan(
        slots=tuple(planned),
        outlook=Outlook.DONE if need_kwh <= 0 else Outlook.REACHED if is_reached else Outlook.OUT_OF_REACH,
        energy_kwh=sum(slot.energy_kwh for slot in planned),
        sun_kwh=sum(slot.sun_kwh for slot in planned),
        missing_kwh=0.0 if is_reached else left_kwh,
        cost=sum(slot.cost for slot in planned),
        closings=closings,
    )


def _planned(slot: Slot, current_a: float, phases: int, energy_kwh: float) -> PlannedSlot:
    return PlannedSlot(
        starts_at=datetime.fromtimestamp(slot.starts_at, UTC),
        ends_at=datetime.fromtimestamp(slot.ends_at, UTC),
        current_a=current_a,
        phases=phases,
        energy_kwh=energy_kwh,
        sun_kwh=slot.sun_kwh(energy_kwh),
        cost=slot.cost(energy_kwh),
        is_price_known=slot.is_price_known,
    )


def _runs(plan: Plan) -> tuple[Run, ...]:
    """The times during which a plan charges."""
    runs: list[Run] = []
    for slot in plan.slots:
        if not slot.current_a:
            continue
        if runs and runs[-1].ends_at == slot.starts_at:
            runs[-1] = Run(runs[-1].starts_at, slot.ends_at)
        else:
            runs.append(Run(slot.starts_at, slot.ends_at))
    return tuple(runs)
