"""The controls of Home: mode, limit, start and stop, with the result of the last command below them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cpo.access import Role
from cpo.amperes import MIN_CHARGING_CURRENT_A, rounded_down
from cpo.controllers import HOLD_S, Decision, choose_mode
from cpo.dashboard.home.connector_choice import ConnectorChoice
from cpo.dashboard.home.currents import Currents
from cpo.dashboard.home.goal_line import GoalLine
from cpo.dashboard.home.mode_choice import ModeChoice
from cpo.dashboard.home.start_button import ButtonAction, ButtonState, StartButton, button_state
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may, you
from cpo.dashboard.parts.command_message import CommandMessage
from cpo.dashboard.parts.elements import card, element
from cpo.dashboard.parts.slider import Mark, Slider
from cpo.dashboard.words.ceiling import ceiling_message
from cpo.dashboard.words.commands import WHY_AWAY, fault_message, lowered_message, read_back_message, stop_question
from cpo.dashboard.words.sentence import Message, Question, message_for
from cpo.dashboard.words.times import charger_text
from cpo.errors import CpoError
from cpo.limits import supply_of
from cpo.sentences import ceiling_name, source_name
from cpo.state import (
    STEERED_MODES,
    THE_MAXIMUM,
    THE_SUN,
    ChargePointState,
    Connector,
    FaultDismissed,
    Mode,
    missed_start,
)

MESSAGE_SHOWN_FOR = timedelta(seconds=60)
UNDO_OFFERED_FOR = timedelta(seconds=10)
RESTARTS = Question('The charger restarts; that takes a minute or two.', 'Restart', 'Leave it')
NOT_CONNECTED = Message(
    'Limit and start need a connected charger.',
    'Nothing is kept for later.',
    (WHY_AWAY,),
    failed=False,
    icon='link_off',
)
SILENT = Message(
    'The charger says nothing.',
    'A limit or a start is sent, but may get no answer.',
    (WHY_AWAY,),
    failed=False,
    icon='hourglass_disabled',
)


class Controls:
    """The card with the controls of the chosen connector, built in the current NiceGUI slot."""

    def __init__(self, live: Live, choice: ConnectorChoice) -> None:
        self._live, self._choice = live, choice
        self._may_restart = may(Role.OWNER)
        self._sending: float | None = None
        self._wished_a = 0.0
        self._message: Message | None = None
        self._message_until: datetime | None = None
        self._undo: Callable[[], Awaitable[None]] | None = None
        with card('cpo-controls') as self._card:
            choice.build(self._chosen)
            self._modes = ModeChoice(live, choice, self._choose_mode)
            if live.goals is not None:
                GoalLine(live, choice, live.goals)
            with element('div', 'cpo-limit'):
                highest = live.charge_point.settings.max_current
                lowest = MIN_CHARGING_CURRENT_A if highest > MIN_CHARGING_CURRENT_A else 0
                self._range = lowest, highest
                self._slider = Slider(
                    'limit', unit='A', tone='car', lowest=lowest, highest=highest, marks=[], on_wish=self._wish
                )
                self._currents = Currents()
                self._answer = CommandMessage(self._again)
            self._button = StartButton(self._clicked)
        live.on_change(self.update)

    def update(self) -> None:
        """Show the chosen connector as it is now."""
        state, connector, now = self._live.state, self._choice.connector, self._live.now()
        button = button_state(state, connector, self._sending, now)
        if button.action is ButtonAction.RESTART and not self._may_restart:
            button = replace(button, words='An owner can restart it', enabled=False)
        self._modes.update()
        self._button.show(button)
        message = self._message_now(state, connector, now)
        self._answer.show(message, now)
        gone = self._live.silent_since is not None or not state.connected
        self._currents.show(state, connector, gone)
        kw_per_a = self._kw_per_a(connector)
        self._slider.show(
            unit='A' if kw_per_a is None else 'kW',
            perUnit=kw_per_a or 1,
            marks=limit_marks(*self._range, kw_per_a),
            label=limit_label(connector, self._live.solar_controller.decision(connector.connector_id)),
            value=None if connector.limit is None else connector.limit.limit_a,
            origin=offered_a(connector),
            hint='' if message else _hint(connector, button),
            disabled=not state.connected or button.action is ButtonAction.RESTART,
            sending=self._sending is not None,
        )

    def _kw_per_a(self, connector: Connector) -> float | None:
        """How many kW an ampere of the limit is on the phases and with the voltage of now, None to show amperes."""
        settings = self._live.charge_point.settings
        if settings.units == 'A':
            return None
        supply = supply_of(connector.meter, settings.phases)
        return supply.phases * supply.voltage_v / 1000

    def _message_now(self, state: ChargePointState, connector: Connector, now: datetime) -> Message | None:
        if self._message_until and now >= self._message_until:
            self._message = self._message_until = self._undo = None
        if not state.connected:
            return self._message or NOT_CONNECTED
        if self._message is not None:
            return self._message
        if self._live.silent_since is not None:
            return SILENT
        settings = self._live.charge_point.settings
        fault = fault_message(connector)
        found = None if missed_start(connector, now) else connector.read_back  # the headline says it
        return fault or read_back_message(found) or ceiling_message(connector, settings)

    def _chosen(self) -> None:
        self._message = None
        self._live.refresh()

    async def _choose_mode(self, mode: Mode) -> None:
        """Choose a mode; Off asks first where it ends a session."""
        self._message = None
        if mode is not Mode.OFF:
            self._live.charge_point.set_mode(self._choice.connector_id, mode)
        elif self._choice.connector.transaction_id is not None:
            self._ask_before_stop(self._switch_off)
        else:
            await self._switch_off()

    async def _switch_off(self) -> None:
        await self._run(0, choose_mode(self._live.charge_point, self._choice.connector_id, Mode.OFF, you()))

    async def _wish(self, limit_a: float) -> None:
        """Send the slider's limit; 0 A on a running session asks first, a lowered limit can be undone."""
        before = self._choice.connector
        if limit_a == 0 and before.transaction_id is not None:
            self._slider.answered()
            self._ask_before_stop()
            return
        await self._send(limit_a)
        if self._message is None and self._sending is None and is_lowered(before, limit_a):
            self._offer_undo(before, limit_a)

    def _offer_undo(self, before: Connector, limit_a: float) -> None:
        async def undo() -> None:
            if before.mode in STEERED_MODES:
                await self._choose_mode(before.mode)
            elif before.limit is not None:
                await self._send(before.limit.limit_a)

        self._show(lowered_message(before, limit_a), UNDO_OFFERED_FOR)
        self._undo = undo
        asyncio.get_running_loop().call_later(UNDO_OFFERED_FOR.total_seconds() + 0.1, self._live.refresh)

    async def _clicked(self, action: ButtonAction) -> None:
        self._message = None
        if action is ButtonAction.START:
            await self._send(self._start_limit_a())
        elif action is ButtonAction.STOP:
            self._ask_before_stop()
        elif action is ButtonAction.RESTART:
            self._button.ask(RESTARTS, self._restart)
        self.update()

    def _start_limit_a(self) -> float:
        """The limit that Start asks for: the last one that a person or a program wanted, else the maximum."""
        max_a = self._live.charge_point.settings.max_current
        return min(self._choice.connector.own_limit_a or max_a, max_a)

    def _ask_before_stop(self, then: Callable[[], Awaitable[None]] | None = None) -> None:
        """Nobody ends a session by one touch: the page asks in the button's place."""
        running = self._live.state.running_transaction(self._choice.connector_id)
        settings, quirks = self._live.charge_point.settings, self._live.charge_point.quirks
        pauses = (settings.pause_at_zero or quirks.pauses) and not quirks.zero_ends
        self._button.ask(stop_question(pauses, by_card=running is not None and not running.remote), then or self._stop)

    async def _stop(self) -> None:
        await self._send(0)

    async def _again(self) -> None:
        """The link without a target: dismiss a fault, change the limit, undo a lowered one, or try again."""
        undo, self._undo = self._undo, None
        if self._message is None and self._choice.connector.fault_trace is not None:
            self._live.charge_point.record(FaultDismissed(self._choice.connector_id))
        elif self._message is None:
            self._slider.focus()
        elif undo is None:
            await self._send(self._wished_a)
        else:
            self._message = None
            await undo()

    async def _send(self, limit_a: float) -> None:
        charge_point, connector_id = self._live.charge_point, self._choice.connector_id
        await self._run(limit_a, charge_point.set_charging_limit(connector_id, limit_a, you()))

    async def _run(self, limit_a: float, command: Awaitable[object]) -> None:
        """Await a command for this limit; its result is shown unless this page has sent a newer one meanwhile."""
        connector_id = self._choice.connector_id
        self._message, self._sending, self._wished_a = None, limit_a, limit_a
        self.update()
        message = None
        try:
            await command
        except CpoError as error:
            connector = self._live.state.connector(connector_id)
            in_force = connector.limit if connector.transaction_id is not None else None
            message = message_for(error, limit_a, in_force.limit_a if in_force else None)
        if self._sending == limit_a and not self._card.is_deleted:
            self._answered(message)

    async def _restart(self) -> None:
        self._message = None
        try:
            sent = await self._live.charge_point.restart()
            refused = Message('The charger refused to restart.', 'Switch it off and on again.')
            message = None if sent.accepted else refused
        except CpoError as error:
            message = message_for(error)
        if not self._card.is_deleted:
            self._answered(message)

    def _answered(self, message: Message | None) -> None:
        self._sending = None
        self._show(message, MESSAGE_SHOWN_FOR)
        self._slider.answered()

    def _show(self, message: Message | None, shown_for: timedelta) -> None:
        self._message, self._undo = message, None
        self._message_until = self._live.now() + shown_for if message else None
        self.update()


