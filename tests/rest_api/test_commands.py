"""`POST /api/chargepoint/commands/{Action}`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import House
from tests.scripted_charger import ScriptedCharger

PATH = '/api/chargepoint/commands/'
JSON = {'Content-Type': 'application/json'}


@pytest.fixture
async def charger(house: House) -> AsyncIterator[ScriptedCharger]:
    """A charger that has booted."""
    async with ScriptedCharger(house.ocpp()) as connected:
        await connected.boot()
        yield connected


def posting(rest: httpx.AsyncClient, action: str, body: str = '') -> asyncio.Task[httpx.Response]:
    """A POST that waits for the charger's answer."""
    return asyncio.create_task(rest.post(PATH + action, content=body, headers=JSON))


@pytest.mark.parametrize('status', ['Accepted', 'Rejected'])
async def test_every_answer_of_the_charger_is_200(
    charger: ScriptedCharger, rest: httpx.AsyncClient, status: str
) -> None:
    post = posting(rest, 'Reset', '{"type": "Soft"}')
    assert await charger.expect('Reset', status) == {'type': 'Soft'}
    answer = await post
    assert answer.status_code == 200
    assert answer.json() == {
        'action': 'Reset',
        'status': status,
        'request': {'type': 'Soft'},
        'response': {'status': status},
    }


async def test_members_go_out_compact_in_the_order_given(charger: ScriptedCharger, rest: httpx.AsyncClient) -> None:
    post = posting(rest, 'ChangeConfiguration', '{"value" : "10",  "key": "HeartbeatInterval"}')
    frame = str(await charger.websocket.recv())
    assert frame.endswith('"ChangeConfiguration",{"value":"10","key":"HeartbeatInterval"}]')
    await charger.websocket.close()
    assert (await post).status_code == 504


async def test_no_body_is_an_empty_payload_and_no_status_is_null(
    charger: ScriptedCharger, rest: httpx.AsyncClient
) -> None:
    post = asyncio.create_task(rest.post(PATH + 'GetConfiguration', headers=JSON))
    message_id, payload = await charger.receive_call('GetConfiguration')
    assert payload == {}
    await charger.answer(message_id, {'unknownKey': ['a']})
    answer = (await post).json()
    assert answer == {'action': 'GetConfiguration', 'status': None, 'request': {}, 'response': {'unknownKey': ['a']}}


async def test_an_answer_that_is_no_object_is_returned_as_it_came(
    charger: ScriptedCharger, rest: httpx.AsyncClient
) -> None:
    post = posting(rest, 'ClearCache')
    message_id, _ = await charger.receive_call('ClearCache')
    await charger.send([3, message_id, [1]])
    answer = await post
    assert (answer.status_code, answer.json()['status'], answer.json()['response']) == (200, None, [1])


async def test_an_answer_nested_as_deep_as_can_be_read_can_be_returned(
    charger: ScriptedCharger, rest: httpx.AsyncClient
) -> None:
    post = posting(rest, 'ClearCache')
    message_id, _ = await charger.receive_call('ClearCache')
    await charger.send(f'[3,"{message_id}",{{"status":"Accepted","deep":{nested(30)}}}]')
    answer = await post
    assert (answer.status_code, answer.json()['status']) == (200, 'Accepted')


async def test_an_answer_nested_deeper_than_that_ends_the_wait_with_an_error(
    charger: ScriptedCharger, rest: httpx.AsyncClient
) -> None:
    post = posting(rest, 'ClearCache')
    message_id, _ = await charger.receive_call('ClearCache')
    await charger.send(f'[3,"{message_id}",{{"status":"Accepted","deep":{nested(400)}}}]')
    answer = await post
    assert (answer.status_code, answer.json()['error']) == (502, 'CallError')


def nested(depth: int) -> str:
    """JSON objects inside each other."""
    return '{"a":' * depth + '1' + '}' * depth


async def test_a_reservation_gets_an_id_where_it_names_none(charger: ScriptedCharger, rest: httpx.AsyncClient) -> None:
    reservation = '{"connectorId": 1, "expiryDate": "2030-01-01T12:00:00Z", "idTag": "Tag1"}'
    post = posting(rest, 'ReserveNow', reservation)
    sent = await charger.expect('ReserveNow')
    assert isinstance(sent['reservationId'], int)
    assert (await post).json()['request'] == sent


async def test_what_cannot_be_sent_says_why(rest: httpx.AsyncClient) -> None:
    for action, body, status, error in (
        ('Explode', '{}', 404, 'UnknownAction'),
        ('Heartbeat', '{}', 404, 'UnknownAction'),
        ('reset', '{"type": "Soft"}', 404, 'UnknownAction'),
        ('Reset', '', 422, 'InvalidPayload'),
        ('Reset', '{"type": "Sofft"}', 422, 'InvalidPayload'),
        ('Reset', '[]', 422, 'InvalidPayload'),
        ('Reset', '{"type": NaN}', 422, 'InvalidPayload'),
        ('Reset', '{"type": "Soft"', 422, 'InvalidPayload'),
        ('Reset', '{"type": "Soft"}', 503, 'NotConnected'),
    ):
        answer = await posting(rest, action, body)
        assert (answer.status_code, answer.json()['error']) == (status, error), (action, body)


async def test_a_payload_that_fails_its_schema_names_the_member_and_is_not_sent(
    house: House, charger: ScriptedCharger, rest: httpx.AsyncClient
) -> None:
    newest = house.charge_point.messages.newest_number
    answer = await posting(rest, 'Reset', '{"type": "Sofft"}')
    assert 'type' in answer.json()['detail']
    assert house.charge_point.messages.newest_number == newest


@pytest.mark.parametrize('headers', [{}, {'Content-Type': 'text/plain'}])
async def test_a_payload_that_is_not_sent_as_json_is_415(rest: httpx.AsyncClient, headers: dict[str, Any]) -> None:
    answer = await rest.post(PATH + 'Reset', content='{"type": "Soft"}', headers=headers)
    assert (answer.status_code, answer.json()['error']) == (415, 'UnsupportedMediaType')


async def test_a_limit_above_the_maximum_is_no_way_around_it(rest: httpx.AsyncClient) -> None:
    schedule = '{"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 63}]}'
    profile = (
        '{"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", '
        f'"chargingProfileKind": "Relative", "chargingSchedule": {schedule}}}'
    )
    body = f'{{"connectorId": 1, "csChargingProfiles": {profile}}}'
    answer = await posting(rest, 'SetChargingProfile', body)
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidLimit')
