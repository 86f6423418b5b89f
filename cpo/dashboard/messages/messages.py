"""The Messages page: the logged OCPP-J messages, newest first, with their violations of the specification."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from time import monotonic
from urllib.parse import urlencode

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments, ValueChangeEventArguments

from cpo.dashboard.live import Live
from cpo.dashboard.messages.message_detail import MessageDetail
from cpo.dashboard.messages.message_rows import (
    ALL,
    FILTERS,
    MAX_ROWS,
    VIOLATIONS,
    MessageFilter,
    folded,
    message_row,
    nothing_found,
)
from cpo.dashboard.parts.elements import card, element, icon, icon_source, text
from cpo.dashboard.parts.layout import MESSAGES, frame
from cpo.dashboard.parts.marked import Marked
from cpo.ocpp import LoggedMessage, MessageLog

SECONDS_BETWEEN_UPDATES = 0.5


def page(live: Live) -> None:
    """Build the page; the query `filter`, `search` and `number` restores filter and chosen message after a reload."""
    asked = ui.context.client.request.query_params
    chosen = asked.get('filter', ALL)
    number = asked.get('number', '')
    with frame(live, MESSAGES):
        content = MessagesContent(
            live.charge_point.messages,
            MessageFilter(chosen if chosen in FILTERS else ALL, asked.get('search', '')),
            int(number) if number.isdecimal() else None,
        )
        live.on_change(content.update)


class MessageList(Element, component='message_list.vue'):
    """The list of rows; emits `choose` with the number of the clicked message."""


class MessagesContent:
    """Toolbar, list and detail, built in the current NiceGUI slot; updated at most twice a second."""

    def __init__(self, log: MessageLog, wanted: MessageFilter, number: int | None) -> None:
        """`number` is that of the message chosen at first, None for none."""
        self._log, self._wanted = log, wanted
        self._frozen: tuple[LoggedMessage, ...] | None = None
        self._chosen = next((message for message in log if message.number == number), None)
        self._shown_at, self._update_pending = 0.0, False
        self._chips: dict[str, TextElement] = {}
        with element('div', 'cpo-two-columns'):
            with card():
                self._toolbar()
                self._empty = Marked('div', 'cpo-empty')
                self._list = MessageList().on('choose', self._choose)
                self._older = text('', 'cpo-secondary cpo-more')
            self._detail = MessageDetail(self._close)

    def update(self) -> None:
        """Show new messages at once, or where the last update was less than half a second ago, after that."""
        if self._update_pending:
            return
        self._update_pending = True
        wait_s = max(0.0, self._shown_at + SECONDS_BETWEEN_UPDATES - monotonic())
        if wait_s:
            asyncio.get_running_loop().call_later(wait_s, self._show)
        else:
            self._show()

    def _show(self) -> None:
        self._shown_at, self._update_pending = monotonic(), False
        if self._list.is_deleted:
            return
        messages = self._log if self._frozen is None else self._frozen
        found = list(islice((message for message in messages if self._wanted.matches(message)), MAX_ROWS + 1))
        rows = tuple(folded([message_row(message) for message in found[:MAX_ROWS]]))  # NiceGUI watches a list's items
        if rows != self._list.props.get('rows'):
            self._list.props['rows'] = rows
        if self._chosen:
            number = self._chosen.number
            self._chosen = next((message for message in messages if message.number == number), self._chosen)
        selected = self._chosen.number if self._chosen else None
        if selected != self._list.props.get('selected'):
            self._list.props['selected'] = selected
        self._detail.show(self._chosen)
        self._update_hints(messages, is_empty=not rows, more=len(found) > MAX_ROWS)
        self._show_toolbar(messages)

    def _update_hints(self, messages: Iterable[LoggedMessage], is_empty: bool, more: bool) -> None:
        self._empty.set_visibility(is_empty)
        if is_empty:
            self._empty.show(nothing_found(messages), datetime.now(UTC))
        self._older.set_text(f'The newest {MAX_ROWS} are shown. Search finds older ones.')
        self._older.set_visibility(more)

    # ---- the toolbar

    def _toolbar(self) -> None:
        text('Messages', 'cpo-hidden', 'h2')
        with element('div', 'cpo-toolbar'):
            with element('div', 'cpo-chips', 'role=group aria-label="Show"'):
                for name in FILTERS:
                    self._chips[name] = text(name, 'cpo-chip', 'button').props('type=button')
                    self._chips[name].on('click', lambda _, name=name: self._change(replace(self._wanted, chosen=name)))
            with element('div', 'cpo-tools'):
                search = ui.input(placeholder='Search', value=self._wanted.search, on_change=self._search)
                search.classes('cpo-search').props('borderless dense debounce=300 type=search aria-label=Search')
                with search.add_slot('prepend'):
                    icon('search')
                self._pause = element('button', 'cpo-chip cpo-pause', 'type=button')
                with self._pause:
                    self._pause_icon = icon('pause')
                    self._pause_word = text('Pause', tag='span')
                self._pause.on('click', self._toggle_pause)

    def _show_toolbar(self, messages: Iterable[LoggedMessage]) -> None:
        careless = sum(1 for message in messages if message.violations)
        self._chips[VIOLATIONS].set_text(f'{VIOLATIONS} {careless}' if careless else VIOLATIONS)
        for name, chip in self._chips.items():
            _press(chip, name == self._wanted.chosen)
        _press(self._pause, self._frozen is not None)
        new = self._log.newest_number - (self._frozen[0].number if self._frozen else 0)
        self._pause_word.set_text('Pause' if self._frozen is None else f'Go on, {new} new' if new else 'Go on')
        self._pause_icon.set_name(icon_source('pause' if self._frozen is None else 'play_arrow'))

    def _search(self, event: ValueChangeEventArguments[str | None]) -> None:
        self._change(replace(self._wanted, search=event.value or ''))

    def _change(self, wanted: MessageFilter) -> None:
        self._wanted = wanted
        self._show()
        self._update_address()

    def _toggle_pause(self) -> None:
        self._frozen = tuple(self._log) if self._frozen is None else None
        self._show()

    # ---- the chosen message

    def _choose(self, event: GenericEventArguments) -> None:
        messages = self._log if self._frozen is None else self._frozen
        self._chosen = next((message for message in messages if message.number == event.args), self._chosen)
        self._show()
        self._detail.take_focus()
        self._update_address()

    def _close(self) -> None:
        if self._chosen:
            self._list.run_method('focusRow', self._chosen.number)
        self._chosen = None
        self._show()
        self._update_address()

    def _update_address(self) -> None:
        number = self._chosen.number if self._chosen else None
        parts = {'filter': self._wanted.chosen, 'search': self._wanted.search, 'number': number}
        query = urlencode({name: value for name, value in parts.items() if value not in (None, '', ALL)})
        address = f'{MESSAGES.path}?{query}' if query else MESSAGES.path
        ui.run_javascript(f'history.replaceState(history.state, "", cpo.url({json.dumps(address)}))')


def _press(button: Element, pressed: bool) -> None:
    value = 'true' if pressed else 'false'
    if button.props.get('aria-pressed') != value:
        button.props['aria-pressed'] = value
