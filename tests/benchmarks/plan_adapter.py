"""The planner behind the judge's interface: what the judge knows as spans, and the plan as amperes. No rule is in here.

Run by the judge as `--planner tests/benchmarks/plan_adapter.py:make`, with the checkout on PYTHONPATH.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cpo.chargers import Numbers
from cpo.controllers.plan import step
from cpo.controllers.plan_values import Charging, Goal, PlanInputs, PlanRules, PlanState, Powers, Prices, Series, Span

SLOT = timedelta(minutes=15)


class Adapter:
    """The planner for one stay of a car."""

    def __init__(self) -> None:
        self.state = PlanState()

    def update(self, view: Any) -> dict[str, Any]:
        """Amperes and phases for the slot that begins, the expected cost, and the amperes of the coming slots."""
        now = datetime.fromtimestamp(view.t, UTC)
        done = step(self.state, inputs_of(view, now), now)
        self.state = done.state
        plan = [slot.current_a for slot in done.plan.slots]
        return {'amps': done.current_a, 'phases': done.phases, 'cost': done.plan.cost, 'plan': plan}


def inputs_of(view: Any, now: datetime) -> PlanInputs:
    """What the judge knows as the planner reads it."""
    return PlanInputs(
        goal=Goal(view.need_kwh, datetime.fromtimestamp(view.depart, UTC), is_estimated=view.soc is not None),
        rules=PlanRules(
            min_current_a=view.imin,
            max_current_a=view.imax,
            phases=view.phases,
            numbers=Numbers.WHOLE,
            voltage_v=view.volts,
            car_max_a=view.car_max_a,
            car_phases=view.car_phases,
            closing_price=view.closing_cost,
            zone=ZoneInfo(view.tz),
        ),
        prices=Prices(
            imported=series(now, view.buy),
            feed_in=series(now, view.sell),
            past_imported=series(now - SLOT * len(view.past_buy), view.past_buy),
        ),
        powers=Powers(
            pv_w=series(now, view.pv_w),
            house_w=series(now, view.house_w),
            pv_now_w=view.pv_now_w,
            house_now_w=view.house_now_w,
        ),
        charging=Charging(
            phases=view.offered_phases if view.status == 'Charging' else 0,
            offered_a=view.offered_a,
            offered_phases=view.offered_phases,
            drawn_a=view.drawn_a,
            drawn_phases=view.drawn_phases,
            closings_left=view.restarts_left,
        ),
    )


def series(starts_at: datetime, values: Sequence[float]) -> Series:
    """Values of a slot each, one after the other."""
    return tuple(Span(starts_at + SLOT * n, starts_at + SLOT * (n + 1), value) for n, value in enumerate(values))


def make() -> Adapter:
    """A fresh planner for a stay."""
    return Adapter()
