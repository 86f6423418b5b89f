"""The card about the sun on Home: the readings of the house with source and age, or a slider that simulates the sun."""

from __future__ import annotations

from datetime import datetime

from cpo.access import Role
from cpo.controllers import START_ABOVE_W
from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.elements import card, element, text
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.parts.slider import Mark, Slider
from cpo.dashboard.words.readings import ReadingLine, reading_lines
from cpo.dashboard.words.sun import may_simulate, may_take_over
from cpo.dashboard.words.times import charger_text
from cpo.sentences import two_meters
from cpo.state import YOU, Mode

HIGHEST_KW = 10.0
METERS = ('sun', 'grid', 'battery', 'phases')


class SunCard:
    """The card about the sun, built in the current NiceGUI slot.

    Moving its slider records a simulated solar reading, and sets the mode to SOLAR where `may_take_over` says so; a
    viewer has no slider.
    """

    def __init__(self, live: Live, choice: ConnectorChoice) -> None:
        self._live, self._choice = live, choice
        self._offers_slider = may(Role.FAMILY)
        starts_kw = START_ABOVE_W / 1000
        marks: list[Mark] = [
            {'value': 0, 'text': '0'},
            {'value': starts_kw, 'text': f'starts at {starts_kw:g}'},
            {'value': HIGHEST_KW / 2, 'text': f'{HIGHEST_KW / 2:g}'},
            {'value': HIGHEST_KW, 'text': f'{HIGHEST_KW:g} kW'},
        ]
        with card('cpo-sun') as self._card:
            self._lines = {meter: _Line(meter) for meter in METERS}
            self._warning = text('', 'cpo-note').props('data-testid=meters-warning')
            self._slider = Slider(
                'sun', unit='kW', tone='sun', lowest=0, highest=HIGHEST_KW, marks=marks, on_wish=self._simulate
            )
        live.on_change(self._update)

    def _simulate(self, power_kw: float) -> None:
        charge_point = self._live.charge_point
        if self._offers_slider and may_simulate(self._live.state, self._live.now()):
            charge_point.record_reading(pv_w=round(power_kw * 1000), by=YOU)
            if may_take_over(self._choice.connector):
                charge_point.set_mode(self._choice.connector_id, Mode.SOLAR)
        self._update()
        self._slider.answered()

    def _update(self) -> None:
        solar, now = self._live.state.solar, self._live.now()
        simulates = self._offers_slider and may_simulate(self._live.state, now)
        self._slider.set_visibility(simulates)
        known = reading_lines(solar, now)
        self._card.set_visibility(self._offers_slider or bool(known))
        for meter, line in self._lines.items():
            line.show(None if simulates and meter == 'sun' else known.get(meter), now)
        warning = two_meters(solar, now)
        self._warning.set_visibility(warning is not None)
        self._warning.set_text(charger_text(warning or '', 400))
        is_simulated = solar.source('pv_w') == YOU
        self._slider.show(label='Simulated sun', badge='demo', value=(solar.pv_w or 0) / 1000 if is_simulated else None)


class _Line:
    """A reading with its source and age, built in the current NiceGUI slot."""

    def __init__(self, meter: str) -> None:
        with element('div', 'cpo-sun-line') as self._line:
            self._about = Marked('span', 'cpo-slider-label').props(f'data-testid={meter}-source')
            self._value = text('', 'cpo-sun-power', 'span').props(f'data-testid={meter}-power')

    def show(self, line: ReadingLine | None, now: datetime) -> None:
        self._line.set_visibility(line is not None)
        if line is not None:
            self._about.show(line.about, now)
            self._value.set_text(line.value)
            set_prop(self._line, 'data-stale', 'true' if line.is_stale else None)
