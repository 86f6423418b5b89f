"""A frame that repeats an earlier one but for its values is answered as if it were parsed; others are left to that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cpo.ocpp import Call, Context, Handled, OcppJsonMessage
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.state import ChargePointState, Connector

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
RUNNING = ChargePointState(connectors={1: Connector(1, transaction_id='7')})
CONTEXT = Context(RUNNING, NOW, 300, 'Tag1', 8)
POWER = {'value': '7.4', 'measurand': 'Power.Active.Import', 'unit': 'kW', 'context': 'Sample.Periodic'}
CURRENT = {'value': '16.0', 'measurand': 'Current.Import', 'phase': 'L1', 'unit': 'A', 'location': 'Outlet'}
VOLTAGE = {'value': '230', 'measurand': 'Voltage', 'phase': 'L1-N', 'format': 'Raw'}
NEAR_NOTHING = {'value': '-115', 'measurand': 'Power.Active.Import'}
FAHRENHEIT = {'value': '86', 'measurand': 'Temperature', 'unit': 'Fahrenheit'}
VALUE = {'timestamp': '2030-01-31T12:00:00.5Z', 'sampledValue': [POWER, CURRENT, VOLTAGE, {'value': '1500'}]}
PAYLOAD: dict[str, Any] = {'connectorId': 1, 'transactionId': 7, 'meterValue': [VALUE]}


LEARNED = Ocpp16Dialect()
TIME = '"2030-01-31T12:00:00.5Z"'


def frame(payload: Any, message_id: Any = 'a', action: str = 'MeterValues') -> str:
    return orjson.dumps([2, message_id, action, payload]).decode()


def parsed(text: str) -> Handled | None:
    """The answer to a frame that is parsed, None where that is no Call."""
    call = OcppJsonMessage.from_json_array(text)
    return Ocpp16Dialect().handle(call, CONTEXT) if isinstance(call, Call) else None


def same(repeated: Handled | None, text: str) -> bool:
    """Whether the answer is that of a parsed frame without violations."""
    expected = parsed(text)
    return repeated is not None and repeated == expected


REGULAR = [
    PAYLOAD,
    {'meterValue': [VALUE], 'connectorId': 0},
    {'connectorId': 2, 'meterValue': [VALUE]},
    PAYLOAD | {'transactionId': -1},
    PAYLOAD | {'meterValue': [{'sampledValue': VALUE['sampledValue'], 'timestamp': '2030-01-31t13:00:01+01:00'}]},
    PAYLOAD | {'meterValue': [VALUE | {'sampledValue': [NEAR_NOTHING, FAHRENHEIT]}]},
]


@pytest.mark.parametrize('payload', REGULAR)
def test_a_repeated_frame_is_answered_as_if_it_were_parsed(payload: dict[str, Any]) -> None:
    dialect = Ocpp16Dialect()
    dialect.handle_repeated(frame(payload), RUNNING, NOW)
    for message_id, time, value in (('b', TIME, '"7.4"'), ('', '"2031-01-31T12:00:00+02:00"', '"1e1"')):
        text = frame(payload, message_id).replace(TIME, time).replace('"7.4"', value)
        assert same(dialect.handle_repeated(text, RUNNING, NOW), text)


@pytest.mark.parametrize('message_id', ['a', '', 'ä b', '0b3b7f0e-2a53-4a6c-8a4c-33f1d61ac2e2'])
def test_a_heartbeat_is_answered_as_if_it_were_parsed(message_id: str) -> None:
    text = frame({}, message_id, 'Heartbeat')
    assert same(LEARNED.handle_repeated(text, RUNNING, NOW), text)


@pytest.mark.parametrize(
    'changed',
    [
        {'connectorId': True},
        {'connectorId': 1.0},
        {'connectorId': 1001},
        {'connectorId': -1},
        {'transactionId': None},
        {'transactionId': '7'},
        {'transactionId': 8},
        {'transactionId': 2**31},
        {'idTag': 'x'},
        {'meterValue': []},
        {'meterValue': {}},
        {'meterValue': None},
        {'meterValue': ['x']},
        {'meterValue': [VALUE | {'timestamp': None}]},
        {'meterValue': [VALUE | {'timestamp': '2030-01-31'}]},
        {'meterValue': [VALUE | {'timestamp': '2030-02-31T12:00:00Z'}]},
        {'meterValue': [VALUE | {'more': 1}]},
        {'meterValue': [VALUE, VALUE]},
        {'meterValue': [VALUE, {'timestamp': VALUE['timestamp']}]},
        {'meterValue': [VALUE | {'sampledValue': []}]},
        {'meterValue': [VALUE | {'sampledValue': {}}]},
        {'meterValue': [VALUE | {'sampledValue': [POWER, []]}]},
        *(
            {'meterValue': [VALUE | {'sampledValue': [POWER, CURRENT | member]}]}
            for member in (
                {'value': 16.0},
                {'value': None},
                {'value': ['16']},
                {'value': ''},
                {'value': '1_000'},
                {'value': 'nan'},
                {'value': '1e999'},
                {'value': '2000000000'},
                {'value': 'OCMF|"value":"1"'},
                {'phase': None},
                {'phase': 'L4'},
                {'unit': 'kWh'},
                {'unit': 'Amp'},
                {'format': 'SignedData'},
                {'context': 'Transaction.Begin'},
                {'measurand': 'Current'},
                {'more': 'x'},
            )
        ),
    ],
)
def test_what_is_not_regular_is_parsed_each_time(changed: dict[str, Any]) -> None:
    dialect = Ocpp16Dialect()
    dialect.handle_repeated(frame(PAYLOAD), RUNNING, NOW)
    for _ in range(3):
        assert dialect.handle_repeated(frame(PAYLOAD | changed), RUNNING, NOW) is None


@pytest.mark.parametrize(
    ('there', 'instead'),
    [
        ('"7.4"', '"7.\n4"'),
        ('"7.4"', '"7.4\t"'),
        ('"7.4"', '" \x1f7.4"'),
        ('"7.4"', '"7.4\\""'),
        ('"7.4"', '"\\u0037.4"'),
        ('"a"', '"a\\"'),
        ('"a"', '"a\n"'),
        ('"a"', '7'),
        ('"Voltage"', '"Voltage","value":"1"'),
        (f'"timestamp":{TIME}', f'"timestamp":{TIME},"timestamp":{TIME}'),
        ('[2,', '[3,'),
        ('MeterValues', 'StartTransaction'),
        ('}]}]}]', '}]}]'),
    ],
)
def test_a_frame_that_only_resembles_a_regular_one_is_parsed(there: str, instead: str) -> None:
    dialect = Ocpp16Dialect()
    dialect.handle_repeated(frame(PAYLOAD), RUNNING, NOW)
    for _ in range(2):
        assert dialect.handle_repeated(frame(PAYLOAD).replace(there, instead, 1), RUNNING, NOW) is None


CHANGES = st.tuples(st.integers(0, 700) | st.integers(0, 30), st.integers(0, 3))
"""Where a frame is changed, and how many characters are cut there."""


@example(frame({}, 'a', 'Heartbeat'), (3, 2), '')
@given(
    st.sampled_from([frame({}, 'a', 'Heartbeat'), *map(frame, REGULAR)]),
    CHANGES,
    st.text(max_size=2) | st.sampled_from('",:\\09}]'),
)
def test_no_change_of_a_frame_is_read_otherwise_than_by_the_parser(
    text: str, change: tuple[int, int], inserted: str
) -> None:
    assert same(LEARNED.handle_repeated(text, RUNNING, NOW), text)
    at, cut = change
    at = min(at, len(text))
    changed = text[:at] + inserted + text[at + cut :]
    for _ in range(2):
        answer = LEARNED.handle_repeated(changed, RUNNING, NOW)
        assert answer is None or same(answer, changed)


def test_frames_of_a_transaction_that_is_not_known_to_run_are_parsed() -> None:
    dialect = Ocpp16Dialect()
    assert dialect.handle_repeated(frame(PAYLOAD), RUNNING, NOW) is not None
    idle = replace(RUNNING, connectors={})
    assert dialect.handle_repeated(frame(PAYLOAD), idle, NOW) is None


def test_frames_of_many_kinds_do_not_fill_the_memory() -> None:
    dialect = Ocpp16Dialect()
    for connector_id in range(200):
        text = frame({'connectorId': connector_id, 'meterValue': [VALUE]})
        assert same(dialect.handle_repeated(text, RUNNING, NOW), text)
