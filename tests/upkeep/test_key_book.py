"""The charger's own settings: what they mean, who changed them, and whether a change can be taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.ocpp.v16.key_meanings import MEANINGS
from simulator import Charger
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger
from tests.test_neutral import CONFIGURATION_KEYS

PATH = '/api/chargepoint/configuration'
KEYS: list[dict[str, Any]] = [
    {'key': 'HeartbeatInterval', 'readonly': False, 'value': '300'},
    {'key': 'NumberOfConnectors', 'readonly': True, 'value': '1'},
    {'key': 'AuthorizationKey', 'readonly': False, 'value': 'hunter2222222222'},
    {'key': 'VendorThing', 'readonly': False},
]


async def read(rest: httpx.AsyncClient, charger: ScriptedCharger) -> dict[str, dict[str, Any]]:
    """All keys, as the charger answers now."""
    asked = asyncio.create_task(rest.post(PATH, json={}))
    message_id, payload = await charger.receive_call('GetConfiguration')
    assert payload == {}
    await charger.answer(message_id, {'configurationKey': KEYS})
    return {item['key']: item for item in (await asked).json()['items']}


async def change(
    rest: httpx.AsyncClient, charger: ScriptedCharger, key: str, value: str, status: str
) -> httpx.Response:
    """The answer to a change that the charger answers with this status."""
    asked = asyncio.create_task(rest.put(f'{PATH}/{key}', json={'value': value}))
    assert await charger.expect('ChangeConfiguration', status) == {'key': key, 'value': value}
    return await asked


async def test_keys_are_read_with_their_meaning_and_without_secrets(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        assert (await rest.get(PATH)).json()['items'] == []
        await charger.boot()
        found = await read(rest, charger)
        assert found['HeartbeatInterval']['meaning'] == 'How often it says that it is there, in s.'
        assert [found[each['key']]['readOnly'] for each in KEYS] == [False, True, False, False]
        assert (found['AuthorizationKey']['value'], found['VendorThing']['meaning']) == ('***', None)
        assert 'hunter' not in (await rest.get(PATH)).text


async def test_what_is_read_at_the_start_of_a_connection_says_what_is_read_only(make_house: MakeHouse) -> None:
    house = await make_house(startup_requests=True)
    async with Charger(house.ocpp()), client_of(house) as rest:
        await house.until(lambda: bool(house.charge_point.state.read_only_keys))
        found = {item['key']: item['readOnly'] for item in (await rest.get(PATH)).json()['items']}
    assert (found['NumberOfConnectors'], found['HeartbeatInterval']) == (True, False)


async def test_a_change_is_shown_with_what_was_before_and_undone_by_it(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await read(rest, charger)
        answer = await change(rest, charger, 'HeartbeatInterval', '60', 'Accepted')
        assert answer.json()['status'] == 'taken'
        (key,) = [item for item in (await rest.get(PATH)).json()['items'] if item['key'] == 'HeartbeatInterval']
        assert (key['value'], key['changed']['from'], key['changed']['canUndo']) == ('60', '300', True)
        await change(rest, charger, 'HeartbeatInterval', '300', 'Accepted')


@pytest.mark.parametrize(('status', 'noted'), [('Accepted', True), ('Rejected', False)])
async def test_a_change_by_the_request_itself_is_noted_too(house: House, status: str, noted: bool) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await read(rest, charger)
        body = {'key': 'HeartbeatInterval', 'value': '60'}
        sending = asyncio.create_task(rest.post('/api/chargepoint/commands/ChangeConfiguration', json=body))
        assert await charger.expect('ChangeConfiguration', status) == body
        await sending
        changed = await changed_of(house)
        assert [(key, change['from'], change['canUndo']) for key, change in changed.items()] == (
            [('HeartbeatInterval', '300', True)] if noted else []
        )


async def test_what_holds_after_a_restart_says_so_until_then(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await read(rest, charger)
        answer = await change(rest, charger, 'HeartbeatInterval', '60', 'RebootRequired')
        assert 'once it has restarted' in answer.json()['detail']
        (changed,) = [item['changed'] for item in (await rest.get(PATH)).json()['items'] if item['changed']]
        assert (changed['needsRestart'], changed['canUndo']) == (True, True)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        (changed,) = [item['changed'] for item in (await rest.get(PATH)).json()['items'] if item['changed']]
        assert changed['needsRestart'] is False


def everything_in(folder: Path) -> bytes:
    """The journal's files."""
    return b''.join(file.read_bytes() for file in folder.glob('journal.db*'))


async def changed_of(house: House) -> dict[str, dict[str, Any]]:
    """What was changed, by key."""
    async with client_of(house) as rest:
        items = (await rest.get(PATH)).json()['items']
    return {item['key']: item['changed'] for item in items if item['changed']}


