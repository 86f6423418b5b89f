"""`PUT /api/chargepoint/{connector}/chargeLimit`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import House, MakeHouse
from tests.scripted_charger import CALL_ERROR, ScriptedCharger

PATH = '/api/chargepoint/1/chargeLimit'

Put = asyncio.Task[httpx.Response]


@pytest.fixture
async def charger(house: House) -> AsyncIterator[ScriptedCharger]:
    """A charger that has booted."""
    async with ScriptedCharger(house.ocpp()) as connected:
        await connected.boot()
        yield connected


def putting(rest: httpx.AsyncClient, body: str, **more: Any) -> Put:
    """A PUT that waits for the charger's answer."""
    return asyncio.create_task(rest.put(PATH, content=body, **more))


async def test_above_0_starts_then_changes_and_0_ends(charger: ScriptedCharger, rest: httpx.AsyncClient) -> None:
    put = putting(rest, '10')
    await charger.expect('RemoteStartTransaction')
    answer = await put
    assert answer.status_code == 200
    assert answer.json().keys() == {'requested', 'applied', 'action', 'status', 'detail'}
    expected = {'requested': 10.0, 'applied': 10.0, 'action': 'RemoteStartTransaction', 'status': 'Accepted'}
    assert answer.json().items() >= expected.items()

    await charger.start()
    put = putting(rest, '{"limit": 8.19}')
    await charger.expect('SetChargingProfile')
    expected = {'requested': 8.19, 'applied': 8.1, 'action': 'SetChargingProfile', 'status': 'Accepted'}
    assert (await put).json().items() >= expected.items()

    put = putting(rest, '0')
    await charger.expect('RemoteStopTransaction')
    expected = {'requested': 0.0, 'applied': 0.0, 'action': 'RemoteStopTransaction', 'status': 'Accepted'}
    assert (await put).json().items() >= expected.items()


@pytest.mark.usefixtures('charger')
async def test_0_with_nothing_running_sends_nothing(house: House, rest: httpx.AsyncClient) -> None:
    newest = house.charge_point.messages.newest_number
    answer = await rest.put(PATH, content='0')
    assert (answer.status_code, answer.json()['applied'], answer.json()['action']) == (200, 0, None)
    assert house.charge_point.messages.newest_number == newest


@pytest.mark.usefixtures('charger')
async def test_the_body_is_read_whatever_its_content_type(rest: httpx.AsyncClient) -> None:
    for content_type in ('application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense', ''):
        answer = await rest.put(PATH, content='0.0', headers={'Content-Type': content_type})
        assert answer.status_code == 200, content_type


@pytest.mark.parametrize(
    ('user_agent', 'by'),
    [('HomeAssistant/2026.2.3 aiohttp/3.13 Python/3.13', 'Home Assistant'), ('curl/8.5.0', 'REST'), ('', 'REST')],
)
async def test_who_set_the_limit_is_remembered(
    charger: ScriptedCharger, rest: httpx.AsyncClient, user_agent: str, by: str
) -> None:
    await charger.start()
    put = putting(rest, '10', headers={'User-Agent': user_agent})
    await charger.expect('SetChargingProfile')
    await put
    connector = (await rest.get('/api/chargepoint')).json()['connectors']['1']
    assert (connector['limit'], connector['limitSetBy']) == (10, by)


@pytest.mark.usefixtures('charger')
async def test_a_limit_is_a_manual_command(rest: httpx.AsyncClient) -> None:
    await rest.put('/api/solar', json={'mode': 'solar'})
    await rest.put(PATH, content='0')
    assert (await rest.get('/api/solar')).json()['mode'] == 'manual'


BAD_LIMITS = [
    'abc',
    '',
    'NaN',
    'Infinity',
    '-1',
    '1e9',
    '16.01',
    '16,5',
    'true',
    'null',
    '"10"',
    '0.04',
    '{"limt": 10}',
]


