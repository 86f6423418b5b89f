"""The certificate of a charge point, and TLS (cases 074, 077, 083, 086 and 087); `openssl` judges."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from websockets.exceptions import InvalidHandshake

from cpo.connection import ChargerChange
from cpo.state import EventKind, SecurityProfile
from simulator import Charger
from tests.conftest import House, MakeHouse
from tests.oca.conftest import Operator
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

pytestmark = pytest.mark.program

SERIAL = 'SN-0077'
PASSWORD = 'sixteen bytes or more'
BASIC = {'Authorization': f'Basic {base64.b64encode(b"CP1:" + PASSWORD.encode()).decode()}'}
BOOT = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted', 'chargePointSerialNumber': SERIAL}
KEYS = {'RSA': ('rsa:2048',), 'ECDSA': ('ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1')}


@pytest.fixture(scope='session')
def tls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority of the house, made once."""
    return tmp_path_factory.mktemp('tls')


async def openssl(*options: str) -> str:
    """What the command says; it must succeed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        'openssl', *options, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    async with asyncio.timeout(20):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


@dataclass
class SecureHouse:
    """A house with TLS whose charger CP1 has a password, and a folder for the files of that charger."""

    house: House
    folder: Path
    root: Path

    @classmethod
    async def of(cls, house: House, folder: Path, profile: SecurityProfile) -> SecureHouse:
        assert house.certificates is not None
        (root := folder / 'root.pem').write_bytes(house.certificates.root_pem)
        change = ChargerChange(adopted=True, password=PASSWORD, security_profile=profile)
        await house.charge_point.connections.change_known('CP1', change)
        return cls(house, folder, root)

    def charger(self, certificate: Path | None = None, plain: bool = False) -> ScriptedCharger:
        """CP1, which shows this certificate, or its password without one."""
        if plain:
            return ScriptedCharger(self.house.ocpp(), additional_headers=BASIC)
        context = ssl.create_default_context(cafile=str(self.root))
        if certificate is not None:
            context.load_cert_chain(certificate, self.folder / 'charger-key.pem')
        headers: dict[str, Any] = {} if certificate else {'additional_headers': BASIC}
        return ScriptedCharger(f'wss://localhost:{self.house.tls_port}/ocpp/CP1', ssl=context, **headers)

    async def request(self, kind: str) -> str:
        """A charger's request for a certificate with a new key (RFC 2986)."""
        key, csr = self.folder / 'charger-key.pem', self.folder / 'charger.csr'
        options = ('-newkey', *KEYS[kind], '-nodes', '-keyout', str(key), '-subj', f'/O=Home CPO/CN={SERIAL}')
        await openssl('req', '-new', *options, '-out', str(csr))
        return csr.read_text()


Make = Callable[[SecurityProfile], Any]


@pytest.fixture
def make(make_house: MakeHouse, tls_folder: Path, tmp_path: Path) -> Make:
    """A house whose charger has at least this profile."""

    async def made(profile: SecurityProfile) -> SecureHouse:
        return await SecureHouse.of(await make_house(tls_folder=tls_folder), tmp_path, profile)

    return made


async def boots(charger: ScriptedCharger) -> None:
    assert (await charger.call('BootNotification', BOOT))['status'] == 'Accepted'
    await charger.status(0, 'Available')
    await charger.status(1, 'Available')


async def gets_certificate(charger: ScriptedCharger, csr: str, answer: str) -> str:
    """The charger asks for a certificate: the answer comes first, then the certificate by itself."""
    assert await charger.call('SignCertificate', {'csr': csr}) == {'status': 'Accepted'}
    chain: str = (await charger.expect('CertificateSigned', answer))['certificateChain']
    return chain


async def is_refused(charger: ScriptedCharger) -> bool:
    try:
        async with charger:
            return False
    except (InvalidHandshake, ssl.SSLError, ConnectionError, EOFError):
        return True


@pytest.mark.parametrize('kind', KEYS)
async def test_tc_074_a_charge_point_gets_a_new_certificate_and_comes_back_with_it(make: Make, kind: str) -> None:
    secure = await make(SecurityProfile.TLS)
    rest = httpx.AsyncClient(verify=False, base_url=secure.house.http)
    async with secure.charger() as charger, rest:
        await boots(charger)
        operator = Operator(secure.house, rest, charger)
        trigger = {'requestedMessage': 'SignChargePointCertificate'}
        await operator.sends('ExtendedTriggerMessage', trigger, {'status': 'Accepted'})
        (chain := secure.folder / 'charger.pem').write_text(
            await gets_certificate(charger, await secure.request(kind), 'Accepted')
        )
        await secure.house.until(lambda: secure.house.charge_point.state.certificate_request is None)
        assert await operator.events('certificate') == [{'outcome': 'taken', 'chargeBoxId': 'CP1'}]
    await openssl('verify', '-CAfile', str(secure.root), '-purpose', 'sslclient', str(chain))
    said = await openssl('x509', '-in', str(chain), '-noout', '-subject', '-pubkey', '-text')
    assert f'CN = {SERIAL}' in said
    assert 'Signature Algorithm: sha256WithRSAEncryption' in said
    assert await openssl('req', '-in', str(secure.folder / 'charger.csr'), '-noout', '-pubkey') in said
    async with secure.charger(chain) as charger:
        await boots(charger)
    until = secure.house.charge_point.state.chargers['CP1'].certificate_until
    assert until is not None
    assert f'{until:%b %e %H:%M:%S %Y} GMT' in said


