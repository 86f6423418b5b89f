"""The card with chargers that knocked and wait to be let in, on Home and Connect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from nicegui.element import Element

from cpo.access import Role
from cpo.connection import ChargerChange
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import caller_name, may
from cpo.dashboard.parts.elements import card, element, icon, link, text
from cpo.dashboard.parts.keyed_list import KeyedList
from cpo.dashboard.parts.layout import CONNECT
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.words.newcomers import Newcomer, newcomers
from cpo.errors import CpoError

UNDO_OFFERED_FOR = timedelta(seconds=60)


class Newcomers:
    """The card, built in the current NiceGUI slot; hidden while nobody waits. Letting one in can be undone there.

    `in_one_line`, several are one line with a link to Connect: whoever can reach this server can knock.
    """

    def __init__(self, live: Live, in_one_line: bool = False) -> None:
        self._live, self._in_one_line = live, in_one_line
        self._may_let_in = may(Role.OWNER)
        self._by = caller_name()
        self._let_in_at: dict[str, datetime] = {}
        with card('cpo-newcomers').props('role=status data-testid=newcomers') as self._card:
            rows = element('ul', 'cpo-lines')
            self._rows = KeyedList(rows, 'li', self._build)
            self._problem = text('', 'cpo-question-text')
        live.on_change(self._update)

    def _update(self) -> None:
        now = self._live.now()
        just_let_in = frozenset(i for i, at in self._let_in_at.items() if now - at < UNDO_OFFERED_FOR)
        shown = newcomers(self._live.state, now, just_let_in, self._in_one_line)
        self._rows.show({(each.charge_box_id, each.is_let_in): each for each in shown})
        self._card.set_visibility(bool(shown))

    def _build(self, row: Element) -> Callable[[Newcomer], None]:
        """The button stays while only the words change: a click in that moment is not lost."""
        row.classes('cpo-newcomer')
        filled: list[Marked] = []

        def show(newcomer: Newcomer) -> None:
            if not filled:
                filled.append(self._fill(newcomer))
            filled[0].show(newcomer.text, self._live.now())

        return show

    def _fill(self, newcomer: Newcomer) -> Marked:
        icon('check_circle' if newcomer.is_let_in else 'sensors')
        words, box = Marked('span', 'cpo-any'), newcomer.charge_box_id
        if box is None:
            link('See them on Connect', CONNECT.path, 'newcomers-link')
            return words
        if not self._may_let_in:
            text('An owner can let it in.', 'cpo-secondary')
            return words
        with element('span', 'cpo-newcomer-buttons'):
            if newcomer.is_let_in:
                _button('Undo', 'undo-let-in', partial(self._change, box, False))
            else:
                _button('Let this one in', 'let-in', partial(self._change, box, True))
                _button('Dismiss', 'dismiss', partial(self._dismiss, box))
        return words

    async def _change(self, charge_box_id: str, adopted: bool) -> None:
        change = ChargerChange(adopted, by=self._by)
        if not await self._is_done(self._live.charge_point.connections.change_known(charge_box_id, change)):
            return
        self._let_in_at.pop(charge_box_id, None)
        if adopted:
            self._let_in_at[charge_box_id] = self._live.now()
            asyncio.get_running_loop().call_later(UNDO_OFFERED_FOR.total_seconds() + 0.1, self._live.refresh)
        self._live.refresh()

    async def _dismiss(self, charge_box_id: str) -> None:
        if await self._is_done(self._live.charge_point.connections.adoption.dismiss(charge_box_id)):
            self._live.refresh()

    async def _is_done(self, change: Awaitable[object]) -> bool:
        """Wait for a change; False, and the reason on the card, where it failed."""
        problem = ''
        try:
            await change
        except CpoError as error:
            problem = str(error)
        if not self._card.is_deleted:
            self._problem.set_text(problem)
        return not problem


def _button(label: str, name: str, on_click: Callable[[], Awaitable[None]]) -> None:
    text(label, 'cpo-quiet-button', 'button').props(f'type=button data-testid={name}').on('click', on_click)
