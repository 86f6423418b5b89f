"""The slider of Home for a simulated solar power."""

from __future__ import annotations

from cpo.controllers import START_ABOVE_W
from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card
from cpo.dashboard.parts.slider import Mark, Slider
from cpo.sentences import source_name
from cpo.state import YOU, Mode

HIGHEST_KW = 10.0


class SunSlider:
    """The card with the slider, built in the current NiceGUI slot.

    Moving it records a solar reading and sets the chosen connector to Mode.SOLAR; with real readings it shows those.
    """

    def __init__(self, live: Live, choice: ConnectorChoice) -> None:
        self._live, self._choice = live, choice
        starts_kw = START_ABOVE_W / 1000
        marks: list[Mark] = [
            {'value': 0, 'text': '0'},
            {'value': starts_kw, 'text': f'starts at {starts_kw:g}'},
            {'value': HIGHEST_KW / 2, 'text': f'{HIGHEST_KW / 2:g}'},
            {'value': HIGHEST_KW, 'text': f'{HIGHEST_KW:g} kW'},
        ]
        with card('cpo-sun'):
            self._slider = Slider(
                'sun', unit='kW', tone='sun', lowest=0, highest=HIGHEST_KW, marks=marks, on_wish=self._set_simulated_sun
            )
        live.on_change(self._update)

    def _set_simulated_sun(self, power_kw: float) -> None:
        charge_point = self._live.charge_point
        charge_point.record_reading(pv_w=round(power_kw * 1000), by=YOU)
        charge_point.set_mode(self._choice.connector_id, Mode.SOLAR)
        self._update()
        self._slider.answered()

    def _update(self) -> None:
        reading = self._live.state.solar
        by = reading.by or YOU
        self._slider.show(
            label='Simulated sun' if by == YOU else f'Sun, from {source_name(by)}',
            badge='demo' if by == YOU else '',
            value=None if reading.pv_w is None else reading.pv_w / 1000,
        )
