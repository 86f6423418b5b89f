"""The simulator that acts by itself in a real browser; program and schemas validate all it sends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.smart_simulator import (
    ACCEPTED,
    REJECTED,
    actions,
    as_file,
    command,
    connect,
    draws,
    fill,
    messages,
    more_of,
    part,
    profile,
    say,
    sent,
    served,
)
from tests.program import Program, document_when, running
from tests.scripted_charger import TIMESTAMP, schema


@pytest.mark.parametrize('place', [served, as_file])
async def test_a_day_of_the_charger_from_plug_to_unplug(open_page: OpenPage, place: Callable[[Program], str]) -> None:
    async with running('--allow-file-pages') as program, program.client() as rest:
        home, page = await open_page(program.http), await open_page(place(program))
        await connect(page)
        await say(home, 'pill', re.compile('Ready'))
        await part(page, 'plug-1').click()
        await say(page, 'status-1', 'Preparing')
        await say(home, 'pill', re.compile('Plugged in'))

        await part(home, 'limit-slider').fill('10')
        await say(page, 'status-1', 'Charging')
        await draws(page, '10.0', '9.9')
        await say(home, 'power-kw', re.compile(r'^2\.2[78]'))
        await part(home, 'limit-slider').fill('6')
        await draws(page, '6.0', '5.9')
        await say(home, 'power-kw', re.compile(r'^1\.3[56]'))
        await rest.put('/api/chargepoint/1/chargeLimit', content='12')
        await draws(page, '12.0', '11.9')
        document = await document_when(rest, lambda d: d['connectors']['1'].get('power', 0) > 2700)
        assert document['connectors']['1']['limit'] == 12
        await rest.put('/api/chargepoint/1/chargeLimit', content='0')
        await say(page, 'status-1', 'Finishing')
        await draws(page, '0.0', '0.0')
        await document_when(rest, lambda d: not d['connectors']['1'].get('power'))
        await rest.put('/api/chargepoint/1/chargeLimit', content='8')
        await draws(page, '8.0', '7.9')
        await part(home, 'start-stop').click()
        await part(home, 'yes').click()
        await say(page, 'status-1', 'Finishing')

        await part(page, 'tap-1').click()
        await say(page, 'status-1', 'Charging')
        await say(page, 'transaction-1', re.compile(r'^\d+, Tag1'))
        await say(page, 'session-1', re.compile(r'^0\.00[1-9]'))
        await part(page, 'tap-1').click()
        await say(page, 'status-1', 'Finishing')
        await part(page, 'plug-1').click()
        await say(page, 'status-1', 'Available')
        await say(home, 'pill', re.compile('Ready'))
        done = actions(await messages(rest))
        assert done[:4] == ['BootNotification', *['StatusNotification'] * 3]
        assert done.count('StartTransaction') == done.count('StopTransaction') >= 2


async def test_an_unplugged_car_ends_its_transaction_and_a_remote_start_waits_for_the_plug(open_page: OpenPage) -> None:
    async with running() as program, program.client() as rest:
        page = await open_page(served(program))
        await connect(page)
        answer = await command(rest, 'RemoteStartTransaction', {'idTag': 'Tag1', 'connectorId': 1})
        assert answer['status'] == 'Accepted'
        await say(page, 'status-1', 'Preparing')
        await part(page, 'car-phases-1').select_option('3')
        await part(page, 'plug-1').click()
        await say(page, 'drawn-1', re.compile('^15.9'))
        await say(page, 'power-1', '10.97 kW')
        await part(page, 'plug-1').click()
        await say(page, 'status-1', 'Available')
        await sent(rest, 'StopTransaction', lambda p: p['reason'] == 'EVDisconnected')


async def test_a_transaction_survives_a_lost_connection_and_what_happened_offline_is_sent(open_page: OpenPage) -> None:
    async with running() as program, program.client() as rest:
        page = await open_page(served(program))
        await connect(page)
        await part(page, 'plug-1').click()
        await part(page, 'tap-1').click()
        await say(page, 'transaction-1', re.compile(r'^\d+, Tag1'))
        transaction = await part(page, 'transaction-1').inner_text()
        await part(page, 'lose-connection').click()
        await say(page, 'link', re.compile('No connection'))
        await say(page, 'link', 'Connected')
        await say(page, 'transaction-1', transaction)
        await say(page, 'status-1', 'Charging')

        await part(page, 'connect').click()
        await say(page, 'link', 'Not connected')
        await part(page, 'tap-1').click()
        await say(page, 'status-1', 'Finishing')
        await part(page, 'connect').click()
        await sent(rest, 'StopTransaction', lambda p: p['reason'] == 'Local')
        done = actions(await messages(rest))
        assert (done.count('StartTransaction'), done.count('BootNotification')) == (1, 2)


@pytest.mark.parametrize('kind', ['Soft', 'Hard'])
async def test_a_reset_ends_the_transaction_reconnects_and_boots(
    open_page: OpenPage, kind: Literal['Soft', 'Hard']
) -> None:
    async with running() as program, program.client() as rest:
        page = await open_page(served(program))
        await connect(page)
        await part(page, 'plug-1').click()
        await part(page, 'tap-1').click()
        await say(page, 'transaction-1', re.compile(r'^\d+, Tag1'))
        assert (await command(rest, 'Reset', {'type': kind}))['status'] == 'Accepted'
        await say(page, 'link', 'Restarting…')
        await say(page, 'link', 'Connected')
        await say(page, 'status-1', 'Preparing')
        await sent(rest, 'StopTransaction', lambda p: p['reason'] == f'{kind}Reset')
        done = actions(await messages(rest))
        boots = [index for index, action in enumerate(done) if action == 'BootNotification']
        assert len(boots) == 2
        assert (done.index('StopTransaction') < boots[1]) is (kind == 'Soft')


LOCAL_LIST = {'listVersion': 3, 'updateType': 'Full', 'localAuthorizationList': [{'idTag': 'A', 'idTagInfo': ACCEPTED}]}
RESERVATION = {'connectorId': 2, 'expiryDate': '2099-01-01T12:00:00Z', 'idTag': 'Tag1', 'reservationId': 7}
KEY = 'MeterValueSampleInterval'
COMMANDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ('ClearCache', {}, ACCEPTED),
    ('ChangeConfiguration', {'key': KEY, 'value': '30'}, ACCEPTED),
    ('ChangeConfiguration', {'key': KEY, 'value': 'x'}, REJECTED),
    ('ChangeConfiguration', {'key': 'NumberOfConnectors', 'value': '3'}, REJECTED),
    ('ChangeConfiguration', {'key': 'Colour', 'value': '1'}, {'status': 'NotSupported'}),
    (
        'GetConfiguration',
        {'key': [KEY, 'Colour']},
        {'configurationKey': [{'key': KEY, 'readonly': False, 'value': '30'}], 'unknownKey': ['Colour']},
    ),
    ('ReserveNow', RESERVATION, ACCEPTED),
    ('RemoteStartTransaction', {'idTag': 'Other', 'connectorId': 2}, REJECTED),
    ('CancelReservation', {'reservationId': 7}, ACCEPTED),
    ('CancelReservation', {'reservationId': 7}, REJECTED),
    ('SendLocalList', LOCAL_LIST, ACCEPTED),
    ('SendLocalList', {'listVersion': 2, 'updateType': 'Differential'}, {'status': 'VersionMismatch'}),
    ('GetLocalListVersion', {}, {'listVersion': 3}),
    ('UnlockConnector', {'connectorId': 1}, {'status': 'Unlocked'}),
    ('UnlockConnector', {'connectorId': 9}, {'status': 'NotSupported'}),
    ('ChangeAvailability', {'connectorId': 2, 'type': 'Inoperative'}, ACCEPTED),
    ('ReserveNow', RESERVATION, {'status': 'Unavailable'}),
    ('ChangeAvailability', {'connectorId': 2, 'type': 'Operative'}, ACCEPTED),
    ('DataTransfer', {'vendorId': 'Home CPO', 'messageId': 'Echo', 'data': 'x'}, {'status': 'Accepted', 'data': 'x'}),
    ('DataTransfer', {'vendorId': 'Nobody'}, {'status': 'UnknownVendorId'}),
    ('GetDiagnostics', {'location': 'ftp://house/'}, {'fileName': 'diagnostics.txt'}),
    ('UpdateFirmware', {'location': 'ftp://house/', 'retrieveDate': TIMESTAMP}, {}),
    ('SetChargingProfile', {'connectorId': 1, 'csChargingProfiles': profile(9, 'TxProfile', 9)}, REJECTED),
    ('SetChargingProfile', {'connectorId': 0, 'csChargingProfiles': profile(5, 'TxDefaultProfile', 13)}, ACCEPTED),
    ('ClearChargingProfile', {'id': 5}, ACCEPTED),
    ('ClearChargingProfile', {'id': 5}, {'status': 'Unknown'}),
    ('RemoteStopTransaction', {'transactionId': 987654}, REJECTED),
]
TRIGGERS = [
    'BootNotification',
    'DiagnosticsStatusNotification',
    'FirmwareStatusNotification',
    'Heartbeat',
    'MeterValues',
    'StatusNotification',
]


async def test_every_command_of_the_server_is_answered_with_sense(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, program.client() as rest:
        page = await open_page(served(program))
        await connect(page)
        for action, payload, expected in COMMANDS:
            assert await command(rest, action, payload) == expected, (action, payload)
        assert await part(page, 'meter-interval').input_value() == '30'
        await expect(part(page, 'local-list')).to_contain_text('A (Accepted)')
        await sent(rest, 'DiagnosticsStatusNotification', lambda p: p['status'] == 'Uploaded')
        await sent(rest, 'FirmwareStatusNotification', lambda p: p['status'] == 'Installed')
        for requested in TRIGGERS:
            before = actions(await messages(rest)).count(requested)
            assert await command(rest, 'TriggerMessage', {'requestedMessage': requested}) == ACCEPTED
            await more_of(rest, requested, 1, before)
        trigger = {'requestedMessage': 'StatusNotification', 'connectorId': 9}
        assert await command(rest, 'TriggerMessage', trigger) == REJECTED
        await messages(rest)


async def test_files_pass_between_the_simulator_and_the_server_that_serves_it(open_page: OpenPage) -> None:
    async with running('--memory', '--startup-requests=false') as program, program.client() as rest:
        page = await open_page(served(program))
        await connect(page)
        for action, word in (('GetDiagnostics', 'diagnostics'), ('GetLog', 'DiagnosticsLog')):
            await command(rest, action, {})
            await document_when(rest, lambda d: 'has sent its' in d['transfers'][0]['sentence'])
            (file,) = [f for f in (await rest.get('/api/files')).json()['items'] if f['fileName'] == f'{word}.txt']
            assert 'Diagnostics of a simulated charger' in (await rest.get(file['path'])).text
        path = (await rest.post('/api/files', json={'fileName': 'v2.bin'})).json()['path']
        (await rest.put(path, content=b'image')).raise_for_status()
        await command(rest, 'UpdateFirmware', {})
        said = 'The charger has installed the firmware v2.bin (1 kB).'
        await document_when(rest, lambda d: d['transfers'][0]['sentence'] == said)


async def test_every_button_once(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, program.client() as rest:
        page = await open_page(served(program))
        await page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
        await expect(part(page, 'heartbeat')).to_be_disabled()
        await connect(page, 10)
        for name, action in (
            ('heartbeat', 'Heartbeat'),
            ('boot', 'BootNotification'),
            ('data-transfer', 'DataTransfer'),
            ('send-meter-2', 'MeterValues'),
            ('send-status-2', 'StatusNotification'),
        ):
            before = actions(await messages(rest)).count(action)
            await part(page, name).click()
            await more_of(rest, action, 1, before)
        await part(page, 'fault-2').select_option('GroundFailure')
        await say(page, 'status-2', 'Faulted')
        await sent(rest, 'StatusNotification', lambda p: p['errorCode'] == 'GroundFailure')
        await part(page, 'fault-2').select_option('NoError')
        await say(page, 'status-2', 'Available')

        await part(page, 'configuration').locator('summary').click()
        await fill(page, 'key-ConnectionTimeOut', '90')
        known = await command(rest, 'GetConfiguration', {'key': ['ConnectionTimeOut']})
        assert known['configurationKey'][0]['value'] == '90'
        await fill(page, 'key-ConnectionTimeOut', 'soon')
        await expect(part(page, 'key-ConnectionTimeOut')).to_have_value('90')
        await fill(page, 'heartbeat-interval', '1')
        before = actions(await messages(rest)).count('Heartbeat')
        await more_of(rest, 'Heartbeat', 2, before)

        await part(page, 'copy-log').click()
        await say(page, 'copy-log', 'Copied')
        copied = await page.evaluate('navigator.clipboard.readText()')
        assert re.search(r'→ Call BootNotification \[2,"[0-9a-f]{16}","BootNotification",', copied)
        await part(page, 'clear-log').click()
        await part(page, 'boot').click()
        entry = part(page, 'log').locator('li').filter(has_text='→ Call BootNotification')
        await entry.get_by_role('button').click()
        copied = await page.evaluate('navigator.clipboard.readText()')
        schema('BootNotification').validate(json.loads(copied)[3])
        await part(page, 'restart').click()
        await say(page, 'link', 'Restarting…')
        await say(page, 'link', 'Connected')
        await part(page, 'connect').click()
        await say(page, 'link', 'Not connected')
        await document_when(rest, lambda d: not d['connected'])
        await messages(rest)
