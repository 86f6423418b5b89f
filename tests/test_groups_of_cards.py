"""What a charger learns about the group and the end of a card, and what its group may do."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from simulator import Car, Charger
from tests.conftest import House
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

FAMILY: dict[str, Any] = {'status': 'Accepted', 'expiryDate': '2040-01-01T00:00:00Z', 'parentIdTag': 'Family'}
START = {'connectorId': 1, 'idTag': 'Mum', 'meterStart': 0, 'timestamp': TIMESTAMP}


async def test_the_three_answers_say_the_group_and_the_end_of_a_card(house: House, rest: httpx.AsyncClient) -> None:
    await rest.put('/api/idtags/Mum', json=FAMILY)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        assert (await charger.call('Authorize', {'idTag': 'mum'}))['idTagInfo'] == FAMILY
        started = await charger.call('StartTransaction', START)
        assert started['idTagInfo'] == FAMILY
        assert await charger.call('StartTransaction', START) == started
        stop = {'transactionId': started['transactionId'], 'idTag': 'Mum', 'meterStop': 1, 'timestamp': TIMESTAMP}
        assert (await charger.call('StopTransaction', stop))['idTagInfo'] == FAMILY


async def test_a_card_whose_end_is_past_is_expired_and_says_since_when(house: House, rest: httpx.AsyncClient) -> None:
    await rest.put('/api/idtags/Guest', json={'status': 'Accepted', 'expiryDate': '2020-01-01T00:00:00Z'})
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        answer = await charger.call('Authorize', {'idTag': 'Guest'})
        assert answer['idTagInfo'] == {'status': 'Expired', 'expiryDate': '2020-01-01T00:00:00Z'}


@pytest.mark.parametrize(('card', 'stops'), [('Dad', True), ('Neighbour', False)])
async def test_a_card_of_the_group_stops_what_another_began(
    house: House, rest: httpx.AsyncClient, card: str, stops: bool
) -> None:
    for name in ('Mum', 'Dad'):
        await rest.put(f'/api/idtags/{name}', json=FAMILY)
    await rest.put('/api/idtags/Neighbour', json={'status': 'Accepted'})
    async with Charger(house.ocpp(), speed=50) as charger:
        charger.plug_in(1, Car())
        charger.tap('Mum', 1)
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        charger.tap(card, 1)
        await charger.wait_until_answered()
        assert (charger.station.connectors[1].transaction is None) is stops
    if stops:
        assert house.charge_point.state.transactions[0].stop_id_tag == 'Dad'


@pytest.mark.parametrize('named', [0, 9, None])
async def test_a_start_that_names_no_reservation_of_ours_uses_none(house: House, named: int | None) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        more = {} if named is None else {'reservationId': named}
        started = await charger.call('StartTransaction', START | {'idTag': 'Tag1'} | more)
        assert started['idTagInfo']['status'] == 'Accepted'
    assert house.charge_point.state.reservations == ()
