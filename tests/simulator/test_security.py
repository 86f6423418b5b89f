"""The simulated charger's half of the security whitepaper: certificates, logs, signed firmware."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from ocpp.exceptions import NotImplementedError as NotKnown
from ocpp.v16 import call

from simulator import Charger, Identity, Persona
from tests.simulator.authority import Authority
from tests.simulator.central_system import CentralSystem

CENTRAL, MANUFACTURER = 'CentralSystemRootCertificate', 'ManufacturerRootCertificate'
LATER = '2099-01-01T00:00:00Z'


def firmware(signer: str, signature: str = 'c2ln', at: str = '2020-01-01T00:00:00Z') -> call.SignedUpdateFirmware:
    """An update from a place that there is not."""
    what = {'location': 'http://127.0.0.1:1/v2', 'retrieveDateTime': at}
    return call.SignedUpdateFirmware(7, {**what, 'signing_certificate': signer, 'signature': signature})


async def test_a_charger_asks_for_a_certificate_for_a_new_key_and_takes_none_for_another(
    central_system: CentralSystem,
) -> None:
    authority, identity = Authority.make(), Identity(serial_number='SN-7')
    async with Charger(central_system.url, identity=identity) as charger:
        csrs = []
        for count in (1, 2):
            triggered = await central_system.ask(call.ExtendedTriggerMessage('SignChargePointCertificate'))
            assert triggered.status == 'Accepted'
            csrs.append((await central_system.wait_for('SignCertificate', count))['csr'])
        old, new = map(authority.sign_request, csrs)
        assert (await central_system.ask(call.CertificateSigned(old))).status == 'Rejected'
        await central_system.wait_for('SecurityEventNotification', type='InvalidChargePointCertificate')
        assert (await central_system.ask(call.CertificateSigned(new))).status == 'Accepted'
        shown = charger.station.security.certificates.certificate
        assert shown is not None
        assert shown.subject.rfc4514_string() == 'CN=SN-7'
        assert (await central_system.ask(call.CertificateSigned('no certificate'))).status == 'Rejected'
        await charger.wait_until_answered()


@pytest.mark.parametrize('algorithm', ['SHA256', 'SHA384', 'SHA512'])
async def test_roots_are_installed_listed_and_deleted(central_system: CentralSystem, algorithm: str) -> None:
    root = Authority.make()
    async with Charger(central_system.url) as charger:
        ask = central_system.ask
        assert (await ask(call.GetInstalledCertificateIds(CENTRAL))).status == 'NotFound'
        assert (await ask(call.InstallCertificate(CENTRAL, 'no certificate'))).status == 'Rejected'
        await central_system.wait_for('SecurityEventNotification', type='InvalidCentralSystemCertificate')
        assert (await ask(call.InstallCertificate(CENTRAL, root.pem))).status == 'Accepted'
        assert (await ask(call.InstallCertificate(CENTRAL, root.pem))).status == 'Accepted'
        (listed,) = (await ask(call.GetInstalledCertificateIds(CENTRAL))).certificate_hash_data
        assert listed == hash_data(root.certificate, 'SHA256')
        assert (await ask(call.GetInstalledCertificateIds(MANUFACTURER))).status == 'NotFound'
        wanted = hash_data(root.certificate, algorithm)
        assert (await ask(call.DeleteCertificate({**wanted, 'serial_number': '0'}))).status == 'NotFound'
        assert (await ask(call.DeleteCertificate(wanted))).status == 'Accepted'
        assert (await ask(call.GetInstalledCertificateIds(CENTRAL))).status == 'NotFound'
        await charger.wait_until_answered()


def hash_data(certificate: x509.Certificate, algorithm: str) -> dict[str, Any]:
    """What identifies a root, by the library of hashes instead."""
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    bits = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    name, of_key = (hashlib.new(algorithm, each).hexdigest() for each in (certificate.issuer.public_bytes(), bits))
    serial = f'{certificate.serial_number:x}'
    return {'hash_algorithm': algorithm, 'issuer_name_hash': name, 'issuer_key_hash': of_key, 'serial_number': serial}


async def test_signed_firmware_is_refused_or_fails_as_its_certificate_and_place_want(
    central_system: CentralSystem,
) -> None:
    authority, stranger = Authority.make(), Authority.make('Stranger')
    async with Charger(central_system.url) as charger:
        ask = central_system.ask
        assert (await ask(firmware('no certificate'))).status == 'InvalidCertificate'
        await central_system.wait_for('SecurityEventNotification', type='InvalidFirmwareSigningCertificate')
        await ask(call.InstallCertificate(MANUFACTURER, authority.pem))
        assert (await ask(firmware(stranger.pem))).status == 'InvalidCertificate'
        assert (await ask(firmware(authority.pem, at=LATER))).status == 'Accepted'
        await central_system.wait_for('SignedFirmwareStatusNotification', status='DownloadScheduled', requestId=7)
        assert (await ask(firmware(authority.pem))).status == 'AcceptedCanceled'
        await central_system.wait_for('SignedFirmwareStatusNotification', status='DownloadFailed')
        await charger.wait_until_answered()


async def test_a_log_for_a_place_it_cannot_reach_is_refused_or_fails(central_system: CentralSystem) -> None:
    async with Charger(central_system.url) as charger:
        for place, status in (('ftp://127.0.0.1/logs', 'Rejected'), ('http://127.0.0.1:1/logs', 'Accepted')):
            log = {'remoteLocation': place}
            assert (await central_system.ask(call.GetLog(log, 'DiagnosticsLog', 5))).status == status
        await central_system.wait_for('LogStatusNotification', status='UploadFailure', requestId=5)
        await charger.wait_until_answered()


@pytest.mark.parametrize(
    ('asked', 'action'),
    [
        ('LogStatusNotification', 'LogStatusNotification'),
        ('FirmwareStatusNotification', 'SignedFirmwareStatusNotification'),
        ('Heartbeat', 'Heartbeat'),
    ],
)
async def test_an_extended_trigger_brings_the_message(central_system: CentralSystem, asked: str, action: str) -> None:
    async with Charger(central_system.url) as charger:
        before = len(central_system.seen(action))
        assert (await central_system.ask(call.ExtendedTriggerMessage(asked))).status == 'Accepted'
        await central_system.wait_for(action, before + 1)
        await charger.wait_until_answered()


async def test_a_make_of_which_that_is_not_known_knows_nothing_of_it(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, persona=Persona.load('wallbox-pulsar-5')):
        for request in (call.GetInstalledCertificateIds(CENTRAL), call.ExtendedTriggerMessage('Heartbeat')):
            with pytest.raises(NotKnown):
                await central_system.ask(request)
        keys = (await central_system.ask(call.GetConfiguration())).configuration_key
    assert 'CertificateStoreMaxLength' not in {key['key'] for key in keys}
    central_system.refused.clear()
