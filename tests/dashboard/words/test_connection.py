"""The first card of the Connect page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.dashboard.words.connection import connection_head, name_for_address, tone_of
from cpo.settings import DEMO_CHARGE_BOX_ID, Settings
from cpo.state import AttemptVerdict, ChargePointState, ConnectionAttempt

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
ANY, ONLY_GARAGE = Settings(), Settings(charge_box_id='garage')
NONE_SEEN = ChargePointState()
CONNECTED = ChargePointState(charge_box_id='garage', connected=True, since=NOW - timedelta(hours=1), address='10.0.0.5')
LOST = replace(CONNECTED, connected=False)
DEMO = replace(CONNECTED, charge_box_id=DEMO_CHARGE_BOX_ID)
REFUSED = ConnectionAttempt(
    NOW - timedelta(minutes=1),
    '10.0.0.7',
    '/ocpp/CP-0042',
    AttemptVerdict.NO_ROOM,
    'CP-0042',
    'garage',
)
WRONG_PATH = replace(REFUSED, verdict=AttemptVerdict.WRONG_PATH, path='/CP-0042', fact='ws://h/ocpp/CP-0042')
FOREIGN = replace(REFUSED, verdict=AttemptVerdict.FOREIGN_PAGE, fact='http://evil.example')
CUT = replace(REFUSED, verdict=AttemptVerdict.NOT_UTF8)
LET_IN = replace(REFUSED, verdict=AttemptVerdict.CONNECTED)
TLS = replace(REFUSED, verdict=AttemptVerdict.TLS, path='', charge_box_id='', fact='')
NO_REQUEST = replace(TLS, verdict=AttemptVerdict.NO_REQUEST)
TWO = replace(REFUSED, verdict=AttemptVerdict.TWO_DEVICES, charge_box_id='garage', fact='10.0.0.5')
HUNG_UP = replace(REFUSED, verdict=AttemptVerdict.HUNG_UP_UNHEARD, charge_box_id='garage', fact='', count=3)
SILENT = replace(HUNG_UP, verdict=AttemptVerdict.SILENT, fact='30')


def since(state: ChargePointState, attempt: ConnectionAttempt, seconds: float) -> ChargePointState:
    """The state with this attempt, and a connection that began or ended so many seconds after it."""
    return replace(state, attempts=(attempt,), since=attempt.at + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ('state', 'headline', 'tone'),
    [
        (NONE_SEEN, 'No charger has knocked yet', 'idle'),
        (CONNECTED, 'garage is connected', 'ok'),
        (DEMO, 'The demo charger is connected', 'ok'),
        (LOST, 'No contact with garage', 'bad'),
        (replace(NONE_SEEN, attempts=(REFUSED,)), 'A charger knocks, but with another name', 'warn'),
        (replace(LOST, attempts=(WRONG_PATH,)), 'A charger knocks, but at a wrong address', 'warn'),
        (replace(LOST, attempts=(FOREIGN,)), 'A charger knocks, but is not let in', 'warn'),
        (replace(CONNECTED, attempts=(REFUSED,)), 'Another charger knocks', 'warn'),
        (replace(DEMO, attempts=(WRONG_PATH,)), 'Another charger knocks, but at a wrong address', 'warn'),
        (replace(CONNECTED, attempts=(replace(REFUSED, at=NOW - timedelta(minutes=11)),)), 'garage is connected', 'ok'),
        (replace(CONNECTED, attempts=(replace(REFUSED, at=NOW - timedelta(hours=2)),)), 'garage is connected', 'ok'),
        (replace(CONNECTED, attempts=(CUT,)), 'garage is connected', 'ok'),
        (replace(CONNECTED, attempts=(LET_IN,)), 'garage is connected', 'ok'),
        (replace(NONE_SEEN, attempts=(TLS,)), 'A charger knocks, but with wss://', 'warn'),
        (replace(CONNECTED, attempts=(TLS,)), 'Another charger knocks, but with wss://', 'warn'),
        (replace(NONE_SEEN, attempts=(NO_REQUEST,)), 'No charger has knocked yet', 'idle'),
        (replace(CONNECTED, attempts=(TWO,)), 'Two devices use the name garage', 'warn'),
        (since(LOST, HUNG_UP, 0), 'garage connects, but hangs up at once', 'warn'),
        (since(LOST, HUNG_UP, 30), 'No contact with garage', 'bad'),
        (since(CONNECTED, HUNG_UP, 55), 'garage connects, but hangs up at once', 'warn'),
        (since(CONNECTED, HUNG_UP, 45), 'garage is connected', 'ok'),
        (since(LOST, replace(HUNG_UP, charge_box_id='other'), 0), 'No contact with garage', 'bad'),
        (since(CONNECTED, SILENT, -30), 'garage connects, but says nothing', 'warn'),
        (replace(since(CONNECTED, SILENT, -30), last_message_at=NOW), 'garage is connected', 'ok'),
        (since(LOST, SILENT, 5), 'No contact with garage', 'bad'),
    ],
)
def test_the_headline_says_what_matters_now(state: ChargePointState, headline: str, tone: str) -> None:
    head = connection_head(state, ANY, NOW)
    assert (head.headline, head.tone) == (headline, tone)


def test_a_second_charger_is_named_with_the_first_and_how_to_change_over() -> None:
    sentence = connection_head(replace(CONNECTED, attempts=(REFUSED,)), ANY, NOW).sentence
    assert 'CP-0042' in sentence
    assert sentence.endswith('To change over, switch garage off.')


def test_a_charger_at_a_wrong_address_is_distinguished_from_the_connected_one() -> None:
    sentence = connection_head(replace(CONNECTED, attempts=(WRONG_PATH,)), ANY, NOW).sentence
    assert sentence == (
        '10.0.0.7 asked for /CP-0042. Use ws://h/ocpp/CP-0042 instead. Meanwhile garage stays connected.'
    )


@pytest.mark.parametrize(
    ('attempt', 'sentence'),
    [
        (TLS, 'Somebody at 10.0.0.7 tries wss://. Write ws:// instead.'),
        (replace(TLS, verdict=AttemptVerdict.HTTP2), '10.0.0.7: It begins with HTTP/2, as some proxies do.'),
        (
            replace(TLS, verdict=AttemptVerdict.CERTIFICATE_EXPIRED),
            '10.0.0.7: It shows a certificate whose time is over.',
        ),
        (WRONG_PATH, '10.0.0.7 asked for /CP-0042. Use ws://h/ocpp/CP-0042 instead.'),
    ],
)
def test_the_address_of_who_knocks_is_named_once(attempt: ConnectionAttempt, sentence: str) -> None:
    assert connection_head(replace(NONE_SEEN, attempts=(attempt,)), ANY, NOW).sentence.startswith(sentence)


def test_two_devices_with_one_name_are_named_with_both_addresses() -> None:
    sentence = connection_head(replace(CONNECTED, attempts=(TWO,)), ANY, NOW).sentence
    assert '10.0.0.5' in sentence
    assert '10.0.0.7' in sentence


def test_how_often_it_hung_up_is_said() -> None:
    assert '(3 times)' in connection_head(since(LOST, HUNG_UP, 0), ANY, NOW).sentence


def test_changing_over_is_not_offered_where_only_one_name_is_let_in() -> None:
    assert 'change over' not in connection_head(replace(CONNECTED, attempts=(REFUSED,)), ONLY_GARAGE, NOW).sentence


@pytest.mark.parametrize(
    ('state', 'settings', 'name'),
    [
        (NONE_SEEN, ANY, 'garage'),
        (replace(LOST, charge_box_id='CP-0042'), ANY, 'CP-0042'),
        (replace(LOST, charge_box_id='CP-0042'), ONLY_GARAGE, 'garage'),
        (DEMO, ANY, 'garage'),
    ],
)
def test_the_name_in_the_address_is_one_that_is_let_in(state: ChargePointState, settings: Settings, name: str) -> None:
    assert name_for_address(state, settings) == name


@pytest.mark.parametrize(
    ('attempt', 'tone'),
    [(REFUSED, 'bad'), (LET_IN, 'ok'), (CUT, 'warn'), (HUNG_UP, 'warn'), (SILENT, 'warn'), (NO_REQUEST, 'idle')],
)
def test_the_tone_of_an_attempt(attempt: ConnectionAttempt, tone: str) -> None:
    assert tone_of(attempt) == tone
