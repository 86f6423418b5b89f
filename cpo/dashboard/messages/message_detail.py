"""The detail of the chosen message, in words and as JSON: beside the list, or on a phone over it."""

from __future__ import annotations

from collections.abc import Callable

from nicegui.element import Element

from cpo.dashboard.messages.message_rows import latency
from cpo.dashboard.parts.elements import CopyButton, card, element, icon, sentence, text
from cpo.dashboard.words.messages import explanation
from cpo.dashboard.words.pretty_json import pretty_json, printable
from cpo.dashboard.words.times import exact_marker
from cpo.ocpp import LoggedMessage


class MessageDetail:
    """The detail card, built in the current NiceGUI slot; its button and the key Escape call `on_close`."""

    def __init__(self, on_close: Callable[[], None]) -> None:
        self._message: LoggedMessage | None = None
        with card('cpo-detail').props('data-testid=message-detail aria-label="Chosen message"') as self._card:
            self._close = element('button', 'cpo-quiet-button cpo-detail-close', 'type=button')
            with self._close:
                icon('chevron_left')
                text('Messages', tag='span')
            self._parts = element('div', 'cpo-detail-parts')
        self._close.on('click', on_close)
        self._card.on('keydown.escape', on_close)
        with self._parts:
            _build(None)

    def show(self, message: LoggedMessage | None) -> None:
        """Show this message, or a hint without one."""
        if message == self._message:
            return
        self._message = message
        self._parts.clear()
        with self._parts:
            _build(message)
        if message is None:
            self._card.classes(remove='cpo-open')
        else:
            self._card.classes('cpo-open')

    def take_focus(self) -> None:
        """Focus the close button, on a phone, where the detail covers the list; elsewhere this does nothing."""
        self._close.run_method('focus')


def _build(message: LoggedMessage | None) -> None:
    if message is None:
        text('Choose a message to see what it says, in words and as it was sent.', 'cpo-secondary')
        return
    _head(message)
    for number, violation in enumerate(message.violations):
        _violation('' if number else _how_bad(message), violation)
    _frame(message.frame, 'What was sent')
    if message.answer is not None:
        _frame(message.answer, 'The answer')
    with element('div'):
        CopyButton(printable(message.frame if message.answer is None else f'{message.frame}\n{message.answer}'))


def _head(message: LoggedMessage) -> None:
    with element('div'):
        with element('div', 'cpo-card-head'):
            text(message.action or 'Not OCPP', 'cpo-card-title cpo-any', 'h2')
            when = exact_marker(message.at)
            took = latency(message)
            sentence(f'{when} · {took}' if took else when, 'cpo-secondary cpo-nowrap')
        text(explanation(message), 'cpo-secondary cpo-any')


def _how_bad(message: LoggedMessage) -> str:
    return 'Not understood. ' if message.action is None or message.failed else 'Careless, but clear. '


def _violation(how_bad: str, violation: str) -> None:
    with element('div', 'cpo-violation', 'data-testid=violation'):
        icon('warning')
        with element('div', 'cpo-any'):
            text(how_bad, tag='b')
            text(violation, tag='span')


def _frame(frame: str, label: str) -> Element:
    made = text(pretty_json(frame), 'cpo-code', 'pre')
    made.props['aria-label'] = label
    return made.props('tabindex=0 role=region')
