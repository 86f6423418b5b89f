"""What a stay of a car with a goal was like: counted each quarter of an hour, judged at its end."""

from __future__ import annotations

import asyncio
from datetime import datetime

from cpo.charge_point import ChargePoint
from cpo.controllers.goal_inputs import rules_of, unit_of
from cpo.controllers.goal_ledger import is_quarter_over, surplus_w, with_quarter
from cpo.controllers.goal_progress import cost_of, missing_kwh, progress_of
from cpo.controllers.goal_times import sessions_of
from cpo.controllers.goal_values import GoalBook, GoalResult, Progress
from cpo.controllers.plan_car import likely
from cpo.controllers.plan_regret import PastSlot, regret
from cpo.controllers.planning import Planning
from cpo.frozen import replace
from cpo.limits import least_ceiling
from cpo.prices import PriceKind
from cpo.state import Transaction


def counted(
    book: GoalBook, charge_point: ChargePoint, planning: Planning, now: datetime, is_over: bool = False
) -> GoalBook:
    """The book with the quarter of an hour that is over, while a car is plugged in."""
    if not is_over and (book.plugged_at is None or not is_quarter_over(book.memory, now)):
        return book
    if book.plugged_at is None and book.memory.quarter_at is None:
        return book
    state, settings = charge_point.state, charge_point.settings
    connector, begin = state.connector(book.connector_id), book.memory.quarter_at or now
    prices = planning.prices.at(begin), planning.prices.at(begin, PriceKind.EXPORT)
    energy_wh = progress_of(book, connector, state, now, prices[0]).energy_kwh * 1000
    ceiling = least_ceiling(connector, state, settings)
    ceiling_a = settings.max_current if ceiling is None else min(ceiling[0], settings.max_current)
    phases = connector.meter.phases_seen or settings.phases
    return with_quarter(book, energy_wh, prices, surplus_w(state, begin), ceiling_a, phases, now)


async def result_of(
    book: GoalBook, progress: Progress, charge_point: ChargePoint, planning: Planning, now: datetime
) -> GoalResult:
    """How the plan of a stay went; what perfect knowledge would have paid is searched in a thread."""
    settings, state = charge_point.settings, charge_point.state
    connector, unit = state.connector(book.connector_id), unit_of(settings)
    rules, past = rules_of(connector, charge_point, planning), book.memory.past
    scaled = [_scaled(slot, unit) for slot in past]
    ability = likely(book.memory.plan.car, rules)
    found = await asyncio.to_thread(regret, scaled, rules, ability, settings.car_restarts)
    cost = sum(map(cost_of, past))
    return GoalResult(
        book.connector_id,
        now.replace(microsecond=0),
        round(sum(slot.energy_kwh for slot in past), 3),
        round(missing_kwh(book.in_force, progress, settings.car_battery), 3),
        round(cost, 4),
        round(min(found.best_cost * unit, cost), 4),
        book.memory.predicted_cost,
        max((each.number for each in sessions_of(connector, state) if _is_of(each, book)), default=None),
    )


def _is_of(session: Transaction, book: GoalBook) -> bool:
    """Whether a session is one of the stay; those of the demo charger are not persisted."""
    ended = session.ended_at
    return not session.demo and session.number >= book.begun.number and (ended is None or ended > book.begun.at)


def _scaled(slot: PastSlot, unit: float) -> PastSlot:
    return replace(slot, import_price=slot.import_price / unit, feed_in_price=slot.feed_in_price / unit)
