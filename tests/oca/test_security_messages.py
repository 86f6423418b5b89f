"""Root certificates, the security log and signed firmware (cases 075 to 081)."""

from __future__ import annotations

import pytest

from tests.oca.conftest import Operator
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
FIRMWARE = {
    'location': 'https://firmware.example/wallbox.bin',
    'retrieveDateTime': TIMESTAMP,
    'signingCertificate': PEM,
    'signature': 'c2lnbmVk',
}


def hash_data(algorithm: str) -> dict[str, str]:
    """What a charge point says about an installed certificate."""
    return {
        'hashAlgorithm': algorithm,
        'issuerNameHash': 'a1' * 32,
        'issuerKeyHash': 'b2' * 32,
        'serialNumber': '01f3',
    }


async def installs(operator: Operator, use: str, status: str = 'Accepted') -> None:
    await operator.sends('InstallCertificate', {'certificateType': use, 'certificate': PEM}, {'status': status})


async def lists(operator: Operator, use: str, *installed: dict[str, str]) -> None:
    found = {'status': 'Accepted', 'certificateHashData': [*installed]} if installed else {'status': 'NotFound'}
    await operator.sends('GetInstalledCertificateIds', {'certificateType': use}, found)


async def reports_security_event(charger: ScriptedCharger, kind: str) -> None:
    event = {'type': kind, 'timestamp': TIMESTAMP, 'techInfo': 'port 443'}
    assert await charger.call('SecurityEventNotification', event) == {}


async def reports_update(charger: ScriptedCharger, *statuses: str) -> None:
    for status in statuses:
        assert await charger.call('SignedFirmwareStatusNotification', {'status': status, 'requestId': 7}) == {}


async def test_tc_075_1_the_root_of_the_manufacturer_is_installed_and_listed(operator: Operator) -> None:
    await installs(operator, 'ManufacturerRootCertificate')
    await lists(operator, 'ManufacturerRootCertificate', hash_data('SHA256'))


async def test_tc_075_2_the_root_of_the_central_system_is_installed_and_listed(operator: Operator) -> None:
    await installs(operator, 'CentralSystemRootCertificate')
    await lists(operator, 'CentralSystemRootCertificate', hash_data('SHA256'))


@pytest.mark.parametrize('algorithm', ['SHA256', 'SHA384', 'SHA512'])
async def test_tc_076_a_root_is_deleted_by_the_hashes_it_was_listed_with(operator: Operator, algorithm: str) -> None:
    await installs(operator, 'CentralSystemRootCertificate')
    await lists(operator, 'CentralSystemRootCertificate', hash_data(algorithm))
    await operator.sends('DeleteCertificate', {'certificateHashData': hash_data(algorithm)}, {'status': 'Accepted'})
    await lists(operator, 'CentralSystemRootCertificate')


async def test_tc_078_a_root_that_the_charge_point_refuses_is_a_result(operator: Operator) -> None:
    await installs(operator, 'CentralSystemRootCertificate', 'Rejected')
    await reports_security_event(operator.charger, 'InvalidCentralSystemCertificate')
    event = (await operator.events('security_event'))[0]
    assert (event['type'], event['techInfo']) == ('InvalidCentralSystemCertificate', 'port 443')


async def test_tc_079_the_security_log_is_uploaded_where_the_operator_wants_it(operator: Operator) -> None:
    log = {'remoteLocation': 'ftp://192.168.1.10/logs', 'oldestTimestamp': TIMESTAMP}
    accepted = {'status': 'Accepted', 'filename': 'security.log'}
    await operator.sends('GetLog', {'logType': 'SecurityLog', 'requestId': 5, 'log': log}, accepted)
    for status in ('Uploading', 'Uploaded'):
        assert await operator.charger.call('LogStatusNotification', {'status': status, 'requestId': 5}) == {}
        assert (await operator.document())['logStatus'] == status
    assert await operator.events('log_status') == [
        {'status': 'Uploaded', 'requestId': 5, 'chargeBoxId': 'CP1'},
        {'status': 'Uploading', 'requestId': 5, 'chargeBoxId': 'CP1'},
    ]


async def test_tc_080_signed_firmware_is_installed(operator: Operator) -> None:
    charger = operator.charger
    await operator.sends('SignedUpdateFirmware', {'requestId': 7, 'firmware': FIRMWARE}, {'status': 'Accepted'})
    await reports_update(charger, 'Downloading', 'Downloaded', 'SignatureVerified')
    await charger.status(0, 'Unavailable')
    await reports_update(charger, 'Installing', 'InstallRebooting')
    boot = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted', 'firmwareVersion': '2.0'}
    assert (await charger.call('BootNotification', boot))['status'] == 'Accepted'
    await reports_security_event(charger, 'FirmwareUpdated')
    await charger.status(0, 'Available')
    await reports_update(charger, 'Installed')
    document = await operator.document()
    assert (document['firmwareStatus'], document['firmwareVersion']) == ('Installed', '2.0')


async def test_tc_081_firmware_with_a_wrong_signature_is_reported(operator: Operator) -> None:
    await operator.sends('SignedUpdateFirmware', {'requestId': 7, 'firmware': FIRMWARE}, {'status': 'Accepted'})
    await reports_update(operator.charger, 'Downloading', 'Downloaded', 'InvalidSignature')
    await reports_security_event(operator.charger, 'InvalidFirmwareSignature')
    assert (await operator.document())['firmwareStatus'] == 'InvalidSignature'
    newest = (await operator.events('firmware_status'))[0]
    assert newest == {'status': 'InvalidSignature', 'requestId': 7, 'chargeBoxId': 'CP1'}
