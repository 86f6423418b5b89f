"""Framing: valid frames, malformed ones, and the way to the wire and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpo.ocpp import Call, CallError, CallResult, Malformed, OcppJsonMessage, violations_of_id
from cpo.ocpp.messages import MessageType
from tests.examples import examples

from_json_array = OcppJsonMessage.from_json_array

# values JSON can express: no lone surrogates, integers of 64 bits
TEXT = st.text(st.characters(exclude_categories=['Cs']))
INTEGER = st.integers(-(2**63), 2**63 - 1)
SCALAR = st.none() | st.booleans() | INTEGER | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(SCALAR, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)
MESSAGE_ID = TEXT | INTEGER | st.none()
MESSAGE = (
    st.builds(Call, MESSAGE_ID, TEXT, JSON)
    | st.builds(CallResult, MESSAGE_ID, JSON)
    | st.builds(
        CallError, MESSAGE_ID, TEXT, TEXT.map(lambda text: text[:255]), JSON.filter(lambda json: json is not None)
    )
)
NEAR_MISS = st.lists(JSON, max_size=6).map(json.dumps) | st.tuples(st.sampled_from([2, 3, 4]), JSON, JSON, JSON).map(
    json.dumps
)


@settings(max_examples=examples(50), deadline=None)
@given(st.text() | NEAR_MISS)
def test_any_text_is_a_message_or_says_why_not(text: str) -> None:
    message = from_json_array(text)
    if isinstance(message, Malformed):
        assert message.reason.endswith('.')
    else:
        assert isinstance(message, (Call, CallResult, CallError))


@settings(max_examples=examples(50), deadline=None)
@given(MESSAGE)
def test_a_message_is_read_as_it_was_written(message: OcppJsonMessage) -> None:
    assert from_json_array(message.to_json_array()) == message


@settings(max_examples=examples(50), deadline=None)
@given(MESSAGE)
def test_what_is_written_is_a_json_array_with_the_message_type_first(message: OcppJsonMessage) -> None:
    members = json.loads(message.to_json_array())
    assert members[0] == {Call: 2, CallResult: 3, CallError: 4}[type(message)]
    assert members[1] == message.message_id


def test_messages_are_compact() -> None:
    assert Call('1', 'Heartbeat').to_json_array() == '[2,"1","Heartbeat",{}]'
    assert CallResult('1', {'status': 'Accepted'}).to_json_array() == '[3,"1",{"status":"Accepted"}]'
    assert CallError('1', 'InternalError', 'No.').to_json_array() == '[4,"1","InternalError","No.",{}]'


def test_the_members_of_a_payload_keep_their_order() -> None:
    assert Call('1', 'Reset', {'b': 1, 'a': 2}).to_json_array() == '[2,"1","Reset",{"b":1,"a":2}]'


def test_the_message_types_are_those_of_the_specification() -> None:
    assert [(kind.name, int(kind)) for kind in MessageType] == [('CALL', 2), ('CALL_RESULT', 3), ('CALL_ERROR', 4)]


def test_an_error_description_fits_the_255_characters_of_the_specification() -> None:
    assert len(json.loads(CallError('1', 'GenericError', 'x' * 300).to_json_array())[3]) == 255


@pytest.mark.parametrize(
    'text',
    [
        '',
        'abc',
        '{"a":1}',
        '"text"',
        '3',
        'null',
        '[]',
        '[2]',
        '[2,["id"],"Heartbeat",{}]',
        '[2,{},"Heartbeat",{}]',
        '[2,"1","Heartbeat",{"a":NaN}]',
        '[2,NaN,"Heartbeat",{}]',
        '[2,"1","Heartbeat",{"a":1e999}]',
        '[2,"1","Heartbeat",{"a":"\\ud800"}]',
        '[2,"\\udfff","Heartbeat",{}]',
        '[2,"1","Heartbeat",{}',
        '[2,"1","Heartbeat",{}] [2,"2","Heartbeat",{}]',
        '\ufeff[2,"1","Heartbeat",{}]',
        '\x00',
        '[2,"1","Heartbeat",' + '[' * 100_000 + ']' * 100_000 + ']',
        '[' * 1000 + ']' * 1000,
        '[' + '[' * 1000 + ']' * 1000 + ',"1"]',
        '[' + '{"a":' * 1000 + '1' + '}' * 1000 + ',"1"]',
        '[1,"1",{}]',
        '[5,"1",{}]',
        '["2","1","Heartbeat",{}]',
        '[true,"1","Heartbeat",{}]',
        '[null,"1","Heartbeat",{}]',
        '[2.5,"1","Heartbeat",{}]',
        '["' + 'x' * 100_000 + '","1",{}]',
        '[2,' + '9' * 5000 + ',"Heartbeat",{}]',
        '[2,' + '9' * 30 + ',"Heartbeat",' + '[' * 1000 + ']' * 1000 + ']',
    ],
)
def test_what_has_no_readable_id_or_type_is_not_answered(text: str) -> None:
    message = from_json_array(text)
    assert isinstance(message, Malformed)
    assert not message.is_call
    assert len(message.reason) < 300


@pytest.mark.parametrize('text', ['[2,"7"]', '[2,"7","Heartbeat"]', '[2,"7",null,{}]', '[2,"7",5,{}]', '[2,"7",{},{}]'])
def test_a_call_without_action_or_payload_is_a_formation_violation(text: str) -> None:
    message = from_json_array(text)
    assert isinstance(message, Malformed)
    assert (message.message_id, message.is_call) == ('7', True)


@pytest.mark.parametrize('message_id', ['null', '17', '-1', '1.5', 'true', '""', f'"{"x" * 1000}"', str(2**80)])
def test_an_odd_message_id_comes_back_as_it_came(message_id: str) -> None:
    call = from_json_array(f'[2,{message_id},"Heartbeat",{{}}]')
    assert isinstance(call, Call)
    assert CallResult(call.message_id).to_json_array() == f'[3,{message_id},{{}}]'


@pytest.mark.parametrize(
    ('message_id', 'word'),
    [(None, 'null'), (17, '17'), (True, 'true'), ('x' * 37, '37 characters'), (2**80, '1208925')],
)
def test_an_odd_message_id_is_named(message_id: Any, word: str) -> None:
    (violation,) = violations_of_id(message_id)
    assert word in violation


@pytest.mark.parametrize('message_id', ['1', '', 'x' * 36])
def test_a_text_of_36_characters_is_a_message_id(message_id: str) -> None:
    assert violations_of_id(message_id) == ()


def test_a_call_error_may_lack_everything_but_its_id() -> None:
    assert from_json_array('[4,"1"]') == CallError('1', '', '', {})
    assert from_json_array('[4,"1","GenericError"]') == CallError('1', 'GenericError', '', {})
    assert from_json_array('[4,"1",null,null,null]') == CallError('1', '', '', {})
    assert from_json_array('[4,"1",17,["x"]]') == CallError('1', '17', '', {})


def test_a_deeply_nested_error_code_does_no_harm() -> None:
    assert from_json_array('[4,"1",' + '[' * 1000 + ']' * 1000 + ']') == CallError('1', '')


def test_a_call_result_may_lack_its_payload() -> None:
    assert from_json_array('[3,"1"]') == CallResult('1', {})


def test_members_too_many_are_no_harm() -> None:
    assert from_json_array('[2,"1","Heartbeat",{},"more"]') == Call('1', 'Heartbeat', {})
    assert from_json_array('[3,"1",{},"more"]') == CallResult('1', {})
    assert from_json_array('[4,"1","a","b",{},"more"]') == CallError('1', 'a', 'b', {})
