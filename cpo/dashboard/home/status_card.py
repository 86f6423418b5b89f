"""The status card of Home: the state in words, the car's power, the energy river and the session's figures."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from nicegui.elements.mixins.text_element import TextElement

from cpo.access import Role
from cpo.controllers import START_ABOVE_W
from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.home.river import Powers, River
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.elements import card, element, icon, icon_source, text
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.words import numbers
from cpo.dashboard.words.sentence import Words
from cpo.dashboard.words.sessions import cost_of, session_length, shown_share, who
from cpo.dashboard.words.times import charger_text, marker, time_marker
from cpo.settings import Settings
from cpo.state import (
    Activity,
    ChargePointState,
    Connector,
    Mode,
    Preset,
    Transaction,
    cards,
    current_a,
    power_arrival,
    power_w,
    preset_in_force,
)

WAITING_FOR_SUN = (Activity.PLUGGED_IN, Activity.PAUSED_BY_CHARGER, Activity.FINISHING)


class Metric(NamedTuple):
    """A label and its value below the energy river; the value may contain time markers (`words.times`)."""

    label: str
    value: str


class Figures(NamedTuple):
    """What the status card shows beside the words; the texts may contain time markers (`words.times`)."""

    power: str
    unit: str
    below: str
    powers: Powers
    stale: str | None
    has_session: bool
    metrics: list[Metric]


class StatusCard:
    """The status card of the chosen connector, built in the current NiceGUI slot."""

    def __init__(self, live: Live, choice: ConnectorChoice) -> None:
        self._live, self._choice = live, choice
        self._has_buttons = may(Role.FAMILY)
        with card('cpo-status') as self._card:
            with element('div', 'cpo-status-head'):
                with element('div', 'cpo-pill', 'data-testid=pill') as self._pill:
                    self._icon = icon('sync')
                    self._state = text('', tag='span')
                self._build_power()
                with element('div', 'cpo-status-words', 'role=status aria-relevant=additions'):
                    self._headline = Marked('h2', 'cpo-headline').props('data-testid=headline')
                    self._sentence = Marked('p', 'cpo-sentence').props('data-testid=sentence')
            with element('div', 'cpo-next', 'data-testid=next-step'):
                self._countdown = element('div', 'cpo-countdown', 'aria-hidden=true')
                self._next = Marked('span')
            self._river = River()
            with element('dl', 'cpo-metrics') as self._figures:
                self._metrics = [self._build_metric(i) for i in range(4)]
        live.on_change(self.update)

    def _build_power(self) -> None:
        with element('div', 'cpo-power'):
            with element('div', 'cpo-power-number', 'data-testid=power-kw'):
                self._power = text('', tag='span')
                self._unit = text('', 'cpo-power-unit', 'span')
            self._below = Marked('div', 'cpo-power-below')

    def _build_metric(self, index: int) -> tuple[TextElement, Marked]:
        with element('div'):
            label = text('', tag='dt')
            value = Marked('dd')
            if index == 0:
                value.props('data-testid=session-energy')
        return label, value

    def update(self) -> None:
        """Show the chosen connector as it is now."""
        figures, now = self._live.shared(_figures, self._choice.connector_id), self._live.now()
        self._show_words(self._live.words(self._choice.connector_id), now)
        self._power.set_text(figures.power)
        self._unit.set_text(figures.unit)
        self._below.show(figures.below, now)
        self._river.show(figures.powers)
        set_prop(self._card, 'data-stale', figures.stale)
        self._figures.set_visibility(figures.has_session)
        for (label, value), metric in zip(self._metrics, figures.metrics, strict=True):
            label.set_text(metric.label)
            value.show(metric.value, now)

    def _show_words(self, words: Words, now: datetime) -> None:
        set_prop(self._pill, 'data-tone', words.tone)
        set_prop(self._icon, 'name', icon_source(words.icon))
        self._state.set_text(words.pill)
        self._headline.show(words.headline, now)
        self._sentence.show(words.sentence if self._has_buttons or words.viewers is None else words.viewers, now)
        self._next.show(words.next_step or '', now)
        set_prop(self._countdown, 'data-until', words.next_at.isoformat() if words.next_at else None)


def _figures(live: Live, connector_id: int) -> Figures:
    state, now, connector = live.shown, live.now(), live.state.connector(connector_id)
    gone = live.silent_since is not None or not state.connected
    measured = None if gone else power_arrival(connector)
    stale_at = measured.at if measured is not None and measured.is_stale(now) else None
    car_w = power_w(connector, gone)
    number, unit = numbers.hero_power(car_w)
    running = state.running_transaction(connector_id)
    session = running or state.transaction(connector.last_transaction_id)
    return Figures(
        power=number,
        unit=f' {unit}' if unit else '',
        below=_below_power(state, connector, stale_at, gone),
        powers=_powers(state, connector, live.charge_point.settings, car_w, gone or stale_at is not None, now),
        stale='true' if gone else 'power' if stale_at else None,
        has_session=session is not None,
        metrics=_metrics(session, state),
    )


def _below_power(state: ChargePointState, connector: Connector, stale_at: datetime | None, gone: bool) -> str:
    """Below the number: its age where it is old, else the current and how it is limited."""
    if gone:
        return marker('age', state.last_message_at) if state.last_message_at else ''
    if stale_at is not None:
        return f'Measured {marker("age", stale_at)}'
    status = connector.last_status
    if status and status.activity is Activity.FAULTED:
        return f'Since {marker("moment", status.at)}'
    if connector.transaction_id is None:
        return ''
    limit, phases = connector.limit_shown, connector.meter.phases_seen
    offered = '' if limit is None else f' of {numbers.current(limit.in_force_a)}'
    measured = numbers.current(current_a(connector, connector.meter.current_a, gone))
    return f'{measured}{offered}' + (f' · {phases} phase{"s" if phases > 1 else ""}' if phases else '')


def _powers(
    state: ChargePointState, connector: Connector, settings: Settings, car_w: float | None, stale: bool, now: datetime
) -> Powers:
    solar = state.solar.fresh(now)
    is_demo = preset_in_force(connector, state.solar, Preset(settings.solar_preset)) is Preset.DEMO
    waits = is_demo and connector.mode is Mode.SOLAR and connector.activity in WAITING_FOR_SUN and state.connected
    needs_w = START_ABOVE_W if waits and (solar.pv_w or 0.0) < START_ABOVE_W else None
    return Powers(
        solar.pv_w,
        solar.grid_w,
        car_w,
        needs_w,
        stale,
        sun_came=state.solar.pv_w is not None,
        battery_w=solar.battery_w,
        battery_soc=solar.battery_soc,
        battery_first=(solar.battery_soc or 0.0) < settings.battery_first,
    )


def _metrics(session: Transaction | None, state: ChargePointState) -> list[Metric]:
    """The figures of a session."""
    running = session is not None and session.running
    name = 'This session' if running or session is None else 'Last session'
    cost = cost_of(session) if session else None
    by = charger_text(who(session, cards.card_of(session, state)), 20) if session else numbers.UNKNOWN
    until = None if session is None or session.no_contact_since is None else time_marker(session.no_contact_since)
    return [
        Metric(name, ' · '.join(filter(None, (numbers.energy(session.energy_wh if session else None), cost)))),
        Metric('Time', session_length(session) if until is None else f'{session_length(session)}, until {until}'),
        Metric(
            'From the sun', shown_share(session, state.solar.grid_w is not None).words if session else numbers.UNKNOWN
        ),
        Metric('Started by', by),
    ]
