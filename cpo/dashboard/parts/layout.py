"""The frame of every page: navigation, top line, theme, and the alert where the journal cannot be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from nicegui import ui

from cpo.access import Role
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.elements import icon
from cpo.dashboard.parts.links import here
from cpo.dashboard.parts.page_policy import nonce_of
from cpo.dashboard.words.allowance import allowance_sentence
from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.names import charger_name
from cpo.sentences import clock_problem, rows_problem
from cpo.state import ChargePointState

FOLDER = Path(__file__).parent.parent
JOURNAL_ALERT = (
    'The disk is full or read-only. Sessions are not being kept. Make room on it and leave this program running: '
    'what waits is then kept by itself.'
)
STYLES = (
    'parts/theme.css',
    'parts/frame.css',
    'parts/lists.css',
    'home/home.css',
    'parts/slider.css',
    'home/first_run.css',
    'people_page/people.css',
    'settings_page/settings.css',
    'cards_page/cards.css',
    'charger_page/charger.css',
)
SCRIPTS = ('browser.js', 'contact.js')
ICONS = 'parts/icons.svg'


class Page(NamedTuple):
    """A page as the navigation shows it."""

    name: str
    path: str
    icon: Icon


HOME = Page('Home', '/', 'home')
SESSIONS = Page('Sessions', '/sessions', 'receipt_long')
WHY = Page('Why', '/why', 'troubleshoot')
MESSAGES = Page('Messages', '/messages', 'swap_horiz')
CONNECT = Page('Connect', '/connect', 'cable')
CHARGER = Page('Charger', '/charger', 'ev_station')
CARDS = Page('Cards', '/tags', 'nfc')
PEOPLE = Page('People', '/people', 'shield')
"""Not in the rail, which has no room for it: there it is found from Connect."""
SETTINGS = Page('Settings', '/settings', 'tune')
IN_BAR = (HOME, SESSIONS, WHY, MESSAGES)
"""The pages that a phone has in its bottom bar; all others are behind *More*."""
PAGES = (*IN_BAR, CONNECT)
"""The pages of everybody's navigation."""


class ThemeButton(ui.element, component='theme_button.vue'):
    """A button that cycles through the themes automatic, light and dark; the browser stores the choice."""


@contextmanager
def frame(live: Live, page: Page) -> Iterator[None]:
    """Build the frame around `page`; elements made inside the `with` become the page's content.

    CSS classes for it: `cpo-two-columns` with two `cpo-column` inside, `cpo-card` for a panel.
    """
    _head(live, page)
    with ui.context.client.layout:
        _rail(page).move(target_index=0)
        _bottom_bar(page)
    with ui.element('div').classes('cpo-page'):
        with ui.element('header').classes('cpo-top'):
            _top_line(live, page)
        _alert(live, 'journal-alert', 'alert', lambda: _no_journal(live))
        _alert(live, 'clock-alert', 'status', lambda: clock_problem(live.state))
        _alert(live, 'rows-alert', 'status', lambda: rows_problem(live.charge_point.journal.rows_set_aside))
        _alert(live, 'mqtt-alert', 'status', live.mqtt_problem)
        _alert(live, 'allowance-alert', 'status', lambda: live.shared(_used_up))
        _alert(live, 'demo-alert', 'status', lambda: _no_demo(live))
        with ui.element('div').classes('cpo-content'):
            yield


def _head(live: Live, page: Page) -> None:
    ui.context.client.content.classes('cpo-main')
    styles = ''.join((FOLDER / name).read_text('utf-8') for name in STYLES if (FOLDER / name).exists())
    scripts = ''.join((FOLDER / name).read_text('utf-8') for name in SCRIPTS)
    begin = f'cpo.setClock({live.now().timestamp() * 1000:.0f});cpo.setPrefix("{here()}");'
    nonce = nonce_of(ui.context.client.request)
    styles += f':root {{ --cpo-page-name: "{_css_text(_title(live, page))}"; }}'
    ui.add_head_html(f'<style>{styles}</style><script nonce="{nonce}">{scripts}{begin}</script>')
    ui.add_body_html((FOLDER / ICONS).read_text('utf-8'))


def _css_text(words: str) -> str:
    """These words inside a string of a style sheet: all as numbers, so that no name of a charger ends the string."""
    return ''.join(f'\\{ord(letter):x} ' for letter in words)


