"""What came of a goal so far, whether charging is to stop, and how much energy is still missing (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.controllers.goal_times import sessions_of
from cpo.controllers.goal_values import GoalBook, Progress
from cpo.controllers.plan_regret import PastSlot
from cpo.prices import Price
from cpo.state import ChargePointState, Connector, SessionGoal, newest_arrivals

REACHED_KWH = 0.02
CHARGED_OF_DRAWN = 0.9
"""The part of the energy at the meter that gets into the battery."""
UNKNOWN_SOC = 20.0
"""What a car is taken to have at plug-in that does not tell it, in %."""


def progress_of(book: GoalBook, connector: Connector, state: ChargePointState, now: datetime, price: Price) -> Progress:
    """What came of a goal; `price` is that of the quarter of an hour that is not over."""
    begun, energy_wh, seconds = book.begun, 0.0, 0.0
    for each in sessions_of(connector, state):
        if each.number < begun.number:
            continue
        before_wh = begun.energy_wh if each.number == begun.number else 0.0
        energy_wh += max((each.energy_wh or 0.0) - before_wh, 0.0)
        since = max(each.begun_at or begun.at, begun.at)
        seconds += max(((each.ended_at or now) - since).total_seconds(), 0.0)
    unpaid_kwh = max(energy_wh - book.memory.quarter_wh, 0.0) / 1000
    cost = sum(map(cost_of, book.memory.past)) + unpaid_kwh * float(price.price)
    is_charging = connector.transaction_id is not None
    return Progress(energy_wh / 1000, soc_of(connector, now), cost, seconds / 60, is_charging)


def soc_of(connector: Connector, now: datetime) -> float | None:
    """The state of charge in % that the car tells now, None where it does not."""
    arrival = newest_arrivals(connector).get('soc')
    is_fresh = arrival is not None and (not arrival.is_stale(now) or now - arrival.at < timedelta(minutes=15))
    return connector.meter.soc_percent if is_fresh else None


def cost_of(past: PastSlot) -> float:
    """What the energy of a quarter of an hour cost: its sun at the feed-in price, the rest at the import price."""
    hours = (past.ends_at - past.starts_at).total_seconds() / 3600
    sun_kwh = min(past.energy_kwh, max(past.surplus_w, 0.0) / 1000 * hours)
    return past.energy_kwh * past.import_price - sun_kwh * (past.import_price - past.feed_in_price)


def is_to_stop(goal: SessionGoal, progress: Progress) -> bool:
    """True where charging is to stop for good: something of the goal is reached that is no matter of a departure."""
    if goal.cost is not None and progress.cost >= goal.cost:
        return True
    if goal.minutes is not None and progress.minutes >= goal.minutes:
        return True
    if goal.ready_by is not None:
        return False
    if goal.soc is not None and progress.soc is not None and progress.soc >= goal.soc:
        return True
    return goal.energy_kwh is not None and progress.energy_kwh >= goal.energy_kwh - REACHED_KWH


def stops_at(goal: SessionGoal, progress: Progress, now: datetime) -> datetime | None:
    """When charging is to stop after so many minutes, None where that is no matter of time."""
    if goal.minutes is None or progress.minutes >= goal.minutes or not progress.is_charging:
        return None
    return now + timedelta(minutes=goal.minutes - progress.minutes, seconds=1)


def missing_kwh(goal: SessionGoal, progress: Progress, battery_kwh: float) -> float:
    """The energy at the meter that is still missing from a goal with a departure; the greater of both where it has two.

    Where the car does not tell its charge, it is taken to have begun with 20 %. What is hardly anything is nothing.
    """
    missing = 0.0 if goal.energy_kwh is None else goal.energy_kwh - progress.energy_kwh
    if goal.soc is not None:
        per_percent = battery_kwh / CHARGED_OF_DRAWN / 100
        if progress.soc is None:
            missing = max(missing, (goal.soc - UNKNOWN_SOC) * per_percent - progress.energy_kwh)
        else:
            missing = max(missing, (goal.soc - progress.soc) * per_percent)
    return missing if missing > REACHED_KWH else 0.0
