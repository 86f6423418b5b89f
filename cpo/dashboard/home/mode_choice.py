"""The choice of a connector's mode on Home and, where it follows the sun, of how much of the sun it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.events import GenericEventArguments

from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import element, text
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.segments import Segments, set_prop
from cpo.dashboard.words.modes import MODE_NAMES, PRESET_NAMES, mode_line
from cpo.state import Mode, Preset, PresetChosen, preset_in_force


class ModeChoice:
    """A button for each mode, a line that says what the chosen one does, and the presets of Solar.

    It is built in the current NiceGUI slot. A click on a mode calls `choose_mode`, which may ask before.
    """

    def __init__(self, live: Live, choice: ConnectorChoice, choose_mode: Callable[[Mode], Awaitable[None]]) -> None:
        self._live, self._choice, self._choose_mode = live, choice, choose_mode
        self._modes = Segments('Mode', MODE_NAMES, choose_mode, 'mode')
        with element('div', 'cpo-mode-row'):
            with element('div', 'cpo-secondary cpo-mode-line', 'data-testid=mode-line'):
                self._line = Marked('span')
                self._now = text('Now', 'cpo-link', 'button').props('type=button data-testid=mode-now')
                self._now.on('click', self._return_to_mode)
            self._presets = element('select', 'cpo-preset', 'aria-label="How much of the sun" data-testid=preset')
            with self._presets:
                for preset, name in PRESET_NAMES.items():
                    text(name, tag='option').props(f'value={preset}')
            self._presets.on('change', self._choose_preset, js_handler='(event) => emit(event.target.value)')

    def update(self) -> None:
        """Show what is chosen for the connector."""
        connector, solar, now = self._choice.connector, self._live.state.solar, self._live.now()
        preset = preset_in_force(connector, solar, Preset(self._live.charge_point.settings.solar_preset))
        self._modes.show(connector.mode)
        self._line.show(mode_line(connector, solar, preset, now), now)
        self._now.set_visibility(connector.mode_after is not None)
        self._presets.set_visibility(connector.mode.follows_sun)
        set_prop(self._presets, 'value', str(connector.preset or preset))

    def _choose_preset(self, event: GenericEventArguments) -> None:
        self._live.charge_point.record(PresetChosen(self._choice.connector_id, Preset(event.args)))

    async def _return_to_mode(self) -> None:
        """What was overridden for this session returns now."""
        mode = self._choice.connector.mode_after
        if mode is not None:
            await self._choose_mode(mode)
