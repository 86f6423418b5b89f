"""The button of Home: start, stop or restart, with a confirmation before what cannot be undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from cpo.dashboard.parts.elements import element, icon, icon_source, text
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.sentence import Question
from cpo.state import Activity, ChargePointState, Connector, missed_start

MAX_WAIT = timedelta(seconds=30)


class ButtonAction(Enum):
    """What a click on the button does; WAIT: the button is disabled while an answer is pending."""

    START = 'start'
    STOP = 'stop'
    RESTART = 'restart'
    WAIT = 'wait'


@dataclass(frozen=True, slots=True)
class ButtonState:
    """The label and style of the button, and what a click on it does."""

    action: ButtonAction
    words: str
    icon: Icon
    enabled: bool = True


def button_state(state: ChargePointState, connector: Connector, sending: float | None, now: datetime) -> ButtonState:
    """The button for a connector's state; `sending` is the limit in A this page has sent without an answer so far.

    `Starting…` and `Stopping…` are shown for 30 s at most.
    """
    running, limit = connector.transaction_id is not None, connector.limit
    start, stopping = connector.remote_start, connector.stopping
    is_zero = limit is not None and limit.limit_a == 0 and limit.held_by is None  # a ceiling's pause ends by itself
    paused = running and not connector.is_stopping and is_zero
    if state.connected:
        if Activity.FAULTED in (connector.activity, state.connector(0).activity):
            return ButtonState(ButtonAction.RESTART, 'Restart the charger', 'restart_alt')
        if running and not paused and (sending == 0 or (stopping is not None and now - stopping.at < MAX_WAIT)):
            return ButtonState(ButtonAction.WAIT, 'Stopping…', 'hourglass_top', False)
        if (paused or not running) and (sending or (start is not None and now - start.at < MAX_WAIT)):
            return ButtonState(ButtonAction.WAIT, 'Starting…', 'hourglass_top', False)
    if running and not paused:
        return ButtonState(ButtonAction.STOP, 'Stop charging', 'stop', state.connected)
    words = 'Start now' if connector.mode.follows_sun else 'Start charging'
    words = 'Start again' if missed_start(connector, now) else words
    return ButtonState(ButtonAction.START, words, 'play_arrow', state.connected)


class StartButton:
    """The button, built in the current NiceGUI slot; a click calls `on_click` with the action shown."""

    def __init__(self, on_click: Callable[[ButtonAction], Awaitable[None]]) -> None:
        self._state: ButtonState | None = None
        self._confirmed: Callable[[], Awaitable[None]] | None = None

        async def click() -> None:
            if self._state and self._state.enabled:
                await on_click(self._state.action)

        self._button = element('button', 'cpo-button', 'type=button data-testid=start-stop').on('click', click)
        with self._button:
            self._icon = icon('play_arrow')
            self._words = text('', tag='span')
        with element('div', 'cpo-question', 'role=group data-testid=question') as self._question:
            self._asked = text('', 'cpo-question-text')
            self._yes = text('', 'cpo-button cpo-primary', 'button').props('type=button data-testid=yes')
            self._no = text('', 'cpo-button', 'button').props('type=button data-testid=no')
        self._yes.on('click', self._confirm)
        self._no.on('click', self._decline)
        self._question.set_visibility(False)

    def show(self, state: ButtonState) -> None:
        """Show this state; an open confirmation is withdrawn when the action has changed."""
        if state == self._state:
            return
        if self._state and state.action is not self._state.action:
            self.withdraw()
        self._state = state
        self._words.set_text(state.words)
        set_prop(self._icon, 'name', icon_source(state.icon))
        set_prop(self._button, 'disabled', None if state.enabled else 'true')
        primary = state.action is ButtonAction.START
        self._button.classes(add='cpo-primary' if primary else '', remove='' if primary else 'cpo-primary')

    def ask(self, question: Question, then: Callable[[], Awaitable[None]]) -> None:
        """Show a question in the button's place; `then` runs when it is answered with yes."""
        self._confirmed = then
        self._asked.set_text(question.text)
        self._yes.set_text(question.yes)
        self._no.set_text(question.no)
        self._button.set_visibility(False)
        self._question.set_visibility(True)
        self._yes.run_method('focus')

    def withdraw(self) -> None:
        """Hide the confirmation, if it is open, and show the button again."""
        if self._confirmed is not None:
            self._confirmed = None
            self._question.set_visibility(False)
            self._button.set_visibility(True)

    def _decline(self) -> None:
        self.withdraw()
        self._button.run_method('focus')

    async def _confirm(self) -> None:
        confirmed = self._confirmed
        self.withdraw()
        if confirmed is not None:
            await confirmed()
