"""The section "Good to know" of Connect: what was learned about the charger, advice for its make, two commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from nicegui.elements.mixins.text_element import TextElement

from cpo.access import Role
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.elements import element, text
from cpo.dashboard.words.learned import learned_sentences
from cpo.dashboard.words.times import charger_text
from cpo.errors import CpoError
from cpo.sentences import phases_advice
from cpo.state import ChargePointState
from cpo.upkeep import certificate_advice

FORGETS = 'The next limit is tried in all forms anew, and every question is asked again.'
CLEARS = (
    'Every limit in the charger goes, also those of other systems. '
    'A running session then gets the maximum, where this program may send something by itself.'
)


class Learned:
    """The section on what was learned about this charger, built in the current NiceGUI slot; hidden while empty.

    Its two commands are an owner's.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._shown: tuple[str, ...] = ()
        self._forget: _ConfirmedButton | None = None
        self._clear: _ConfirmedButton | None = None
        with element('div', 'cpo-learned', 'data-testid=learned') as self._place:
            text('Good to know', 'cpo-card-title', 'h3')
            self._list = element('ul', 'cpo-lines')
            if may(Role.OWNER):
                self._forget = _ConfirmedButton('Forget what was learned', 'forget', FORGETS, 'Forget', self._forget_it)
                self._clear = _ConfirmedButton('Clear all its profiles', 'clear', CLEARS, 'Clear', self._clear_all)
            self._result = text('', 'cpo-question-text').props('role=status data-testid=cleared')
        live.on_change(self._update)

    def _update(self) -> None:
        state = self._live.state
        now, advice = self._live.now(), self._live.charge_point.quirks.advice
        advice = (*advice, *phases_advice(state), *certificate_advice(state, now))
        shown = (*learned_sentences(state.known), *advice, *_writes(state, now.date()))
        self._place.set_visibility(bool(shown))
        if self._forget is not None and self._clear is not None:
            self._forget.show(not state.known.is_blank)
            self._clear.show(state.connected)
        if shown != self._shown:
            self._shown = shown
            self._list.clear()
            with self._list:
                for sentence in shown:
                    text(sentence, 'cpo-any', 'li')

    async def _forget_it(self) -> None:
        self._live.charge_point.forget_learned()

    async def _clear_all(self) -> None:
        try:
            sent = await self._live.charge_point.clear_all_profiles()
            result = 'All its profiles are gone.' if sent.accepted else 'The charger says that it has none.'
        except CpoError as error:
            result = str(error)
        if not self._place.is_deleted:
            self._result.set_text(charger_text(result, 200))


class _ConfirmedButton:
    """A button that asks a question before it acts, built in the current NiceGUI slot; `then` runs on yes."""

    def __init__(self, words: str, name: str, asks: str, yes: str, then: Callable[[], Awaitable[None]]) -> None:
        self._then = then
        self._offered = True
        self._button = _button(words, name, lambda: self._ask(True))
        with element('div', 'cpo-question', 'role=group') as self._question:
            text(asks, 'cpo-question-text')
            self._yes = _button(yes, f'{name}-yes', self._confirmed)
            _button('Keep', f'{name}-no', lambda: self._ask(False))
        self._ask(False)

    def show(self, offered: bool) -> None:
        """Show or hide the button; a change withdraws the question."""
        if offered != self._offered:
            self._offered = offered
            self._ask(False)

    def _ask(self, asks: bool) -> None:
        self._question.set_visibility(asks)
        self._button.set_visibility(self._offered and not asks)
        if asks:
            self._yes.run_method('focus')

    async def _confirmed(self) -> None:
        self._ask(False)
        await self._then()


def _writes(state: ChargePointState, today: date) -> tuple[str, ...]:
    writes = (connector.profile_writes for connector in state.charging_connectors)
    count = sum(each.count for each in writes if each is not None and each.on == today)
    return (f'Charging profiles written today (UTC): {count}.',) if count else ()


def _button(words: str, name: str, on_click: Callable[[], Any]) -> TextElement:
    return text(words, 'cpo-quiet-button', 'button').props(f'type=button data-testid={name}').on('click', on_click)
