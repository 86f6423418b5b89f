"""How this charger wants to be spoken to: what was learned, what the owner should know, and forgetting it all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from nicegui.elements.mixins.text_element import TextElement

from cpo.chargers import ChargerKnowledge, form_words, question_words
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import element, text
from cpo.dashboard.words.times import charger_text
from cpo.errors import CpoError
from cpo.state import ChargePointState

FORGETS = 'The next limit is tried in all forms anew, and every question is asked again.'
CLEARS = 'Every limit in the charger goes, also those of other systems. A running session goes on without one.'


class Learned:
    """In the current slot; nothing is seen while there is nothing to say."""

    def __init__(self, live: Live) -> None:
        """Build it."""
        self._live = live
        self._shown: tuple[str, ...] = ()
        with element('div', 'cpo-learned', 'data-testid=learned') as self._place:
            text('Good to know', 'cpo-card-title', 'h3')
            self._list = element('ul', 'cpo-lines')
            self._forget = _Asked('Forget what was learned', 'forget', FORGETS, 'Forget', self._forget_it)
            self._clear = _Asked('Clear all its profiles', 'clear', CLEARS, 'Clear', self._clear_all)
            self._result = text('', 'cpo-question-text').props('role=status data-testid=cleared')
        live.on_change(self._update)

    def _update(self) -> None:
        state = self._live.state
        advice, today = self._live.charge_point.quirks.advice, self._live.now().date()
        shown = (*learned_sentences(state.known), *advice, *_writes(state, today))
        self._place.set_visibility(bool(shown))
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
            sent = await self._live.charge_point.command('ClearChargingProfile', {})
            done = sent.response.get('status') == 'Accepted'
            result = 'All its profiles are gone.' if done else 'The charger says that it has none.'
        except CpoError as error:
            result = str(error)
        if not self._place.is_deleted:
            self._result.set_text(charger_text(result, 200))


class _Asked:
    """A button, and in its place a question once it was pressed."""

    def __init__(self, words: str, name: str, asks: str, yes: str, then: Callable[[], Awaitable[None]]) -> None:
        """Build both in the current slot; `then` runs on yes."""
        self._then = then
        self._offered = True
        self._button = _button(words, name, lambda: self._ask(True))
        with element('div', 'cpo-question', 'role=group') as self._question:
            text(asks, 'cpo-question-text')
            self._yes = _button(yes, f'{name}-yes', self._confirmed)
            _button('Keep', f'{name}-no', lambda: self._ask(False))
        self._ask(False)

    def show(self, offered: bool) -> None:
        """Whether there is anything to ask about."""
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


def learned_sentences(known: ChargerKnowledge) -> tuple[str, ...]:
    """What was found out by trying; empty where nothing was."""
    told = []
    if known.form is not None:
        told.append(f'This charger takes: {form_words(known.form)}.'.replace(' in ', ' in\u00a0'))
    if known.refused:
        count = len(known.refused)
        told.append(f'It refused or ignored {count} other form{"s" if count > 1 else ""} of a limit.')
    if known.remote_start is not None:
        told.append(f'It is started {known.remote_start.value}.')
    if known.tells_schedule is False:
        told.append('It does not say what it makes of a limit (GetCompositeSchedule).')
    told += [
        f'It starts anew when asked for {charger_text(question_words(question), 60)}, so it is never asked that again.'
        for question in known.unasked
    ]
    return tuple(told)


def _writes(state: ChargePointState, today: date) -> tuple[str, ...]:
    writes = (connector.profile_writes for connector in state.outlets)
    count = sum(each.count for each in writes if each is not None and each.on == today)
    return (f'Charging profiles written today (UTC): {count}.',) if count else ()


def _button(words: str, name: str, on_click: Callable[[], Any]) -> TextElement:
    return text(words, 'cpo-quiet-button', 'button').props(f'type=button data-testid={name}').on('click', on_click)
