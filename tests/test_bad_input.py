"""What each kind of bad frame gets, over a real websocket; after each one the next good frame works as before."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from cpo.dashboard.words.connection import CUT
from cpo.errors import CallErrorReceived
from cpo.ocpp import LoggedMessage
from cpo.ocpp.messages import MAX_FRAME_LENGTH
from cpo.sentences import attempt_sentence
from cpo.websocket_endpoint import MAX_FRAME_BYTES
from tests.conftest import House
from tests.examples import examples
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

START = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 0, 'timestamp': TIMESTAMP}
STATUS = {'connectorId': 1, 'status': 'Available', 'errorCode': 'NoError'}
SAMPLE = {'timestamp': TIMESTAMP, 'sampledValue': [{'value': '1'}]}


def newest(house: House) -> LoggedMessage:
    return next(iter(house.charge_point.messages))


def logged(house: House, frame: str) -> LoggedMessage:
    return next(message for message in house.charge_point.messages if message.frame == frame)


async def works_as_before(charger: ScriptedCharger) -> None:
    """The next frame is the answer to the next Call: nothing else was sent."""
    assert 'currentTime' in await charger.call('Heartbeat', {})


UNREADABLE = [
    'abc',
    '',
    '{}',
    '{"2":"1"}',
    '"[2]"',
    '[]',
    '[2]',
    '[2,["1"],"Heartbeat",{}]',
    '[2,{"id":"1"},"Heartbeat",{}]',
    '[2,"\\ud800","Heartbeat",{}]',
    '[' + '[' * 1000 + ']' * 1000 + ',"1"]',
    '[1,"1",{}]',
    '[5,"1","Heartbeat",{}]',
    '[3,"nobody-asked",{"status":"Accepted"}]',
    '[4,"nobody-asked","GenericError","",{}]',
    '[3,null,{}]',
    '[4,"nobody-asked"]',
]


async def test_an_unreadable_frame_gets_nothing_and_is_recorded(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for frame in UNREADABLE:
            await charger.send(frame)
            await works_as_before(charger)
            message = logged(house, frame)
            assert message.violations, frame
            assert message.answer is None, frame


SPOILT = [
    '[2,"s","Heartbeat",{"a":NaN}]',
    '[2,"s","Heartbeat",{"a":Infinity}]',
    '[2,"s","Heartbeat",{"a":1e999}]',
    '[2,"s","DataTransfer",{"vendorId":"\\udfff"}]',
    '[2,"s","Heartbeat",' + '[' * 9000 + ']' * 9000 + ']',
    '["2","s","Heartbeat",{}]',
    '[2,"s","Heartbeat",{}',
    '[2,"s","DataTransfer",{"vendorId":"x","data":"' + 'x' * 600_000 + '"}]',
]


async def test_a_call_whose_rest_cannot_be_read_gets_a_formation_violation(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for frame in SPOILT:
            await charger.send(frame)
            answer = await charger.receive()
            assert answer[:3] == [4, 's', 'FormationViolation'], frame[:60]
            assert ('lone surrogate' in answer[3]) == ('udfff' in frame)
            await works_as_before(charger)
            message = logged(house, frame[:20_000])
            assert message.violations, frame[:60]


@pytest.mark.parametrize(
    'end', ['{"configurationKey":[]', '[' * 99 + ']' * 100, '{"unknownKey":["' + 'x' * 600_000 + '"]}]']
)
async def test_an_answer_that_cannot_be_read_ends_the_wait_for_it(house: House, end: str) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        asked = asyncio.create_task(house.charge_point.command('GetConfiguration', {}))
        message_id, _ = await charger.receive_call('GetConfiguration')
        await charger.send(f'[3,"{message_id}",{end}')
        async with asyncio.timeout(5):
            with pytest.raises(CallErrorReceived, match='The answer cannot be read'):
                await asked
        message = next(m for m in house.charge_point.messages if m.message_id == message_id)
        assert message.status == 'unreadable answer'
        assert message.violations
        await works_as_before(charger)


async def test_an_odd_id_is_echoed_as_it_came(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for message_id in (None, 0, 17, -1, 1.5, 2**63, 2**80, True, '', 'x' * 37, 'x' * 1000, 'ü'):
            await charger.send([2, message_id, 'Authorize', {'idTag': 'Tag1'}])
            answer = json.loads(await charger.websocket.recv())
            assert answer == [3, message_id, {'idTagInfo': {'status': 'Accepted'}}]
            assert type(answer[1]) is type(message_id)
            assert bool(newest(house).violations) is (message_id not in ('', 'ü')), message_id
            await works_as_before(charger)


async def test_a_reused_id_is_echoed_and_recorded(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for _ in range(2):
            assert await charger.call('Authorize', {'idTag': 'Tag1'}, message_id='again')
        assert newest(house).violations == ('The message id was used before.',)
        await works_as_before(charger)
        assert newest(house).violations == ()


async def test_our_own_id_reused_by_the_charger_for_its_call_disturbs_nothing(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        sent = asyncio.create_task(house.charge_point.command('ClearCache', {}))
        message_id, _ = await charger.receive_call('ClearCache')
        await charger.call('Heartbeat', {}, message_id=message_id)
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await sent).response == {'status': 'Accepted'}


async def test_a_payload_of_null_is_read_as_empty(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await works_as_before(charger)
        assert 'currentTime' in await charger.call('Heartbeat', None)
        assert 'null' in newest(house).violations[0]


NO_PAYLOAD: list[list[Any]] = [['Heartbeat'], ['Heartbeat', []], ['Heartbeat', [{}]], ['Heartbeat', 'x'], [], [None]]


async def test_a_payload_that_is_missing_or_no_object_is_a_formation_violation(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for number, rest in enumerate(NO_PAYLOAD):
            await charger.send([2, f'f{number}', *rest])
            kind, message_id, code, description, details = await charger.receive()
            assert (kind, message_id, code, details) == (4, f'f{number}', 'FormationViolation', {})
            assert newest(house).violations == (description,)
            assert json.loads(newest(house).answer or '') == [4, message_id, code, description, {}]
            await works_as_before(charger)


NOT_UNDERSTOOD: list[tuple[str, Any, str, str]] = [
    ('Foo', {}, 'NotImplemented', 'Foo'),
    ('', {}, 'NotImplemented', ''),
    ('x' * 1000, {}, 'NotImplemented', 'xxx'),
    ('Reset', {'type': 'Hard'}, 'NotSupported', 'Reset'),
    ('RemoteStartTransaction', {}, 'NotSupported', 'RemoteStartTransaction'),
    ('Authorize', {}, 'ProtocolError', 'idTag'),
    ('StartTransaction', {**START, 'connectorId': 1_001}, 'PropertyConstraintViolation', 'connectorId'),
    ('MeterValues', {'connectorId': 2**63, 'meterValue': [SAMPLE]}, 'PropertyConstraintViolation', 'connectorId'),
    ('StartTransaction', {**START, 'connectorId': None}, 'ProtocolError', 'connectorId'),
    ('MeterValues', {'connectorId': 1, 'meterValue': [{'timestamp': TIMESTAMP}]}, 'ProtocolError', 'sampledValue'),
    ('StartTransaction', {**START, 'connectorId': {}}, 'TypeConstraintViolation', 'connectorId'),
    ('StartTransaction', {**START, 'meterStart': 'much'}, 'TypeConstraintViolation', 'meterStart'),
    ('StartTransaction', {**START, 'meterStart': [1]}, 'TypeConstraintViolation', 'meterStart'),
    ('StartTransaction', {**START, 'idTag': ['Tag1']}, 'TypeConstraintViolation', 'idTag'),
    ('Authorize', {'idTag': {'id': 'Tag1'}}, 'TypeConstraintViolation', 'idTag'),
    ('MeterValues', {'connectorId': 1, 'meterValue': {}}, 'TypeConstraintViolation', 'meterValue'),
    ('MeterValues', {'connectorId': 1, 'meterValue': [7]}, 'TypeConstraintViolation', 'meterValue[0]'),
    ('StartTransaction', {**START, 'timestamp': 'today'}, 'PropertyConstraintViolation', 'timestamp'),
    ('StatusNotification', {**STATUS, 'status': ''}, 'PropertyConstraintViolation', 'status'),
    ('MeterValues', {'connectorId': 1, 'meterValue': []}, 'OccurenceConstraintViolation', 'meterValue'),
    (
        'MeterValues',
        {'connectorId': 1, 'meterValue': [SAMPLE, {**SAMPLE, 'sampledValue': []}]},
        'OccurenceConstraintViolation',
        'meterValue[1].sampledValue',
    ),
]


async def test_what_cannot_be_understood_gets_the_error_of_the_specification(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for action, payload, code, word in NOT_UNDERSTOOD:
            answer = await charger.call(action, payload)
            assert answer[2] == code, answer
            assert word in answer[3], answer
            assert len(answer[3]) <= 255
            assert newest(house).violations == (answer[3],)
            assert newest(house).status == f'CallError {code}'
            await works_as_before(charger)


async def test_an_action_in_the_wrong_case_is_taken_and_recorded(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.send([2, 'h', 'heartBeat', {}])
        kind, message_id, payload = await charger.receive()
        assert (kind, message_id, list(payload)) == (3, 'h', ['currentTime'])
        message = newest(house)
        assert message.action == 'Heartbeat'
        assert 'heartBeat' in message.violations[0]


CARELESS: list[tuple[str, Any, str]] = [
    ('StatusNotification', {**STATUS, 'connectorId': '1'}, 'connectorId'),
    ('StatusNotification', {**STATUS, 'status': 'Avalaible'}, 'Avalaible'),
    ('StatusNotification', {**STATUS, 'errorCode': 'Whatever'}, 'Whatever'),
    ('StatusNotification', {**STATUS, 'info': 'x' * 51}, '51 characters'),
    ('StatusNotification', {**STATUS, 'info': None}, 'info'),
    ('StatusNotification', {**STATUS, 'timestamp': ''}, 'timestamp'),
    ('StatusNotification', {**STATUS, 'timestamp': '2026-06-14T12:00:00'}, 'timestamp'),
    ('StatusNotification', {**STATUS, 'colour': 'red'}, 'colour'),
    ('Authorize', {'idTag': 17}, 'idTag'),
    ('StartTransaction', {**START, 'meterStart': 12.5}, 'meterStart'),
    ('StartTransaction', {**START, 'idTag': 'x' * 36}, '36 characters'),
    ('MeterValues', {'connectorId': 1, 'meterValue': [{**SAMPLE, 'sampledValue': [{'value': 12}]}]}, 'value'),
]


async def test_what_is_careless_but_clear_gets_a_call_result_and_is_recorded(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for action, payload, words in CARELESS:
            assert isinstance(await charger.call(action, payload), dict)
            (violation,) = newest(house).violations
            assert words in violation


async def test_an_absurdly_long_id_and_action_do_not_fill_the_log(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.send([2, 'i' * 100_000, 'a' * 100_000, {}])
        assert (await charger.receive())[:3] == [4, 'i' * 100_000, 'NotImplemented']
        message = newest(house)
        assert len(str(message)) < 50_000


async def test_a_thousand_open_transactions_are_no_limit(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for connector_id in range(examples(1_000) + 1):
            await charger.start(connector_id=connector_id)
        await works_as_before(charger)


async def test_a_frame_of_512_kb_is_handled(house: House) -> None:
    frame = '[2,"big","DataTransfer",{"vendorId":"x","data":"' + '"}]'
    frame = frame.replace('"data":"', '"data":"' + 'x' * (MAX_FRAME_LENGTH - len(frame)))
    assert len(frame) == 512 * 1024
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.send(frame)
        assert await charger.receive() == [3, 'big', {'status': 'UnknownVendorId'}]
        await works_as_before(charger)


async def test_a_stop_transaction_may_have_4_mib(house: House) -> None:
    sample = json.dumps(SAMPLE)
    samples = ','.join([sample] * (MAX_FRAME_BYTES // (len(sample) + 1) - 10))
    async with ScriptedCharger(house.ocpp()) as charger:
        transaction_id = await charger.start()
        stop = f'"transactionId":{transaction_id},"meterStop":2000,"timestamp":"{TIMESTAMP}"'
        await charger.send(f'[2,"big","StopTransaction",{{{stop},"transactionData":[{samples}]}}]')
        assert await charger.receive() == [3, 'big', {}]
        assert newest(house).violations[0].endswith('items beyond the first 5,000 of a list were left out.')
        await works_as_before(charger)
    assert house.charge_point.state.transactions[0].energy_wh == 1000


@pytest.mark.parametrize(
    ('frame', 'code'), [(b'x' * (5 * 1024 * 1024), 1009), (b'[2,"1","Authorize",{"idTag":"\xff"}]', 1007)]
)
async def test_a_frame_the_protocol_refuses_ends_the_connection_and_the_next_one_works_at_once(
    house: House, frame: bytes, code: int
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        with contextlib.suppress(ConnectionClosed):  # it may be cut in the middle of the frame
            await charger.websocket.send(frame, text=True)
        async with asyncio.timeout(10):
            await charger.websocket.wait_closed()
        assert charger.websocket.close_code == code
        async with ScriptedCharger(house.ocpp()) as again:
            await again.boot()
            await house.until(lambda: any(a.verdict in CUT for a in house.charge_point.state.attempts))
            assert house.charge_point.state.connected
            await works_as_before(again)
    cut = next(a for a in house.charge_point.state.attempts if a.verdict in CUT)
    assert str(code) in attempt_sentence(cut)
    assert not cut.accepted
    assert any(str(code) in v for message in house.charge_point.messages for v in message.violations)


async def test_json_in_binary_frames_is_read(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for frame in (b'[2,"b","Heartbeat",{}]', b'\xef\xbb\xbf[2,"b","Heartbeat",{}]\0'):
            await charger.send(frame)
            assert (await charger.receive())[:2] == [3, 'b']
            message = newest(house)
            assert message.action == 'Heartbeat'
            assert message.violations[0] == 'A binary frame; OCPP-J is text. It was read.'
            await works_as_before(charger)
        await charger.send(b'[2,"b","Authorize",{"idTag":"\xff"}]')
        assert (await charger.receive())[:2] == [3, 'b']
        await charger.send(b'[2,"b","Authorize",{"idTag":"')
        assert (await charger.receive())[:2] == [4, 'b']


async def test_a_binary_frame_that_is_no_json_is_recorded_and_ignored(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        for frame in (b'\x00\xff\x10', b'', b'hello'):
            await charger.send(frame)
            await works_as_before(charger)
            message = logged(house, f'{len(frame)} bytes')
            assert message.action is None
            assert message.violations == ('A binary frame; OCPP-J is text. It was ignored.',)


@pytest.mark.turns(3)
async def test_rest_answers_while_10000_frames_are_worked_off(house: House) -> None:
    count, answered = 10_000, 0
    flooded = asyncio.Event()

    async def read(charger: ScriptedCharger) -> None:
        nonlocal answered
        while answered < count:
            assert json.loads(await charger.websocket.recv())[:2] == [3, f'{answered}']
            answered += 1
            flooded.set()

    async def flood(charger: ScriptedCharger) -> None:
        for number in range(count):
            await charger.send(f'[2,"{number}","Heartbeat",{{}}]')

    async with ScriptedCharger(house.ocpp()) as charger, httpx.AsyncClient(verify=False, base_url=house.http) as rest:
        await charger.boot()
        work = asyncio.gather(read(charger), flood(charger))
        await flooded.wait()
        for _ in range(2):
            assert (await rest.get('/api/chargepoint')).json()['connected'] is True
        assert answered < count
        await work
        await works_as_before(charger)
