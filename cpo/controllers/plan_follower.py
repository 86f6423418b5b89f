"""The follower of a goal: asks for the current of the plan, and for none once charging is to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cpo.amperes import MAX_PHASES
from cpo.charge_point import ChargePoint
from cpo.controllers.follower import THE_GOAL, THE_PLAN, Asked, Follower, Seen, obstacle_to
from cpo.controllers.goal_aim import Planned
from cpo.controllers.goal_keeper import GoalKeeper
from cpo.controllers.goal_values import Aim
from cpo.controllers.plan_sentences import plan_sentence
from cpo.controllers.plan_values import Outlook, Plan, PlanOutline
from cpo.controllers.solar_rule import Decision
from cpo.frozen import replace
from cpo.limits import switches_phases
from cpo.state import Connector, Ending, Mode, Source, StatusChange

STOPPED = 'The goal is reached.'
THINKING = 'The plan is being made.'


class PlanFollower(Follower):
    """Passes on what the plan of one connector says; a session that began with a card is steered too.

    A pause of the plan pauses the session; where the goal is reached, it is ended as by any stop.
    """

    def __init__(
        self,
        charge_point: ChargePoint,
        connector: Connector,
        now: Callable[[], datetime],
        notify: Callable[[], None],
        chosen_in: StatusChange | None,
        goals: GoalKeeper,
    ) -> None:
        super().__init__(charge_point, connector, now, notify, chosen_in)
        self._goals = goals
        self._followed: tuple[Aim, Planned | None] | None = None

    @property
    def _source(self) -> Source:
        return THE_GOAL if self._goals.aim(self._connector_id) is Aim.STOP else THE_PLAN

    def on_change(self) -> bool:
        """Decide again where the connector changed, or the plan."""
        newest = self._goals.aim(self._connector_id), self._goals.planned(self._connector_id)
        if newest != self._followed:
            self._followed, self._seen = newest, None
        return super().on_change()

    def _look(self) -> Seen:
        """A session without a limit in force may take the maximum."""
        seen, charge_point = super()._look(), self._charge_point
        is_open = seen.transaction_id is not None and charge_point.state.connector(self._connector_id).limit is None
        in_force = Asked(charge_point.settings.max_current) if is_open else seen.in_force
        return replace(seen, steerable=True, in_force=in_force)

    def _obstacle(self, seen: Seen) -> str | None:
        """As for a mode that waits for a car: nothing starts without one, or after somebody ended its session.

        A pause of the plan ends the session of a charger that cannot pause, and charging begins again later; not so
        where the session was ended because the car drew more than the maximum.
        """
        state = self._charge_point.state
        connector = state.connector(self._connector_id)
        last, wish = state.transaction(connector.last_transaction_id), connector.last_wish
        is_pause = wish is not None and wish.by == THE_PLAN and not wish.limit_a
        is_ours = is_pause and last is not None and last.ending is Ending.FROM_HERE
        return obstacle_to(replace(seen, was_ended=seen.was_ended and not is_ours), self.chosen_in, Mode.FAST)

    def _decided(self, seen: Seen, current_a: float, now: datetime) -> tuple[Decision, datetime | None]:
        if self._goals.aim(self._connector_id) is Aim.STOP:
            return Decision(0.0, STOPPED, now), None
        planned = self._goals.planned(self._connector_id)
        if planned is None:
            return Decision(None, THINKING, now, plan=PlanOutline()), None
        limit_a = min(planned.step.current_a, planned.rules.max_current_a)
        if limit_a and planned.step.plan.outlook is Outlook.OUT_OF_REACH:
            limit_a = planned.rules.max_current_a  # ceilings alone hold it back, so what they leave is used at once
        phases = planned.step.phases if switches_phases(self._charge_point) else None
        said = None if phases is None else 1 if phases == 1 else MAX_PHASES
        reason = plan_sentence(planned, self._goals.local_time)
        return Decision(limit_a, reason, now, phases=said, plan=_outline(planned.step.plan)), None


def _outline(plan: Plan) -> PlanOutline:
    if plan.outlook is Outlook.DONE:
        return PlanOutline(is_done=True)
    later = [slot.starts_at for slot in plan.slots[1:] if slot.current_a > 0]
    charges_now = any(slot.current_a > 0 for slot in plan.slots[:1])
    return PlanOutline(None if charges_now else min(later, default=None))
