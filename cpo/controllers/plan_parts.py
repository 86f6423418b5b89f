"""What a plan is made of: while that stays equal, the plan stays."""

from __future__ import annotations

from datetime import datetime

from cpo.charge_point import ChargePoint
from cpo.controllers.goal_progress import missing_kwh
from cpo.controllers.goal_values import GoalBook, Progress
from cpo.controllers.plan_room import GUARDS, blind_guards
from cpo.controllers.quarters import quarter_at


def parts_of(
    book: GoalBook, progress: Progress, charge_point: ChargePoint, pushes: int, has_settled: bool, now: datetime
) -> object:
    """What the plan for a goal is made of now, to be compared; what guards leave is compared by `plan_room`."""
    state, settings = charge_point.state, charge_point.settings
    connector = state.connector(book.connector_id)
    soc = connector.meter.soc_percent
    return (
        book.in_force,
        book.until,
        book.set_at,
        book.plugged_at,
        quarter_at(now),
        pushes,
        settings,
        {name: ceiling for name, ceiling in state.ceilings.items() if name not in GUARDS},
        (blind_guards(state), has_settled),
        connector.activity,
        connector.meter.phases_seen,
        None if soc is None else round(soc),
        missing_kwh(book.in_force, progress, settings.car_battery) > 0,
    )
