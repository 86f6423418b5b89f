"""What the quarters of an hour of a stay were like, for its cost and for its regret (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.controllers.goal_values import GoalBook, Memory
from cpo.controllers.plan_regret import PastSlot
from cpo.controllers.quarters import quarter_at
from cpo.frozen import replace
from cpo.prices import Price
from cpo.state import ChargePointState

MOST_SLOTS = 7 * 96


def surplus_w(state: ChargePointState, begin: datetime) -> float:
    """The mean power since `begin` that would have been fed in without the car; 0 where that is unknown."""
    points = (point for point in reversed(state.history) if point.at >= begin)
    known = [p.sun_w - p.house_w for p in points if p.sun_w is not None and p.house_w is not None]
    return max(sum(known) / len(known), 0.0) if known else 0.0


def with_quarter(
    book: GoalBook,
    energy_wh: float,
    prices: tuple[Price, Price],
    surplus: float,
    ceiling_a: float,
    phases: int,
    now: datetime,
) -> GoalBook:
    """The book once the quarter that began at `quarter_at` is over, or the stay is.

    `energy_wh` is what the goal got so far, `prices` are those of import and feed-in at the quarter's beginning.
    """
    memory, begin = book.memory, book.memory.quarter_at
    if begin is None or begin >= now:
        return replace(book, memory=replace(memory, quarter_at=now, quarter_wh=energy_wh))
    charged_kwh = max(energy_wh - memory.quarter_wh, 0.0) / 1000
    bought, fed_in = (float(price.price) for price in prices)
    slot = PastSlot(begin, now, bought, fed_in, round(surplus, 1), ceiling_a, charged_kwh, phases)
    past = (*memory.past, slot)[-MOST_SLOTS:]
    return replace(book, memory=replace(memory, past=past, quarter_at=now, quarter_wh=energy_wh))


def is_quarter_over(memory: Memory, now: datetime) -> bool:
    """True where the quarter of an hour that was counted last has ended."""
    return memory.quarter_at is None or quarter_at(now) > memory.quarter_at


def next_quarter(now: datetime) -> datetime:
    """When the quarter of an hour of `now` ends."""
    return quarter_at(now) + timedelta(minutes=15)
