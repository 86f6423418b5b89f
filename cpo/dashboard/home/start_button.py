"""The one button: start, stop, restart after a fault; a question in its place before what cannot be taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from nicegui import ui

from cpo.dashboard.parts.elements import element, text
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.words.sentence import Question
from cpo.state import Activity, ChargePointState, Connector, Mode

PATIENCE = timedelta(seconds=30)


class Does(Enum):
    """What a click does; None of it while something is awaited."""

    START = 'start'
    STOP = 'stop'
    RESTART = 'restart'
    WAIT = 'wait'


@dataclass(frozen=True, slots=True)
class Face:
    """How the button looks now, and what it does."""

    does: Does
    words: str
    icon: str
    enabled: bool = True


def face_of(state: ChargePointState, connector: Connector, sending: float | None, now: datetime) -> Face:
    """The button for this state; `sending` is a limit of this page that waits for its answer."""
    running, limit = connector.transaction_id is not None, connector.limit
    start, stopping = connector.remote_start, connector.stopping
    paused = running and not connector.is_stopping and limit is not None and limit.limit_a == 0
    if state.connected:
        if Activity.FAULTED in (connector.activity, state.connector(0).activity):
            return Face(Does.RESTART, 'Restart the charger', 'restart_alt')
        if running and not paused and (sending == 0 or (stopping is not None and now - stopping.at < PATIENCE)):
            return Face(Does.WAIT, 'Stopping…', 'hourglass_top', False)
        if (paused or not running) and (sending or (start is not None and now - start.at < PATIENCE)):
            return Face(Does.WAIT, 'Starting…', 'hourglass_top', False)
    if running and not paused:
        return Face(Does.STOP, 'Stop charging', 'stop', state.connected)
    words = 'Start now' if connector.mode is Mode.SOLAR else 'Start charging'
    return Face(Does.START, words, 'play_arrow', state.connected)


class StartButton:
    """Builds the button in the current slot; a click calls `on_click` with what the face promises."""

    def __init__(self, on_click: Callable[[Does], Awaitable[None]]) -> None:
        """Build it."""
        self._face: Face | None = None
        self._confirmed: Callable[[], Awaitable[None]] | None = None

        async def click() -> None:
            if self._face and self._face.enabled:
                await on_click(self._face.does)

        self._button = element('button', 'cpo-button', 'type=button data-testid=start-stop').on('click', click)
        with self._button:
            self._icon = ui.icon('r_play_arrow')
            self._words = text('', tag='span')
        with element('div', 'cpo-question', 'role=group data-testid=question') as self._question:
            self._asked = text('', 'cpo-question-text')
            self._yes = text('', 'cpo-button cpo-primary', 'button').props('type=button data-testid=yes')
            self._no = text('', 'cpo-button', 'button').props('type=button data-testid=no')
        self._yes.on('click', self._confirm)
        self._no.on('click', self._keep)
        self._question.set_visibility(False)

    def show(self, face: Face) -> None:
        """Look like this from now on."""
        if face == self._face:
            return
        if self._face and face.does is not self._face.does:
            self.withdraw()
        self._face = face
        self._words.set_text(face.words)
        set_prop(self._icon, 'name', f'r_{face.icon}')
        set_prop(self._button, 'disabled', None if face.enabled else 'true')
        primary = face.does is Does.START
        self._button.classes(add='cpo-primary' if primary else '', remove='' if primary else 'cpo-primary')

    def ask(self, question: Question, then: Callable[[], Awaitable[None]]) -> None:
        """Put the question in the button's place; `then` runs on yes."""
        self._confirmed = then
        self._asked.set_text(question.text)
        self._yes.set_text(question.yes)
        self._no.set_text(question.no)
        self._button.set_visibility(False)
        self._question.set_visibility(True)
        self._yes.run_method('focus')

    def withdraw(self) -> None:
        """Take the question back."""
        if self._confirmed is not None:
            self._confirmed = None
            self._question.set_visibility(False)
            self._button.set_visibility(True)

    def _keep(self) -> None:
        self.withdraw()
        self._button.run_method('focus')

    async def _confirm(self) -> None:
        confirmed = self._confirmed
        self.withdraw()
        if confirmed is not None:
            await confirmed()
