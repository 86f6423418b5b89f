"""What the charger was asked about its service, and whether it has done so."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from simulator import Car, Charger
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

COMMAND = '/api/chargepoint/commands/ChangeAvailability'


async def shown(rest: httpx.AsyncClient, connector: str = '1') -> Any:
    return (await rest.get('/api/chargepoint')).json()['connectors'][connector].get('availability')


async def test_what_waits_for_the_end_of_a_session_is_scheduled(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest, Charger(house.ocpp(), speed=50) as charger:
        assert await shown(rest) is None
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        answer = await rest.post(COMMAND, json={'connectorId': 1, 'type': 'Inoperative'})
        assert answer.json()['status'] == 'Scheduled'
        assert await shown(rest) == {'requested': 'inoperative', 'scheduled': True}
    house.charge_point.journal.close()
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        assert await shown(rest) == {'requested': 'inoperative', 'scheduled': True}


async def test_it_is_done_once_the_charger_says_so(house: House, rest: httpx.AsyncClient) -> None:
    async with Charger(house.ocpp(), speed=50) as charger:
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        await rest.post(COMMAND, json={'connectorId': 0, 'type': 'Inoperative'})
        assert await shown(rest) == {'requested': 'inoperative', 'scheduled': True}
        charger.unplug(1)
        await charger.wait_for(1, 'Unavailable')
        await charger.wait_until_answered()
        assert await shown(rest) == {'requested': 'inoperative', 'scheduled': False}
        await rest.post(COMMAND, json={'connectorId': 1, 'type': 'Operative'})
        assert await shown(rest) == {'requested': 'operative', 'scheduled': False}


async def test_nothing_waits_for_the_end_of_a_session_where_the_charger_is_free(
    house: House, rest: httpx.AsyncClient
) -> None:
    """As after a restart, over which it has forgotten what it accepted."""
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Charging')
        sending = asyncio.create_task(rest.post(COMMAND, json={'connectorId': 1, 'type': 'Inoperative'}))
        await charger.expect('ChangeAvailability', 'Scheduled')
        await sending
        assert await shown(rest) == {'requested': 'inoperative', 'scheduled': True}
        await charger.boot()
        assert await shown(rest) == {'requested': 'inoperative', 'scheduled': False}


async def test_what_is_refused_changes_nothing(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        sending = asyncio.create_task(rest.post(COMMAND, json={'connectorId': 1, 'type': 'Inoperative'}))
        await charger.expect('ChangeAvailability', 'Rejected')
        assert (await sending).json()['status'] == 'Rejected'
        assert await shown(rest) is None
