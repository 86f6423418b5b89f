"""What a viewer sees on Home where others have the controls: mode and limit, in words."""

from __future__ import annotations

from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.home.controls import limit_label
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card, element, text
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.words.modes import MODE_NAMES, viewers_mode_line
from cpo.dashboard.words.numbers import current
from cpo.state import YOU, Preset, preset_in_force


class AsSet:
    """The card of the chosen connector, built in the current NiceGUI slot; nothing in it can be changed."""

    def __init__(self, live: Live, choice: ConnectorChoice) -> None:
        self._live, self._choice = live, choice
        with card('cpo-controls').props('data-testid=as-set'):
            choice.build(live.refresh)
            text('How it charges', 'cpo-card-title', 'h2')
            with element('dl', 'cpo-as-set'):
                self._mode, self._mode_line = self._build('Mode')
                self._limit, self._limit_line = self._build('Limit')
            text('You may look; family and owners may charge.', 'cpo-secondary', 'p')
        live.on_change(self._update)

    @staticmethod
    def _build(label: str) -> tuple[Marked, Marked]:
        with element('div'):
            text(label, tag='dt')
            return Marked('dd', 'cpo-strong'), Marked('dd', 'cpo-secondary')

    def _update(self) -> None:
        live, connector, now = self._live, self._choice.connector, self._live.now()
        solar, limit = live.state.solar, connector.limit
        preset = preset_in_force(connector, solar, Preset(live.charge_point.settings.solar_preset))
        self._mode.show(MODE_NAMES[connector.mode], now)
        self._mode_line.show(viewers_mode_line(connector, solar, preset, now), now)
        self._limit.show('None set' if limit is None else current(limit.limit_a), now)
        label = limit_label(connector, live.solar_controller.decision(connector.connector_id))
        is_of_page = limit is not None and limit.by == YOU and limit.held_by is None
        self._limit_line.show('' if limit is None else 'Set on this page' if is_of_page else label, now)
