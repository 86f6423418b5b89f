"""What an operator asks of a charge point besides sessions and limits (cases 013 to 021, 030 to 045, 054 to 064)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oca.conftest import Operator
from tests.scripted_charger import ScriptedCharger

LATER = '2040-01-01T12:00:00Z'
BOOT = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'}
HEARTBEAT = {'key': 'HeartbeatInterval', 'readonly': False, 'value': '60'}
SAMPLE = {'timestamp': LATER, 'sampledValue': [{'value': '1'}]}


async def boots_again(charger: ScriptedCharger) -> None:
    assert (await charger.call('BootNotification', BOOT))['status'] == 'Accepted'
    await charger.status(0, 'Available')
    await charger.status(1, 'Available')


# ---- reset, unlock, settings


async def test_tc_013_a_hard_reset(operator: Operator) -> None:
    await operator.sends('Reset', {'type': 'Hard'}, {'status': 'Accepted'})
    await boots_again(operator.charger)


async def test_tc_014_a_soft_reset_ends_the_session_first(operator: Operator) -> None:
    transaction_id = await operator.charger.start()
    await operator.sends('Reset', {'type': 'Soft'}, {'status': 'Accepted'})
    stop = {'transactionId': transaction_id, 'meterStop': 2000, 'timestamp': LATER, 'reason': 'SoftReset'}
    await operator.charger.call('StopTransaction', stop)
    await boots_again(operator.charger)
    assert (await operator.rest.get('/api/transactions')).json()['items'][0]['stopReason'] == 'SoftReset'


async def unlocks_in_session(operator: Operator, answer: str) -> None:
    """A plug is asked to unlock while a car charges, which ends the session."""
    transaction_id = await operator.charger.start()
    await operator.charger.status(1, 'Charging')
    await operator.sends('UnlockConnector', {'connectorId': 1}, {'status': answer})
    stop = {'transactionId': transaction_id, 'meterStop': 2000, 'timestamp': LATER, 'reason': 'UnlockCommand'}
    await operator.charger.call('StopTransaction', stop)
    await operator.charger.status(1, 'Finishing')
    assert (await operator.rest.get('/api/transactions')).json()['items'][0]['stopReason'] == 'UnlockCommand'


async def test_tc_017_1_the_plug_of_a_loose_cable_is_unlocked_in_a_session(operator: Operator) -> None:
    await unlocks_in_session(operator, 'Unlocked')


async def test_tc_017_2_a_fixed_cable_has_no_plug_to_unlock(operator: Operator) -> None:
    await unlocks_in_session(operator, 'NotSupported')


async def test_tc_018_a_plug_that_does_not_unlock_in_a_session(operator: Operator) -> None:
    await operator.charger.start()
    await operator.charger.status(1, 'Charging')
    await operator.sends('UnlockConnector', {'connectorId': 1}, {'status': 'UnlockFailed'})


async def test_tc_030_a_plug_that_does_not_unlock(operator: Operator) -> None:
    await operator.sends('UnlockConnector', {'connectorId': 1}, {'status': 'UnlockFailed'})


async def test_tc_031_a_connector_that_there_is_not_is_not_unlocked(operator: Operator) -> None:
    await operator.sends('UnlockConnector', {'connectorId': 9}, {'status': 'NotSupported'})


async def test_tc_019_1_all_settings_are_read(operator: Operator) -> None:
    await operator.sends('GetConfiguration', {}, {'configurationKey': [HEARTBEAT]})
    assert operator.house.charge_point.state.configuration['HeartbeatInterval'] == '60'


async def test_tc_019_2_one_setting_is_read(operator: Operator) -> None:
    await operator.sends('GetConfiguration', {'key': ['HeartbeatInterval']}, {'configurationKey': [HEARTBEAT]})


async def test_tc_021_a_setting_is_changed(operator: Operator) -> None:
    change = {'key': 'HeartbeatInterval', 'value': '90'}
    await operator.sends('ChangeConfiguration', change, {'status': 'Accepted'})
    assert operator.house.charge_point.state.configuration['HeartbeatInterval'] == '90'


async def test_tc_040_1_a_setting_that_there_is_not_is_a_result(operator: Operator) -> None:
    change = {'key': 'UnheardOf', 'value': '1'}
    await operator.sends('ChangeConfiguration', change, {'status': 'NotSupported'})
    assert 'UnheardOf' not in operator.house.charge_point.state.configuration


async def test_tc_040_2_a_value_that_is_refused_is_a_result(operator: Operator) -> None:
    change = {'key': 'MeterValueSampleInterval', 'value': '-1'}
    await operator.sends('ChangeConfiguration', change, {'status': 'Rejected'})
    assert operator.house.charge_point.state.configuration.get('MeterValueSampleInterval') != '-1'


async def test_tc_061_the_cards_it_remembers_are_forgotten(operator: Operator) -> None:
    await operator.sends('ClearCache', {}, {'status': 'Accepted'})


async def test_tc_064_data_of_its_maker_is_answered(operator: Operator) -> None:
    data = {'vendorId': 'com.example', 'messageId': 'hello', 'data': 'x'}
    answer = await operator.charger.call('DataTransfer', data)
    assert answer['status'] in ('UnknownVendorId', 'UnknownMessageId')
    await operator.sends('DataTransfer', data, {'status': 'Accepted', 'data': 'y'})


# ---- its own list of cards


async def test_tc_042_1_a_charge_point_without_a_list_says_so(operator: Operator) -> None:
    await operator.sends('GetLocalListVersion', {}, {'listVersion': -1})


async def test_tc_042_2_an_empty_list_has_version_0(operator: Operator) -> None:
    await operator.sends('GetLocalListVersion', {}, {'listVersion': 0})


def cards(version: int, update: str, *names: str) -> dict[str, Any]:
    """A SendLocalList with these cards."""
    entries = [{'idTag': name, 'idTagInfo': {'status': 'Accepted', 'parentIdTag': 'Family'}} for name in names]
    return {'listVersion': version, 'updateType': update, 'localAuthorizationList': entries}


async def test_tc_043_1_a_list_that_is_not_supported_is_a_result(operator: Operator) -> None:
    await operator.sends('SendLocalList', cards(1, 'Full', 'Mum'), {'status': 'NotSupported'})


async def test_tc_043_3_a_list_that_fails_is_a_result(operator: Operator) -> None:
    await operator.sends('SendLocalList', cards(1, 'Full', 'Mum'), {'status': 'Failed'})


async def test_tc_043_4_a_whole_list_is_sent(operator: Operator) -> None:
    await operator.sends('SendLocalList', cards(1, 'Full', 'Mum', 'Dad'), {'status': 'Accepted'})
    await operator.sends('GetLocalListVersion', {}, {'listVersion': 1})


async def test_tc_043_5_a_list_is_changed(operator: Operator) -> None:
    await operator.sends('SendLocalList', cards(1, 'Full', 'Mum'), {'status': 'Accepted'})
    await operator.sends('SendLocalList', cards(2, 'Differential', 'Dad'), {'status': 'Accepted'})


# ---- firmware and diagnostics


async def updates(operator: Operator, *statuses: str) -> None:
    """An UpdateFirmware, and how far the charge point comes."""
    update = {'location': 'https://firmware.example/wallbox.bin', 'retrieveDate': LATER}
    await operator.sends('UpdateFirmware', update, {})
    for status in statuses:
        assert await operator.charger.call('FirmwareStatusNotification', {'status': status}) == {}
        assert (await operator.document())['firmwareStatus'] == status


async def test_tc_044_1_firmware_is_installed(operator: Operator) -> None:
    await updates(operator, 'Downloading', 'Downloaded')
    await operator.charger.status(0, 'Unavailable')
    assert await operator.charger.call('FirmwareStatusNotification', {'status': 'Installing'}) == {}
    await boots_again(operator.charger)
    assert await operator.charger.call('FirmwareStatusNotification', {'status': 'Installed'}) == {}
    assert (await operator.document())['firmwareStatus'] == 'Installed'


async def test_tc_044_2_firmware_that_cannot_be_fetched_is_reported(operator: Operator) -> None:
    await updates(operator, 'Downloading', 'DownloadFailed')


async def test_tc_044_3_firmware_that_cannot_be_installed_is_reported(operator: Operator) -> None:
    await updates(operator, 'Downloading', 'Downloaded', 'Installing', 'InstallationFailed')
    await boots_again(operator.charger)
    assert (await operator.events('firmware_status'))[0]['status'] == 'InstallationFailed'


async def uploads(operator: Operator, result: str) -> None:
    """A GetDiagnostics, and what comes of it."""
    asked = {'location': 'ftp://192.168.1.10/diagnostics'}
    await operator.sends('GetDiagnostics', asked, {'fileName': 'diagnostics.txt'})
    for status in ('Uploading', result):
        assert await operator.charger.call('DiagnosticsStatusNotification', {'status': status}) == {}
    assert (await operator.document())['diagnosticsStatus'] == result


async def test_tc_045_1_diagnostics_are_uploaded(operator: Operator) -> None:
    await uploads(operator, 'Uploaded')


async def test_tc_045_2_diagnostics_that_cannot_be_uploaded_are_reported(operator: Operator) -> None:
    await uploads(operator, 'UploadFailed')


# ---- triggers

TRIGGERED: dict[str, dict[str, Any]] = {
    'BootNotification': BOOT,
    'DiagnosticsStatusNotification': {'status': 'Idle'},
    'FirmwareStatusNotification': {'status': 'Idle'},
    'Heartbeat': {},
    'MeterValues': {'connectorId': 1, 'meterValue': [SAMPLE]},
    'StatusNotification': {'connectorId': 1, 'status': 'Available', 'errorCode': 'NoError'},
}


@pytest.mark.parametrize('message', TRIGGERED)
async def test_tc_054_a_message_is_sent_when_it_is_asked_for(operator: Operator, message: str) -> None:
    await operator.sends('TriggerMessage', {'requestedMessage': message}, {'status': 'Accepted'})
    assert isinstance(await operator.charger.call(message, TRIGGERED[message]), dict)


async def test_tc_055_a_message_that_is_not_sent_is_a_result(operator: Operator) -> None:
    asked = {'requestedMessage': 'MeterValues', 'connectorId': 9}
    await operator.sends('TriggerMessage', asked, {'status': 'Rejected'})
