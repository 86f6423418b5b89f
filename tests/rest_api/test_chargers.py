"""`/api/chargers`: who is let in, by REST."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    return await make_house(adopt='first')


async def chargers(rest: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    page = (await rest.get('/api/chargers')).json()
    assert page['next'] is None
    return {item['charge_box_id']: item for item in page['items']}


async def test_who_knocked_is_listed_the_adopted_ones_first(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
        with pytest.raises(InvalidStatus):
            await connect(house.ocpp('a/b%20c'))
        listed = await chargers(rest)
        assert list(listed) == ['garage', 'a/b c']
        assert {'adopted': True, 'connected': True, 'name': None, 'address': '127.0.0.1'}.items() <= listed[
            'garage'
        ].items()
        assert listed['garage']['last_seen'].endswith('Z')
        assert (listed['a/b c']['adopted'], listed['a/b c']['connected']) == (False, False)


async def test_one_is_let_in_named_and_released(house: House, rest: httpx.AsyncClient) -> None:
    path = '/api/chargers/a%2Fb%20c'
    answer = await rest.put(path, json={'adopted': True})
    assert (answer.status_code, answer.json()['adopted'], answer.json()['last_seen']) == (200, True, None)
    assert (await rest.put(path, json={'name': 'Left'})).json()['name'] == 'Left'
    async with ScriptedCharger(house.ocpp('a%2Fb%20c')) as charger:
        await charger.boot()
    released = (await rest.put(path, json={'adopted': False, 'name': ''})).json()
    assert (released['adopted'], released['name']) == (False, None)
    with pytest.raises(InvalidStatus) as refused:
        await connect(house.ocpp('a%2Fb%20c'))
    assert refused.value.response.status_code == 403


async def test_one_that_knocked_is_dismissed_until_it_knocks_again(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()
    for _ in range(2):
        with pytest.raises(InvalidStatus):
            await connect(house.ocpp('stranger'))
        assert list(await chargers(rest)) == ['garage', 'stranger']
        answer = await rest.delete('/api/chargers/stranger')
        assert (answer.status_code, answer.json()['charge_box_id']) == (200, 'stranger')
        assert list(await chargers(rest)) == ['garage']
    for box in ('stranger', 'nobody', 'garage'):
        answer = await rest.delete(f'/api/chargers/{box}')
        assert (answer.status_code, answer.json()['error']) == (400, 'InvalidCharger'), box


@pytest.mark.parametrize(
    'body',
    [[], {}, 'x', {'adopted': 1}, {'adopted': 'true'}, {'name': 7}, {'name': 'x' * 41}, {'name': 'a\nb'}, {'id': 'x'}],
)
async def test_a_wrong_body_changes_nothing(rest: httpx.AsyncClient, body: object) -> None:
    answer = await rest.put('/api/chargers/garage', json=body)
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidCharger')
    assert await chargers(rest) == {}
    assert (await rest.put('/api/chargers//', json={'adopted': True})).status_code == 400
