"""The page Charger, whose scripts read and change everything by REST, so that its rules are the only ones."""

from __future__ import annotations

from typing import Any

from nicegui.element import Element

from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import element, icon, text
from cpo.dashboard.parts.layout import CHARGER, frame
from cpo.dashboard.parts.links import here
from cpo.files import KeptFile
from cpo.upkeep import transfer_sentence


class Service(Element, component='service.vue'):
    """What is in service, with unlock, restart and the request for a message."""


class Files(Element, component='files.vue'):
    """Diagnostics and logs to fetch, firmware to install."""


class Keys(Element, component='keys.vue'):
    """The charger's own settings: what each means, what was changed and why, with undo."""


class Inside(Element, component='inside.vue'):
    """What lies in the charger: limits, list of cards, reservations, certificates; and what it reports of security."""


class Operations(Element, component='operations.vue'):
    """A form for each request that can be sent."""


def page(live: Live) -> None:
    """Build the page Charger."""
    with frame(live, CHARGER):
        _hint(live)
        with element('div', 'cpo-charger-page'):
            for part in (Service(), Files(), Inside(), Operations(), Keys()):
                _follow(live, part)


def _hint(live: Live) -> None:
    """A line on top while no charger is connected: nothing can be asked of it."""
    with element('p', 'cpo-charger-hint', 'role=status data-testid=not-connected') as hint:
        icon('link_off')
        words = text('', tag='span')
        text('See Connect', 'cpo-link', 'a').props(f'href="{here("/connect")}"')

    def update() -> None:
        known = live.state.charge_box_id is not None
        words.set_text('The charger is not connected. ' if known else 'No charger was here yet. ')
        hint.set_visibility(not live.state.connected)

    live.on_change(update)


def _follow(live: Live, part: Element) -> None:
    """Tell the part whether a charger is there and a car charges, and to read again where what it shows has changed."""
    seen: tuple[Any, ...] | None = None
    part.props['changes'] = 0

    def update() -> None:
        nonlocal seen
        if (shown := live.shared(_shown)) == seen:
            return
        connected, charging, *_ = seen = shown
        part.props.update({'connected': connected, 'charging': charging, 'changes': part.props['changes'] + 1})

    live.on_change(update)


def _shown(live: Live) -> tuple[Any, ...]:
    """What the parts of the page are made of."""
    state = live.state
    charging = any(state.running_transaction(c.connector_id) is not None for c in state.charging_connectors)
    statuses = tuple((number, c.status, c.availability) for number, c in state.connectors.items())
    words = state.firmware_status, state.diagnostics_status, state.log_status
    events = live.charge_point.live.events
    inside = id(state.configuration), state.reservations, events[-1].number if events else None
    listed = state.id_tags, state.card_list_changed_at, live.charge_point.settings.local_list
    return state.connected, charging, state.charge_box_id, statuses, words, inside, listed, _files(live)


def _files(live: Live) -> tuple[tuple[str, ...], tuple[KeptFile, ...]]:
    """What is said of the files that were asked for, which time changes too, and the files that are here."""
    if live.transfers is None:
        return (), ()
    now = live.charge_point.now()
    return tuple(transfer_sentence(each, now) for each in live.transfers.newest), live.transfers.shelf.files
