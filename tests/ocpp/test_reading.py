"""Lenient reading: deviations with a clear meaning are repaired, others refused with the right error code."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpo.ocpp.payloads import Payload, UnreadablePayload, read, to_wire
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.ocpp.v16.actions import ACTIONS
from cpo.ocpp.v16.core import (
    Authorize,
    BootNotification,
    ClearCache,
    GetConfigurationResponse,
    Heartbeat,
    MeterValues,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from cpo.ocpp.v16.smart_charging import GetCompositeScheduleResponse
from cpo.ocpp.v16.types import ChargePointStatus, Measurand
from tests.examples import examples

NOON = '2030-01-31T12:00:00Z'
BOOT = {'chargePointVendor': 'Vendor', 'chargePointModel': 'Model'}
STATUS = {'connectorId': 1, 'errorCode': 'NoError', 'status': 'Available'}
START = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 0, 'timestamp': NOON}
STOP = {'transactionId': 1, 'meterStop': 10, 'timestamp': NOON}
GET = {'key': 'K', 'readonly': True}


def metered(**sample: Any) -> dict[str, Any]:
    return {'connectorId': 1, 'meterValue': [{'timestamp': NOON, 'sampledValue': [{'value': '1'}, sample]}]}


def scheduled(limit: Any) -> dict[str, Any]:
    periods = [{'startPeriod': 0, 'limit': limit}]
    return {
        'status': 'Accepted',
        'chargingSchedule': {'chargingRateUnit': 'A', 'chargingSchedulePeriod': periods},
    }


SAMPLE = '“meterValue[0].sampledValue[1]'
LIMIT = '“chargingSchedule.chargingSchedulePeriod[0].limit”'
ABSENT = 'It was read as absent.'

# model, sent payload, payload as read, sentence about the deviation
REPAIRS: list[tuple[type[Payload], Any, Any, str]] = [
    (
        MeterValues,
        metered(value=12),
        metered(value='12'),
        SAMPLE + '.value” is a number; the specification wants text. It was read as "12".',
    ),
    (
        MeterValues,
        metered(value=0.15008000000000002),
        metered(value='0.15008000000000002'),
        SAMPLE + '.value” is a number; the specification wants text. It was read as "0.15008000000000002".',
    ),
    (
        MeterValues,
        metered(value=True),
        metered(value='true'),
        SAMPLE + '.value” is true; the specification wants text. It was read as "true".',
    ),
    (
        StatusNotification,
        STATUS | {'connectorId': '1'},
        STATUS,
        '“connectorId” is the text "1"; the specification wants an integer. It was read as 1.',
    ),
    (
        StatusNotification,
        STATUS | {'connectorId': ' 1.0 '},
        STATUS,
        '“connectorId” is the text " 1.0 "; the specification wants an integer. It was read as 1.',
    ),
    (
        StatusNotification,
        STATUS | {'connectorId': 1.0},
        STATUS,
        '“connectorId” is 1.0; the specification wants an integer. It was read as 1.',
    ),
    (
        StopTransaction,
        STOP | {'meterStop': 1234.5},
        STOP | {'meterStop': 1234},
        '“meterStop” is 1234.5; the specification wants an integer. It was read as 1234.',
    ),
    (
        StopTransaction,
        STOP | {'transactionId': '9223372036854775807'},
        STOP | {'transactionId': 2**63 - 1},
        '“transactionId” is the text "9223372036854775807"; the specification wants an integer. '
        'It was read as 9223372036854775807.',
    ),
    (
        GetCompositeScheduleResponse,
        scheduled('16.5'),
        scheduled(16.5),
        LIMIT + ' is the text "16.5"; the specification wants a number. It was read as 16.5.',
    ),
    (
        GetConfigurationResponse,
        {'configurationKey': [GET | {'readonly': 'True'}]},
        {'configurationKey': [GET]},
        '“configurationKey[0].readonly” is the text "True"; the specification wants true or false. '
        'It was read as true.',
    ),
    (
        GetConfigurationResponse,
        {'configurationKey': [GET | {'readonly': 1}]},
        {'configurationKey': [GET]},
        '“configurationKey[0].readonly” is a number; the specification wants true or false. It was read as true.',
    ),
    (
        StartTransaction,
        START | {'reservationId': None},
        START,
        '“reservationId” is null; the specification wants an integer. ' + ABSENT,
    ),
    (
        BootNotification,
        BOOT | {'imsi': None},
        BOOT,
        '“imsi” is null; the specification wants text. ' + ABSENT,
    ),
    (
        StopTransaction,
        STOP | {'transactionData': None},
        STOP,
        '“transactionData” is null; the specification wants a list. ' + ABSENT,
    ),
    (
        StartTransaction,
        START | {'reservationId': ''},
        START,
        '“reservationId” is empty; the specification wants an integer. ' + ABSENT,
    ),
    (
        StatusNotification,
        STATUS | {'timestamp': ''},
        STATUS,
        '“timestamp” is empty; the specification wants a time such as "2030-01-31T12:00:00Z". ' + ABSENT,
    ),
    (
        MeterValues,
        metered(value='1', format=''),
        metered(value='1'),
        SAMPLE + ".format” is empty; the specification wants 'Raw' or 'SignedData'. " + ABSENT,
    ),
    (
        Authorize,
        {'idTag': 'a' * 21},
        {'idTag': 'a' * 21},
        '“idTag” has 21 characters; the specification allows 20. It was kept whole.',
    ),
    (
        GetConfigurationResponse,
        {'unknownKey': ['a', 'b' * 51]},
        {'unknownKey': ['a', 'b' * 51]},
        '“unknownKey[1]” has 51 characters; the specification allows 50. It was kept whole.',
    ),
    (
        StatusNotification,
        STATUS | {'evse': {'id': 1}},
        STATUS,
        '“evse” is unknown to the specification. It was left out.',
    ),
    (
        MeterValues,
        metered(value='1', sampled_value=1),
        metered(value='1'),
        SAMPLE + '.sampled_value” is unknown to the specification. It was left out.',
    ),
    (
        MeterValues,
        metered(value='1', format='raw'),
        metered(value='1', format='Raw'),
        SAMPLE + '.format” is the text "raw"; the specification wants \'Raw\' or \'SignedData\'. It was read as "Raw".',
    ),
    (
        MeterValues,
        metered(value='1', format='Cooked'),
        metered(value='1', format='Cooked'),
        SAMPLE + ".format” is the text \"Cooked\"; the specification wants 'Raw' or 'SignedData'. "
        'It was kept as it is.',
    ),
    (
        StartTransaction,
        START | {'timestamp': '2030-01-31T12:00:00'},
        START,
        '“timestamp” is the text "2030-01-31T12:00:00"; the specification wants a time such as '
        '"2030-01-31T12:00:00Z". It was read as 2030-01-31T12:00:00Z.',
    ),
    (
        StartTransaction,
        START | {'timestamp': '2030-01-31 14:00:00+0200'},
        START,
        '“timestamp” is the text "2030-01-31 14:00:00+0200"; the specification wants a time such as '
        '"2030-01-31T12:00:00Z". It was read as 2030-01-31T12:00:00Z.',
    ),
    (
        GetCompositeScheduleResponse,
        scheduled(16.25),
        scheduled(16.2),
        LIMIT + ' is 16.25; the specification wants a multiple of 0.1. It was kept as it is.',
    ),
    (
        Heartbeat,
        None,
        {},
        'The payload is null; the specification wants an object. It was read as {}.',
    ),
    (
        Authorize,
        {'idTag': 'a\ud800'},
        {'idTag': 'a\ufffd'},
        '“idTag” is the text "a\ufffd"; the specification wants valid Unicode. It was read as "a\ufffd".',
    ),
]


@pytest.mark.parametrize(('model', 'sent', 'meant', 'sentence'), REPAIRS)
def test_what_is_careless_but_clear_is_read_and_named(
    model: type[Payload], sent: Any, meant: Any, sentence: str
) -> None:
    before = copy.deepcopy(sent)
    payload, violations = read(model, sent)
    assert to_wire(payload) == meant
    assert violations == (sentence,)
    assert sent == before


def without(payload: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key != name}


UNKNOWN = 'It was read as unknown.'

# model, a member that is missing, null or empty, how it is read, what is said of that
ABSENT_MEMBERS: list[tuple[type[Payload], dict[str, Any], str, str, Any, str]] = [
    (StartTransaction, START, 'timestamp', 'timestamp', None, UNKNOWN),
    (StartTransaction, START, 'meterStart', 'meter_start', None, UNKNOWN),
    (StartTransaction, START, 'idTag', 'id_tag', '', 'It was read as "".'),
    (StopTransaction, STOP, 'timestamp', 'timestamp', None, UNKNOWN),
    (StopTransaction, STOP, 'meterStop', 'meter_stop', None, UNKNOWN),
    (StopTransaction, STOP, 'transactionId', 'transaction_id', -1, 'It was read as -1.'),
    (StatusNotification, STATUS, 'errorCode', 'error_code', 'NoError', 'It was read as "NoError".'),
    (BootNotification, BOOT, 'chargePointVendor', 'charge_point_vendor', '', 'It was read as "".'),
    (BootNotification, BOOT, 'chargePointModel', 'charge_point_model', '', 'It was read as "".'),
]


@pytest.mark.parametrize(('model', 'payload', 'name', 'field', 'read_as', 'sentence'), ABSENT_MEMBERS)
def test_a_member_without_which_the_rest_is_clear_may_be_absent(
    model: type[Payload], payload: dict[str, Any], name: str, field: str, read_as: Any, sentence: str
) -> None:
    for sent in (without(payload, name), payload | {name: None}):
        request, violations = read(model, sent)
        assert getattr(request, field) == read_as
        (violation,) = violations
        assert violation.startswith(f'“{name}” is ')
        assert violation.endswith(sentence)


@pytest.mark.parametrize('name', ['timestamp', 'meterStart'])
def test_an_empty_text_is_as_good_as_an_absent_member(name: str) -> None:
    _, violations = read(StartTransaction, START | {name: ''})
    assert violations[0].endswith(UNKNOWN)


def test_meter_values_may_lack_their_timestamps() -> None:
    sent = {'connectorId': 1, 'meterValue': [{'sampledValue': [{'value': '1'}]}, *metered(value='2')['meterValue']]}
    request, violations = read(MeterValues, sent)
    assert [value.timestamp is None for value in request.meter_value] == [True, False]
    assert violations == (f'“meterValue[0].timestamp” is missing. {UNKNOWN}',)


@pytest.mark.parametrize(
    ('name', 'value', 'reason'),
    [
        ('disconnectReason', 'EVDisconnected', 'EVDisconnected'),
        ('stopReason', 'remote', 'Remote'),
        ('Reason', 'PowerLoss', 'PowerLoss'),
        ('vendorReason', 'the cat', None),
        ('reasonCode', 'Local', None),
    ],
)
def test_a_misnamed_reason_is_read(name: str, value: str, reason: str | None) -> None:
    request, violations = read(StopTransaction, STOP | {name: value, 'connectorId': 1})
    assert request.reason == reason
    outcome = 'It was left out.' if reason is None else 'It was read as “reason”.'
    assert violations[0] == f'“{name}” is unknown to the specification. {outcome}'
    assert read(StopTransaction, STOP | {name: 'Local', 'reason': 'Other'})[0].reason == 'Other'


def test_a_member_in_another_spelling_is_read() -> None:
    sent = {'ConnectorID': 1, 'id_tag': 'Tag1', 'meterstart': 7, 'timestamp': NOON}
    request, violations = read(StartTransaction, sent)
    assert (request.connector_id, request.id_tag, request.meter_start) == (1, 'Tag1', 7)
    assert violations[0] == '“ConnectorID” is unknown to the specification. It was read as “connectorId”.'
    assert len(violations) == 3


def test_a_stop_is_read_whatever_its_transaction_data_are() -> None:
    good = {'timestamp': NOON, 'sampledValue': [{'value': '1'}]}
    data: list[Any] = [
        good,
        None,
        7,
        'x',
        {},
        [],
        {'timestamp': 7, 'sampledValue': 'y'},
        {'sampledValue': [{'value': []}]},
        good,
    ]
    request, violations = read(StopTransaction, STOP | {'transactionData': data})
    assert [len(value.sampled_value) for value in request.transaction_data or ()] == [1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert violations
    request, violations = read(StopTransaction, STOP | {'transactionData': 'nonsense'})
    assert request.transaction_data == ()
    assert violations[0].endswith('It was left out.')


@pytest.mark.turns(3)
def test_of_a_hundred_thousand_deviations_the_beginning_is_read() -> None:
    samples = [{'value': 1, 'unit': 'Furlong', 'x': 0} for _ in range(10)]
    data = [{'timestamp': NOON, 'sampledValue': samples} for _ in range(4_000)]
    request, violations = read(StopTransaction, STOP | {'transactionData': data})
    assert 100 < len(request.transaction_data or ()) < 4_000
    assert violations[0] == 'There are 120,000 deviations; only the beginning of each list was read.'
    assert len(violations) == 21


def test_texts_for_people_have_at_most_1000_characters() -> None:
    request, violations = read(BootNotification, BOOT | {'chargePointVendor': 'v' * 5_000, 'iccid': 'i' * 900})
    assert (len(request.charge_point_vendor), len(request.iccid or '')) == (1_000, 900)
    assert [violation.partition('. ')[2] for violation in violations] == [
        'Its first 1,000 characters were kept.',
        'It was kept whole.',
    ]
    assert len(read(StatusNotification, STATUS | {'status': 's' * 5_000})[0].status) == 1_000
    value = {'configurationKey': [GET | {'value': 'v' * 50_000}]}
    assert len((read(GetConfigurationResponse, value)[0].configuration_key or ())[0].value or '') == 10_000


def test_an_unknown_enum_value_is_plain_text_in_the_enums_place() -> None:
    request, _ = read(StatusNotification, STATUS | {'status': 'Avalaible'})
    assert request.status == 'Avalaible'
    assert not isinstance(request.status, ChargePointStatus)
    known, _ = read(StatusNotification, STATUS)
    assert known.status is ChargePointStatus.AVAILABLE


def test_a_value_may_need_two_repairs() -> None:
    request, violations = read(StatusNotification, STATUS | {'vendorErrorCode': 10**60, 'status': 7})
    assert (request.vendor_error_code, request.status) == (str(10**60), '7')
    assert [violation.split('”')[0] for violation in violations] == [
        '“status',
        '“vendorErrorCode',
        '“status',
        '“vendorErrorCode',
    ]


def test_each_deviation_of_a_message_is_repaired_on_its_own() -> None:
    samples = [{'value': number, 'measurand': 'Odd', 'unit': 'w'} for number in range(3)]
    sent = {'connectorId': '1', 'meterValue': [{'timestamp': '2030-01-31T12:00:00', 'sampledValue': samples}]}
    request, violations = read(MeterValues, sent)
    (meter_value,) = request.meter_value
    assert meter_value.timestamp == datetime(2030, 1, 31, 12, tzinfo=UTC)
    assert [sample.value for sample in meter_value.sampled_value] == ['0', '1', '2']
    assert [sample.measurand for sample in meter_value.sampled_value] == ['Odd'] * 3
    assert [sample.unit for sample in meter_value.sampled_value] == ['W'] * 3
    assert len(violations) == 11


def test_two_retained_values_of_one_sample_both_survive() -> None:
    request, _ = read(MeterValues, metered(value='1', measurand='Odd', unit='Furlong'))
    first, second = request.meter_value[0].sampled_value
    assert (second.measurand, second.unit) == ('Odd', 'Furlong')
    assert first.measurand is None


def test_known_values_beside_unknown_ones_stay_members_of_their_enum() -> None:
    request, _ = read(MeterValues, metered(value='1', measurand='soc', unit='Furlong'))
    assert request.meter_value[0].sampled_value[1].measurand is Measurand.SOC


def test_thousands_of_deviations_are_read_and_only_the_first_are_named() -> None:
    samples = [{'value': 1, 'unit': 'Furlong'} for _ in range(5_000)]
    sent = {'connectorId': 1, 'meterValue': [{'timestamp': NOON, 'sampledValue': samples}]}
    request, violations = read(MeterValues, sent)
    assert len(request.meter_value[0].sampled_value) == 5_000
    assert violations[-1] == 'There are 9980 more deviations.'
    assert len(violations) == 21


def test_a_stop_transaction_with_empty_data_is_read() -> None:
    sent = STOP | {'transactionData': [{'timestamp': NOON, 'sampledValue': []}]}
    assert read(StopTransaction, sent)[1] == ()


FORMATION, PROTOCOL = 'FormationViolation', 'ProtocolError'
TYPE, PROPERTY, OCCURRENCE = 'TypeConstraintViolation', 'PropertyConstraintViolation', 'OccurenceConstraintViolation'

REFUSALS: list[tuple[type[Payload], Any, str, str]] = [
    (Heartbeat, [], FORMATION, 'The payload is a list; the specification wants an object.'),
    (Heartbeat, 'x', FORMATION, 'The payload is the text "x"; the specification wants an object.'),
    (Heartbeat, 1, FORMATION, 'The payload is a number; the specification wants an object.'),
    (Heartbeat, False, FORMATION, 'The payload is false; the specification wants an object.'),
    (Authorize, None, PROTOCOL, '“idTag” is missing.'),
    (Authorize, {}, PROTOCOL, '“idTag” is missing.'),
    (Authorize, {'idTag': None}, PROTOCOL, '“idTag” is null; the specification wants text.'),
    (MeterValues, {'connectorId': 1, 'meterValue': None}, PROTOCOL, '“meterValue” is null'),
    (Authorize, {'idTag': {}}, TYPE, '“idTag” is an object; the specification wants text.'),
    (Authorize, {'idTag': ['a']}, TYPE, '“idTag” is a list; the specification wants text.'),
    (Authorize, {'idTag': 10**5000}, TYPE, '“idTag” is a number; the specification wants text.'),
    (StartTransaction, START | {'meterStart': 'abc'}, TYPE, '“meterStart” is the text "abc"'),
    (StartTransaction, START | {'meterStart': '1_0'}, TYPE, '“meterStart” is the text "1_0"'),
    (StartTransaction, START | {'meterStart': '1e999'}, TYPE, '“meterStart” is the text "1e999"'),
    (StartTransaction, START | {'meterStart': True}, TYPE, '“meterStart” is true'),
    (StartTransaction, START | {'meterStart': float('inf')}, TYPE, '“meterStart” is Infinity'),
    (StartTransaction, START | {'timestamp': 1_900_000_000}, TYPE, '“timestamp” is a number'),
    (StatusNotification, STATUS | {'timestamp': 1_900_000_000}, TYPE, '“timestamp” is a number'),
    (StatusNotification, STATUS | {'status': []}, TYPE, '“status” is a list'),
    (MeterValues, {'connectorId': 1, 'meterValue': {}}, TYPE, '“meterValue” is an object; the specification wants a'),
    (MeterValues, {'connectorId': 1, 'meterValue': [None]}, TYPE, '“meterValue[0]” is null'),
    (GetCompositeScheduleResponse, scheduled('1e999'), TYPE, LIMIT),
    (GetCompositeScheduleResponse, scheduled(10**400), TYPE, LIMIT + ' is a number'),
    (
        GetCompositeScheduleResponse,
        scheduled(float('nan')),
        TYPE,
        LIMIT + ' is a number; the specification wants a fin',
    ),
    (StartTransaction, START | {'timestamp': 'yesterday'}, PROPERTY, '“timestamp” is the text "yesterday"'),
    (StartTransaction, START | {'timestamp': '0001-01-01T00:00:00+14:00'}, PROPERTY, '“timestamp” is the text'),
    (StatusNotification, STATUS | {'status': ''}, PROPERTY, '“status” is empty'),
    (MeterValues, {'connectorId': 1, 'meterValue': []}, OCCURRENCE, '“meterValue” has 0 items'),
    (
        MeterValues,
        {'connectorId': 1, 'meterValue': [{'timestamp': NOON, 'sampledValue': []}]},
        OCCURRENCE,
        '“meterValue[0].sampledValue” has 0 items; the specification wants at least 1.',
    ),
]


@pytest.mark.parametrize(('model', 'payload', 'code', 'sentence'), REFUSALS)
def test_what_cannot_be_understood_is_refused(model: type[Payload], payload: Any, code: str, sentence: str) -> None:
    with pytest.raises(UnreadablePayload) as refusal:
        read(model, payload)
    assert Ocpp16Dialect().error_code(refusal.value.problem) == code
    assert refusal.value.description.startswith(sentence)
    assert str(refusal.value) == refusal.value.description


def test_a_description_fits_into_the_call_error() -> None:
    with pytest.raises(UnreadablePayload) as refusal:
        read(MeterValues, metered(value='1', measurand=['Voltage']))
    assert len(refusal.value.description) == 255
    with pytest.raises(UnreadablePayload) as refusal:
        read(StartTransaction, START | {'meterStart': 'a' * 4_000_000})
    assert len(refusal.value.description) <= 255


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def test_deep_nesting_is_refused_or_left_out_without_a_crash() -> None:
    assert read(Authorize, {'idTag': 'Tag1', 'x': nested(100_000)})[0].id_tag == 'Tag1'
    for payload in ({'idTag': nested(100_000)}, nested(100_000)):
        with pytest.raises(UnreadablePayload):
            read(Authorize, payload)


def test_a_broken_name_of_a_member_is_left_out() -> None:
    request, violations = read(Authorize, {'idTag': 'Tag1', '\ud800': 1})
    assert request.id_tag == 'Tag1'
    assert violations == ('“\ufffd” is unknown to the specification. It was left out.',)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just(NOON)
NAMES = st.sampled_from(
    [name for action in ACTIONS.values() for name in action.request.model_json_schema().get('properties', {})]
) | st.text(st.characters())
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=12
)


@given(st.sampled_from([*ACTIONS.values()]), st.dictionaries(NAMES, JSON, max_size=8) | JSON)
@settings(max_examples=examples(1_000), deadline=None, database=None)
def test_whatever_comes_is_read_or_refused(action: Any, payload: Any) -> None:
    refusals = dict.fromkeys((FORMATION, PROTOCOL, TYPE, PROPERTY, OCCURRENCE), 0)
    for model in (action.request, action.response):
        try:
            request, violations = read(model, payload)
        except UnreadablePayload as refusal:
            refusals[Ocpp16Dialect().error_code(refusal.problem)] += 1  # a KeyError for a code of no payload
            refusal.description.encode()
        else:
            json.dumps([to_wire(request), violations], ensure_ascii=False).encode()


def test_a_request_without_members_drops_what_is_in_it() -> None:
    assert read(ClearCache, {'a': 1, 'b': 2})[0] == ClearCache()
