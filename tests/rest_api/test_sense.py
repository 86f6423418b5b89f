"""Requests that follow their schema, but that no charger, or not this one, can do anything with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from cpo.errors import InvalidPayload
from cpo.ocpp import Request
from cpo.ocpp.v16.sense import check_sense
from cpo.state import ChargePointState
from tests.conftest import House
from tests.scripted_charger import ScriptedCharger

PATH = '/api/chargepoint/commands/'
NOW, NOW_TEXT = datetime(2026, 6, 14, 12, tzinfo=UTC), '2026-06-14T12:00:00Z'
SCHEDULE = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 10}]}
PROFILE = {
    'chargingProfileId': 1,
    'stackLevel': 0,
    'chargingProfilePurpose': 'TxProfile',
    'chargingProfileKind': 'Relative',
    'chargingSchedule': SCHEDULE,
}
LOG = {'remoteLocation': 'ftp://nas.lan/logs'}
GET_LOG = {'logType': 'SecurityLog', 'requestId': 1, 'log': LOG}
RESERVE = {'connectorId': 1, 'expiryDate': '2030-01-01T12:00:00Z', 'idTag': 'Tag1', 'reservationId': 1}
FIRMWARE = {
    'location': 'ftp://nas.lan/v2.bin',
    'retrieveDateTime': '2026-06-14T12:00:00Z',
    'signingCertificate': '-----BEGIN CERTIFICATE-----',
    'signature': 'c2ln',
}
TO_CONNECTORS: dict[str, dict[str, Any]] = {
    'ChangeAvailability': {'type': 'Inoperative'},
    'ClearChargingProfile': {},
    'ExtendedTriggerMessage': {'requestedMessage': 'StatusNotification'},
    'GetCompositeSchedule': {'duration': 60},
    'RemoteStartTransaction': {'idTag': 'Tag1'},
    'ReserveNow': {'expiryDate': '2030-01-01T12:00:00Z', 'idTag': 'Tag1'},
    'SetChargingProfile': {'csChargingProfiles': PROFILE},
    'TriggerMessage': {'requestedMessage': 'MeterValues'},
    'UnlockConnector': {},
}


@pytest.fixture
async def charger(house: House) -> AsyncIterator[ScriptedCharger]:
    """A charger that has booted."""
    async with ScriptedCharger(house.ocpp()) as connected:
        await connected.boot()
        yield connected


async def answered(
    rest: httpx.AsyncClient, charger: ScriptedCharger, action: str, payload: dict[str, Any], answer: dict[str, Any]
) -> httpx.Response:
    """What REST says of a request that reaches the charger, which gives this answer."""
    sending = asyncio.create_task(rest.post(PATH + action, json=payload))
    message_id, _ = await charger.receive_call(action)
    await charger.answer(message_id, answer)
    return await sending


async def test_nothing_is_sent_for_a_connector_that_the_charger_does_not_have(
    charger: ScriptedCharger, rest: httpx.AsyncClient
) -> None:
    keys = [{'key': 'numberOfConnectors', 'readonly': True, 'value': '1'}]
    await answered(rest, charger, 'GetConfiguration', {}, {'configurationKey': keys})
    for action, payload in TO_CONNECTORS.items():
        refused = await rest.post(PATH + action, json={'connectorId': 9} | payload)
        assert (refused.status_code, refused.json()['error']) == (422, 'InvalidPayload'), action
        assert refused.json()['detail'] == '“connectorId” is 9; the charger has 1 connector.'
    assert 'currentTime' in await charger.call('Heartbeat', {})  # no Call came before its answer
    await charger.status(9, 'Available')  # it has one, whatever it said
    unlocked = await answered(rest, charger, 'UnlockConnector', {'connectorId': 9}, {'status': 'Unlocked'})
    assert unlocked.status_code == 200


async def test_an_answer_makes_no_connector(charger: ScriptedCharger, rest: httpx.AsyncClient) -> None:
    """How many it has is not known, and it accepts any number."""
    asked = {'connectorId': 9, 'type': 'Inoperative'}
    for status in ('Accepted', 'Scheduled'):
        answer = await answered(rest, charger, 'ChangeAvailability', asked, {'status': status})
        assert answer.json()['status'] == status
    assert [*(await rest.get('/api/chargepoint')).json()['connectors']] == ['1']


def with_schedule(**members: Any) -> dict[str, Any]:
    return {'connectorId': 1, 'csChargingProfiles': PROFILE | {'chargingSchedule': SCHEDULE | members}}


def with_period(**members: Any) -> dict[str, Any]:
    return with_schedule(chargingSchedulePeriod=[{'startPeriod': 0, 'limit': 10} | members])


def with_profile(connector_id: int = 1, **members: Any) -> dict[str, Any]:
    return {'connectorId': connector_id, 'csChargingProfiles': PROFILE | members}


PERIOD = 'csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].'
NONSENSE: list[tuple[str, dict[str, Any], str]] = [
    ('ChangeConfiguration', {'key': '', 'value': 'x'}, 'key'),
    ('RemoteStartTransaction', {'idTag': ''}, 'idTag'),
    ('DataTransfer', {'vendorId': ''}, 'vendorId'),
    ('GetDiagnostics', {'location': 'nowhere'}, 'location'),
    ('GetDiagnostics', {'location': ''}, 'location'),
    ('GetDiagnostics', {'location': 'nas.lan:21/logs'}, 'location'),
    ('GetDiagnostics', {'location': 'http://'}, 'location'),
    ('GetDiagnostics', {'location': 'http://nas lan/'}, 'location'),
    ('GetDiagnostics', {'location': 'http://[fd00/'}, 'location'),
    ('GetDiagnostics', {'location': 'ftp://nas.lan/', 'retries': -1}, 'retries'),
    (
        'GetDiagnostics',
        {'location': 'ftp://nas.lan/', 'startTime': '2026-06-14T12:00:00Z', 'stopTime': '2026-06-14T13:00:00+02:00'},
        'stopTime',
    ),
    ('UpdateFirmware', {'location': 'v2.bin', 'retrieveDate': '2026-06-14T12:00:00Z'}, 'location'),
    (
        'UpdateFirmware',
        {'location': 'ftp://nas.lan/v2.bin', 'retrieveDate': '2026-06-14T12:00:00Z', 'retryInterval': -5},
        'retryInterval',
    ),
    ('GetLog', GET_LOG | {'log': {'remoteLocation': 'nowhere'}}, 'log.remoteLocation'),
    ('GetLog', GET_LOG | {'retries': -1}, 'retries'),
    (
        'GetLog',
        GET_LOG | {'log': LOG | {'oldestTimestamp': '2026-06-14T12:00:00Z', 'latestTimestamp': '2026-06-14T11:00:00Z'}},
        'log.latestTimestamp',
    ),
    ('GetCompositeSchedule', {'connectorId': 1, 'duration': -60}, 'duration'),
    ('SetChargingProfile', with_period(limit=-6), PERIOD + 'limit'),
    ('SetChargingProfile', with_period(startPeriod=-1), PERIOD + 'startPeriod'),
    ('SetChargingProfile', with_period(startPeriod=60), PERIOD + 'startPeriod'),
    ('SetChargingProfile', with_period(numberPhases=0), PERIOD + 'numberPhases'),
    ('SetChargingProfile', with_schedule(duration=-1), 'csChargingProfiles.chargingSchedule.duration'),
    ('SetChargingProfile', with_schedule(minChargingRate=-6), 'csChargingProfiles.chargingSchedule.minChargingRate'),
    ('SetChargingProfile', with_profile(stackLevel=-1), 'csChargingProfiles.stackLevel'),
    (
        'SetChargingProfile',
        with_profile(validFrom='2026-06-14T12:00:00Z', validTo='2026-06-14T11:00:00Z'),
        'csChargingProfiles.validTo',
    ),
    ('SetChargingProfile', with_profile(0), 'csChargingProfiles.chargingProfilePurpose'),
    (
        'SetChargingProfile',
        with_profile(chargingProfilePurpose='ChargePointMaxProfile'),
        'csChargingProfiles.chargingProfilePurpose',
    ),
    (
        'SetChargingProfile',
        with_profile(chargingProfilePurpose='TxDefaultProfile', transactionId=1),
        'csChargingProfiles.transactionId',
    ),
    (
        'RemoteStartTransaction',
        {'idTag': 'Tag1', 'chargingProfile': PROFILE | {'chargingProfilePurpose': 'TxDefaultProfile'}},
        'chargingProfile.chargingProfilePurpose',
    ),
    ('RemoteStartTransaction', {'idTag': 'Tag1', 'connectorId': 0}, 'connectorId'),
    ('UnlockConnector', {'connectorId': 0}, 'connectorId'),
    ('ReserveNow', RESERVE | {'expiryDate': NOW_TEXT}, 'expiryDate'),
    ('InstallCertificate', {'certificateType': 'ManufacturerRootCertificate', 'certificate': 'MIIB'}, 'certificate'),
    ('CertificateSigned', {'certificateChain': ''}, 'certificateChain'),
    (
        'SignedUpdateFirmware',
        {'requestId': 1, 'firmware': FIRMWARE | {'signingCertificate': 'MIIB'}},
        'firmware.signingCertificate',
    ),
    ('SignedUpdateFirmware', {'requestId': 1, 'firmware': FIRMWARE | {'location': 'v2.bin'}}, 'firmware.location'),
    ('SendLocalList', {'listVersion': -1, 'updateType': 'Full'}, 'listVersion'),
    (
        'SendLocalList',
        {'listVersion': 1, 'updateType': 'Full', 'localAuthorizationList': [{'idTag': 'Tag1'}]},
        'localAuthorizationList[0].idTagInfo',
    ),
    ('ChangeConfiguration', {'key': 'AuthorizationKey', 'value': ''}, 'value'),
    ('ClearChargingProfile', {'id': -(2**40)}, 'id'),
    ('GetCompositeSchedule', {'connectorId': 1, 'duration': 2**31}, 'duration'),
    ('SetChargingProfile', with_profile(chargingProfileId=2**40), 'csChargingProfiles.chargingProfileId'),
    ('ChangeConfiguration', {'key': 'authorizationkey', 'value': '1234567'}, 'value'),
]
SENSE: list[tuple[str, dict[str, Any]]] = [
    ('ChangeConfiguration', {'key': 'Vendor/Led', 'value': ''}),
    ('GetConfiguration', {'key': []}),
    ('GetDiagnostics', {'location': 'ftp://me:secret@192.168.1.10:2121/logs', 'retries': 0, 'retryInterval': 0}),
    ('GetDiagnostics', {'location': 'file:///media/usb'}),
    ('GetDiagnostics', {'location': 'sftp://[fd00::5]/logs', 'startTime': '2026-06-14T12:00:00Z'}),
    ('UpdateFirmware', {'location': 'https://nas.lan/v2.bin', 'retrieveDate': '2020-01-01T00:00:00Z'}),  # that is: now
    ('SignedUpdateFirmware', {'requestId': 1, 'firmware': FIRMWARE}),
    ('GetCompositeSchedule', {'connectorId': 0, 'duration': 0}),
    ('ChangeAvailability', {'connectorId': 0, 'type': 'Operative'}),
    ('TriggerMessage', {'requestedMessage': 'StatusNotification', 'connectorId': 0}),
    ('ReserveNow', RESERVE | {'connectorId': 0}),
    ('SetChargingProfile', with_period(limit=0)),
    ('SetChargingProfile', with_schedule(chargingSchedulePeriod=[])),
    ('SetChargingProfile', with_profile(0, chargingProfilePurpose='TxDefaultProfile')),
    ('RemoteStartTransaction', {'idTag': 'Tag1', 'chargingProfile': PROFILE}),
    ('SendLocalList', {'listVersion': 0, 'updateType': 'Full'}),
    ('ChangeConfiguration', {'key': 'AuthorizationKey', 'value': '12345678'}),
    ('ChangeConfiguration', {'key': 'AnotherKey', 'value': ''}),
    (
        'SendLocalList',
        {'listVersion': 1, 'updateType': 'Differential', 'localAuthorizationList': [{'idTag': 'Tag1'}]},
    ),
]


@pytest.mark.parametrize(('action', 'payload', 'member'), NONSENSE)
def test_what_no_charger_can_do_is_refused_with_the_name_of_the_member(
    action: str, payload: dict[str, Any], member: str
) -> None:
    with pytest.raises(InvalidPayload, match=r'^“') as refused:
        check_sense(Request(action, payload), ChargePointState(), NOW)
    assert str(refused.value).startswith(f'“{member}” is ')


@pytest.mark.parametrize(('action', 'payload'), SENSE)
def test_what_the_specification_allows_is_let_through(action: str, payload: dict[str, Any]) -> None:
    check_sense(Request(action, payload), ChargePointState(), NOW)


async def test_nonsense_is_422_and_is_not_sent(charger: ScriptedCharger, rest: httpx.AsyncClient) -> None:
    for action, payload, member in NONSENSE:
        refused = await rest.post(PATH + action, json=payload)
        assert (refused.status_code, member in refused.json()['detail']) == (422, True), (action, refused.text)
    assert 'currentTime' in await charger.call('Heartbeat', {})
