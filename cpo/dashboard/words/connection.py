"""Words of the Connect page: which charger is connected, tried to connect, or is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.times import charger_text, moment_marker
from cpo.sentences import attempt_sentence
from cpo.settings import Settings
from cpo.state import AttemptVerdict, ChargePointState, ConnectionAttempt

ANOTHER_CHARGER = (AttemptVerdict.UNKNOWN_NAME, AttemptVerdict.NO_ROOM, AttemptVerdict.DEMO_UNWANTED)
BUT = {
    **dict.fromkeys(ANOTHER_CHARGER, 'with another name'),
    AttemptVerdict.NOT_ADOPTED: 'is new here',
    AttemptVerdict.WAITS: 'is new here',
    AttemptVerdict.NO_PASSWORD: 'without its password',
    AttemptVerdict.WRONG_PASSWORD: 'with a wrong password',
    AttemptVerdict.TOO_MANY_PASSWORDS: 'with wrong passwords',
    AttemptVerdict.NO_TLS: 'without TLS',
    AttemptVerdict.NO_CERTIFICATE: 'without its certificate',
    AttemptVerdict.CERTIFICATE_OF_ANOTHER: 'with the certificate of another',
    AttemptVerdict.STRANGE_CERTIFICATE: 'with a stranger’s certificate',
    AttemptVerdict.CERTIFICATE_EXPIRED: 'with an expired certificate',
    AttemptVerdict.TLS_TOO_OLD: 'with old TLS',
    AttemptVerdict.WRONG_PATH: 'at a wrong address',
    AttemptVerdict.NO_NAME: 'without its name',
    AttemptVerdict.WRONG_PROTOCOL: 'speaks another protocol',
    AttemptVerdict.TLS: 'with wss://',
    AttemptVerdict.SOAP: 'speaks SOAP',
    AttemptVerdict.NO_WEBSOCKET: 'opens no websocket',
    AttemptVerdict.HTTP2: 'with HTTP/2',
    AttemptVerdict.NO_HTTP: 'speaks no HTTP',
}
CUT = (AttemptVerdict.NOT_UTF8, AttemptVerdict.FRAME_TOO_LARGE)
MAYBE_NO_CHARGER = (AttemptVerdict.NO_REQUEST, AttemptVerdict.NO_REQUEST_IN_TIME, AttemptVerdict.ROOT_UNKNOWN)
UNSTEADY = (AttemptVerdict.HUNG_UP_UNHEARD, AttemptVerdict.HUNG_UP_AT_ONCE, AttemptVerdict.SILENT)
KNOCKS_FOR = timedelta(minutes=10)
STEADY_AFTER = timedelta(seconds=10)
"""A charger that stays that long is no longer one that hangs up."""
DEFAULT_NAME = 'garage'


@dataclass(frozen=True, slots=True)
class ConnectionHead:
    """The first card of the Connect page: an icon, its colour (`ok`, `warn`, `bad`, `idle`), a headline and a sentence.

    Both texts may contain time markers (`cpo.dashboard.words.times`).
    """

    icon: Icon
    tone: str
    headline: str
    sentence: str


def connection_head(state: ChargePointState, settings: Settings, now: datetime) -> ConnectionHead:
    """The first card of the Connect page: how the charger's connection is, and what to do where there is none."""
    newest = state.attempts[0] if state.attempts else None
    knocks = newest if newest and _still_knocks(newest, state, now) else None
    if knocks and knocks.verdict is AttemptVerdict.TWO_DEVICES:
        return _two_devices(knocks)
    if not knocks and (unsteady := _unsteady(state, now)) is not None:
        return unsteady
    if state.connected:
        return _another_charger(state, settings, knocks) if knocks else _connected(state)
    if knocks:
        why = BUT.get(knocks.verdict, 'is not let in')
        return ConnectionHead('troubleshoot', 'warn', f'A charger knocks, but {why}', _asked(knocks))
    if state.charge_box_id:
        since = f'Since {moment_marker(state.since)}. ' if state.since else ''
        return ConnectionHead(
            'link_off',
            'bad',
            f'No contact with {charger_text(state.charge_box_id)}',
            f'{since}Most wallboxes try again within a minute or two. If it stays away: has it power and network, '
            'and does it still know the address on this page?',
        )
    only = f' Only the name {charger_text(settings.charge_box_id)} is let in.' if settings.charge_box_id else ''
    return ConnectionHead(
        'hourglass_top',
        'idle',
        'No charger has knocked yet',
        f'Type the address into the wallbox’s own app or web page.{only} '
        'Each attempt shows here at once, with what was wrong.',
    )


