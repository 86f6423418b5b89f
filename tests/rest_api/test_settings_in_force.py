"""Each setting, changed by REST, is seen to hold: at the charger's socket, at the doors, in the log."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from cpo.serving import LogLevel
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_settings import put
from tests.scripted_charger import ScriptedCharger

BOOT = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'}


async def status_of(rest: httpx.AsyncClient, method: str = 'GET', **headers: str) -> int:
    """The status that a request with these headers gets."""
    named = {name.replace('_', '-'): value for name, value in headers.items()}
    return (await rest.request(method, '/api/chargepoint', headers=named)).status_code


async def test_the_name_of_this_server_and_its_pages(rest: httpx.AsyncClient) -> None:
    assert await status_of(rest, Host='cpo.example.org') == 403
    await put(rest, allowed_hosts=['cpo.example.org'])
    assert await status_of(rest, Host='cpo.example.org') == 200
    await put(rest, allowed_hosts=None, public_url='https://cpo.example.net')
    assert await status_of(rest, Host='cpo.example.org') == 403
    assert await status_of(rest, Host='cpo.example.net') == 200
    of_ha = {'Origin': 'https://ha.example.org', 'Content-Type': 'application/json'}
    assert await status_of(rest, 'PUT', **of_ha) == 403
    await put(rest, allowed_origins=['https://ha.example.org'])
    assert await status_of(rest, 'PUT', **of_ha) == 405
    answer = await rest.get('/api/chargepoint')
    assert 'https://ha.example.org' in answer.headers['content-security-policy']


async def test_the_networks_of_the_home(rest: httpx.AsyncClient) -> None:
    from_afar = {'X-Forwarded-For': '203.0.113.7'}
    assert (await rest.get('/api/chargepoint', headers=from_afar)).status_code == 403
    await put(rest, trusted_networks=['203.0.113.0/24'])
    assert (await rest.get('/api/chargepoint', headers=from_afar)).status_code == 200
    await put(rest, trusted_networks=[])
    assert (await rest.get('/api/chargepoint', headers=from_afar)).status_code == 403


async def test_simulators_that_are_opened_from_a_file(house: House, rest: httpx.AsyncClient) -> None:
    protocol = [Subprotocol('ocpp1.6')]
    with pytest.raises(InvalidStatus):
        await connect(house.ocpp(), origin=Origin('null'), subprotocols=protocol)
    await put(rest, allow_file_pages=True)
    async with connect(house.ocpp(), origin=Origin('null'), subprotocols=protocol):
        pass


async def test_what_a_charger_is_told_as_it_boots(house: House, rest: httpx.AsyncClient) -> None:
    await put(rest, heartbeat_interval=300)
    async with ScriptedCharger(house.ocpp()) as charger:
        assert (await charger.call('BootNotification', BOOT))['interval'] == 300


async def test_how_long_the_charger_that_is_connected_has_to_answer(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await put(rest, call_timeout=0.05)
        answer = await rest.post('/api/chargepoint/commands/ClearCache', json={})
        assert (answer.status_code, answer.json()['detail']) == (504, 'No answer within 0.05 s. It may still happen.')


async def test_the_only_charger_that_is_let_in(house: House, rest: httpx.AsyncClient) -> None:
    await put(rest, charge_box_id='garage')
    with pytest.raises(InvalidStatus):
        async with ScriptedCharger(house.ocpp('CP1')):
            pass
    page = await rest.get('/ocpp/CP1', headers={'Accept': 'text/html'})
    assert '/ocpp/garage' in page.text
    async with ScriptedCharger(house.ocpp('garage')) as charger:
        await charger.boot()


async def test_what_an_unadopted_charger_gets(make_house: MakeHouse) -> None:
    house = await make_house(adopt='ask')
    async with client_of(house) as rest:
        with pytest.raises(InvalidStatus):
            async with ScriptedCharger(house.ocpp()):
                pass
        for unadopted, status in (('pending', 'Pending'), ('rejected', 'Rejected')):
            await put(rest, unadopted=unadopted)
            async with ScriptedCharger(house.ocpp()) as charger:
                assert (await charger.call('BootNotification', BOOT))['status'] == status
        await put(rest, charge_box_id='CP1')
        async with ScriptedCharger(house.ocpp()) as charger:
            assert (await charger.call('BootNotification', BOOT))['status'] == 'Accepted'


async def test_who_may_charge_freely(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for is_free, status in ((False, 'Invalid'), (True, 'Accepted'), (False, 'Invalid')):
            await put(rest, free_charging=is_free)
            assert (await charger.call('Authorize', {'idTag': 'Stranger'}))['idTagInfo']['status'] == status


async def test_how_long_an_answer_is_awaited_on_the_next_connection(house: House, rest: httpx.AsyncClient) -> None:
    await put(rest, call_timeout=0.1)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        sent = asyncio.create_task(rest.post('/api/chargepoint/commands/ClearCache', json={}))
        await charger.receive_call('ClearCache')
        assert (await sent).json()['error'] == 'CallTimeout'


async def test_how_long_a_command_overrides_the_mode(house: House, rest: httpx.AsyncClient) -> None:
    await put(rest, manual_lasts='always')
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await rest.put('/api/solar', json={'mode': 'solar'})
        assert (await rest.put('/api/chargepoint/1/chargeLimit', json=0)).status_code == 200
        connector = house.charge_point.state.connector(1)
        assert (connector.mode, connector.mode_after) == ('manual', None)


async def test_how_the_sun_is_taken_and_how_many_phases_count(house: House, rest: httpx.AsyncClient) -> None:
    await put(rest, solar_preset='eager', phases=3)
    await rest.put('/api/solar', json={'grid_w': 0})
    assert (await rest.get('/api/solar')).json()['presetInForce'] == 'eager'
    assert house.charge_point.state.phases == 3


async def test_the_log(house: House, rest: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger('cpo')
    before = logger.level
    try:
        LogLevel(house.charge_point)
        assert logger.level == logging.INFO
        await put(rest, log_level='debug')
        assert logger.level == logging.DEBUG
        assert logging.getLogger('cpo.house').isEnabledFor(logging.DEBUG)
    finally:
        logger.setLevel(before)