async def test_tc_077_a_charge_point_that_refuses_its_certificate_keeps_the_old_one(make: Make) -> None:
    secure = await make(SecurityProfile.TLS)
    async with secure.charger() as charger:
        await boots(charger)
        (old := secure.folder / 'old.pem').write_text(
            await gets_certificate(charger, await secure.request('ECDSA'), 'Accepted')
        )
        old_key = (secure.folder / 'charger-key.pem').read_bytes()
        await gets_certificate(charger, await secure.request('ECDSA'), 'Rejected')
        event = {'type': 'InvalidChargePointCertificate', 'timestamp': TIMESTAMP}
        assert await charger.call('SecurityEventNotification', event) == {}
    outcomes = [e.details['outcome'] for e in secure.house.charge_point.events if e.kind == EventKind.CERTIFICATE]
    assert outcomes == ['taken', 'refused']
    (secure.folder / 'charger-key.pem').write_bytes(old_key)
    async with secure.charger(old) as charger:
        await boots(charger)


@pytest.mark.parametrize('profile', [SecurityProfile.PASSWORD, SecurityProfile.TLS])
async def test_tc_083_a_charge_point_goes_up_one_profile_and_never_down_again(
    make: Make, profile: SecurityProfile
) -> None:
    secure = await make(profile)
    above = SecurityProfile(profile + 1)
    certificate: Path | None = None
    rest = httpx.AsyncClient(verify=False, base_url=secure.house.http)
    async with secure.charger(plain=profile is SecurityProfile.PASSWORD) as charger, rest:
        await boots(charger)
        if above is SecurityProfile.CERTIFICATE:
            certificate = secure.folder / 'charger.pem'
            certificate.write_text(await gets_certificate(charger, await secure.request('ECDSA'), 'Accepted'))
        operator = Operator(secure.house, rest, charger)
        change = {'key': 'SecurityProfile', 'value': str(int(above))}
        await operator.sends('ChangeConfiguration', change, {'status': 'Accepted'})
        await operator.sends('Reset', {'type': 'Hard'}, {'status': 'Accepted'})
    async with secure.charger(certificate) as charger:
        await boots(charger)
    assert await is_refused(secure.charger(plain=profile is SecurityProfile.PASSWORD))
    async with secure.charger(certificate) as charger:
        await boots(charger)
    assert secure.house.charge_point.state.chargers['CP1'].security_profile is above


SUITES = (
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'AES128-GCM-SHA256',
    'AES256-GCM-SHA384',
)


async def test_tc_086_tls_with_the_demanded_suites_and_a_password_lets_in(make: Make) -> None:
    secure = await make(SecurityProfile.TLS)
    address = ('-connect', f'127.0.0.1:{secure.house.tls_port}', '-CAfile', str(secure.root))
    for suite in SUITES:
        said = await openssl('s_client', '-tls1_2', '-cipher', suite, *address, '-verify_return_error')
        assert f'Cipher is {suite}' in said
    with pytest.raises(AssertionError):  # openssl fails
        await openssl('s_client', '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0', *address)
    async with secure.charger() as charger:
        await boots(charger)
    assert await is_refused(secure.charger(plain=True))


async def test_tc_087_tls_with_a_certificate_lets_in(make: Make) -> None:
    secure = await make(SecurityProfile.TLS)
    async with secure.charger() as charger:
        await boots(charger)
        (certificate := secure.folder / 'charger.pem').write_text(
            await gets_certificate(charger, await secure.request('ECDSA'), 'Accepted')
        )
    change = ChargerChange(security_profile=SecurityProfile.CERTIFICATE)
    await secure.house.charge_point.connections.change_known('CP1', change)
    async with secure.charger(certificate) as charger:
        await boots(charger)
    assert await is_refused(secure.charger())  # a password is not enough


