"""Pages of other sites cannot use this server through a browser in the home network."""

from __future__ import annotations

import json

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from cpo.sentences import attempt_sentence
from tests.conftest import House

FOREIGN = [
    'http://evil.example',
    'https://evil.example:8080',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://evil.example/127.0.0.1',
    'http://[::1',
    'nonsense',
]
LET_IN = [
    'null',
    'file://',
    'http://localhost',
    'http://localhost:3000',
    'https://127.0.0.1:8443',
    'http://[::1]:8080',
    'http://garage.local:8123',
    'http://GARAGE.local',
]
HOST = 'garage.local:8080'


async def test_a_foreign_page_may_not_change_anything(rest: httpx.AsyncClient) -> None:
    for origin in FOREIGN:
        headers = {'Origin': origin, 'Host': HOST}
        for answer in (
            await rest.put('/api/solar', json={'pv_w': 5000}, headers=headers),
            await rest.post('/api/chargepoint/commands/Reset', headers=headers),
            await rest.post('/', headers=headers),
        ):
            assert (answer.status_code, answer.json()['error']) == (403, 'ForeignOrigin'), origin
            assert origin in answer.json()['detail']
    assert (await rest.get('/api/solar')).json()['pv_w'] is None


async def test_the_houses_own_pages_may(rest: httpx.AsyncClient) -> None:
    for pv_w, origin in enumerate(LET_IN):
        answer = await rest.put('/api/solar', json={'pv_w': pv_w}, headers={'Origin': origin, 'Host': HOST})
        assert (answer.status_code, answer.json().get('pv_w')) == (200, pv_w), origin


async def test_reading_is_not_a_change(rest: httpx.AsyncClient) -> None:
    answer = await rest.get('/api/chargepoint', headers={'Origin': 'http://evil.example'})
    assert answer.status_code == 200
    assert 'access-control-allow-origin' not in answer.headers


@pytest.mark.parametrize('path', ['/ocpp/garage', '/_nicegui_ws/socket.io/?EIO=4&transport=websocket', '/nothing'])
async def test_a_foreign_page_gets_no_websocket(house: House, path: str) -> None:
    url = f'ws://127.0.0.1:{house.port}{path}'
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, origin=Origin('http://evil.example'), subprotocols=[Subprotocol('ocpp1.6')])
    response = refused.value.response
    assert (response.status_code, response.headers['content-type']) == (403, 'application/json')
    assert json.loads(response.body or b'')['error'] == 'ForeignOrigin'
    assert not house.charge_point.state.connected


async def test_a_charger_that_was_taken_for_a_page_is_seen_by_its_owner(house: House) -> None:
    with pytest.raises(InvalidStatus):
        await connect(house.ocpp('garage'), origin=Origin('http://evil.example'))
    attempt = house.charge_point.state.attempts[0]
    assert (attempt.path, attempt.accepted) == ('/ocpp/garage', False)
    assert 'http://evil.example' in attempt_sentence(attempt)


async def test_chargers_and_own_pages_get_their_websocket(house: House) -> None:
    for origin in (None, 'null', 'file://', 'http://localhost:3000', 'http://127.0.0.1:80'):
        headers = {} if origin is None else {'Origin': origin}
        subprotocols = [Subprotocol('ocpp1.6')]
        async with connect(house.ocpp(), additional_headers=headers, subprotocols=subprotocols) as websocket:
            assert websocket.subprotocol == 'ocpp1.6', origin