def _rail(current: Page) -> ui.element:
    with _navigation('cpo-rail') as rail:
        icon('bolt').classes('cpo-logo')
        for page in (*PAGES, *_further()):
            _nav_link(page, current)
    return rail


def _bottom_bar(current: Page) -> None:
    """The bar of a phone; the pages it has no room for are in a panel above it, which the browser opens and closes."""
    further = (CONNECT, *_further(), PEOPLE)
    with _navigation('cpo-bottom-bar'):
        for page in IN_BAR:
            _nav_link(page, current)
        with ui.element('div').classes('cpo-more-pages').props('popover=auto aria-label="More pages"') as panel:
            for page in further:
                _nav_link(page, current)
        opens = f'type=button popovertarget="{panel.html_id}" data-testid="more"'
        with ui.element('button').classes('cpo-nav-link').props(opens) as button:
            icon('more_horiz').classes('cpo-nav-icon')
            ui.label('More')
        if current in further:
            button.props('aria-current="true"')


def _navigation(style: str) -> ui.element:
    return ui.element('nav').classes(style).props('aria-label="Pages"')


def _nav_link(page: Page, current: Page) -> None:
    with ui.element('a').classes('cpo-nav-link').props(f'href="{here(page.path)}"') as link:
        icon(page.icon).classes('cpo-nav-icon')
        ui.label(page.name)
    if page is current:
        link.props('aria-current="page"')


def _further() -> tuple[Page, ...]:
    """The pages of the navigation besides those of everybody's."""
    return (CHARGER, CARDS, SETTINGS) if may(Role.OWNER) else (CARDS,)


def _top_line(live: Live, page: Page) -> None:
    title = ui.label().classes('cpo-page-name').props('role="heading" aria-level="1"')
    with ui.element('div').classes('cpo-contact').props('data-testid="connection"'):
        dot = ui.element('span').classes('cpo-dot').props('aria-hidden="true"')
        word = ui.label()
    ui.element('span').classes('cpo-spring')
    if page is HOME:
        ui.element('time').classes('cpo-clock').props('aria-hidden="true"')
    ThemeButton()

    def update() -> None:
        state = live.state
        title.set_text(_title(live, page))
        kind, text = _connection(state, live.silent_since is not None)
        word.set_text(text)
        if dot.props.get('data-kind') != kind:
            dot.props['data-kind'] = kind

    live.on_change(update)
    _follow_clock(live)


def _title(live: Live, page: Page) -> str:
    return charger_name(live.state, live.charge_point.settings) if page is HOME else page.name


def _follow_clock(live: Live) -> None:
    """The page counts by the program's time, also after that was set."""
    client, began_s = ui.context.client, live.now().timestamp() - monotonic()

    def update() -> None:
        nonlocal began_s
        now = live.now().timestamp()
        if abs(now - monotonic() - began_s) > 1:
            began_s = now - monotonic()
            client.run_javascript(f'cpo.setClock({now * 1000:.0f})')

    live.on_change(update)


def _alert(live: Live, name: str, role: str, sentence: Callable[[], str | None]) -> None:
    """A line below the top line, shown while there is a sentence; `role` is `alert` or `status`."""
    with ui.element('div').classes('cpo-alert').props(f'role="{role}" data-testid="{name}"') as alert:
        icon('warning')
        words = ui.label()

    def update() -> None:
        words.set_text(sentence() or '')
        alert.set_visibility(bool(words.text))

    live.on_change(update)


def _no_journal(live: Live) -> str | None:
    return JOURNAL_ALERT if live.charge_point.journal.problem is not None else None


def _used_up(live: Live) -> str | None:
    return allowance_sentence(live.state, live.now())


def _no_demo(live: Live) -> str | None:
    """While nothing is connected, why `--demo` shows no demo charger."""
    wanted = live.charge_point.settings.demo and not live.state.connected
    return live.charge_point.connections.demo_refusal if wanted else None


def _connection(state: ChargePointState, silent: bool) -> tuple[str, str]:
    if silent:
        return 'lost', 'No answer'
    if state.connected:
        return 'connected', 'Connected'
    return ('lost', 'Not connected') if state.charge_box_id else ('none', 'No charger yet')
