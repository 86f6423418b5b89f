"""What the first start asks: the fuse of the wallbox, the phases of the car, and a name; it can be skipped."""

from __future__ import annotations

from typing import Any

from nicegui.element import Element

from cpo.dashboard.live import Live
from cpo.settings import row_of


class FirstQuestions(Element, component='first_questions.vue'):
    """A form with the settings in `asked`, which stores its answers by REST."""

    def __init__(self, asked: dict[str, Any]) -> None:
        super().__init__()
        self.props['asked'] = asked


def unanswered(live: Live) -> dict[str, Any]:
    """The settings that are still to be asked for, with what the form proposes.

    There are none once they were answered or skipped. No number of phases is proposed, as a wrong one counts for more
    than none (see `cpo.limits.ceilings`).
    """
    keeper = live.charge_point.settings_keeper
    values: dict[str, Any] = {'max_current': keeper.newest.max_current, 'phases': None, 'name': None}
    if not values.keys().isdisjoint(live.state.settings):
        return {}
    return {name: value for name, value in values.items() if not keeper.is_locked(row_of(name))}
