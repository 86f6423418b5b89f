"""The manual simulator answers as chosen, sends one Call at a time, and reconnects when it may."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.manual_simulator import URL, WITHIN, button, central_system, connect, field, logged, open_all
from tests.scripted_charger import CALL, CALL_RESULT

CHANGE_AVAILABILITY = {'connectorId': 1, 'type': 'Operative'}
RESERVE_NOW = {'connectorId': 1, 'expiryDate': '2030-01-01T00:00:00Z', 'idTag': 'Tag1', 'reservationId': 1}
DIAGNOSTICS = {'location': 'ftp://example.org/'}
PROFILE = {
    'chargingProfileId': 1,
    'stackLevel': 0,
    'chargingProfilePurpose': 'TxDefaultProfile',
    'chargingProfileKind': 'Relative',
    'chargingSchedule': {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 10}]},
}
REQUESTS: dict[str, dict[str, Any]] = {
    'RemoteStartTransaction': {'idTag': 'Tag1', 'connectorId': 1},
    'RemoteStopTransaction': {'transactionId': 1},
    'SetChargingProfile': {'connectorId': 1, 'csChargingProfiles': PROFILE},
    'ClearChargingProfile': {},
    'GetCompositeSchedule': {'connectorId': 1, 'duration': 600},
    'ChangeAvailability': CHANGE_AVAILABILITY,
    'ChangeConfiguration': {'key': 'HeartbeatInterval', 'value': '60'},
    'GetConfiguration': {'key': ['HeartbeatInterval', 'Nonsense']},
    'TriggerMessage': {'requestedMessage': 'Heartbeat'},
    'Reset': {'type': 'Soft'},
    'UnlockConnector': {'connectorId': 1},
    'ReserveNow': RESERVE_NOW,
    'CancelReservation': {'reservationId': 1},
    'ClearCache': {},
    'GetLocalListVersion': {},
    'SendLocalList': {'listVersion': 1, 'updateType': 'Full'},
    'DataTransfer': {'vendorId': 'org.example'},
    'GetDiagnostics': DIAGNOSTICS,
    'UpdateFirmware': {'location': 'ftp://example.org/f', 'retrieveDate': '2030-01-01T00:00:00Z'},
}
SECURITY = {
    'GetLog',
    'ExtendedTriggerMessage',
    'SignedUpdateFirmware',
    'InstallCertificate',
    'DeleteCertificate',
    'GetInstalledCertificateIds',
    'CertificateSigned',
}


async def test_every_answer_in_the_table_is_valid_and_goes_out_as_chosen(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(central.page_url)
        await open_all(page)
        await connect(page)
        labels = await page.locator('#answers th').all_inner_texts()
        assert set(labels) == set(REQUESTS) | SECURITY
        for action in labels:
            select = field(page, action)
            choices = await select.locator(':scope > option').all_inner_texts()
            assert choices[-2:] == ['Ask me each time', 'No answer']
            for choice in choices[:-2]:
                await select.select_option(choice)
                answer = await central.ask(action, REQUESTS.get(action, {}))
                assert answer.get('status', choice) == choice
            for code in await select.locator('optgroup option').all_inner_texts():
                await select.select_option(f'error:{code}')
                assert await central.ask(action, REQUESTS.get(action, {})) == code
            await button(page, 'Clear').click()  # a long log takes long to draw
        assert await central.ask('OpenTheGarage', {}) == 'NotImplemented'


async def test_the_server_gets_no_answer_or_the_one_pressed_when_asked(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(central.page_url)
        await open_all(page)
        await connect(page)
        connection = central.connections[-1]
        await field(page, 'Reset').select_option('No answer')
        await connection.send(json.dumps([CALL, 'never answered', 'Reset', {'type': 'Hard'}]))
        await expect(logged(page, 'Reset is not answered, as chosen')).to_have_count(1)
        await button(page, 'Ask me for all').click()
        for number, name in enumerate(('Occupied', 'CallError', 'No answer', 'Accepted')):
            await connection.send(json.dumps([CALL, f'asked {number}', 'ReserveNow', RESERVE_NOW]))
            question = page.get_by_role('article')
            await expect(question).to_contain_text('The server asks: ReserveNow')
            await question.get_by_label('CallError code for ReserveNow').select_option('GenericError')
            await question.get_by_role('button', name=name, exact=True).click()
            await expect(question).to_have_count(0)
        answers = [json.loads(await connection.recv()) for _ in range(3)]
        assert [answer[1:3] for answer in answers] == [
            ['asked 0', {'status': 'Occupied'}],
            ['asked 1', 'GenericError'],
            ['asked 3', {'status': 'Accepted'}],
        ]
        await button(page, 'Back to defaults').click()
        assert await central.ask('ReserveNow', RESERVE_NOW) == {'status': 'Accepted'}


async def test_one_call_at_a_time_and_an_answer_counts_only_for_its_own_id(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(central.page_url)
        await connect(page)
        connection = central.connections[-1]
        await button(page, 'Start Transaction').click()
        await expect(button(page, 'Heartbeat')).to_be_disabled()
        await button(page, 'Heartbeat').click(force=True)
        message_id = json.loads(await connection.recv())[1]
        accepted = {'status': 'Accepted'}
        for answered, transaction_id in (('somebody else', 7), (message_id, 8)):
            payload = {'transactionId': transaction_id, 'idTagInfo': accepted}
            await connection.send(json.dumps([CALL_RESULT, answered, payload]))
        await expect(logged(page, 'answer to no Call of ours')).to_have_count(1)
        await expect(field(page, 'Transaction id')).to_have_value('8')
        await button(page, 'Heartbeat').click()
        assert json.loads(await connection.recv())[2] == 'Heartbeat'
        await connection.send('what is this')
        await connection.send(b'bytes')
        await expect(logged(page, 'Not an OCPP message')).to_have_count(1)
        await expect(logged(page, 'Binary frame')).to_have_count(1)
        await connection.close(1001, 'going away')
        await expect(logged(page, 'Heartbeat: not answered')).to_have_count(1)


async def test_it_reconnects_by_itself_only_when_it_may(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(central.page_url)
        await page.clock.install()
        status = page.get_by_role('status')
        await connect(page)
        await central.connections[-1].close(1001, 'going away')
        await expect(status).to_contain_text('Trying again in')
        await page.clock.run_for(2000)
        await expect(status).to_have_text('Connected', timeout=WITHIN)
        assert len(central.connections) == 2

        for way in ('Disconnect', 'Cancel', 'edit the URL', 'untick', 'unticked'):
            if way not in ('Disconnect', 'unticked'):
                await central.connections[-1].close(1001, 'going away')
                await expect(status).to_contain_text('Trying again in')
            if way in ('Disconnect', 'Cancel'):
                await button(page, way).click()
            elif way == 'edit the URL':
                await field(page, URL).press('End')
                await field(page, URL).press('X')
            elif way == 'untick':
                await page.get_by_label('Reconnect by itself').uncheck()
            else:
                await central.connections[-1].close(1001, 'going away')
            await central.connections[-1].wait_closed()
            await expect(status).to_have_text('Not connected')
            known = len(central.connections)
            await page.clock.run_for(3_600_000)
            await expect(status).to_have_text('Not connected')
            assert len(central.connections) == known, way
            await connect(page)


async def test_it_sends_nothing_by_itself_not_even_after_it_has_reconnected(open_page: OpenPage) -> None:
    async with central_system() as central:
        page = await open_page(central.page_url)
        await page.clock.install()
        await connect(page)
        await page.clock.run_for(3_600_000)
        await central.connections[-1].close(1001, 'going away')
        await expect(page.get_by_role('status')).to_contain_text('Trying again in')
        await page.clock.run_for(2000)
        await expect(page.get_by_role('status')).to_have_text('Connected', timeout=WITHIN)
        await page.clock.run_for(3_600_000)
        await button(page, 'Heartbeat').click()
        assert json.loads(await central.connections[-1].recv())[2] == 'Heartbeat'
        assert await page.locator('#log li.sent').count() == 1
