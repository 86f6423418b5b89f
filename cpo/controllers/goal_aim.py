"""Who decides about a connector with a goal: its mode, the plan, or nobody any more (pure)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.controllers.goal_progress import is_to_stop
from cpo.controllers.goal_values import NOTHING, Aim, GoalBook, Idle, Progress
from cpo.controllers.plan_car import at_least
from cpo.controllers.plan_room import Room
from cpo.controllers.plan_values import PlanRules, PlanStep
from cpo.state import Connector, Mode, SolarReading

SUNNY_W = 50.0
"""A production that says that the sun shines."""
EXPORT_W = 100.0
RESERVE = 1.25
RESERVE_H = 0.5
"""While even by so much more than is needed would be reached in time, a sunny quarter of an hour is left to the sun."""


class Planned(NamedTuple):
    """The newest plan, the energy in kWh it was made for, and the rules it was made by.

    Before it `paid` was paid for `charged_kwh`. `room` is what ceilings left then, None: the maximum.
    """

    step: PlanStep
    missing_kwh: float
    rules: PlanRules
    paid: float
    charged_kwh: float = 0.0
    room: Room | None = None

    @property
    def held_by(self) -> str | None:
        """The ceiling that held charging below the maximum when the plan was made."""
        return None if self.room is None else self.room.held_by


def idle_of(book: GoalBook, connector: Connector, zone: tzinfo) -> Idle | None:
    """Why the goal does not count now, None where it does."""
    if book.in_force == NOTHING:
        return Idle.SKIPPED
    if connector.mode is Mode.OFF:
        return Idle.OFF
    if book.overridden_at is not None:
        return Idle.OVERRIDDEN
    goal, plugged_at = book.in_force, book.plugged_at
    is_by_plug_in = bool(goal.repeat) and goal.ready_by is None
    is_other_day = plugged_at is not None and plugged_at.astimezone(zone).weekday() not in goal.repeat
    return Idle.OTHER_DAY if is_by_plug_in and is_other_day else None


def is_idle(book: GoalBook, connector: Connector, zone: tzinfo) -> bool:
    """True where the goal does not count now."""
    return idle_of(book, connector, zone) is not None


def aim_of(
    book: GoalBook,
    connector: Connector,
    progress: Progress,
    planned: Planned | None,
    solar: SolarReading,
    now: datetime,
    zone: tzinfo,
) -> Aim:
    """Who decides now; `solar` has the readings that are fresh."""
    if is_idle(book, connector, zone) or book.plugged_at is None:
        return Aim.MODE
    if is_to_stop(book.in_force, progress):
        return Aim.STOP
    if book.in_force.ready_by is None:
        return Aim.MODE
    is_suns = connector.mode.follows_sun and planned is not None and _is_left_to_sun(planned, solar, now)
    return Aim.MODE if is_suns else Aim.PLAN


def _is_left_to_sun(planned: Planned, solar: SolarReading, now: datetime) -> bool:
    """True where the surplus rule may decide: the sun shines, and the plan waits for it or can do without this slot."""
    step = planned.step
    first = step.plan.slots[0] if step.plan.slots else None
    is_sunny = (solar.pv_w or 0.0) > SUNNY_W or (solar.grid_w or 0.0) < -EXPORT_W
    if not is_sunny and not (first is not None and first.sun_kwh > 0):
        return False
    if first is None or not step.current_a:
        return True
    return first.sun_kwh > first.energy_kwh / 2 and _can_wait(planned, now)


def _can_wait(planned: Planned, now: datetime) -> bool:
    step, rules = planned.step, planned.rules
    ability = at_least(step.state.car, rules)
    power_kw = ability.drawn_a(rules.max_current_a) * ability.phases * NOMINAL_VOLTAGE_V / 1000
    last = step.plan.slots[-1].ends_at
    left_h = (last - step.plan.slots[0].ends_at).total_seconds() / 3600 - RESERVE_H
    return power_kw * left_h > planned.missing_kwh * RESERVE
