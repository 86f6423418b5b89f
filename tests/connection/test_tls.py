"""Security profiles 2 and 3: TLS with a password, TLS with a certificate of the charger (whitepaper A00)."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ocpp.v16 import ChargePoint as PypiChargePoint
from ocpp.v16 import call
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from cpo.certificates import Certificates
from cpo.connection import ChargerChange
from cpo.state import AttemptVerdict, SecurityProfile
from tests.conftest import House, MakeHouse
from tests.program import free_port, running

PASSWORD = 'as typed into it'
SUITES = (
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'AES128-GCM-SHA256',
    'AES256-GCM-SHA384',
)


@pytest.fixture(scope='session')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificates are, made once."""
    return tmp_path_factory.mktemp('tls')


@pytest.fixture
async def house(make_house: MakeHouse, folder: Path) -> House:
    return await make_house(tls_folder=folder)


def basic(password: str = PASSWORD) -> dict[str, str]:
    return {'Authorization': f'Basic {base64.b64encode(b"CP1:" + password.encode()).decode()}'}


def trusting(house: House, *certificate: Path) -> ssl.SSLContext:
    """The TLS of a charger that has the root, and perhaps a certificate (with key) of its own."""
    assert house.certificates is not None
    context = ssl.create_default_context(cadata=house.certificates.root_pem.decode())
    for path in certificate:
        context.load_cert_chain(path)
    return context


def wss(house: House, box: str = 'CP1') -> str:
    return f'wss://localhost:{house.tls_port}/ocpp/{box}'


async def opened(url: str, context: ssl.SSLContext | None, headers: dict[str, str] | None = None) -> ClientConnection:
    return await connect(url, ssl=context, subprotocols=['ocpp1.6'], additional_headers=headers)  # type: ignore[list-item]


async def status(house: House, *certificate: Path, headers: dict[str, str] | None = None, box: str = 'CP1') -> int:
    """The status of a handshake over TLS; 0 where TLS itself fails."""
    try:
        websocket = await opened(wss(house, box), trusting(house, *certificate), headers)
    except InvalidStatus as error:
        return error.response.status_code
    except (ssl.SSLError, ConnectionError, EOFError, WebSocketException):
        return 0
    await websocket.close()
    return 101


async def heard(house: House, verdict: AttemptVerdict) -> str:
    """Wait for an attempt with this verdict; its fact."""
    await house.until(lambda: any(a.verdict is verdict for a in house.charge_point.state.attempts))
    return next(a.fact for a in house.charge_point.state.attempts if a.verdict is verdict)


async def known_as(house: House, profile: SecurityProfile) -> None:
    change = ChargerChange(adopted=True, password=PASSWORD, security_profile=profile)
    await house.charge_point.connections.change_known('CP1', change)


def newest(house: House) -> AttemptVerdict:
    return house.charge_point.state.attempts[0].verdict


def profile(house: House) -> SecurityProfile:
    return house.charge_point.state.chargers['CP1'].security_profile


# ---- profile 2


async def s_client(house: House, *options: str) -> str:
    """What `openssl s_client` says."""
    command = ['openssl', 's_client', '-connect', f'127.0.0.1:{house.tls_port}', *options]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(20):
        output, _ = await process.communicate()
    return output.decode(errors='replace')


@pytest.mark.program
@pytest.mark.parametrize('suite', SUITES)
async def test_each_demanded_suite_is_spoken_with_the_certificate_it_needs(
    house: House, folder: Path, suite: str
) -> None:
    said = await s_client(house, '-tls1_2', '-cipher', suite, '-CAfile', str(folder / 'tls' / 'root.pem'))
    assert f'Cipher is {suite}' in said
    assert 'Verify return code: 0 (ok)' in said
    assert ('a:PKEY: id-ecPublicKey' in said) == ('ECDSA' in suite)


