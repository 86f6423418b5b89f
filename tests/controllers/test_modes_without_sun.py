"""Modes Solar+ and Fast: a car that is plugged in charges, whatever the sun does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.state import FULL_SPEED, THE_SUN, YOU, Mode, Preset, Source
from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger


async def put(house: House, path: str, **body: object) -> httpx.Response:
    """A PUT whose answer may wait for the charger's."""
    async with httpx.AsyncClient(verify=False, base_url=house.http, trust_env=False) as rest:
        return await rest.put(f'/api/{path}', json=body)


def limit_of(payload: dict[str, Any]) -> float:
    profile = payload.get('csChargingProfiles') or payload['chargingProfile']
    return float(profile['chargingSchedule']['chargingSchedulePeriod'][0]['limit'])


def limit_by(house: House) -> Source | None:
    limit = house.charge_point.state.connector(1).limit
    return None if limit is None else limit.by


@pytest.mark.parametrize(('mode', 'limit_a'), [('fast', 16), ('solar+min', 6)])
async def test_a_car_charges_as_soon_as_it_is_plugged_in_without_any_reading(
    house: House, mode: str, limit_a: float
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Available')
        assert (await put(house, 'solar', mode=mode)).json()['mode'] == mode
        await charger.call('Heartbeat', {})  # nothing was sent: no car is plugged in
        await charger.status(1, 'Preparing')
        assert limit_of(await charger.expect('RemoteStartTransaction')) == limit_a
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        assert house.charge_point.state.connector(1).mode == mode
        await charger.stop(transaction_id)
        await charger.status(1, 'Finishing')
        await charger.call('Heartbeat', {})  # the driver ended it: it stays ended
        await charger.status(1, 'Available')
        await charger.status(1, 'Preparing')
        assert limit_of(await charger.expect('RemoteStartTransaction')) == limit_a


async def test_solar_with_a_minimum_rises_with_the_sun_and_never_below_the_minimum(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        await put(house, 'solar', mode='solar+min')
        await charger.expect('RemoteStartTransaction')
        await charger.start()
        await charger.status(1, 'Charging')
        await put(house, 'solar', pv_w=2400)
        assert limit_of(await charger.expect('SetChargingProfile')) == 10.2
        await put(house, 'solar', pv_w=0)
        assert limit_of(await charger.expect('SetChargingProfile')) == 6
        await put(house, 'solar', pv_w=1400)
        await charger.call('Heartbeat', {})
        assert limit_by(house) == THE_SUN


async def test_fast_takes_over_from_the_sun_and_manual_from_fast(make_house: MakeHouse) -> None:
    house = await make_house(solar_hold_s=0, max_current=13.75)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        await put(house, 'solar', mode='solar', pv_w=2400)
        await charger.expect('RemoteStartTransaction')
        await charger.start()
        await charger.status(1, 'Charging')
        await put(house, 'solar', mode='fast')
        assert limit_of(await charger.expect('SetChargingProfile')) == 13.7
        await house.until(lambda: limit_by(house) == FULL_SPEED)
        setting = asyncio.create_task(put(house, 'chargepoint/1/chargeLimit', limit=8))
        assert limit_of(await charger.expect('SetChargingProfile')) == 8
        assert (await setting).status_code == 200
        connector = house.charge_point.state.connector(1)
        assert (connector.mode, connector.mode_after) == (Mode.MANUAL, Mode.FAST)
        await put(house, 'solar', mode='fast')  # going back is one tap
        assert limit_of(await charger.expect('SetChargingProfile')) == 13.7


async def test_a_session_that_a_card_started_is_left_alone(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        await charger.status(1, 'Charging')
        await put(house, 'solar', mode='fast')
        await charger.call('Heartbeat', {})
        assert 'started at the charger' in house.solar_controller.decision(1).reason


async def test_mode_and_preset_are_there_after_a_restart(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for connector_id in (1, 2):
            await charger.status(connector_id, 'Available')
        answer = await put(house, 'solar', mode='solar+min', preset='eager')
        assert (answer.json()['mode'], answer.json()['preset']) == ('solar+min', 'eager')
        await put(house, 'solar', mode='fast', preset='demo', connector=2)
        await put(house, 'solar', preset=None, connector=2)
    async with httpx.AsyncClient(verify=False, base_url=house.http, trust_env=False) as rest:
        chosen = (await rest.get('/api/history?kind=preset')).json()['items']
    assert [(event['connector'], event['details']) for event in chosen] == [
        (2, {}),
        (2, {'preset': 'demo'}),
        (1, {'preset': 'eager'}),
    ]
    await house.charge_point.journal.flushed()
    connectors = house.charge_point.journal.restored_state(1).connectors
    assert {i: (connectors[i].mode, connectors[i].preset) for i in (1, 2)} == {
        1: (Mode.SOLAR_MIN, Preset.EAGER),
        2: (Mode.FAST, None),
    }


@pytest.mark.usefixtures('settled_at_once')
@pytest.mark.parametrize('mode', ['solar', 'solar+min', 'fast'])
async def test_a_session_that_somebody_ended_stays_ended_after_a_restart(
    make_house: MakeHouse, tmp_path: Path, mode: str
) -> None:
    house = await make_house(folder=tmp_path, solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        await put(house, 'solar', mode=mode, pv_w=3000)
        await charger.expect('RemoteStartTransaction')
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await charger.status(1, 'Finishing')
        await charger.stop(transaction_id)
    house.charge_point.journal.close()
    house = await make_house(folder=tmp_path, solar_hold_s=0)
    async with ScriptedCharger(house.ocpp()) as charger:
        await put(house, 'solar', pv_w=3000)
        await charger.call('Heartbeat', {})
        assert 'was ended by somebody' in house.solar_controller.decision(1).reason
        await put(house, 'solar', grid_w=-3000)  # another rule decides: nobody has chosen the mode again
        await charger.call('Heartbeat', {})
        assert 'was ended by somebody' in house.solar_controller.decision(1).reason
        await put(house, 'solar', mode='manual')
        await put(house, 'solar', mode=mode)
        await charger.expect('RemoteStartTransaction')


async def test_the_demos_rule_decides_until_a_reading_of_the_grid_comes(house: House) -> None:
    answer = await put(house, 'solar', mode='solar', pv_w=3000)
    assert (answer.json()['preset'], answer.json()['presetInForce']) == ('balanced', 'demo')
    assert (await put(house, 'solar', grid_w=-900)).json()['presetInForce'] == 'balanced'
    assert (await put(house, 'solar', preset='eager')).json()['presetInForce'] == 'eager'
    house.charge_point.record_reading(pv_w=2400, by=YOU)  # the slider
    assert (await put(house, 'solar', grid_w=-900)).json()['presetInForce'] == 'demo'
    assert (await put(house, 'solar', pv_w=3000)).json()['presetInForce'] == 'eager'
    assert (await put(house, 'solar', grid_w=None)).json()['presetInForce'] == 'demo'


async def test_fast_stays_below_a_ceiling_and_rises_when_it_is_lifted(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        await put(house, 'ceilings/grid-operator', limit_a=8)
        await put(house, 'solar', mode='fast')
        assert limit_of(await charger.expect('RemoteStartTransaction')) == 8
        await charger.start()
        await charger.status(1, 'Charging')
        await charger.call('Heartbeat', {})  # no storm: the next message comes with the next ceiling
        await put(house, 'ceilings/grid-operator', limit_a=6)
        assert limit_of(await charger.expect('SetChargingProfile')) == 6
        async with httpx.AsyncClient(verify=False, base_url=house.http, trust_env=False) as rest:
            await rest.delete('/api/ceilings/grid-operator')
        assert limit_of(await charger.expect('SetChargingProfile')) == 16
        assert house.charge_point.state.connector(1).mode is Mode.FAST