def offered_a(connector: Connector) -> float | None:
    """The current in A that the charger says it offers, by Current.Offered or GetCompositeSchedule, None where unknown.

    The limit slider's keys begin there while no limit is in force.
    """
    offer_a = connector.meter.offered_a or connector.scheduled_a
    return None if offer_a is None else rounded_down(offer_a)


def is_lowered(before: Connector, limit_a: float) -> bool:
    """True where `limit_a` is above 0 A and less than the limit of the running transaction."""
    return before.transaction_id is not None and before.limit is not None and 0 < limit_a < before.limit.limit_a


def limit_marks(lowest: float, highest: float, kw_per_a: float | None = None) -> list[Mark]:
    """The labels of the limit slider: 0, then every 2, 4 or 10 A from `lowest` on, and `highest` with its unit.

    They are in kW where `kw_per_a` says how many an ampere is.
    """
    step = 2 if highest <= 20 else 4 if highest <= 40 else 10
    start = lowest or step
    between = [start + step * i for i in range(40) if start + step * i <= highest - 0.6 * step]
    written = [f'{a:g}' if kw_per_a is None else f'{a * kw_per_a:.1f}' for a in (*between, highest)]
    written[-1] += ' A' if kw_per_a is None else ' kW'
    marks: list[Mark] = [{'value': a, 'text': text} for a, text in zip((*between, highest), written, strict=True)]
    return [{'value': 0, 'text': '0'}, *marks]


def limit_label(connector: Connector, decision: Decision) -> str:
    """The label above the limit slider: who set the limit, or that the sun is about to."""
    if connector.limit is None:
        return 'Limit'
    if connector.limit.held_by is not None:
        return f'Limit, set by {charger_text(ceiling_name(connector.limit.held_by), 20)}'
    if connector.mode.follows_sun and connector.limit.by != THE_SUN and decision.next_at is not None:
        return f'Limit; the sun takes over in {HOLD_S:g} s'
    if connector.limit.by == THE_MAXIMUM:
        return 'Limit, the configured maximum'
    by = charger_text(source_name(connector.limit.by), 20)
    return f'Limit, set by {by}'


def _hint(connector: Connector, button: ButtonState) -> str:
    if button.action is ButtonAction.RESTART:
        return 'Not used while there is a fault.'
    if connector.mode.follows_sun:
        return 'Move it to take over.'
    return '' if connector.transaction_id is not None else 'Move it or press Start to charge.'
