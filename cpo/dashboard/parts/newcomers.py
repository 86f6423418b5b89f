"""The card with chargers that knocked and wait to be let in, on Home and Connect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from nicegui.element import Element

from cpo.access import Role
from cpo.connection import ChargerChange
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import caller_name, may
from cpo.dashboard.parts.elements import card, element, icon, text
from cpo.dashboard.parts.keyed_list import KeyedList
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.words.newcomers import Newcomer, newcomers
from cpo.errors import JournalError

UNDO_OFFERED_FOR = timedelta(seconds=60)


class Newcomers:
    """The card, built in the current NiceGUI slot; hidden while nobody waits. Letting one in can be undone there."""

    def __init__(self, live: Live) -> None:
        self._live = live
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
        shown = newcomers(self._live.state, now, just_let_in)
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
        words = Marked('span', 'cpo-any')
        if not self._may_let_in:
            text('An owner can let it in.', 'cpo-secondary')
            return words
        change = partial(self._change, newcomer.charge_box_id, not newcomer.is_let_in)
        label, name = ('Undo', 'undo-let-in') if newcomer.is_let_in else ('Let this one in', 'let-in')
        text(label, 'cpo-quiet-button', 'button').props(f'type=button data-testid={name}').on('click', change)
        return words

    async def _change(self, charge_box_id: str, adopted: bool) -> None:
        problem, change = '', ChargerChange(adopted, by=self._by)
        try:
            await self._live.charge_point.connections.change_known(charge_box_id, change)
        except JournalError as error:
            problem = str(error)
        else:
            self._let_in_at.pop(charge_box_id, None)
            if adopted:
                self._let_in_at[charge_box_id] = self._live.now()
                asyncio.get_running_loop().call_later(UNDO_OFFERED_FOR.total_seconds() + 0.1, self._live.refresh)
        if not self._card.is_deleted:
            self._problem.set_text(problem)
            self._live.refresh()
