"""Home before any charger has connected: the address to type into the wallbox, and the demo charger."""

from __future__ import annotations

from html import escape

import segno
from nicegui import ui
from nicegui.element import Element

from cpo.access import Role
from cpo.addresses import Address, websocket_urls
from cpo.dashboard.home.first_questions import FirstQuestions, unanswered
from cpo.dashboard.live import Live
from cpo.dashboard.parts.callers import may
from cpo.dashboard.parts.elements import CopyButton, card, element, icon, text
from cpo.dashboard.parts.marked import Marked
from cpo.dashboard.parts.segments import set_prop
from cpo.dashboard.parts.simulators import simulator_links
from cpo.dashboard.words.connection import MAYBE_NO_CHARGER, name_for_address
from cpo.dashboard.words.times import charger_text, marker, strong
from cpo.sentences import VERDICTS, attempt_sentence


class FirstRun:
    """The first steps, built in the current NiceGUI slot, with the newest attempt to connect."""

    def __init__(self, live: Live) -> None:
        self._live = live
        settings = live.charge_point.settings
        name = name_for_address(live.state, settings)
        best, *others = websocket_urls(settings, name)
        with element('div', 'cpo-two-columns'):
            with card('cpo-first-steps'):
                self._build_words()
                with element('ol', 'cpo-steps'):
                    with _step('Find the OCPP settings'):
                        hint = 'Often under “Network”, “Backend” or “Central system”. OCPP 1.6 JSON, no password.'
                        text(hint, 'cpo-secondary')
                    with _step('Enter this address'):
                        _build_address(best.url, name)
                    with _step('Save, and restart the wallbox'):
                        text('Most connect within a minute, some take up to fifteen.', 'cpo-secondary')
                with element('div', 'cpo-message-box', 'role=status aria-relevant=additions'):
                    icon('sensors')
                    self._heard = Marked('div')
            with element('div', 'cpo-column'):
                if may(Role.OWNER) and (asked := unanswered(live)):
                    FirstQuestions(asked)
                if not best.is_local:
                    _build_code(best)
                if others:
                    _build_others(others)
                if may(Role.OWNER):
                    self._build_demo()
            live.on_change(self._update)

    def _build_words(self) -> None:
        words = self._live.words(1)
        with element('div', 'cpo-pill', f'data-testid=pill data-tone={words.tone}'):
            icon(words.icon)
            text(words.pill, tag='span')
        text(words.headline, 'cpo-headline', 'h2').props('data-testid=headline')
        text(words.sentence, 'cpo-sentence', 'p').props('data-testid=sentence')

    def _build_demo(self) -> None:
        with card('cpo-demo'):
            text('No wallbox at hand?', 'cpo-card-title', 'h2')
            text('The demo charger connects like a real one and charges a simulated car.', 'cpo-secondary')
            self._demo = element('button', 'cpo-button', 'type=button data-testid=start-demo')
            with self._demo.on('click', self._start_demo):
                icon('play_arrow')
                self._demo_word = text('Start the demo charger', tag='span')
            text('Or play a charger yourself, in a tab of its own:', 'cpo-secondary')
            simulator_links(self._live.charge_point.settings)

    def _start_demo(self) -> None:
        set_prop(self._demo, 'disabled', 'true')
        self._demo_word.set_text('Starting…')
        self._live.start_demo()

    def _update(self) -> None:
        newest = next((a for a in self._live.state.attempts if a.verdict not in MAYBE_NO_CHARGER), None)
        if newest is None:
            port = self._live.charge_point.settings.port
            heard = f'{strong(f"Listening on port {port}.")} Nobody has knocked yet. '
            heard += 'Every attempt shows up here, also one that fails, with the reason.'
        else:
            verdict = strong(f'{charger_text(VERDICTS[newest.verdict])}, {marker("age", newest.at)}.')
            heard = f'{verdict} {charger_text(attempt_sentence(newest), 200)}'
        self._heard.show(heard, self._live.now())


def _step(title: str) -> Element:
    with element('li') as step:
        text(title, 'cpo-step-title')
    return step


def _build_address(url: str, name: str) -> None:
    with element('div', 'cpo-address cpo-best-address'):
        base, path = url[: url.index('/ocpp/')], url[url.index('/ocpp/') :]
        shown = ui.html(f'{escape(base)}<wbr>{escape(path)}', tag='span', sanitize=False)
        shown.classes('cpo-mono cpo-any').props('data-testid=address')
        CopyButton(url).classes('cpo-primary')
    with element('div', 'cpo-secondary'):
        text('Does the wallbox ask for address and name apart? Address ', tag='span')
        text(url.rpartition('/')[0], 'cpo-mono cpo-any', 'span')
        text(', name ', tag='span')
        text(name, 'cpo-mono cpo-any', 'span')


def _build_code(address: Address) -> None:
    with card('cpo-code-card'):
        code = segno.make(address.url, micro=False).svg_inline(border=2, omitsize=True)
        ui.html(code, sanitize=False).classes('cpo-qr').props('role=img aria-label="The address as a QR code"')
        text('Scan with the phone that has the wallbox app, then paste.', 'cpo-secondary')


def _build_others(others: list[Address]) -> None:
    with card():
        text('Other addresses of this machine', 'cpo-card-title', 'h2')
        with element('ul', 'cpo-lines'):
            for address in others:
                with element('li', 'cpo-other-address'):
                    text(address.url, 'cpo-mono cpo-any', 'span')
                    text(address.label, 'cpo-secondary', 'span')
