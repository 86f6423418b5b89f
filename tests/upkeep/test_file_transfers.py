"""A charger sends its diagnostics and logs here and fetches its firmware, by real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from ocpp.routing import after, on
from ocpp.v16 import call, call_result
from ocpp.v16.enums import Action
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from cpo.addresses import files_url
from cpo.connection import ChargerChange
from cpo.settings import Settings
from cpo.upkeep import transfer_sentence
from simulator import Charger
from tests.conftest import House, MakeHouse
from tests.files.test_file_shelf import pieces_of
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger
from tests.simulator.authority import Authority
from tests.test_pypi_ocpp_charger import IndependentCharger

REPORT = b'all is well\n' * 1000
IMAGE = bytes(range(256)) * 100


class Sender(IndependentCharger):
    """Sends its diagnostics and logs by HTTP, below the location that it is given, and installs what it fetches."""

    def __init__(self, charge_box_id: str, connection: Any) -> None:
        super().__init__(charge_box_id, connection)
        self.method, self.fails, self.location = 'PUT', False, ''
        self.fetched: bytes | None = None

    @on(Action.get_diagnostics)  # type: ignore[untyped-decorator]
    def on_get_diagnostics(self, **payload: Any) -> Any:
        return call_result.GetDiagnostics(file_name='diag 1.txt')

    @after(Action.get_diagnostics)  # type: ignore[untyped-decorator]
    async def after_get_diagnostics(self, location: str, **payload: Any) -> None:
        self.location = location
        await self.ask(call.DiagnosticsStatusNotification(status='Uploading'))
        if not self.fails:
            await self._upload(f'{location}/diag 1.txt')
        await self.ask(call.DiagnosticsStatusNotification(status='UploadFailed' if self.fails else 'Uploaded'))

    @on(Action.get_log)  # type: ignore[untyped-decorator]
    def on_get_log(self, **payload: Any) -> Any:
        return call_result.GetLog(status='Accepted', filename='security.log')

    @after(Action.get_log)  # type: ignore[untyped-decorator]
    async def after_get_log(self, log: dict[str, Any], request_id: int, **payload: Any) -> None:
        await self._upload(log['remote_location'])
        await self.ask(call.LogStatusNotification(status='Uploaded', request_id=request_id))

    @on(Action.update_firmware)  # type: ignore[untyped-decorator]
    def on_update_firmware(self, **payload: Any) -> Any:
        return call_result.UpdateFirmware()

    @after(Action.update_firmware)  # type: ignore[untyped-decorator]
    async def after_update_firmware(self, location: str, **payload: Any) -> None:
        await self.ask(call.FirmwareStatusNotification(status='Downloading'))
        async with httpx.AsyncClient(verify=False) as http:
            self.fetched = (await http.get(location)).content
        for status in ('Downloaded', 'Installing', 'Installed'):
            await self.ask(call.FirmwareStatusNotification(status=status))

    async def _upload(self, location: str) -> None:
        async with httpx.AsyncClient(verify=False) as http:
            answer = await http.request(self.method, location, content=REPORT)
        assert answer.status_code == 200, answer.text


@asynccontextmanager
async def sender(house: House) -> AsyncIterator[Sender]:
    """That charger, connected."""
    async with connect(house.ocpp('pypi'), subprotocols=[Subprotocol('ocpp1.6')], proxy=None) as websocket:
        charger = Sender('pypi', websocket)
        listening = asyncio.create_task(charger.start())
        await charger.ask(call.BootNotification(charge_point_model='Model', charge_point_vendor='Vendor'))
        yield charger
        listening.cancel()


async def until_said(house: House, rest: httpx.AsyncClient, part: str) -> dict[str, Any]:
    """The newest transfer, once its sentence has these words."""
    await house.until(lambda: part in _sentence(house))
    transfer: dict[str, Any] = (await rest.get('/api/chargepoint')).json()['transfers'][0]
    return transfer


def _sentence(house: House) -> str:
    newest = house.transfers.newest
    return transfer_sentence(newest[0], house.charge_point.now()) if newest else ''


@pytest.mark.parametrize('method', ['PUT', 'POST'])
async def test_diagnostics_come_by_themselves_and_are_offered_to_the_owner(house: House, method: str) -> None:
    async with sender(house) as charger, client_of(house) as rest:
        charger.method = method
        answer = await rest.post('/api/chargepoint/commands/GetDiagnostics', json={})
        assert answer.json()['response'] == {'fileName': 'diag 1.txt'}
        assert answer.json()['request']['location'] == f'{house.http}/files/***'
        transfer = await until_said(house, rest, 'has sent its diagnostics.')
        await house.until(lambda: house.charge_point.state.diagnostics_status == 'Uploaded')
        (file,) = (await rest.get('/api/files')).json()['items']
        assert (transfer['file'], transfer['progress']) == (file['number'], 'done')
        assert transfer['location'] is None
        assert (file['fileName'], file['size']) == ('diag-1.txt', len(REPORT))
        assert (await rest.get(file['path'])).content == REPORT
        assert charger.location.startswith(f'{house.http}/files/')
        assert charger.location.rpartition('/')[2] not in (await rest.get('/api/messages')).text
        assert (await rest.get(charger.location)).status_code == 404
        assert (await rest.put(charger.location, content=b'forged')).status_code == 404


async def test_a_log_comes_by_itself_with_a_number_of_its_own(house: House) -> None:
    async with sender(house), client_of(house) as rest:
        answer = await rest.post('/api/chargepoint/commands/GetLog', json={'logType': 'SecurityLog'})
        assert answer.json()['status'] == 'Accepted', answer.text
        await until_said(house, rest, 'has sent its security log.')
        (file,) = (await rest.get('/api/files')).json()['items']
        assert (file['kind'], (await rest.get(file['path'])).content) == ('security-log', REPORT)


async def test_firmware_that_was_uploaded_is_fetched_and_goes_once_it_is_installed(house: House) -> None:
    async with sender(house) as charger, client_of(house) as rest:
        refused = await rest.post('/api/chargepoint/commands/UpdateFirmware', json={})
        assert (refused.status_code, 'upload it first' in refused.text) == (422, True)
        path = (await rest.post('/api/files', json={'fileName': 'v2.bin'})).json()['path']
        (await rest.put(path, content=IMAGE)).raise_for_status()
        answer = await rest.post('/api/chargepoint/commands/UpdateFirmware', json={})
        assert answer.json()['request']['location'] == f'{house.http}/files/***/v2.bin'
        await until_said(house, rest, 'has installed the firmware v2.bin (26 kB).')
        assert charger.fetched == IMAGE
        assert (await rest.get('/api/files')).json()['items'] == []
        assert (await rest.get('/api/chargepoint')).json()['firmwareStatus'] == 'Installed'


async def test_an_upload_that_fails_is_said_with_what_to_do(house: House) -> None:
    async with sender(house) as charger, client_of(house) as rest:
        charger.fails = True
        await rest.post('/api/chargepoint/commands/GetDiagnostics', json={})
        transfer = await until_said(house, rest, 'could not send its diagnostics (“Upload failed”)')
        advice = (await rest.get('/api/chargepoint')).json()['advice']
        assert transfer['sentence'] in advice
        assert f'It needs to reach {house.http};' in transfer['sentence']


async def test_a_location_of_ones_own_is_sent_as_it_is_and_shown_without_its_password(house: House) -> None:
    own = 'ftp://me:secret@192.168.1.10/logs'
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        asked = asyncio.create_task(rest.post('/api/chargepoint/commands/GetDiagnostics', json={'location': own}))
        message_id, payload = await charger.receive_call('GetDiagnostics')
        assert payload == {'location': own}
        await charger.send([3, message_id, {'fileName': 'a'}])
        assert (await asked).status_code == 200
        await charger.call('DiagnosticsStatusNotification', {'status': 'Uploaded'})
        transfer = await until_said(house, rest, 'to ftp://***@192.168.1.10/logs')
        assert transfer['location'] == 'ftp://***@192.168.1.10/logs'
        assert (await rest.get('/api/files')).json()['items'] == []


async def fetch(rest: httpx.AsyncClient, charger: ScriptedCharger, action: str, answer: Any, **more: Any) -> Any:
    """The owner asks by REST, the charger answers; what it was asked."""
    asking = asyncio.create_task(rest.post(f'/api/chargepoint/commands/{action}', json=more))
    message_id, asked = await charger.receive_call(action)
    await charger.answer(message_id, answer)
    assert (await asking).status_code == 200
    return asked


async def newest(rest: httpx.AsyncClient) -> dict[str, Any]:
    transfer: dict[str, Any] = (await rest.get('/api/chargepoint')).json()['transfers'][0]
    return transfer


async def firmware(rest: httpx.AsyncClient) -> str:
    """The path of firmware that was uploaded here."""
    path: str = (await rest.post('/api/files', json={'fileName': 'v2.bin'})).json()['path']
    (await rest.put(path, content=IMAGE)).raise_for_status()
    return path


SIGNED = {'firmware': {'signingCertificate': '-----BEGIN CERTIFICATE-----', 'signature': 'c2ln'}}


@pytest.mark.parametrize(
    ('action', 'answer', 'report', 'said'),
    [
        ('GetDiagnostics', {'fileName': 'd'}, 'DiagnosticsStatusNotification', '“Uploaded”, but no file arrived here.'),
        ('GetLog', {'status': 'Accepted', 'filename': 'l'}, 'LogStatusNotification', 'but no file arrived here.'),
        ('UpdateFirmware', {}, 'FirmwareStatusNotification', 'did not fetch the firmware v2.bin (26 kB) from here.'),
    ],
)
async def test_what_a_charger_says_is_done_is_not_where_no_file_has_passed(
    house: House, action: str, answer: Any, report: str, said: str
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await firmware(rest)
        await fetch(rest, charger, action, answer)
        await charger.call(report, {'status': 'Installed' if action == 'UpdateFirmware' else 'Uploaded'})
        transfer = await newest(rest)
        assert said in transfer['sentence']
        assert transfer['progress'] == 'failed'
        assert transfer['sentence'] in (await rest.get('/api/chargepoint')).json()['advice']
        assert any(file['kind'] == 'firmware' for file in (await rest.get('/api/files')).json()['items'])


async def test_firmware_counts_as_fetched_only_where_it_was_since_it_was_last_offered(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        path = await firmware(rest)
        assert (await rest.get(path)).content == IMAGE  # not by this request
        asked = await fetch(rest, charger, 'UpdateFirmware', {})
        assert (await rest.head(asked['location'])).status_code == 200
        await charger.call('FirmwareStatusNotification', {'status': 'Installed'})
        assert (await newest(rest))['progress'] == 'failed'
        assert (await rest.get(asked['location'])).content == IMAGE
        assert (await newest(rest))['progress'] == 'done'


@pytest.mark.parametrize(
    ('action', 'report', 'more', 'word'),
    [
        ('GetLog', 'LogStatusNotification', {}, 'Uploading'),
        ('SignedUpdateFirmware', 'SignedFirmwareStatusNotification', SIGNED, 'Downloading'),
        ('UpdateFirmware', 'SignedFirmwareStatusNotification', {}, None),
    ],
)
async def test_a_report_about_another_request_is_an_event_and_changes_nothing(
    house: House, action: str, report: str, more: Any, word: str | None
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await firmware(rest)
        asked = await fetch(rest, charger, action, {} if action == 'UpdateFirmware' else {'status': 'Accepted'}, **more)
        if word is not None:
            await charger.call(report, {'status': word, 'requestId': asked['requestId']})
        failed = 'UploadFailure' if action == 'GetLog' else 'InstallationFailed'
        await charger.call(report, {'status': failed, 'requestId': 12})
        assert (await newest(rest))['status'] == word
        kind = 'log_status' if action == 'GetLog' else 'firmware_status'
        details = (await rest.get('/api/history', params={'kind': kind})).json()['items'][0]['details']
        assert details == {'status': failed, 'requestId': 12, 'chargeBoxId': 'CP1'}


async def test_a_file_says_of_which_charger_it_is_and_no_other_gets_its_firmware(house: House) -> None:
    async with client_of(house) as rest:
        for box in ('CP1', 'CP2'):
            await house.charge_point.connections.change_known(box, ChargerChange(adopted=True))
        async with ScriptedCharger(house.ocpp('CP1')) as charger:
            await charger.boot()
            await firmware(rest)
            await fetch(rest, charger, 'GetDiagnostics', {'fileName': 'd'})
        async with ScriptedCharger(house.ocpp('CP2')) as charger:
            await charger.boot()
            files = (await rest.get('/api/files')).json()['items']
            assert [(file['kind'], file['chargeBoxId']) for file in files] == [
                ('diagnostics', 'CP1'),
                ('firmware', 'CP1'),
            ]
            refused = await rest.post('/api/chargepoint/commands/UpdateFirmware', json={})
            assert 'there is no firmware here' in refused.json()['detail']


async def test_what_another_charger_reports_is_not_about_this_one(house: House) -> None:
    async with client_of(house) as rest:
        for box in ('CP1', 'CP2'):
            await house.charge_point.connections.change_known(box, ChargerChange(adopted=True))
            async with ScriptedCharger(house.ocpp(box)) as charger:
                await charger.boot()
                if box == 'CP1':
                    await fetch(rest, charger, 'GetDiagnostics', {'fileName': 'd'})
                else:
                    await charger.call('DiagnosticsStatusNotification', {'status': 'UploadFailed'})
                    assert (await rest.get('/api/chargepoint')).json()['transfers'] == []
        async with ScriptedCharger(house.ocpp('CP1')) as charger:
            await charger.boot()
            assert (await newest(rest))['status'] is None


async def test_two_requests_within_a_second_have_numbers_of_their_own(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        accepted = {'status': 'Accepted', 'filename': 'a'}
        first = await fetch(rest, charger, 'GetLog', accepted, logType='SecurityLog')
        second = await fetch(rest, charger, 'GetLog', {**accepted, 'status': 'AcceptedCanceled'})
        assert first['requestId'] < second['requestId']
        await charger.call('LogStatusNotification', {'status': 'Uploading', 'requestId': second['requestId']})
        log, security_log = (await rest.get('/api/chargepoint')).json()['transfers']
        assert (log['status'], security_log['status']) == ('Uploading', None)
        assert 'a newer request took its place' in security_log['sentence']


@pytest.mark.parametrize(
    ('action', 'answer', 'said', 'remedy'),
    [
        ('GetLog', 'Rejected', 'refused to send its log.', 'wait a little and try again'),
        ('SignedUpdateFirmware', 'Rejected', 'refused to install the firmware v2.bin (26 kB).', 'try again'),
        ('SignedUpdateFirmware', 'InvalidCertificate', 'does not take the signing certificate', 'root certificate'),
        ('SignedUpdateFirmware', 'RevokedCertificate', 'the signing certificate was revoked', 'Get a newer file'),
    ],
)
async def test_why_a_charger_refuses_is_said_with_what_to_do(
    house: House, action: str, answer: str, said: str, remedy: str
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await firmware(rest)
        await fetch(rest, charger, action, {'status': answer}, **(SIGNED if action == 'SignedUpdateFirmware' else {}))
        transfer = await newest(rest)
        assert transfer['progress'] == 'failed'
        assert said in transfer['sentence']
        assert remedy in transfer['sentence']
        kinds = [file['kind'] for file in (await rest.get('/api/files')).json()['items']]
        assert kinds == ['firmware']  # nothing is expected of a charger that refused


@pytest.mark.parametrize(
    ('report', 'shown'), [({}, False), ({'SecurityProfile': '0'}, True), ({'HeartbeatInterval': '9'}, False)]
)
async def test_signed_firmware_is_for_chargers_that_show_that_they_know_it(
    house: House, report: dict[str, str], shown: bool
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        keys = [{'key': key, 'readonly': False, 'value': value} for key, value in report.items()]
        await fetch(rest, charger, 'GetConfiguration', {'configurationKey': keys})
        assert (await rest.get('/api/chargepoint')).json()['signedFirmware'] == shown
        event = {'type': 'StartupOfTheDevice', 'timestamp': '2026-06-14T12:00:00Z'}
        await charger.call('SecurityEventNotification', event)
        assert (await rest.get('/api/chargepoint')).json()['signedFirmware']


@pytest.mark.parametrize(
    ('action', 'payload'),
    [
        ('UpdateFirmware', {'retrieveDate': '2099-01-01T12:00:00Z'}),
        ('SignedUpdateFirmware', {'firmware': {**SIGNED['firmware'], 'retrieveDateTime': '2099-01-01T12:00:00Z'}}),
    ],
)
async def test_firmware_that_will_have_gone_is_not_offered(house: House, action: str, payload: Any) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await firmware(rest)
        answer = await rest.post(f'/api/chargepoint/commands/{action}', json=payload)
        assert (answer.status_code, 'here for an hour' in answer.text) == (422, True)
        own = {**payload, 'location': 'ftp://nas.lan/v2.bin'} if action == 'UpdateFirmware' else SIGNED
        await fetch(rest, charger, action, {'status': 'Accepted'} if own is SIGNED else {}, **own)


async def test_an_update_in_place_of_another_is_taken(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await firmware(rest)
        for answer in ('Accepted', 'AcceptedCanceled'):
            await fetch(rest, charger, 'SignedUpdateFirmware', {'status': answer}, **SIGNED)
        transfer = await newest(rest)
        assert transfer['sentence'] == 'The charger was asked to install the firmware v2.bin (26 kB).'
        assert (transfer['fileName'], transfer['size']) == ('v2.bin', len(IMAGE))
        assert transfer['receivedAt'] <= transfer['at']


async def test_that_nothing_is_going_on_takes_no_end_back(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await fetch(rest, charger, 'GetDiagnostics', {'fileName': 'd'})
        await charger.call('DiagnosticsStatusNotification', {'status': 'Uploading'})
        await charger.call('DiagnosticsStatusNotification', {'status': 'Idle'})
        assert 'does nothing about its diagnostics any more. Try again.' in (await newest(rest))['sentence']
        await charger.call('DiagnosticsStatusNotification', {'status': 'UploadFailed'})
        await charger.call('DiagnosticsStatusNotification', {'status': 'Idle'})
        assert (await newest(rest))['status'] == 'UploadFailed'


async def test_what_was_not_sent_leaves_no_name(house: House) -> None:
    async with client_of(house) as rest:
        answer = await rest.post('/api/chargepoint/commands/GetDiagnostics', json={})
        assert answer.json()['error'] == 'NotConnected'
        async with ScriptedCharger(house.ocpp()) as charger:
            await charger.boot()
            answer = await rest.post('/api/chargepoint/commands/GetLog', json={'logType': 'NoSuch'})
            assert answer.status_code == 422
        assert (await rest.get('/api/files')).json()['items'] == []
        assert (await rest.get('/api/chargepoint')).json()['transfers'] == []


@pytest.mark.parametrize('hangs_up', [False, True])
async def test_a_file_that_comes_although_the_answer_did_not_is_taken(make_house: MakeHouse, hangs_up: bool) -> None:
    """Some chargers pack their diagnostics first, and answer too late, or restart over it."""
    house = await make_house(call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        asked = asyncio.create_task(rest.post('/api/chargepoint/commands/GetDiagnostics', json={}))
        _, payload = await charger.receive_call('GetDiagnostics')
        assert _sentence(house) == 'The charger was asked to send its diagnostics.'
        if hangs_up:
            await charger.websocket.close()
        assert (await asked).status_code == 504
        assert _sentence(house) == 'The charger was asked to send its diagnostics.'
        (await rest.put(payload['location'], content=REPORT)).raise_for_status()
        transfer = await until_said(house, rest, 'has sent its diagnostics.')
        assert (transfer['progress'], transfer['size']) == ('done', len(REPORT))


@pytest.mark.parametrize('announces_size', [True, False])
async def test_a_file_that_is_too_large_is_not_blamed_on_the_network(
    house: House, monkeypatch: pytest.MonkeyPatch, announces_size: bool
) -> None:
    monkeypatch.setattr('cpo.files.file_shelf.MAX_FILE_BYTES', len(REPORT) - 1)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        asked = asyncio.create_task(rest.post('/api/chargepoint/commands/GetDiagnostics', json={}))
        message_id, payload = await charger.receive_call('GetDiagnostics')
        await charger.answer(message_id, {'fileName': 'diag.zip'})
        await asked
        too_large = REPORT if announces_size else pieces_of(REPORT)
        assert (await rest.put(payload['location'], content=too_large)).status_code == 413
        await charger.call('DiagnosticsStatusNotification', {'status': 'UploadFailed'})
        transfer = await until_said(house, rest, 'it is larger than 50 MiB')
        assert (transfer['progress'], 'It needs to reach' in transfer['sentence']) == ('failed', False)
        (await rest.put(payload['location'], content=b'less')).raise_for_status()  # the same name takes a smaller one
        await until_said(house, rest, 'has sent its diagnostics.')


async def test_where_there_is_no_room_for_a_file_that_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('cpo.files.file_shelf.MAX_BYTES', 0)
    async with sender(house) as charger, client_of(house) as rest:
        charger.fails = True  # what it sends is none of this
        await rest.post('/api/chargepoint/commands/GetDiagnostics', json={})
        await until_said(house, rest, 'could not send')
        assert (await rest.put(charger.location, content=REPORT)).status_code == 507
        await until_said(house, rest, 'there is no room for it here. Delete files of the last hour')


async def test_the_simulated_charger_sends_and_installs_too(house: House) -> None:
    async with Charger(house.ocpp()), client_of(house) as rest:
        await house.until(lambda: house.charge_point.state.connector(1).last_status is not None)
        await rest.post('/api/chargepoint/commands/GetDiagnostics', json={})
        await until_said(house, rest, 'has sent its diagnostics.')
        (file,) = (await rest.get('/api/files')).json()['items']
        assert (await rest.get(file['path'])).text.startswith('Diagnostics of a simulated charger')
        path = (await rest.post('/api/files', json={'fileName': 'v2.bin'})).json()['path']
        (await rest.put(path, content=IMAGE)).raise_for_status()
        await rest.post('/api/chargepoint/commands/UpdateFirmware', json={})
        await until_said(house, rest, 'has installed the firmware')
        await rest.post('/api/chargepoint/commands/UpdateFirmware', json={'location': 'ftp://nas.lan/v3.bin'})
        await until_said(house, rest, 'could not install the firmware (“Download failed”)')


async def test_the_simulated_charger_sends_its_logs_and_installs_what_is_signed(house: House) -> None:
    maker = Authority.make('Maker')
    async with Charger(house.ocpp()) as charger, client_of(house) as rest:
        await house.until(lambda: house.charge_point.state.connector(1).last_status is not None)
        await rest.post('/api/chargepoint/commands/GetLog', json={})
        await until_said(house, rest, 'has sent its log.')
        path = (await rest.post('/api/files', json={'fileName': 'v2.bin'})).json()['path']
        (await rest.put(path, content=IMAGE)).raise_for_status()
        signed = {'signingCertificate': maker.pem, 'signature': maker.sign(b'another image')}
        await rest.post('/api/chargepoint/commands/SignedUpdateFirmware', json={'firmware': signed})
        await until_said(house, rest, '(“Invalid signature”): file and signature do not belong together.')
        await charger.wait_until_answered()
        await rest.post('/api/chargepoint/commands/GetLog', json={'logType': 'SecurityLog'})
        await until_said(house, rest, 'has sent its security log.')
        items = (await rest.get('/api/files')).json()['items']
        files = {file['fileName']: await rest.get(file['path']) for file in items}
        assert files['log.txt'].text.startswith('Diagnostics of a simulated charger')
        assert files['security-log.txt'].text.endswith(' InvalidFirmwareSignature')
        right = {'firmware': {**signed, 'signature': maker.sign(IMAGE)}}
        await rest.post('/api/chargepoint/commands/SignedUpdateFirmware', json=right)
        await until_said(house, rest, 'has installed the firmware v2.bin')


@pytest.mark.parametrize(
    ('dialled', 'public', 'url'),
    [
        ('ws://192.168.1.5:8080/ocpp/CP1', None, 'http://192.168.1.5:8080'),
        ('ws://raspberrypi:8080/ocpp/CP1', None, 'http://raspberrypi:8080'),
        ('wss://192.168.1.5:8443/ocpp/CP1', None, 'https://192.168.1.5:8443'),
        ('ws://192.168.1.5:8080/ocpp/CP1', 'https://cpo.example.org', 'http://192.168.1.5:8080'),
        ('wss://home.example.org/wallbox/ocpp/CP1', None, 'https://home.example.org/wallbox'),
        ('ws://cpo.example.org/ocpp/CP1', 'https://cpo.example.org', 'https://cpo.example.org'),
        ('ws://127.0.0.1:8080/ocpp/CP1', 'https://cpo.example.org', 'https://cpo.example.org'),
        ('ws://cpo:8080/ocpp/CP1', 'https://cpo.example.org', 'https://cpo.example.org'),
        ('ws://[fd00::5]:8080/ocpp/CP1', 'https://cpo.example.org', 'http://[fd00::5]:8080'),
    ],
)
def test_a_charger_gets_the_address_that_it_has_dialled(dialled: str, public: str | None, url: str) -> None:
    assert files_url(Settings(public_url=public), dialled) == url
