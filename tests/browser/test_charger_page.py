"""The page Charger: service, files, and a form for every request; what may end a session is asked about first."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.browser.test_people import set_up, sign_in
from tests.program import Program, running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
SCREENS = {'phone': (390, 844, 'dark'), 'desk': (1280, 900, 'light')}


@pytest_asyncio.fixture(loop_scope='session')
async def program() -> AsyncIterator[Program]:
    async with running('--memory', '--startup-requests=false') as program:
        yield program


async def opened(open_page: OpenPage, program: Program, screen: str = 'desk') -> Page:
    page = await open_page(f'{program.http}/charger', *SCREENS[screen])
    await expect(page.get_by_test_id('operations')).to_be_visible(timeout=WITHIN)
    return page


async def answered(charger: ScriptedCharger, action: str, payload: Any) -> Any:
    """Receive this Call, answer it, return what it asked."""
    message_id, asked = await charger.receive_call(action)
    await charger.answer(message_id, payload)
    return asked


@pytest.mark.parametrize('screen', SCREENS)
async def test_a_connector_is_taken_out_of_service_and_put_back(
    open_page: OpenPage, program: Program, screen: str
) -> None:
    page = await opened(open_page, program, screen)
    await expect(page.get_by_test_id('not-connected')).to_contain_text('No charger was here yet', timeout=WITHIN)
    await expect(page.get_by_role('button', name='Restart', exact=True)).to_be_disabled()
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await expect(page.get_by_test_id('not-connected')).to_be_hidden(timeout=WITHIN)
        await page.get_by_role('button', name='Take Connector 1 out of service').click()
        assert await charger.expect('ChangeAvailability') == {'connectorId': 1, 'type': 'Inoperative'}
        await expect(page.get_by_test_id('answer')).to_have_text('The charger does it.')
        await charger.status(1, 'Unavailable')
        await expect(page.get_by_test_id('place').nth(1)).to_contain_text('Out of service')
        home = await open_page(program.http, *SCREENS[screen])
        await expect(home.get_by_test_id('headline')).to_have_text('Switched off here', timeout=WITHIN)
        await expect(home.get_by_test_id('sentence').get_by_role('link', name='Charger')).to_be_visible()
        await page.get_by_role('button', name='Put Connector 1 back in service').click()
        assert await charger.expect('ChangeAvailability') == {'connectorId': 1, 'type': 'Operative'}
        await expect(home.get_by_test_id('headline')).to_have_text('The charger is out of service')
        assert await page.evaluate('document.documentElement.scrollWidth') <= SCREENS[screen][0]


async def test_what_may_end_a_session_is_asked_about_while_a_car_charges(
    open_page: OpenPage, program: Program, tmp_path: Path
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await opened(open_page, program)
        await charger.start()
        await charger.status(1, 'Charging')
        service, files = page.get_by_test_id('service'), page.get_by_test_id('files')
        await expect(page.get_by_test_id('place').nth(1)).to_contain_text('Charging', timeout=WITHIN)
        for button, words in (
            ('Restart', 'this ends the session'),
            ('Unlock Connector 1', 'this ends the session'),
            ('Take Connector 1 out of service', 'may end the session'),
        ):
            await service.get_by_role('button', name=button, exact=True).click()
            await expect(service.get_by_test_id('question')).to_contain_text(words)
            await expect(service.get_by_role('button', name='Yes')).to_be_focused()
            await page.keyboard.press('Escape')
            await expect(service.get_by_test_id('question')).to_be_hidden()
        image = tmp_path / 'v2.bin'
        image.write_bytes(b'image' * 1000)
        await files.locator('input[type=file]').set_input_files(image)
        await expect(page.get_by_test_id('firmware')).to_contain_text('v2.bin (5\u202fkB, ')
        await files.get_by_role('button', name='Install', exact=True).click()
        await expect(files.get_by_test_id('question')).to_contain_text('may end the session')
        await charger.call('Heartbeat', {})  # nothing was sent before it
        await files.get_by_test_id('question').get_by_role('button', name='Install').click()
        asked = await answered(charger, 'UpdateFirmware', {})
        async with httpx.AsyncClient(verify=False) as http:
            assert (await http.get(asked['location'])).content == b'image' * 1000
        await charger.call('FirmwareStatusNotification', {'status': 'Downloading'})
        await expect(page.get_by_test_id('firmware')).to_contain_text('“Downloading”')
        await charger.call('FirmwareStatusNotification', {'status': 'InstallationFailed'})
        await expect(page.get_by_test_id('firmware')).to_contain_text('could not install the firmware v2.bin (5 kB)')
        await expect(page.get_by_test_id('firmware').get_by_role('button', name='Try again')).to_be_enabled()
        await service.get_by_role('button', name='Take Connector 1 out of service').click()
        await service.get_by_role('button', name='Yes').click()
        await charger.expect('ChangeAvailability', 'Scheduled')
        await expect(page.get_by_test_id('place').nth(1)).to_contain_text('out of service once the session has ended')
        await service.get_by_role('button', name='Restart', exact=True).click()
        await service.get_by_role('button', name='Yes').click()
        assert await charger.expect('Reset') == {'type': 'Soft'}


async def test_diagnostics_are_fetched_and_saved(open_page: OpenPage, program: Program) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger, httpx.AsyncClient(verify=False) as http:
        await charger.boot()
        page = await opened(open_page, program)
        await page.get_by_role('button', name='Fetch: Diagnostics').click()
        asked = await answered(charger, 'GetDiagnostics', {'fileName': 'd.txt'})
        await expect(page.get_by_test_id('diagnostics')).to_contain_text('was asked to send its diagnostics')
        (await http.put(asked['location'] + '/d.txt', content=b'well')).raise_for_status()
        async with page.expect_download() as saving:
            await page.get_by_role('link', name='Save d.txt').click(timeout=WITHIN)
        assert (await (await saving.value).path()).read_bytes() == b'well'
        await page.get_by_role('button', name='Delete d.txt').click()
        await expect(page.get_by_role('link', name='Save d.txt')).to_have_count(0)


@pytest.mark.parametrize('screen', SCREENS)
async def test_firmware_with_a_signature_is_offered_where_the_charger_checks_one(
    open_page: OpenPage, program: Program, tmp_path: Path, screen: str
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger, program.client() as rest:
        await charger.boot()
        page = await opened(open_page, program, screen)
        path = (await rest.post('/api/files', json={'fileName': 'v2.bin'})).json()['path']
        (await rest.put(path, content=b'image')).raise_for_status()
        await expect(page.get_by_test_id('firmware')).to_contain_text('v2.bin', timeout=WITHIN)
        await expect(page.get_by_test_id('signed')).to_have_count(0)
        reading = asyncio.create_task(rest.post('/api/chargepoint/commands/GetConfiguration', json={}))
        keys = [{'key': 'SecurityProfile', 'readonly': False, 'value': '1'}]
        await answered(charger, 'GetConfiguration', {'configurationKey': keys})
        await reading
        await page.get_by_text('Firmware with a signature').click()
        signed = page.get_by_test_id('signed')
        (der := tmp_path / 'signing.der').write_bytes(bytes(range(128, 228)))
        await signed.get_by_label('File of: The certificate').set_input_files(der)
        await signed.get_by_label('The signature', exact=True).fill(' c2ln\nbmVk ')
        assert await page.evaluate('document.documentElement.scrollWidth') <= SCREENS[screen][0]
        await signed.get_by_role('button', name='Install with the signature').click()
        asked = await answered(charger, 'SignedUpdateFirmware', {'status': 'InvalidCertificate'})
        assert asked['firmware']['signature'] == 'c2lnbmVk'
        pem = asked['firmware']['signingCertificate']
        assert base64.b64decode(''.join(pem.splitlines()[1:-1])) == der.read_bytes()
        assert asked['firmware']['location'].endswith('/v2.bin')
        await expect(page.get_by_test_id('firmware')).to_contain_text('does not take the signing certificate')
        await expect(page.get_by_role('button', name='Install without a signature')).to_be_enabled()


async def test_an_upload_that_fails_is_said_with_a_button_that_tries_again(
    open_page: OpenPage, program: Program
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await opened(open_page, program)
        await page.get_by_role('button', name='Fetch: Log').click()
        accepted = {'status': 'Accepted', 'filename': 'log.txt'}
        asked = await answered(charger, 'GetLog', accepted)
        report = {'status': 'Uploaded', 'requestId': asked['requestId']}
        await charger.call('LogStatusNotification', report)
        await expect(page.get_by_test_id('log')).to_contain_text('“Uploaded”, but no file arrived here')
        await page.get_by_role('button', name='Try again: Log').click()
        assert (await answered(charger, 'GetLog', accepted))['requestId'] > asked['requestId']
        await expect(page.get_by_role('button', name='Fetch: Log', exact=True)).to_be_enabled()
        own = {'location': 'ftp://nas.lan/logs'}
        await page.get_by_label('Or a location of your own').fill(own['location'])
        await page.get_by_role('button', name='Send diagnostics there').click()
        assert await answered(charger, 'GetDiagnostics', {'fileName': 'd'}) == own
        await charger.call('DiagnosticsStatusNotification', {'status': 'UploadFailed'})
        await page.get_by_label('Or a location of your own').fill('')
        await page.get_by_role('button', name='Try there again: Diagnostics').click()
        assert await answered(charger, 'GetDiagnostics', {'fileName': 'd'}) == own
        await expect(page.get_by_role('button', name='Fetch: Diagnostics', exact=True)).to_be_enabled()


async def test_a_setting_is_found_changed_and_undone(open_page: OpenPage, program: Program) -> None:
    keys = [
        {'key': 'HeartbeatInterval', 'readonly': False, 'value': '300'},
        {'key': 'NumberOfConnectors', 'readonly': True, 'value': '1'},
    ]
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await opened(open_page, program)
        await page.get_by_role('button', name='Read all again').click()
        await answered(charger, 'GetConfiguration', {'configurationKey': keys})
        await expect(page.get_by_test_id('key-answer')).to_have_text('The charger has 2 settings.')
        await expect(page.get_by_test_id('key').nth(1)).to_contain_text('read only')
        await page.get_by_label('Find').fill('that it is there')
        key = page.get_by_test_id('key')
        await expect(key).to_have_count(1)
        await key.get_by_role('button', name='Change HeartbeatInterval').click()
        await expect(page.get_by_label('New value')).to_be_focused()
        await page.get_by_label('New value').fill('60')
        await page.keyboard.press('Enter')
        assert await charger.expect('ChangeConfiguration') == {'key': 'HeartbeatInterval', 'value': '60'}
        await expect(key).to_contain_text('before: 300')
        await key.get_by_role('button', name='Undo the change of HeartbeatInterval').click()
        assert await charger.expect('ChangeConfiguration') == {'key': 'HeartbeatInterval', 'value': '300'}


async def test_what_lies_in_the_charger_is_read_and_cleared(
    open_page: OpenPage, program: Program, complaints: Complaints
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger, program.client() as rest:
        await charger.boot()
        page = await opened(open_page, program)
        body = {'connectorId': 1, 'expiryDate': '2099-01-01T12:00:00Z', 'idTag': 'Tag1'}
        reserving = asyncio.create_task(rest.post('/api/chargepoint/commands/ReserveNow', json=body))
        await charger.expect('ReserveNow')
        await reserving
        await expect(page.get_by_test_id('reservation')).to_contain_text('Reserved for card Tag1', timeout=WITHIN)
        await expect(page.get_by_test_id('reservation')).to_contain_text('until Thu 1 Jan 2099 ')
        await page.get_by_role('button', name='Clear the reservation for Tag1').click()
        await charger.expect('CancelReservation')
        await expect(page.get_by_test_id('reservation')).to_have_count(0)
        await page.get_by_role('button', name='Read the limits').click()
        periods = [{'startPeriod': 0, 'limit': 16.0}, {'startPeriod': 3600, 'limit': 6.0}]
        schedule = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': periods}
        await answered(charger, 'GetCompositeSchedule', {'status': 'Accepted', 'chargingSchedule': schedule})
        await expect(page.get_by_test_id('limits')).to_contain_text('Connector 1: 16 A, then 6 A.')
        await page.get_by_role('button', name='Clear all limits').click()
        question = page.get_by_role('group', name='Question')
        await expect(question).to_contain_text('A running session then gets the maximum')
        await question.get_by_role('button', name='Clear').click()
        assert await charger.expect('ClearChargingProfile', 'Unknown') == {}
        await expect(page.get_by_test_id('limits')).to_contain_text('It has none.')
        await page.get_by_role('button', name='Read the version of its list of cards').click()
        await answered(charger, 'GetLocalListVersion', {'listVersion': 3})
        await expect(page.get_by_test_id('list')).to_contain_text('Version 3.')
        await expect(page.get_by_test_id('list')).to_contain_text('“Cards in the wallbox” is off in the settings')
        assert await charger.call('SignCertificate', {'csr': 'a request'}) == {'status': 'Rejected'}
        await expect(page.get_by_test_id('certificate')).to_contain_text('as this program runs without TLS')
        await page.get_by_role('button', name='Install the root of this house').click()
        await expect(page.get_by_test_id('inside').get_by_role('alert')).to_contain_text('CPO_TLS_PORT')
        root = {'hashAlgorithm': 'SHA256', 'issuerNameHash': 'a', 'issuerKeyHash': 'b', 'serialNumber': '01f3'}
        await page.get_by_role('button', name='Read the root certificates').click()
        for found in ({'status': 'Accepted', 'certificateHashData': [root]}, {'status': 'NotFound'}):
            await answered(charger, 'GetInstalledCertificateIds', found)
        await page.get_by_role('button', name='Delete the certificate 01f3').click()
        await question.get_by_role('button', name='Delete').click()
        await answered(charger, 'DeleteCertificate', {'status': 'Failed'})
        for found in ({'status': 'Accepted', 'certificateHashData': [root]}, {'status': 'NotFound'}):
            await answered(charger, 'GetInstalledCertificateIds', found)
        await expect(page.get_by_test_id('inside-answer')).to_have_text('The charger could not do it.')
        event = {'type': 'SettingSystemTime', 'timestamp': '2026-06-14T12:00:00Z', 'techInfo': 'by NTP'}
        await charger.call('SecurityEventNotification', event)
        await page.get_by_text('What it reports about its security').click()
        await expect(page.get_by_test_id('security-event')).to_contain_text('by NTP')
    complaints.forget()  # 404 of the root certificate


async def test_what_another_charger_left_is_not_shown_for_this_one(open_page: OpenPage) -> None:
    async with running('--memory', '--adopt=any', '--startup-requests=false') as program:
        page, report = (
            await opened(open_page, program),
            {'type': 'InvalidMessages', 'timestamp': '2026-01-01T00:00:00Z'},
        )
        summary = page.get_by_text('What it reports about its security')
        async with (
            ScriptedCharger(program.ocpp('CP1')) as charger,
            httpx.AsyncClient(base_url=program.http, trust_env=False) as rest,
        ):
            await charger.boot()
            await charger.call('SecurityEventNotification', report)
            path = (await rest.post('/api/files', json={'fileName': 'v2.bin'})).json()['path']
            (await rest.put(path, content=b'image')).raise_for_status()
            await expect(summary).to_have_text('What it reports about its security (1)', timeout=WITHIN)
            await expect(page.get_by_test_id('firmware')).to_contain_text('v2.bin')
        async with ScriptedCharger(program.ocpp('CP2')) as charger:
            await charger.boot()
            await expect(summary).to_have_text('What it reports about its security (0)', timeout=WITHIN)
            await expect(page.get_by_test_id('firmware')).not_to_contain_text('v2.bin')
            await charger.call('SecurityEventNotification', report)
            await expect(summary).to_have_text('What it reports about its security (1)', timeout=WITHIN)


async def test_what_a_charger_answers_oddly_is_not_taken_for_an_answer(open_page: OpenPage, program: Program) -> None:
    """Nor does it break the page: `open_page` fails for an error in its scripts."""
    root = {'hashAlgorithm': 'SHA256', 'issuerNameHash': 'a', 'issuerKeyHash': 'b', 'serialNumber': '01'}
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await opened(open_page, program)
        for schedule in ({}, {'chargingRateUnit': 'A', 'chargingSchedulePeriod': []}):
            await page.get_by_role('button', name='Read the limits').click()
            await answered(charger, 'GetCompositeSchedule', {'status': 'Accepted', 'chargingSchedule': schedule})
            await expect(page.get_by_test_id('limits')).to_contain_text('Connector 1: it does not say.')
        await page.get_by_role('button', name='Read the version of its list of cards').click()
        await answered(charger, 'GetLocalListVersion', {})
        await expect(page.get_by_test_id('list')).to_contain_text('It does not say.')
        await page.get_by_role('button', name='Read the root certificates').click()
        for found in (root, [root, root | {'issuerKeyHash': 'c'}, 5]):
            await answered(charger, 'GetInstalledCertificateIds', {'status': 'Accepted', 'certificateHashData': found})
        await expect(page.get_by_role('button', name='Delete the certificate 01')).to_have_count(2)
        await page.get_by_role('button', name='Forget its cards').click()
        await answered(charger, 'ClearCache', {})
        await expect(page.get_by_test_id('answer')).to_have_text('The charger answered, but not whether it does that.')


async def test_a_form_sends_any_request_and_says_what_is_wrong_with_it(
    open_page: OpenPage, program: Program, complaints: Complaints
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await opened(open_page, program)
        form = page.get_by_test_id('operation-form')
        await page.get_by_label('What').select_option('SetChargingProfile')
        await expect(form).to_contain_text('Puts a limit over time into the charger.')
        await form.get_by_role('button', name='Send').click()
        alert = page.get_by_test_id('operations').get_by_role('alert')
        await expect(alert).to_contain_text('connectorId')
        profile = 'csChargingProfiles'
        filled = {
            'connectorId': '1',
            f'{profile}.chargingProfileId': '7',
            f'{profile}.stackLevel': '0',
            f'{profile}.chargingSchedule.chargingSchedulePeriod.0.startPeriod': '0',
            f'{profile}.chargingSchedule.chargingSchedulePeriod.0.limit': '99',
        }
        for name, value in filled.items():
            await form.locator(f'[name="{name}"]').fill(value)
        chosen = {'chargingProfilePurpose': 'TxDefaultProfile', 'chargingProfileKind': 'Relative'}
        for name, value in {**chosen, 'chargingSchedule.chargingRateUnit': 'A'}.items():
            await form.locator(f'[name="{profile}.{name}"]').select_option(value)
        await form.get_by_role('button', name='Send').click()
        await expect(alert).to_contain_text('maximum')
        await form.locator(f'[name="{profile}.chargingSchedule.chargingSchedulePeriod.0.limit"]').fill('9.5')
        await page.keyboard.press('Enter')
        sent = await charger.expect('SetChargingProfile')
        periods = sent['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod']
        assert [(period['startPeriod'], float(period['limit'])) for period in periods] == [(0, 9.5)]
        await expect(page.get_by_test_id('operation-answer')).to_contain_text('The charger answered: Accepted.')
        await page.get_by_label('What').select_option('ChangeConfiguration')
        await form.get_by_role('button', name='Send').click()
        await expect(alert).to_have_text('“key” is empty.')
        await form.locator('[name="key"]').fill('AuthorizationData/Names')
        await form.get_by_role('button', name='Send').click()
        assert await charger.expect('ChangeConfiguration') == {'key': 'AuthorizationData/Names', 'value': ''}
    complaints.forget()  # 422 and 400


async def test_only_owners_see_it(open_page: OpenPage, program: Program, complaints: Complaints) -> None:
    async with program.client() as rest:
        await set_up(rest)
    page = await open_page(f'{program.http}/people')
    await sign_in(page, 'Ben')
    await expect(page.get_by_role('navigation').first).to_be_visible(timeout=WITHIN)
    await expect(page.get_by_role('link', name='Charger', exact=True)).to_have_count(0)
    assert (await page.request.get(f'{program.http}/charger')).status == 403
    complaints.forget()  # 401 and 403
