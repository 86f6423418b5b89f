"""The page Home, composed of its panels."""

from __future__ import annotations

from cpo.access import Role
from cpo.dashboard.home.as_set import AsSet
from cpo.dashboard.home.chart import HistoryChart
from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.home.controls import Controls
from cpo.dashboard.home.first_run import FirstRun
from cpo.dashboard.home.last_sessions import LastSessions
from cpo.dashboard.home.status_card import StatusCard
from cpo.dashboard.home.sun_card import SunCard
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.elements import element
from cpo.dashboard.parts.layout import HOME, frame
from cpo.dashboard.parts.newcomers import Newcomers


def page(live: Live) -> None:
    """Build the page Home."""
    with frame(live, HOME):
        HomeContent(live)


class HomeContent:
    """The content of Home, built in the current NiceGUI slot: first steps before any charger, then panels."""

    def __init__(self, live: Live) -> None:
        self._live = live
        Newcomers(live, in_one_line=True)
        self._place = element('div')
        self._built_for: object = None
        live.on_change(self._update)

    def _update(self) -> None:
        state, settings = self._live.state, self._live.charge_point.settings
        seen = state.charge_box_id is not None
        built_for = settings.max_current if seen else state.settings
        if built_for == self._built_for:
            return
        self._built_for = built_for
        self._place.clear()
        with self._place:
            if seen:
                self._build_panels()
            else:
                FirstRun(self._live)

    def _build_panels(self) -> None:
        live, choice = self._live, ConnectorChoice(self._live)
        with element('div', 'cpo-home'):
            StatusCard(live, choice)
            if may(Role.FAMILY):
                Controls(live, choice)
            else:
                AsSet(live, choice)
            SunCard(live, choice)
            HistoryChart(live)
            LastSessions(live)
