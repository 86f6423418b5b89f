"""The choice between one's own sessions and all of them."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from cpo.access import Role
from cpo.dashboard.parts.callers import caller_of
from cpo.dashboard.parts.elements import element
from cpo.dashboard.parts.segments import Segments
from cpo.state import Transaction


class Whose:
    """Two buttons, built in the current NiceGUI slot; hidden where the two lists are the same, or one has none.

    Owners begin with all sessions, others with their own.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        """`on_change` is called after the other button was pressed."""
        caller = caller_of(ui.context.client)
        self._you = '' if caller is None else caller.name.casefold()
        self._on_change = on_change
        self._is_yours = caller is not None and caller.role is not Role.OWNER
        with element('div', 'cpo-toolbar') as self._place:
            self._buttons = Segments('Whose sessions', {True: 'Yours', False: 'All'}, self._choose, 'whose')

    def select(self, sessions: tuple[Transaction, ...]) -> tuple[Transaction, ...]:
        """Those of the sessions that are to be shown."""
        yours = tuple(each for each in sessions if self._you and (each.person or '').casefold() == self._you)
        self._place.set_visibility(0 < len(yours) < len(sessions))
        self._buttons.show(self._is_yours)
        return yours if self._is_yours and yours else sessions

    def _choose(self, is_yours: bool) -> None:
        self._is_yours = is_yours
        self._on_change()
