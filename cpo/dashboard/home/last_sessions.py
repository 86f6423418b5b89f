"""The card with the three newest sessions on Home."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import islice

from nicegui import ui

from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card as panel
from cpo.dashboard.parts.elements import element, share_bar, text
from cpo.dashboard.parts.keyed_list import KeyedList
from cpo.dashboard.parts.links import here
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.rebuilt import Rebuilt
from cpo.dashboard.words import numbers
from cpo.dashboard.words.sessions import Share, begun_at, cost_of, last_contact, session_length, shown_share, who
from cpo.dashboard.words.times import charger_text, marker
from cpo.state import (
    IdTag,
    Transaction,
    cards,
)

SHOWN = 3


@dataclass(frozen=True, slots=True)
class SessionLine:
    """The texts of the two lines about a session; they may contain time markers (`words.times`)."""

    begun: str
    energy: str
    about: str
    sun: Share


class LastSessions:
    """The card, built in the current NiceGUI slot; a session's line changes while it runs."""

    def __init__(self, live: Live) -> None:
        self._live = live
        with panel('cpo-last-sessions'):
            with element('div', 'cpo-card-head'):
                text('Last sessions', 'cpo-card-title', 'h2')
                text('All', 'cpo-all', 'a').props(f'href={here("/sessions")} aria-label="All sessions"')
            self._empty = text('No sessions yet.', 'cpo-secondary')
            self._rows: KeyedList[SessionLine] = KeyedList(element('ul', 'cpo-session-lines'), 'li', _build)
        live.on_change(self._update)

    def _update(self) -> None:
        lines = self._live.shared(_lines)
        self._empty.set_visibility(not lines)
        self._rows.show(lines)


def _lines(live: Live) -> dict[Hashable, SessionLine]:
    newest = islice((t for t in live.shown.transactions if t.is_session), SHOWN)
    state = live.shown
    grid_known = state.solar.grid_w is not None
    return {
        (t.charge_box_id, t.transaction_id, t.start_timestamp): _line(t, cards.card_of(t, state), grid_known)
        for t in newest
    }


def _line(session: Transaction, card: IdTag | None, grid_known: bool) -> SessionLine:
    at = begun_at(session)
    by = 'Demo' if session.demo else charger_text(who(session, card), 24)
    about = [by, session_length(session), *([last_contact(session) or 'running'] if session.running else [])]
    return SessionLine(
        f'{marker("day", at)} {marker("time", at)}' if at else 'Start never reported',
        ' · '.join(filter(None, (numbers.energy(session.energy_wh), cost_of(session)))),
        ' · '.join(about),
        shown_share(session, grid_known),
    )


def _build(_row: ui.element) -> Callable[[SessionLine], None]:
    begun = Marked('span')
    energy = text('', 'cpo-session-energy-value', 'span')
    about = Marked('span', 'cpo-secondary')
    sun = Rebuilt(element('span'), share_bar)

    def show(line: SessionLine) -> None:
        begun.show(line.begun)
        energy.set_text(line.energy)
        about.show(line.about)
        sun.show(line.sun)

    return show