def name_for_address(state: ChargePointState, settings: Settings) -> str:
    """The charge box id in the URL for the charger: that of the settings, else the last one seen, else a proposal."""
    seen = None if state.demo else state.charge_box_id
    return settings.charge_box_id or seen or DEFAULT_NAME


def tone_of(attempt: ConnectionAttempt) -> str:
    """The colour of an attempt to connect: `ok` when accepted, `bad` when refused, `warn` when it came to nothing.

    `idle` where it may have been anything, not only a charger.
    """
    if attempt.verdict in (*CUT, *UNSTEADY, AttemptVerdict.FLOODS):
        return 'warn'
    if attempt.verdict in MAYBE_NO_CHARGER:
        return 'idle'
    return 'ok' if attempt.accepted else 'bad'


def _still_knocks(attempt: ConnectionAttempt, state: ChargePointState, now: datetime) -> bool:
    if attempt.accepted or attempt.verdict in (*CUT, *MAYBE_NO_CHARGER) or now - attempt.at > KNOCKS_FOR:
        return False
    return state.since is None or attempt.at >= state.since


def _two_devices(attempt: ConnectionAttempt) -> ConnectionHead:
    headline = f'Two devices use the name {charger_text(attempt.charge_box_id)}'
    return ConnectionHead('troubleshoot', 'warn', headline, charger_text(attempt_sentence(attempt), 300))


def _unsteady(state: ChargePointState, now: datetime) -> ConnectionHead | None:
    """For a charger that is let in and hangs up again at once, or says nothing."""
    found = (a for a in state.attempts if a.verdict in UNSTEADY and a.charge_box_id == state.charge_box_id)
    attempt = next(found, None)
    if attempt is None or state.since is None or now - attempt.at > KNOCKS_FOR:
        return None
    if attempt.verdict is AttemptVerdict.SILENT:
        is_over = not state.connected or (state.last_message_at is not None and state.last_message_at > attempt.at)
        what = 'says nothing'
    else:
        is_over = now - state.since > STEADY_AFTER if state.connected else state.since - attempt.at > STEADY_AFTER
        what = 'hangs up at once'
    if is_over:
        return None
    headline = f'{charger_text(attempt.charge_box_id)} connects, but {what}'
    times = f' ({attempt.count} times)' if attempt.count > 1 else ''
    sentence = f'{charger_text(attempt_sentence(attempt), 300)}{times} If that stays so, restart the wallbox.'
    return ConnectionHead('troubleshoot', 'warn', headline, sentence)


def _another_charger(state: ChargePointState, settings: Settings, attempt: ConnectionAttempt) -> ConnectionHead:
    name = 'the demo charger' if state.demo else charger_text(state.charge_box_id or 'the charger')
    headline = 'Another charger knocks'
    if attempt.verdict in ANOTHER_CHARGER:
        change_over = '' if settings.charge_box_id else f' To change over, switch {name} off.'
        sentence = f'{charger_text(attempt.address)}: {charger_text(attempt_sentence(attempt), 300)}{change_over}'
    else:
        headline += f', but {BUT.get(attempt.verdict, "is not let in")}'
        sentence = f'{_asked(attempt)} Meanwhile {name} stays connected.'
    return ConnectionHead('troubleshoot', 'warn', headline, sentence)


def _connected(state: ChargePointState) -> ConnectionHead:
    if state.demo:
        sentence = 'It is simulated by this program and gives way to a real charger as soon as one connects.'
        return ConnectionHead('ev_station', 'ok', 'The demo charger is connected', sentence)
    source = f'From {charger_text(state.address)}. ' if state.address else ''
    headline = f'{charger_text(state.charge_box_id or "The charger")} is connected'
    return ConnectionHead('check_circle', 'ok', headline, source.strip())


def _asked(attempt: ConnectionAttempt) -> str:
    address, sentence = charger_text(attempt.address), charger_text(attempt_sentence(attempt), 300)
    if attempt.path:
        return f'{address} asked for {charger_text(attempt.path, 80)}. {sentence}'
    return sentence if address in sentence else f'{address}: {sentence}'