@pytest.mark.program
async def test_tls_1_3_is_spoken_and_1_1_refused_in_words(house: House) -> None:
    assert 'TLSv1.3' in await s_client(house, '-tls1_3')
    assert 'Cipher is (NONE)' in await s_client(house, '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0')
    assert 'protocol' in await heard(house, AttemptVerdict.TLS_TOO_OLD)


@pytest.mark.program
async def test_a_suite_that_nobody_should_use_is_refused_in_words(house: House) -> None:
    assert 'Cipher is (NONE)' in await s_client(house, '-tls1_2', '-cipher', 'AES128-SHA')
    assert await heard(house, AttemptVerdict.TLS_TOO_OLD) == 'no shared cipher'


async def test_a_charger_boots_over_tls_with_its_password_and_without_tls_it_is_refused(house: House) -> None:
    await known_as(house, SecurityProfile.TLS)
    websocket = await opened(wss(house), trusting(house), basic())
    await websocket.send('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
    assert '"Accepted"' in str(await websocket.recv())
    assert house.charge_point.state.connected
    await websocket.close()
    with pytest.raises(InvalidStatus) as refused:
        await opened(house.ocpp(), None, basic())
    assert refused.value.response.status_code == 403
    assert newest(house) is AttemptVerdict.NO_TLS
    assert await status(house) == 401
    assert await status(house, headers=basic('another one')) == 401
    assert await status(house, headers=basic()) == 101


def shake_hands_without_the_root(port: int) -> None:
    with socket.create_connection(('127.0.0.1', port)) as connection:
        ssl.create_default_context().wrap_socket(connection, server_hostname='localhost')


async def test_a_charger_without_the_root_hangs_up_and_connect_says_why(house: House) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(shake_hands_without_the_root, house.tls_port)
    assert 'unknown ca' in await heard(house, AttemptVerdict.ROOT_UNKNOWN)


async def test_who_comes_without_tls_to_its_port_is_told_so(house: House) -> None:
    with pytest.raises((WebSocketException, OSError, EOFError)):
        await connect(f'ws://localhost:{house.tls_port}/ocpp/CP1')
    await heard(house, AttemptVerdict.NO_TLS_HERE)


async def test_who_opens_a_connection_and_says_nothing_is_noted_and_no_room_is_lost(house: House) -> None:
    with socket.create_connection(('127.0.0.1', house.tls_port)):
        pass
    await heard(house, AttemptVerdict.NO_REQUEST)


async def test_rest_is_served_over_tls_and_gives_the_root_to_anybody(house: House, folder: Path) -> None:
    async with httpx.AsyncClient(verify=trusting(house), base_url=f'https://localhost:{house.tls_port}') as rest:
        assert (await rest.get('/api/health')).status_code == 200
        assert (await rest.get('/api/chargepoint')).json()['connected'] is False
        put = await rest.put('/api/solar', json={'pv_w': 1000}, headers={'Origin': str(rest.base_url)})
        assert put.status_code == 200
    async with httpx.AsyncClient(verify=False, base_url=house.http) as rest:
        root = await rest.get('/api/root-certificate')
        assert (root.status_code, root.headers['content-type']) == (200, 'application/x-pem-file')
        assert root.content == (folder / 'tls' / 'root.pem').read_bytes()


async def test_without_a_port_there_is_no_root_and_no_profile_with_tls(make_house: MakeHouse) -> None:
    house = await make_house()
    async with httpx.AsyncClient(verify=False, base_url=house.http) as rest:
        assert (await rest.get('/api/root-certificate')).status_code == 404
        refused = await rest.put('/api/chargers/CP1', json={'security_profile': 3})
        assert 'CPO_TLS_PORT' in refused.json()['detail']


async def test_a_charger_that_was_told_to_use_tls_never_goes_back(house: House) -> None:
    """Whitepaper A00.FR.002 and FR.005; until it has come with TLS, the old way stays open."""
    await known_as(house, SecurityProfile.PASSWORD)
    websocket = await opened(house.ocpp(), None, basic())
    await websocket.send('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
    await websocket.recv()  # without a boot it would be asked in 5 s
    asked = asyncio.create_task(
        house.charge_point.command('ChangeConfiguration', {'key': 'SecurityProfile', 'value': '2'})
    )
    call = str(await websocket.recv())
    await websocket.send(f'[3,"{call.split(chr(34))[1]}",{{"status":"Accepted"}}]')
    await asked
    await websocket.close()
    assert profile(house) is SecurityProfile.PASSWORD
    assert await status(house, headers=basic()) == 101
    assert profile(house) is SecurityProfile.TLS
    with pytest.raises(InvalidStatus):
        await opened(house.ocpp(), None, basic())


@pytest.mark.program
async def test_certificates_that_are_renewed_serve_the_next_connection(house: House, folder: Path) -> None:
    assert house.certificates is not None
    before = (folder / 'tls' / 'rsa.pem').read_bytes()
    (folder / 'tls' / 'rsa.pem').write_bytes(b'')
    assert await status(house) == 101
    assert house.certificates.renew()
    after = (folder / 'tls' / 'rsa.pem').read_bytes()
    assert after != before
    said = await s_client(house, '-tls1_2', '-cipher', 'AES128-GCM-SHA256', '-showcerts')
    assert after.decode().split('BEGIN CERTIFICATE')[1][:200] in said


# ---- profile 3


@pytest.fixture(scope='session')
def issuing() -> ModuleType:
    from cpo.certificates import issuing  # noqa: PLC0415 (as late as the program does)

    return issuing


def charger_certificate(certificates: Certificates, folder: Path, charger: str = 'CP1') -> Path:
    """A file with a charger's certificate of this house, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'whatever it asks for')])
    csr = x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256())
    signed = certificates.sign_charger(csr.public_bytes(serialization.Encoding.PEM), charger)
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (file := folder / f'{charger}.pem').write_bytes(secret + signed)
    return file


async def test_the_certificate_of_the_charger_lets_in_and_nothing_else_does(house: House, tmp_path: Path) -> None:
    assert house.certificates is not None
    own = charger_certificate(house.certificates, tmp_path)
    other = charger_certificate(house.certificates, tmp_path, 'CP2')
    await known_as(house, SecurityProfile.CERTIFICATE)
    assert await status(house, own) == 101
    assert await status(house, headers=basic()) == 403
    assert newest(house) is AttemptVerdict.NO_CERTIFICATE
    assert await status(house, other) == 403
    assert await heard(house, AttemptVerdict.CERTIFICATE_OF_ANOTHER) == 'Home CPO, CP2'
    with pytest.raises(InvalidStatus):
        await opened(house.ocpp(), None, basic())
    assert newest(house) is AttemptVerdict.NO_TLS


async def test_the_certificate_may_name_the_serial_number(house: House, tmp_path: Path) -> None:
    assert house.certificates is not None
    own = charger_certificate(house.certificates, tmp_path, 'SN-77')
    await house.charge_point.connections.change_known('CP1', ChargerChange(adopted=True))
    websocket = await opened(house.ocpp(), None)
    make = '{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"SN-77"}'
    await websocket.send(f'[2,"1","BootNotification",{make}]')
    await websocket.recv()
    await websocket.close()
    await known_as(house, SecurityProfile.CERTIFICATE)
    assert await status(house, own) == 101
    assert await status(house, own, box='CP2') == 101  # of another charger: it proves nothing, and CP2 needs no proof


async def test_a_certificate_of_a_stranger_is_refused_in_words(house: House, tmp_path: Path) -> None:
    stranger = charger_certificate(Certificates(tmp_path / 'elsewhere', lambda: ('localhost',)), tmp_path)
    await known_as(house, SecurityProfile.CERTIFICATE)
    assert await status(house, stranger) == 0
    assert 'issuer' in await heard(house, AttemptVerdict.STRANGE_CERTIFICATE)


async def test_an_expired_certificate_is_refused_in_words(house: House, folder: Path, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=4000)
    before = Certificates(folder, lambda: ('localhost', '127.0.0.1'))
    before._now = lambda: long_ago
    expired = charger_certificate(before, tmp_path)
    await known_as(house, SecurityProfile.CERTIFICATE)
    assert await status(house, expired) == 0
    await heard(house, AttemptVerdict.CERTIFICATE_EXPIRED)


async def test_the_certificate_of_the_server_is_no_certificate_of_a_charger(house: House, folder: Path) -> None:
    await known_as(house, SecurityProfile.CERTIFICATE)
    assert await status(house, folder / 'tls' / 'ecdsa.pem') == 0
    assert 'purpose' in await heard(house, AttemptVerdict.STRANGE_CERTIFICATE)


# ---- an independent charger


@pytest.mark.parametrize('holds', [SecurityProfile.PASSWORD, SecurityProfile.TLS, SecurityProfile.CERTIFICATE])
async def test_the_pypi_charger_boots_and_charges_by_each_profile(
    house: House, tmp_path: Path, holds: SecurityProfile
) -> None:
    assert house.certificates is not None
    own = charger_certificate(house.certificates, tmp_path)
    await known_as(house, holds)
    url = house.ocpp() if holds is SecurityProfile.PASSWORD else wss(house)
    context = None if holds is SecurityProfile.PASSWORD else trusting(house, own)
    headers = None if holds is SecurityProfile.CERTIFICATE else basic()
    websocket = await opened(url, context, headers)
    charger = PypiChargePoint('CP1', websocket)
    reading = asyncio.create_task(charger.start())
    boot = await charger.call(call.BootNotification(charge_point_vendor='V', charge_point_model='M'))
    assert boot.status == 'Accepted'
    at = datetime.now(UTC).isoformat()
    started = await charger.call(call.StartTransaction(connector_id=1, id_tag='Tag1', meter_start=0, timestamp=at))
    assert started.id_tag_info['status'] == 'Accepted'
    reading.cancel()
    await websocket.close()
    assert profile(house) is holds


@pytest.mark.program
async def test_the_program_itself_refuses_a_stranger_and_keeps_its_root(tmp_path: Path) -> None:
    """With uvloop, which has a TLS of its own."""
    port = free_port()
    options = (f'--data-dir={tmp_path}', f'--tls-port={port}', '--startup-requests=false')
    url = f'wss://localhost:{port}/ocpp/CP1'
    async with running(*options) as program, program.client() as rest:
        root = (await rest.get('/api/root-certificate')).text
        house = Certificates(tmp_path, lambda: ('localhost', '127.0.0.1'))
        stranger = charger_certificate(Certificates(tmp_path / 'elsewhere', lambda: ('localhost',)), tmp_path, 'CP2')
        put = {'adopted': True, 'security_profile': 3}
        assert (await rest.put('/api/chargers/CP1', json=put)).status_code == 200
        for certificate, is_let_in in ((charger_certificate(house, tmp_path), True), (stranger, False)):
            context = ssl.create_default_context(cadata=root)
            context.load_cert_chain(certificate)
            try:
                await (await opened(url, context)).close()
            except (ssl.SSLError, ConnectionError, EOFError, WebSocketException):
                assert not is_let_in
            else:
                assert is_let_in
        verdicts = {item['verdict'] for item in (await rest.get('/api/connections')).json()['items']}
        assert {'connected', 'strange_certificate'} <= verdicts
        ended = await program.stop()
    assert (ended.status, ended.took_s < 5, 'Traceback' in ended.errors) == (0, True, False)
    async with running(*options) as program, program.client() as rest:
        assert (await rest.get('/api/root-certificate')).text == root
