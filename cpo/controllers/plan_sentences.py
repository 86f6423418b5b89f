"""What goals and plans are in words (pure); `clock` writes a time, as a marker of a page or by the local clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cpo.controllers.goal_aim import Planned
from cpo.controllers.goal_progress import UNKNOWN_SOC
from cpo.controllers.goal_values import Aim, GoalBook, GoalResult, Idle, Progress
from cpo.controllers.plan_values import Outlook, Plan
from cpo.frozen import replace
from cpo.sentences import ceiling_name
from cpo.state import SessionGoal

DAYS = ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')
SIGNS = {'EUR': '€', 'GBP': '£', 'USD': '$'}

TimeText = Callable[[datetime], str]


def money(amount: float, currency: str) -> str:
    """An amount with its currency: `3.10 €`."""
    return f'{amount:.2f} {SIGNS.get(currency, currency)}'


def kwh(energy_kwh: float) -> str:
    """An energy as people read it: `18.0`, and below 1 kWh `0.04`."""
    return f'{energy_kwh:.1f}' if energy_kwh >= 1 else f'{energy_kwh:.2f}'


def wanted_text(goal: SessionGoal) -> str:
    """What is to be in the car by a departure, which is all of it: `18 kWh and 80 %`."""
    return ' and '.join(_amounts(goal))


def stops_text(goal: SessionGoal, currency: str) -> str:
    """Where charging stops, which is what comes first: `18 kWh, 80 % or 5.00 €`."""
    stops = [] if goal.ready_by is not None else _amounts(goal)
    stops += [] if goal.minutes is None else [f'{goal.minutes:g} min']
    stops += [] if goal.cost is None else [money(goal.cost, currency)]
    return ' or '.join(part for part in (', '.join(stops[:-1]), *stops[-1:]) if part)


def _amounts(goal: SessionGoal) -> list[str]:
    energy = [] if goal.energy_kwh is None else [f'{goal.energy_kwh:g} kWh']
    return energy if goal.soc is None else [*energy, f'{goal.soc:g} %']


def goal_sentence(
    book: GoalBook,
    progress: Progress,
    aim: Aim,
    planned: Planned | None,
    unit: float,
    idle: Idle | None,
    currency: str,
    clock: TimeText,
) -> str:
    """What becomes of a goal: `Ready at 07:00: 18 kWh, starts 02:15, about 3.10 €.`."""
    goal = book.in_force
    if idle is not None:
        return _idle_sentence(book, idle, currency, clock)
    if goal.ready_by is None or book.until is None or aim is Aim.STOP:
        return _stop_sentence(goal, progress, aim, currency, is_plugged=book.plugged_at is not None)
    ready = f'Ready at {clock(book.until)}: {wanted_text(goal)}'
    if book.plugged_at is None:
        return f'{ready}, once a car is plugged in.'
    return _ready_sentence(ready, goal, book.until, planned, unit, currency, clock) + _counted_from(goal, progress)


def _idle_sentence(book: GoalBook, idle: Idle, currency: str, clock: TimeText) -> str:
    goal = book.in_force
    if idle is Idle.SKIPPED:
        return f'The goal is skipped until {clock(book.until)}.' if book.until else 'The goal is skipped.'
    if idle is Idle.OVERRIDDEN:
        return 'You took over; the goal counts again when a car is plugged in.'
    if idle is Idle.OTHER_DAY:
        days = ', '.join(DAYS[day] for day in goal.repeat)
        return f'The goal ({stops_text(goal, currency)}) is for cars that are plugged in on {days}.'
    wanted = f'{wanted_text(goal)} by {clock(book.until)}' if book.until else stops_text(goal, currency)
    return f'Charging is off; the goal ({wanted}) counts again once it is on.'


def _ready_sentence(
    ready: str,
    goal: SessionGoal,
    until: datetime,
    planned: Planned | None,
    unit: float,
    currency: str,
    clock: TimeText,
) -> str:
    if planned is None:
        return f'{ready}.'
    plan = planned.step.plan
    if plan.outlook is Outlook.DONE:
        return f'Ready: {_is_there(goal)}.'
    if not plan.slots:
        return f'{ready}. No plan could be made, so it charges {_how_fast(planned)}.'
    if plan.outlook is Outlook.OUT_OF_REACH:
        gets, all_of = planned.charged_kwh + plan.energy_kwh, planned.charged_kwh + planned.missing_kwh
        needed = f'{kwh(all_of)} kWh' if goal.soc is None else f'{kwh(all_of)} kWh for {wanted_text(goal)}'
        return f'By {clock(until)} it gets {kwh(gets)} of {needed}, {_how_fast(planned)}.'
    cost = planned.paid + plan.cost * unit
    is_paid = goal.cost is None or goal.cost >= cost
    stop = stops_text(replace(goal, cost=None) if is_paid else goal, currency)
    stops = f', but it stops at {stop}' if stop else ''
    return f'{ready}, {_starts(plan, clock)}, about {money(cost, currency)}{stops}.'


def plan_sentence(planned: Planned, clock: TimeText) -> str:
    """Why the plan asks for the current that it asks for."""
    plan = planned.step.plan
    if plan.outlook is Outlook.DONE:
        return 'The goal is reached.'
    if plan.outlook is Outlook.OUT_OF_REACH:
        return f'Time is short: it charges {_how_fast(planned)}.'
    return f'The plan {_starts(plan, clock)}.'


def regret_sentence(result: GoalResult, currency: str) -> str:
    """How a plan went: `1.92 €; with perfect knowledge 1.84 €.`."""
    cost, best = money(result.cost, currency), money(result.best_cost, currency)
    missing = f', {result.missing_kwh:.1f} kWh were missing' if result.missing_kwh > 0.1 else ''
    return f'{result.energy_kwh:.1f} kWh for {cost}; with perfect knowledge {best}{missing}.'


def _is_there(goal: SessionGoal) -> str:
    if goal.soc is None:
        return f'{goal.energy_kwh:g} kWh are in the car'
    energy = '' if goal.energy_kwh is None else f'{goal.energy_kwh:g} kWh are in the car, and '
    return f'{energy}it has {goal.soc:g} %' if energy else f'the car has {goal.soc:g} %'


def _how_fast(planned: Planned) -> str:
    return 'at full current' if planned.held_by is None else f'as fast as {ceiling_name(planned.held_by)} allows'


def _starts(plan: Plan, clock: TimeText) -> str:
    first = next((slot for slot in plan.slots if slot.current_a > 0), None)
    if first is None:
        return 'waits'
    return 'charges now' if first is plan.slots[0] else f'starts {clock(first.starts_at)}'


def _stop_sentence(goal: SessionGoal, progress: Progress, aim: Aim, currency: str, is_plugged: bool) -> str:
    stops = stops_text(goal, currency)
    if aim is Aim.STOP:
        was = f'the goal was {stops}' if goal.ready_by is None else f'it was to stop at {stops}'
        return f'Stopped after {kwh(progress.energy_kwh)} kWh: {was}. Start to go on.'
    return f'Stops at {stops}; {kwh(progress.energy_kwh)} kWh so far.{_cannot_stop(goal, progress, is_plugged)}'


def _cannot_stop(goal: SessionGoal, progress: Progress, is_plugged: bool) -> str:
    """That a car which does not tell its charge is not stopped by it."""
    if goal.soc is None or progress.soc is not None or not is_plugged:
        return ''
    others = (goal.energy_kwh, goal.cost, goal.minutes)
    what = 'this' if all(other is None for other in others) else f'{goal.soc:g} %'
    return f' The car does not tell its charge, so {what} cannot stop it.'


def _counted_from(goal: SessionGoal, progress: Progress) -> str:
    """That the energy up to a charge in % is estimated, where the car does not tell what it has."""
    if goal.soc is None or progress.soc is not None:
        return ''
    what = 'this' if goal.energy_kwh is None else f'{goal.soc:g} %'
    return f' The car does not tell its charge, so {what} is estimated as if it came with {UNKNOWN_SOC:g} %.'
