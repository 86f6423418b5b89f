"""The Connect page: the address for the wallbox, each attempt with its verdict, and the charger's identity."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import unquote

import segno
from nicegui import ui
from nicegui.element import Element

from cpo.access import Role
from cpo.addresses import Address, websocket_urls
from cpo.dashboard.connect.chargers import ChargerList
from cpo.dashboard.connect.learned import Learned
from cpo.dashboard.connect.tls_card import build_tls_card
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.elements import CopyButton, card, element, icon, link, sentence, tag, text
from cpo.dashboard.parts.keyed_list import KeyedList
from cpo.dashboard.parts.layout import CARDS, CHARGER, CONNECT, PEOPLE, SETTINGS, frame
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.newcomers import Newcomers
from cpo.dashboard.parts.rebuilt import Rebuilt
from cpo.dashboard.parts.simulators import simulator_links
from cpo.dashboard.words.cards import cards_sentence
from cpo.dashboard.words.connection import ConnectionHead, connection_head, name_for_address, tone_of
from cpo.dashboard.words.names import connector_name
from cpo.dashboard.words.numbers import UNKNOWN
from cpo.dashboard.words.times import charger_text, day_marker, marker, second_marker, time_marker
from cpo.sentences import MAX_NAME, VERDICTS, attempt_sentence, shortened
from cpo.settings import Settings
from cpo.state import Activity, ConnectionAttempt, StatusChange
from cpo.version import VERSION

MAX_SHOWN = 30
NOBODY_HAS_A_PASSWORD = 'Nobody has a password: everyone in this network can see and change everything here.'
MAX_IN_QR = 300
STATUS_TONES = {
    Activity.CHARGING: 'running',
    Activity.IDLE: 'ok',
    Activity.FAULTED: 'bad',
    Activity.UNAVAILABLE: 'bad',
}
SAID = ('Name', 'Vendor', 'Model', 'Firmware', 'Serial number')
Part = TypeVar('Part')


def page(live: Live) -> None:
    """Build the Connect page."""
    with frame(live, CONNECT), element('div', 'cpo-two-columns'):
        with element('div', 'cpo-column'):
            _part(live, card(), _connection_head, _head)
            Newcomers(live)
            _attempts(live)
        with element('div', 'cpo-column'):
            _part(live, card(), _addresses, _address_card)
            build_tls_card(live)
            with card('cpo-charger'):
                text('Your charger', 'cpo-card-title', 'h2')
                _facts_list(live)
                _connectors(live)
                Learned(live)
                if may(Role.OWNER):
                    link('All of the charger', CHARGER.path, 'charger-link')
            if may(Role.OWNER):
                ChargerList(live)
            _part(live, card(), _people_sentence, _people_card)
            _part(live, card(), _cards_sentence, _cards_card)
            if may(Role.OWNER):
                with card():
                    text('Settings', 'cpo-card-title', 'h2')
                    text('Maximum current, fuse, sun, names and more.', 'cpo-secondary')
                    link('All settings', SETTINGS.path, 'settings-link')
            with card('cpo-last'):
                text('Simulated chargers', 'cpo-card-title', 'h2')
                text('They run in your browser and connect to this program like a real one.', 'cpo-secondary')
                simulator_links(live.charge_point.settings)
            text(f'Home CPO {VERSION}', 'cpo-secondary cpo-last')


def _part(live: Live, place: Element, select: Callable[[Live], Part], build: Callable[[Part], None]) -> None:
    """Let `build` fill `place` from `select(live)`, again whenever that value has changed."""
    part = Rebuilt(place, build)
    live.on_change(lambda: part.show(live.shared(select)))


def _connection_head(live: Live) -> ConnectionHead:
    return connection_head(live.state, live.charge_point.settings, live.now())


def _head(head: ConnectionHead) -> None:
    with element('div', 'cpo-caller', 'role=status'):
        with element('div', f'cpo-badge cpo-{head.tone}'):
            icon(head.icon)
        with element('div'):
            sentence(head.headline, 'cpo-caller-headline', 'h2')
            sentence(head.sentence, 'cpo-caller-sentence', 'p')


# ---- people


def _people_sentence(live: Live) -> str:
    return NOBODY_HAS_A_PASSWORD if live.people.is_open else 'Only who signs in gets in.'


def _people_card(shown: str) -> None:
    text('People', 'cpo-card-title', 'h2')
    text(shown, 'cpo-secondary').props('data-testid=people-sentence')
    link('People and passwords', PEOPLE.path, 'people-link')


# ---- cards


def _cards_sentence(live: Live) -> str:
    return cards_sentence(live.state, live.now())


def _cards_card(shown: str) -> None:
    text('Cards', 'cpo-card-title', 'h2')
    sentence(shown, 'cpo-secondary cpo-any', 'div').props('data-testid=cards-sentence')
    link('All cards', CARDS.path, 'cards-link')


# ---- attempts


def _attempts(live: Live) -> None:
    with card('cpo-attempts'):
        text('Attempts to connect', 'cpo-card-title', 'h2')
        empty = text('None yet. A charger that finds this address shows here, also one that is refused.', 'cpo-empty')
        rows = KeyedList(element('ul', 'cpo-lines'), 'li', lambda row: Rebuilt(row, partial(_attempt, row)).show)

    def update() -> None:
        attempts = live.state.attempts[:MAX_SHOWN]
        empty.set_visibility(not attempts)
        rows.show({(a.address, a.path, a.verdict, a.charge_box_id, a.fact): a for a in attempts})

    live.on_change(update)


def _attempt(row: Element, attempt: ConnectionAttempt) -> None:
    row.classes('cpo-attempt').props('data-testid=attempt-row')
    with element('div'):
        sentence(second_marker(attempt.at), tag='div')
        sentence(day_marker(attempt.at), tag='div')
    with element('div'):
        with element('div', 'cpo-attempt-head'):
            tag(VERDICTS[attempt.verdict], tone_of(attempt))
            times = f' · {attempt.count} times' if attempt.count > 1 else ''
            text(f'{attempt.address}{times}', tag='span')
        text(attempt_sentence(attempt), 'cpo-attempt-detail')
        if attempt.path and not attempt.accepted:
            with element('div', 'cpo-secondary cpo-any'):
                text('It asked for ', tag='span')
                text(shortened(attempt.path), 'cpo-mono', 'span')


# ---- the address


def _addresses(live: Live) -> tuple[Address, ...]:
    settings = live.charge_point.settings
    return tuple(websocket_urls(settings, name_for_address(live.state, settings)))


def _address_card(addresses: tuple[Address, ...]) -> None:
    text('The address to type into the wallbox', 'cpo-card-title', 'h2')
    for address in addresses:
        with element('div', 'cpo-address'):
            with element('div'):
                _url(address.url)
                text(address.label, 'cpo-address-label')
            CopyButton(address.url)
    base, _, name = addresses[0].url.rpartition('/')
    with element('p', 'cpo-secondary cpo-apart'):
        text('Does it ask for address and name apart? Then ', tag='span')
        text(base, 'cpo-mono cpo-any', 'span')
        text(' and ', tag='span')
        text(shortened(unquote(name)), 'cpo-mono cpo-any', 'span')
        text('.', tag='span')
    if addresses[0].is_local or len(addresses[0].url) > MAX_IN_QR:
        return
    with element('div', 'cpo-qr-line'):
        # the picture contains only the modules of the code, so it needs no sanitizing
        picture = segno.make(addresses[0].url, error='m').svg_inline(omitsize=True, border=3)
        ui.html(picture, sanitize=False).classes('cpo-qr').props(
            'data-testid=qr role=img aria-label="The first address as a QR code"'
        )
        text('Scan it with the phone that has the wallbox’s app.', 'cpo-secondary')


def _url(url: str) -> None:
    server, path, name = url.partition('/ocpp/')
    with element('div', 'cpo-mono cpo-any', 'data-testid=address'):
        text(server, 'cpo-address-part', 'span')
        shown = name if len(unquote(name)) <= MAX_NAME else shortened(name)
        text(path + shown, 'cpo-address-part', 'span')


# ---- the charger


def _facts_list(live: Live) -> None:
    """What the charger says about itself; its texts change one by one, as each message changes the last of them."""
    empty = text('What it says about itself shows here once it has connected.', 'cpo-empty')
    with element('dl', 'cpo-facts', 'data-testid=charger-facts') as place:
        shown = [(text('', tag='dt'), Marked('dd')) for _ in range(len(SAID) + 2)]

    def update() -> None:
        facts = live.shared(_facts)
        empty.set_visibility(not facts)
        place.set_visibility(bool(facts))
        for (name, value), (known_as, known) in zip(shown, facts, strict=False):
            name.set_text(known_as)
            value.show(known)

    live.on_change(update)


def _facts(live: Live) -> tuple[tuple[str, str], ...]:
    state = live.state
    if state.charge_box_id is None:
        return ()
    boot = state.boot
    told = (boot.vendor, boot.model, boot.firmware_version, boot.serial_number) if boot else (None,) * 4
    values = (state.charge_box_id.strip('/'), *told)
    since = 'Connected since' if state.connected else 'Not connected since'
    return (
        *((name, charger_text(value, 60) if value else UNKNOWN) for name, value in zip(SAID, values, strict=True)),
        (since, f'{day_marker(state.since)}, {time_marker(state.since)}' if state.since else UNKNOWN),
        ('Last message', marker('age', state.last_message_at) if state.last_message_at else UNKNOWN),
    )


def _connectors(live: Live) -> None:
    rows = KeyedList(element('ul', 'cpo-lines'), 'li', lambda row: Rebuilt(row, partial(_connector, row)).show)

    def update() -> None:
        connectors, settings = sorted(live.state.connectors.items()), live.charge_point.settings
        rows.show({i: (_name(i, settings), c.last_status) for i, c in connectors})

    live.on_change(update)


def _name(connector_id: int, settings: Settings) -> str:
    return connector_name(connector_id, settings) if connector_id else 'The charger itself'


def _connector(row: Element, shown: tuple[str, StatusChange | None]) -> None:
    name, change = shown
    row.classes('cpo-connector').props('data-testid=connector-row')
    text(name, 'cpo-strong')
    with element('div'):
        if change is None:
            tag('Unknown', 'idle')
            return
        tag(change.status, STATUS_TONES.get(change.activity, 'idle'))
    details = (change.error_code, change.vendor_error_code, change.info)
    text(' · '.join(charger_text(word) for word in details if word), 'cpo-secondary cpo-any')
    sentence(f'since {time_marker(change.at)} · {day_marker(change.at)}', 'cpo-secondary')