async def test_a_change_is_known_after_a_restart_of_the_program_and_can_be_undone(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    """Also once another charger was here, and without the secrets."""
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await read(rest, charger)
        await change(rest, charger, 'HeartbeatInterval', '60', 'RebootRequired')
        await change(rest, charger, 'VendorThing', 'http://me:hunter2@nas.lan', 'Accepted')
        before = await changed_of(house)
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    assert b'hunter2' not in everything_in(tmp_path)

    house = await make_house(folder=tmp_path)
    assert await changed_of(house) == before
    assert (before['HeartbeatInterval']['from'], before['HeartbeatInterval']['needsRestart']) == ('300', True)
    async with ScriptedCharger(house.ocpp('CP2')) as other:
        await other.boot()
        assert await changed_of(house) == {}
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await read(rest, charger)
        before['HeartbeatInterval']['needsRestart'] = False
        assert await changed_of(house) == before


@pytest.mark.parametrize(
    ('status', 'code', 'error'), [('Rejected', 409, 'Rejected'), ('NotSupported', 404, 'UnknownKey')]
)
async def test_a_refused_change_is_none(house: House, status: str, code: int, error: str) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await read(rest, charger)
        answer = await change(rest, charger, 'HeartbeatInterval', '60', status)
        assert (answer.status_code, answer.json()['error']) == (code, error)
        assert not [item for item in (await rest.get(PATH)).json()['items'] if item['changed']]


async def test_a_wrong_body_and_no_charger_are_said(house: House) -> None:
    async with client_of(house) as rest:
        assert (await rest.put(f'{PATH}/A', json={'value': 3})).status_code == 422
        assert (await rest.put(f'{PATH}/A', json={'value': '3'})).status_code == 503
        for key, value in (('A', 'x' * 501), ('A' * 51, '3')):
            too_long = await rest.put(f'{PATH}/{key}', json={'value': value})
            assert (too_long.status_code, too_long.json()['error']) == (422, 'InvalidPayload')
        assert (await rest.post(PATH, json={})).status_code == 503


async def test_a_key_or_value_that_is_too_long_is_said_and_not_sent(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        too_long = await rest.put(f'{PATH}/A', json={'value': 'x' * 501})
        assert (too_long.status_code, too_long.json()['error']) == (422, 'InvalidPayload')
        assert '“value” has 501 characters' in too_long.json()['detail']
        assert (await rest.put(f'{PATH}/{"A" * 51}', json={'value': 'x'})).status_code == 422
        assert (await change(rest, charger, 'A', '1', 'Accepted')).status_code == 200  # the next that is sent


async def test_a_key_may_have_a_slash_in_its_name(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        for spelled in ('Vendor/Led/Brightness', 'Vendor%2FLed%2FBrightness'):
            asked = asyncio.create_task(rest.put(f'{PATH}/{spelled}', json={'value': ''}))
            assert await charger.expect('ChangeConfiguration') == {'key': 'Vendor/Led/Brightness', 'value': ''}
            assert (await asked).json()['key'] == 'Vendor/Led/Brightness'


async def test_a_key_whose_value_the_charger_accepts_and_keeps_was_changed_by_nobody(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        kept: dict[str, Any] = {'key': 'MeterValueSampleInterval', 'readonly': False, 'value': '10'}
        for _ in range(2):
            asked = asyncio.create_task(rest.post(PATH, json={}))
            message_id, _payload = await charger.receive_call('GetConfiguration')
            await charger.answer(message_id, {'configurationKey': [kept]})
            (key,) = (await asked).json()['items']
            assert (key['value'], key['changed']) == ('10', None)
            await change(rest, charger, kept['key'], '60', 'Accepted')
            assert (await changed_of(house))[kept['key']]['from'] == '10'
        asked = asyncio.create_task(rest.post(PATH, json={}))
        message_id, _payload = await charger.receive_call('GetConfiguration')
        await charger.answer(message_id, {'configurationKey': [kept]})
        await asked
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    assert await changed_of(await make_house(folder=tmp_path)) == {}


async def test_what_the_program_changed_by_itself_is_told_apart(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        asked = asyncio.create_task(rest.post(PATH, json={}))
        message_id, _ = await charger.receive_call('GetConfiguration')
        interval = {'key': 'MeterValueSampleInterval', 'readonly': False, 'value': '60'}
        await charger.answer(message_id, {'configurationKey': [interval]})
        await asked
        request = house.charge_point.dialect.setting_request('MeterValueSampleInterval', '10')
        sending = asyncio.create_task(house.charge_point.send(request))  # as at the start of a connection
        await charger.expect('ChangeConfiguration')
        await sending
        (key,) = (await rest.get(PATH)).json()['items']
        assert (key['changed']['by'], key['changed']['from'], key['value']) == ('', '60', '10')
        assert key['because'] == 'This program asks for values every 10 s, to follow the sun.'


def test_every_key_of_the_specification_has_a_meaning() -> None:
    assert set(CONFIGURATION_KEYS.split()) <= MEANINGS.keys()
