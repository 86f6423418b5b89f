"""The line about the goal on Home: what becomes of it, or how the last plan went, and the form that sets one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from nicegui.element import Element

from cpo.controllers import NOTHING, GoalKeeper, goal_sentence, regret_sentence
from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import element
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.words.times import moment_marker, time_marker

DAY = SHOWN_FOR = timedelta(hours=24)
"""How long the result of a plan stays on Home."""
NO_GOAL = 'No goal: it does what the mode says.'


class GoalForm(Element, component='goal.vue'):
    """A button that opens the form of a goal, which is stored by REST."""


class GoalLine:
    """The line about the goal of the chosen connector, built in the current NiceGUI slot."""

    def __init__(self, live: Live, choice: ConnectorChoice, goals: GoalKeeper) -> None:
        self._live, self._choice, self._goals = live, choice, goals
        with element('div', 'cpo-goal-row'):
            self._line = Marked('span', 'cpo-secondary').props('data-testid=goal-line')
            self._form = GoalForm()
        live.on_change(self._update)

    def _update(self) -> None:
        now, connector_id = self._live.now(), self._choice.connector_id
        self._line.show(goal_line(self._goals, connector_id, self._live.charge_point.settings.currency, now), now)
        known = form_members(self._goals, connector_id) | {'currency': self._live.charge_point.settings.currency}
        if known != self._form.props.get('known'):
            self._form.props['known'] = known


def goal_line(goals: GoalKeeper, connector_id: int, currency: str, now: datetime) -> str:
    """The sentence about the goal of a connector; without one, that about its last plan for a day."""
    view, result = goals.view(connector_id), goals.result(connector_id)
    if view is not None:
        return goal_sentence(*view, currency, lambda at: time_marker(at) if at - now < DAY else moment_marker(at))
    if result is not None and now - result.at < SHOWN_FOR:
        return f'The last plan: {regret_sentence(result, currency)}'
    return NO_GOAL


def form_members(goals: GoalKeeper, connector_id: int) -> dict[str, Any]:
    """What the form begins with: all of the goal in force, or of the one that is skipped, and whether it repeats."""
    view = goals.view(connector_id)
    tonight = None if view is None or view.book.tonight == NOTHING else view.book.tonight
    goal = NOTHING if view is None else tonight or view.book.goal
    return {
        'connector': connector_id,
        'isSet': view is not None,
        'repeats': view is not None and bool(view.book.goal.repeat) and view.book.until is not None,
        'readyBy': f'{goal.ready_by:%H:%M}' if goal.ready_by is not None else None,
        'isTonight': tonight is not None,
        'amounts': {'energy_kwh': goal.energy_kwh, 'soc': goal.soc, 'cost': goal.cost, 'minutes': goal.minutes},
        'days': [] if view is None else list(view.book.goal.repeat),
    }
