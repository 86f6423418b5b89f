"""Every message in words, and frames that cannot be parsed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpo.dashboard.words.message_meanings import CATEGORIES, MEANINGS
from cpo.dashboard.words.messages import FACTS, category, explanation, summary
from cpo.ocpp import Direction, LoggedMessage

NOW = datetime(2026, 6, 14, 12, 33, tzinfo=UTC)


def logged(
    action: str | None,
    frame: str,
    answer: str | None = None,
    status: str | None = None,
    direction: Direction = Direction.FROM_CHARGER,
) -> LoggedMessage:
    """A LoggedMessage with this frame."""
    return LoggedMessage(
        number=1,
        at=NOW,
        direction=direction,
        action=action,
        message_id='a81f',
        frame=frame,
        answer=answer,
        status=status,
    )


def message(
    action: str | None,
    request: Any = None,
    answer: Any = None,
    status: str | None = None,
    direction: Direction = Direction.FROM_CHARGER,
) -> LoggedMessage:
    """A LoggedMessage of a Call with these payloads of request and answer."""
    frame = json.dumps([2, 'a81f', action, {} if request is None else request])
    answer_frame = None if answer is None else json.dumps([3, 'a81f', answer])
    return logged(action, frame, answer_frame, status, direction)


def profile(limit: Any, unit: str = 'A') -> dict[str, Any]:
    """The members of a ChargingProfile that the summary reads."""
    return {
        'chargingSchedule': {'chargingRateUnit': unit, 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': limit}]}
    }


METERED = {
    'connectorId': 1,
    'transactionId': 118,
    'meterValue': [
        {
            'timestamp': '2026-06-14T12:32:54Z',
            'sampledValue': [
                {'value': 12.0, 'measurand': 'Current.Import', 'phase': 'L1', 'unit': 'A'},
                {'value': '2.82', 'measurand': 'Power.Active.Import', 'unit': 'kW'},
                {'value': '6421'},
                {'value': 'broken'},
                'no sample',
            ],
        },
        7,
    ],
}


@pytest.mark.parametrize(
    ('one', 'shown'),
    [
        (message('MeterValues', METERED, {}), '12.0 A · 2.82 kW · 6 421 Wh'),
        (message('MeterValues', {'connectorId': 1, 'meterValue': [{'sampledValue': [{'value': 'x'}]}]}), '1 value'),
        (message('Heartbeat', {}, {'currentTime': '2026-06-14T12:33:00Z'}), 'sign of life'),
        (message('StatusNotification', {'connectorId': 1, 'status': 'Charging', 'errorCode': 'NoError'}, {}),
         'connector 1: Charging'),
        (message('StatusNotification', {'connectorId': 0, 'status': 'Faulted', 'errorCode': 'OtherError',
                                        'vendorErrorCode': 'E17'}), 'charger: Faulted · OtherError · E17'),
        (message('Authorize', {'idTag': 'Tag1'}, {'idTagInfo': {'status': 'Accepted'}}), 'Tag1 · Accepted'),
        (message('StartTransaction', {'idTag': 'Tag1', 'meterStart': 18204114},
                 {'transactionId': 118, 'idTagInfo': {'status': 'Accepted'}}),
         'Tag1 · meter 18 204 114 Wh → transaction 118'),
        (message('StartTransaction', {'idTag': 'X', 'meterStart': '5'},
                 {'transactionId': 1, 'idTagInfo': {'status': 'Invalid'}}), 'X · meter 5 Wh → transaction 1 · Invalid'),
        (message('StopTransaction', {'transactionId': 118, 'meterStop': 20, 'reason': 'EVDisconnected'}, {}),
         'transaction 118 · meter 20 Wh · EVDisconnected'),
        (message('SetChargingProfile', {'connectorId': 1, 'csChargingProfiles': profile(16)}, {'status': 'Rejected'}),
         '16.0 A · Rejected'),
        (message('SetChargingProfile', {'csChargingProfiles': profile(3680, 'W')}, None, 'no answer'),
         '3.7 kW · no answer'),
        (message('RemoteStartTransaction', {'idTag': 'Tag1', 'chargingProfile': profile(12)}, {'status': 'Accepted'}),
         'Tag1 · 12.0 A · Accepted'),
        (message('RemoteStopTransaction', {'transactionId': 118}, {'status': 'Accepted'}),
         'transaction 118 · Accepted'),
        (message('BootNotification', {'chargePointVendor': 'go-e', 'chargePointModel': 'Gemini'},
                 {'status': 'Accepted'}), 'go-e · Gemini · Accepted'),
        (message('ChangeConfiguration', {'key': 'AuthorizationKey', 'value': '***'}, {'status': 'Accepted'}),
         'AuthorizationKey = *** · Accepted'),
        (message('GetConfiguration', {}, {'configurationKey': [{}, {}]}), 'all keys · 2 values'),
        (message('GetConfiguration', {'key': list('abcd')}), 'a, b, c, …'),
        (message('Reset', {'type': 'Soft'}, None, 'CallError NotSupported'), 'Soft · CallError NotSupported'),
        (message('Unheard', {'a': 1}, {'status': 'Accepted'}), 'Accepted'),
    ],
)  # fmt: skip
def test_a_summary_says_what_the_message_says(one: LoggedMessage, shown: str) -> None:
    assert summary(one).replace('\u00a0', ' ') == shown


def test_a_frame_that_is_no_ocpp_is_shown_as_it_came() -> None:
    one = logged(None, 'GET / HTTP/1.1\r\n')
    assert summary(one) == 'GET / HTTP/1.1'
    assert explanation(one) == 'From the charger. Not a message of OCPP.'
    assert category(one) == 'other'


def test_an_explanation_says_who_sent_it_and_what_it_means() -> None:
    assert explanation(message('MeterValues', METERED)) == 'From the charger. 5 values of connector 1, transaction 118.'
    start = message('RemoteStartTransaction', direction=Direction.TO_CHARGER)
    assert explanation(start) == 'To the charger. It is asked to start charging.'
    assert explanation(message('Unheard')) == 'From the charger. An action this program does not know.'


def test_every_action_has_a_meaning_and_no_word_is_left_for_an_action_that_does_not_exist() -> None:
    assert len(MEANINGS) == 39
    assert set(FACTS) | set(CATEGORIES) <= set(MEANINGS)


def test_the_chips_sort_the_messages() -> None:
    assert category(message('SetChargingProfile')) == 'limits'
    assert category(message('StartTransaction')) == 'sessions'
    assert category(message('MeterValues')) == 'readings'
    assert category(message('Heartbeat')) == 'other'


ACTIONS = st.sampled_from([None, 'Unheard', *MEANINGS])
MEMBERS = [
    'connectorId',
    'transactionId',
    'meterValue',
    'sampledValue',
    'value',
    'unit',
    'measurand',
    'phase',
    'key',
    'status',
    'idTag',
    'idTagInfo',
    'csChargingProfiles',
    'chargingSchedule',
    'chargingSchedulePeriod',
    'limit',
    'meterStart',
    'configurationKey',
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=6),
    max_leaves=15,
)


def in_words(one: LoggedMessage) -> str:
    """The summary and explanation that the page shows."""
    return f'{summary(one)} {explanation(one)} {category(one)}'


@settings(deadline=None)
@given(ACTIONS, JSON, JSON)
def test_no_payload_is_too_odd_for_words(action: str | None, request: Any, answer: Any) -> None:
    shown = in_words(message(action, request, answer))
    assert '⟦' not in shown
    shown.encode()


@settings(deadline=None)
@given(ACTIONS, st.text(), st.none() | st.text(), st.none() | st.text())
def test_no_frame_is_too_broken_for_words(
    action: str | None, frame: str, answer: str | None, status: str | None
) -> None:
    in_words(logged(action, frame, answer, status)).encode()


INFINITE = '{"csChargingProfiles":{"chargingSchedule":{"chargingSchedulePeriod":[{"limit":1e999}]}}}'


@pytest.mark.parametrize(
    'frame',
    [
        '',
        '[' * 20_000,
        '[2,"a","SetChargingProfile",{"x":1',
        f'[2,"a","b",{{"x":{"9" * 5000}}}]',
        f'[2,"a","b",{INFINITE}]',
    ],
)
def test_a_cut_or_endless_frame_leaves_the_words_short(frame: str) -> None:
    one = logged('SetChargingProfile', frame, status='Accepted')
    assert summary(one) == 'Accepted'
