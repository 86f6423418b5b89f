"""Framing: valid frames, malformed ones, and the way to the wire and back."""

from __future__ import annotations

import json
from time import process_time
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
        '[2,NaN,"Heartbeat",{}]',
        '[2,"\\udfff","Heartbeat",{}]',
        '\x00',
        '[' * 1000 + ']' * 1000,
        '[' + '[' * 1000 + ']' * 1000 + ',"1"]',
        '[' + '{"a":' * 1000 + '1' + '}' * 1000 + ',"1"]',
        '[1,"1",{}]',
        '[5,"1",{}]',
        '[true,"1","Heartbeat",{}]',
        '[null,"1","Heartbeat",{}]',
        '[2.5,"1","Heartbeat",{}]',
        '["' + 'x' * 100_000 + '","1",{}]',
        '[2,' + '9' * 5000 + ',"Heartbeat",{}]',
    ],
)
def test_what_has_no_readable_id_or_type_is_not_answered(text: str) -> None:
    message = from_json_array(text)
    assert isinstance(message, Malformed)
    assert not message.is_call
    assert len(message.reason) < 300


@pytest.mark.parametrize(
    'text',
    [
        '[2,"7","Heartbeat",{"a":NaN}]',
        '[2,"7","Heartbeat",{"a":1e999}]',
        '[2,"7","Heartbeat",{"a":"\\ud800"}]',
        '[2,"7","Heartbeat",{}',
        '[2,"7","Heartbeat"',
        '[2,"7",Heartbeat,{}]',
        '[2,"7","Heartbeat",{}] [2,"8","Heartbeat",{}]',
        '[2,"7","Heartbeat",{}]]',
        '["2","7","Heartbeat",{}]',
        ' [ 2 , "7" , "Heartbeat" , {"a": "',
        '[2,"7","Heartbeat",' + '[' * 100 + ']' * 100 + ']',
        '[2,"7","Heartbeat",' + '[' * 100_000 + ']' * 100_000 + ']',
        '[2,"7","Heartbeat",' + '{"a":' * 100 + '1' + '}' * 100 + ']',
        '[2,"7","DataTransfer",{"vendorId":"x","data":"' + 'x' * 600_000 + '"}]',
        '[2,"7","MeterValues",[' + '{},' * 200_000 + '{}]]',
    ],
    ids=lambda text: text[:40],
)
def test_a_call_of_which_only_type_and_id_can_be_read_is_answered(text: str) -> None:
    message = from_json_array(text, frozenset({'StopTransaction'}))
    assert isinstance(message, Malformed)
    assert (message.message_id, message.is_call, message.is_answer) == ('7', True, False)
    assert len(message.reason) < 100


LONE = 'This is JSON, but a text in it has a lone surrogate: half a character, such as \\ud800.'
NOT_JSON = 'This is not JSON.'


@pytest.mark.parametrize(
    ('payload', 'reason'),
    [
        (r'{"vendorId":"\ud800"}', LONE),
        (r'{"vendorId":"a\uDFFFb"}', LONE),
        (r'{"vendorId":"\udc00\ud800"}', LONE),
        (r'{"vendorId":"\ud83d\ude00\ud83d"}', LONE),
        (r'{"\ud800":1}', LONE),
        (r'{"vendorId":"\\\ud800"}', LONE),
        (r'{"vendorId":"\ud800"', NOT_JSON),
        (r'{"vendorId":"\ud80"}', NOT_JSON),
        ('{"vendorId":NaN}', NOT_JSON),
        ('{"vendorId":-Infinity}', NOT_JSON),
        ('{"vendorId":1e999}', 'This is JSON, but a number in it is too large.'),
        ('[' * 9000 + ']' * 9000, 'The frame is nested more than 32 deep.'),
    ],
    ids=lambda text: text[:40],
)
def test_json_that_cannot_be_read_is_not_called_no_json(payload: str, reason: str) -> None:
    message = from_json_array(f'[2,"7","DataTransfer",{payload}]')
    assert message == Malformed(reason, '7', is_call=True)


@pytest.mark.parametrize('text', [r'\ud83d\ude00', r'\\ud800'])
def test_a_whole_pair_and_an_escaped_backslash_are_read(text: str) -> None:
    assert isinstance(from_json_array(f'[2,"7","DataTransfer",{{"vendorId":"{text}"}}]'), Call)