async def test_a_charger_that_hangs_up_before_it_has_its_certificate_is_an_event(make: Make) -> None:
    secure = await make(SecurityProfile.TLS)
    csr = await secure.request('ECDSA')
    async with secure.charger() as charger:
        await boots(charger)
        assert await charger.call('SignCertificate', {'csr': csr}) == {'status': 'Accepted'}
        charger.websocket.transport.abort()
    await secure.house.until(lambda: any(e.kind == EventKind.CERTIFICATE for e in secure.house.charge_point.events))
    outcomes = [e.details['outcome'] for e in secure.house.charge_point.events if e.kind == EventKind.CERTIFICATE]
    assert outcomes == ['unanswered']


async def test_our_simulator_gets_a_certificate_and_the_root_of_the_house(make: Make) -> None:
    secure = await make(SecurityProfile.PASSWORD)
    host = secure.house.ocpp().removeprefix('ws://')
    url = f'ws://CP1:{quote(PASSWORD)}@{host}'
    said: list[str] = []
    rest = httpx.AsyncClient(verify=False, base_url=secure.house.http)
    async with Charger(url, on_event=said.append) as charger, rest:
        assert said[0] == f'connected to ws://CP1@{host}'
        commands = '/api/chargepoint/commands/'
        root = {'certificateType': 'CentralSystemRootCertificate', 'certificate': secure.root.read_text()}
        assert (await rest.post(f'{commands}InstallCertificate', json=root)).json()['status'] == 'Accepted'
        trigger = {'requestedMessage': 'SignChargePointCertificate'}
        await rest.post(f'{commands}ExtendedTriggerMessage', json=trigger)
        await secure.house.until(lambda: charger.station.security.certificates.certificate is not None)
        await secure.house.until(
            lambda: bool([e for e in secure.house.charge_point.events if e.kind == EventKind.CERTIFICATE])
        )
        certificate = charger.station.security.certificates.certificate
        assert certificate is not None
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(secure.root.read_bytes()))


@pytest.mark.parametrize('csr', ['not a request', 'weak'])
async def test_what_cannot_be_signed_is_an_event_and_nothing_is_sent(make: Make, csr: str) -> None:
    secure = await make(SecurityProfile.TLS)
    if csr == 'weak':
        key = ('-newkey', 'rsa:1024', '-nodes', '-keyout', str(secure.folder / 'weak.pem'), '-subj', '/CN=x')
        csr = await openssl('req', '-new', *key)
    async with secure.charger() as charger:
        await boots(charger)
        assert await charger.call('SignCertificate', {'csr': csr}) == {'status': 'Accepted'}
        await secure.house.until(lambda: secure.house.charge_point.state.certificate_request is None)
        assert 'currentTime' in await charger.call('Heartbeat', {})
    events = [e.details for e in secure.house.charge_point.events if e.kind == EventKind.CERTIFICATE]
    assert events == [{'outcome': 'unsignable', 'chargeBoxId': 'CP1'}]


@pytest.mark.parametrize('algorithm', ['SHA256', 'SHA384', 'SHA512'])
async def test_the_root_of_the_house_is_installed_listed_and_deleted_by_hashes_of_openssl(
    make: Make, algorithm: str
) -> None:
    """Cases 075_2 and 076 with a real root: its PEM text and its longest hashes fit into the messages."""
    secure = await make(SecurityProfile.TLS)
    root = x509.load_pem_x509_certificate(secure.root.read_bytes())
    hashed = {
        'hashAlgorithm': algorithm,
        'issuerNameHash': await digest(secure.folder, algorithm, root.issuer.public_bytes()),
        'issuerKeyHash': await digest(secure.folder, algorithm, key_bits(root)),
        'serialNumber': f'{root.serial_number:x}',
    }
    rest = httpx.AsyncClient(verify=False, base_url=secure.house.http)
    async with secure.charger() as charger, rest:
        await boots(charger)
        operator, use = Operator(secure.house, rest, charger), {'certificateType': 'CentralSystemRootCertificate'}
        pem = (await rest.get('/api/root-certificate')).text
        await operator.sends('InstallCertificate', {**use, 'certificate': pem}, {'status': 'Accepted'})
        listed = {'status': 'Accepted', 'certificateHashData': [hashed]}
        answer = await operator.sends('GetInstalledCertificateIds', use, listed)
        (found,) = answer['response']['certificateHashData']
        await operator.sends('DeleteCertificate', {'certificateHashData': found}, {'status': 'Accepted'})


async def digest(folder: Path, algorithm: str, content: bytes) -> str:
    (file := folder / 'hashed').write_bytes(content)
    return (await openssl('dgst', f'-{algorithm.lower()}', '-r', str(file))).split()[0]


def key_bits(certificate: x509.Certificate) -> bytes:
    """The public key without what says of which kind it is (RFC 6960 §4.1.1)."""
    form = (serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    return certificate.public_key().public_bytes(*form)
