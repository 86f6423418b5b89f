"""The page Cards, whose script reads and changes everything by REST, so that its rules are the only ones."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from cpo.access import Role
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import caller_of, may
from cpo.dashboard.parts.layout import CARDS, frame
from cpo.state import cards


class CardList(Element, component='cards.vue'):
    """The cards, those of the person `you` first; read again where one was changed, was seen or has charged.

    Who is no `owner` sees them only.
    """

    def __init__(self, live: Live, owner: bool, you: str) -> None:
        super().__init__()
        self._live = live
        self._seen = _shown(live)
        currency = live.charge_point.settings.currency
        self.props.update({'owner': owner, 'you': you, 'currency': currency, 'changes': 0})
        live.on_change(self._follow)

    def _follow(self) -> None:
        if (shown := self._live.shared(_shown)) != self._seen:
            self._seen = shown
            self.props['changes'] += 1


def _shown(live: Live) -> tuple[object, ...]:
    """What the list is made of, with the energy of running sessions in the steps that the page shows."""
    state, now = live.state, live.now()
    refusals = tuple(cards.card_refusal(tag, state, now) for tag in state.id_tags.values() if tag.depends_on_now)
    running = tuple(round(t.energy_wh or 0.0, -2) for t in state.transactions if t.running)
    return state.id_tags, state.seen_tags, refusals, len(state.transactions), running


def page(live: Live) -> None:
    """Build the page Cards."""
    caller = caller_of(ui.context.client)
    with frame(live, CARDS):
        CardList(live, may(Role.OWNER), caller.name if caller is not None else '')
