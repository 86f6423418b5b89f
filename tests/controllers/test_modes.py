"""A command counts for one session; then Solar or Off is back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from cpo.state import Mode
from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger

SUN = {'pv_w': 2350}


async def put(house: House, path: str, **body: object) -> httpx.Response:
    """A PUT whose answer may wait for the charger's."""
    async with httpx.AsyncClient(verify=False, base_url=house.http, trust_env=False) as rest:
        return await rest.put(f'/api/{path}', json=body)


async def next_car(charger: ScriptedCharger) -> None:
    for status in ('Available', 'Preparing'):
        await charger.status(1, status)


def mode(house: House) -> Mode:
    return house.charge_point.state.connector(1).mode


async def solar_session(house: House, charger: ScriptedCharger) -> int:
    """A session that the sun started with 10 A."""
    await charger.boot()
    await put(house, 'solar', mode='solar')
    await charger.status(1, 'Preparing')
    await put(house, 'solar', **SUN)
    await charger.expect('RemoteStartTransaction')
    transaction_id = await charger.start()
    await charger.status(1, 'Charging')
    return transaction_id


async def test_a_stop_in_solar_counts_for_this_session(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        transaction_id = await solar_session(house, charger)
        stopping = asyncio.create_task(put(house, 'chargepoint/1/chargeLimit', limit=0))
        await charger.expect('RemoteStopTransaction')
        assert (await stopping).status_code == 200
        await charger.stop(transaction_id)
        await charger.status(1, 'Finishing')
        assert mode(house) is Mode.MANUAL
        await charger.call('Heartbeat', {})
        await next_car(charger)
        await charger.expect('RemoteStartTransaction')
        assert mode(house) is Mode.SOLAR


async def test_a_limit_by_rest_lasts_for_ever_where_the_owner_wants_that(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0, manual_lasts='always')
    async with ScriptedCharger(house.ocpp()) as charger:
        transaction_id = await solar_session(house, charger)
        setting = asyncio.create_task(put(house, 'chargepoint/1/chargeLimit', limit=8))
        await charger.expect('SetChargingProfile')
        await setting
        await charger.stop(transaction_id)
        await next_car(charger)
        await charger.call('Heartbeat', {})
        assert mode(house) is Mode.MANUAL


async def test_off_ends_what_charges_and_nothing_starts_by_itself(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0, free_charging=True)
    async with ScriptedCharger(house.ocpp()) as charger:
        transaction_id = await solar_session(house, charger)
        choosing = asyncio.create_task(put(house, 'solar', mode='off'))
        await charger.expect('RemoteStopTransaction')
        assert (await choosing).json()['mode'] == 'off'
        await charger.stop(transaction_id)
        await next_car(charger)
        await put(house, 'solar', **SUN)
        await charger.call('Heartbeat', {})
        assert mode(house) is Mode.OFF


async def test_a_start_in_off_counts_for_this_session(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await put(house, 'solar', mode='off')
        await charger.status(1, 'Preparing')
        starting = asyncio.create_task(put(house, 'chargepoint/1/chargeLimit', limit=10))
        await charger.expect('RemoteStartTransaction')
        await starting
        assert mode(house) is Mode.MANUAL
        transaction_id = await charger.start()
        await charger.stop(transaction_id)
        await next_car(charger)
        assert mode(house) is Mode.OFF


@pytest.mark.parametrize('limit', [0, 9])
async def test_what_returns_and_the_last_limit_are_in_the_journal(
    make_house: MakeHouse, tmp_path: Path, limit: float
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        await put(house, 'solar', mode='solar')
        setting = asyncio.create_task(put(house, 'chargepoint/1/chargeLimit', limit=limit))
        if limit:
            await charger.expect('RemoteStartTransaction')
        assert (await setting).status_code == 200
    await house.charge_point.journal.flushed()
    connector = house.charge_point.journal.restored_state(1).connector(1)
    assert (connector.mode, connector.mode_after) == (Mode.MANUAL, Mode.SOLAR)
    assert connector.own_limit_a == (limit or None)
