"""How good a plan was, afterwards: what was paid beside what perfect knowledge would have paid (pure).

Perfect knowledge knew from the start what every price, the sun and the house would be, what the car takes and how much
it would get. It is bound by the same charger, car and ceilings, and pays for the same energy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cpo.controllers.plan import TINY_KWH, cheapest, plan_of
from cpo.controllers.plan_car import Ability
from cpo.controllers.plan_forecast import Slot
from cpo.controllers.plan_values import Charging, PlanRules


@dataclass(frozen=True, slots=True)
class PastSlot:
    """What a slot turned out to be: its prices, its surplus without the car in W, its ceiling, and what was charged."""

    starts_at: datetime
    ends_at: datetime
    import_price: float
    feed_in_price: float
    surplus_w: float
    ceiling_a: float
    energy_kwh: float
    phases: int


@dataclass(frozen=True, slots=True)
class Regret:
    """What a stay cost, and what it would have cost with perfect knowledge; both without wear."""

    cost: float
    best_cost: float
    closings: int
    best_closings: int


def regret(past: Sequence[PastSlot], rules: PlanRules, ability: Ability, closings_left: int | None = None) -> Regret:
    """The regret of a stay from plug-in to departure.

    `ability` is what the car has shown, `closings_left` what it bore at plug-in. Where the stay was cheaper than the
    best plan in whole steps, it is the best itself.
    """
    slots = [_slot(each) for each in past]
    need_kwh = sum(each.energy_kwh for each in past)
    charging = Charging(closings_left=closings_left)
    best = plan_of(cheapest(slots, need_kwh, rules, ability, charging), slots, need_kwh, rules, ability)
    cost = sum(slot.cost(each.energy_kwh) for slot, each in zip(slots, past, strict=True))
    closings = _closings(past)
    is_short = need_kwh - best.energy_kwh > TINY_KWH
    if is_short or cost + closings * rules.closing_price <= best.cost + best.closings * rules.closing_price:
        return Regret(cost, cost, closings, closings)
    return Regret(cost, best.cost, closings, best.closings)


def _slot(past: PastSlot) -> Slot:
    return Slot(
        starts_at=past.starts_at.timestamp(),
        ends_at=past.ends_at.timestamp(),
        import_price=past.import_price,
        feed_in_price=past.feed_in_price,
        is_price_known=True,
        surplus=((1.0, past.surplus_w),) if past.surplus_w > 0 else (),
        ceiling_a=past.ceiling_a,
    )


def _closings(past: Sequence[PastSlot]) -> int:
    """How often the contactor closed, a change of phases included."""
    closings, closed = 0, 0
    for each in past:
        phases = each.phases if each.energy_kwh > 0 else 0
        closings += bool(phases) and phases != closed
        closed = phases
    return closings