@pytest.mark.parametrize(
    'begins', ['[3,"7",{"configurationKey":[]', '[4,"7","GenericError","', '[3,"7",' + '[' * 99 + ']' * 100]
)
def test_an_unreadable_answer_still_says_what_it_answers(begins: str) -> None:
    message = from_json_array(begins)
    assert isinstance(message, Malformed)
    assert (message.message_id, message.is_call, message.is_answer) == ('7', False, True)


@pytest.mark.parametrize(
    'text', ['\ufeff[2,"7","Heartbeat",{}]', '[2,"7","Heartbeat",{}]\0', '\n[2,"7","Heartbeat",{}]\0\r\n']
)
def test_what_clients_in_c_send_around_their_json_is_left_out(text: str) -> None:
    assert from_json_array(text) == Call('7', 'Heartbeat', {})


def test_only_an_action_named_so_may_be_longer_than_512_kb_and_its_lists_are_cut() -> None:
    text = '[2,"7","StopTransaction",{"transactionId":1,"transactionData":[' + '{},' * 200_000 + '{}]}]'
    message = from_json_array(text, frozenset({'StopTransaction'}))
    assert isinstance(message, Call)
    assert len(message.payload['transactionData']) == 5_000
    assert message.violations == ('195,001 items beyond the first 5,000 of a list were left out.',)


@pytest.mark.parametrize('filler', ['{},', '[],', '[[[[]]]],', '"a",', '0,'])
def test_a_frame_that_no_session_fills_is_refused_before_it_is_parsed(filler: str) -> None:
    begins = '[2,"7","StopTransaction",{"transactionId":1,"transactionData":['
    text = begins + filler * ((4 * 1024 * 1024 - len(begins) - 5) // len(filler)) + '0]}]'
    started = process_time()
    message = from_json_array(text, frozenset({'StopTransaction'}))
    assert process_time() - started < 0.1
    assert isinstance(message, Malformed)
    assert (message.message_id, message.is_call) == ('7', True)


def test_of_lists_that_are_long_enough_only_together_the_first_60_000_items_are_read() -> None:
    entry = '{"timestamp":"2030-01-31T12:00:00Z","sampledValue":[' + '{"value":"1"},' * 4_999 + '{"value":"1"}]},'
    text = '[2,"7","StopTransaction",{"transactionId":1,"transactionData":[' + entry * 20 + '{}]}]'
    message = from_json_array(text, frozenset({'StopTransaction'}))
    assert isinstance(message, Call)
    assert len(message.payload['transactionData']) == 21
    assert 59_000 < sum(len(each.get('sampledValue', ())) for each in message.payload['transactionData']) < 60_000
    assert message.violations[0].endswith('beyond the first 5,000 of a list and 60,000 in all were left out.')


def test_an_object_with_more_members_than_any_has_is_cut_too() -> None:
    text = json.dumps([3, '7', {'a': [{f'k{i}': 0 for i in range(6_000)}]}])
    message = from_json_array(text)
    assert isinstance(message, CallResult)
    assert len(message.payload['a'][0]) == 5_000
    assert message.violations


def test_an_error_text_for_people_has_at_most_1000_characters() -> None:
    message = from_json_array(json.dumps([4, '7', 'x' * 9_000, 'y' * 9_000]))
    assert isinstance(message, CallError)
    assert (len(message.code), len(message.description)) == (1_000, 1_000)


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
    assert from_json_array('[4,"1",' + '[' * 20 + ']' * 20 + ']') == CallError('1', '')
    too_deep = from_json_array('[4,"1",' + '[' * 1000 + ']' * 1000 + ']')
    assert isinstance(too_deep, Malformed)
    assert too_deep.is_answer


def test_a_call_result_may_lack_its_payload() -> None:
    assert from_json_array('[3,"1"]') == CallResult('1', {})


def test_members_too_many_are_no_harm() -> None:
    assert from_json_array('[2,"1","Heartbeat",{},"more"]') == Call('1', 'Heartbeat', {})
    assert from_json_array('[3,"1",{},"more"]') == CallResult('1', {})
    assert from_json_array('[4,"1","a","b",{},"more"]') == CallError('1', 'a', 'b', {})