async def test_no_limit_comes_before_no_charger(rest: httpx.AsyncClient) -> None:
    for body in BAD_LIMITS:
        answer = await rest.put(PATH, content=body)
        assert (answer.status_code, answer.json()['error']) == (400, 'InvalidLimit'), body


async def test_no_connector_comes_before_no_charger(rest: httpx.AsyncClient) -> None:
    for connector in ('0', 'x', '-1', '1.5', '%20'):
        answer = await rest.put(f'/api/chargepoint/{connector}/chargeLimit', content='10')
        assert (answer.status_code, answer.json()['error']) == (400, 'InvalidConnector'), connector


async def test_no_charger_comes_before_an_unknown_connector(rest: httpx.AsyncClient) -> None:
    for connector in (1, 99):
        answer = await rest.put(f'/api/chargepoint/{connector}/chargeLimit', content='10')
        assert (answer.status_code, answer.json()['error']) == (503, 'NotConnected'), connector


@pytest.mark.usefixtures('charger')
async def test_a_connector_the_charger_never_reported_is_unknown(rest: httpx.AsyncClient) -> None:
    answer = await rest.put('/api/chargepoint/99/chargeLimit', content='10')
    assert (answer.status_code, answer.json()['error']) == (404, 'UnknownConnector')


@pytest.mark.usefixtures('charger')
async def test_bad_input_leaves_the_next_good_request_as_it_was(rest: httpx.AsyncClient) -> None:
    for body in BAD_LIMITS:
        assert (await rest.put(PATH, content=body)).status_code == 400
    assert (await rest.put(PATH, content='0')).status_code == 200


async def test_a_refusal_is_409_and_says_what_was_tried(charger: ScriptedCharger, rest: httpx.AsyncClient) -> None:
    put = putting(rest, '10')
    await charger.expect('RemoteStartTransaction', 'Rejected')
    answer = await put
    assert (answer.status_code, answer.json()['error']) == (409, 'Rejected')
    assert 'RemoteStartTransaction' in answer.json()['detail']


@pytest.mark.parametrize(
    ('members', 'expected'),
    [
        (
            ['NotSupported', 'not today', {'a': 1}],
            {'code': 'NotSupported', 'description': 'not today', 'details': {'a': 1}},
        ),
        ([], {'code': '', 'description': '', 'details': {}}),
        (['GenericError', '', {'n': 10**30}], {'code': 'GenericError', 'description': '', 'details': {'n': 1e30}}),
    ],
)
async def test_a_call_error_is_502_with_its_members(
    charger: ScriptedCharger, rest: httpx.AsyncClient, members: list[Any], expected: dict[str, Any]
) -> None:
    put = putting(rest, '10')
    message_id, _ = await charger.receive_call('RemoteStartTransaction')
    await charger.send([CALL_ERROR, message_id, *members])
    answer = await put
    assert (answer.status_code, answer.json()['error']) == (502, 'CallError')
    assert {name: answer.json()[name] for name in expected} == expected

    put = putting(rest, '10')
    await charger.expect('RemoteStartTransaction')
    assert (await put).status_code == 200


async def test_a_charger_that_hangs_up_is_reported_at_once(charger: ScriptedCharger, rest: httpx.AsyncClient) -> None:
    put = putting(rest, '10')
    await charger.receive_call('RemoteStartTransaction')
    await charger.websocket.close()
    async with asyncio.timeout(5):
        answer = await put
    assert (answer.status_code, answer.json()['error']) == (504, 'ConnectionClosed')


async def test_a_charger_that_does_not_answer_is_waited_for_no_longer_than_set(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.05)
    async with ScriptedCharger(house.ocpp()) as charger, httpx.AsyncClient(verify=False, base_url=house.http) as rest:
        await charger.boot()
        answer = await rest.put(PATH, content='10')
        assert (answer.status_code, answer.json()['error']) == (504, 'CallTimeout')
