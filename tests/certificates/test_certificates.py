"""The certificate authority of the house: made once, kept, renewed by itself."""

from __future__ import annotations

import base64
import ssl
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cpo.certificates import OWNER, Certificates, names_of_server
from cpo.errors import MustNotStart
from cpo.settings import Settings

NAMES = ('cpo.example.org', 'raspberrypi', '192.168.1.20', 'fd00::20')


class Time:
    """What the clock says, and the names of the server."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.names: tuple[str, ...] = NAMES

    def certificates(self, folder: Path | None) -> Certificates:
        return Certificates(folder, lambda: self.names, lambda: self.now)


@pytest.fixture(scope='session')
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a house whose certificates are made; making them takes a second."""
    folder = tmp_path_factory.mktemp('made')
    Time().certificates(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    (tmp_path / 'tls').mkdir()
    for file in (made / 'tls').iterdir():
        (tmp_path / 'tls' / file.name).write_bytes(file.read_bytes())
    return tmp_path


def read(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / 'tls' / name).read_bytes())


def serials(folder: Path) -> list[int]:
    return [read(folder, name).serial_number for name in ('root.pem', 'rsa.pem', 'ecdsa.pem')]


def value(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> object:
    return certificate.subject.get_attributes_for_oid(oid)[0].value


def test_what_is_made_is_as_the_whitepaper_demands_and_nobody_else_reads_it(made: Path) -> None:
    files = sorted((made / 'tls').iterdir())
    assert [file.name for file in files] == ['ecdsa.pem', 'root-key.pem', 'root.pem', 'rsa.pem']
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (made / 'tls').stat().st_mode & 0o777 == 0o700
    for name in ('rsa.pem', 'ecdsa.pem'):
        certificate = read(made, name)
        assert value(certificate, NameOID.ORGANIZATION_NAME) == OWNER
        assert value(certificate, NameOID.COMMON_NAME) == 'cpo.example.org'
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert alternatives.get_values_for_type(x509.DNSName) == ['cpo.example.org', 'raspberrypi']
        assert [str(ip) for ip in alternatives.get_values_for_type(x509.IPAddress)] == ['192.168.1.20', 'fd00::20']
        assert certificate.public_key().key_size >= (2048 if name == 'rsa.pem' else 224)  # type: ignore[union-attr]


def test_a_restart_takes_what_is_there(folder: Path) -> None:
    before = serials(folder)
    certificates = Time().certificates(folder)
    assert serials(folder) == before
    assert certificates.renew() is False
    assert certificates.root_pem == (folder / 'tls' / 'root.pem').read_bytes()
    assert len(certificates.fingerprint.split(':')) == 32


def newer(time: Time) -> None:
    time.now += timedelta(days=61)


def older(time: Time) -> None:
    time.now -= timedelta(days=10_000)


def renamed(time: Time) -> None:
    time.names = (*NAMES, '192.168.1.99')


@pytest.mark.parametrize('change', [newer, older, renamed])
def test_it_is_renewed_before_its_end_and_where_the_address_is_another(
    folder: Path, change: Callable[[Time], None]
) -> None:
    time = Time()
    certificates, before = time.certificates(folder), serials(folder)
    change(time)
    assert certificates.renew() is True
    after = serials(folder)
    assert after[0] == before[0]
    assert not {*after[1:]} & {*before}
    assert certificates.renew() is False


@pytest.mark.parametrize('name', ['rsa.pem', 'ecdsa.pem'])
@pytest.mark.parametrize('content', [None, b'', b'no certificate'])
def test_a_server_certificate_that_is_damaged_is_made_again(folder: Path, name: str, content: bytes | None) -> None:
    file = folder / 'tls' / name
    file.unlink() if content is None else file.write_bytes(content)
    Time().certificates(folder)
    assert read(folder, name)


@pytest.mark.parametrize('name', ['root.pem', 'root-key.pem'])
@pytest.mark.parametrize('content', [None, b'', b'no certificate'])
def test_a_root_that_is_damaged_is_never_replaced(folder: Path, name: str, content: bytes | None) -> None:
    file = folder / 'tls' / name
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(MustNotStart, match='every charger has to learn the new root'):
        Time().certificates(folder)


def test_in_memory_nothing_stays() -> None:
    certificates = Time().certificates(None)
    place = certificates._folder
    assert place.exists()
    del certificates
    assert not place.exists()


def test_what_signs_a_charger_is_not_fooled_by_another_text(made: Path) -> None:
    certificates = Time().certificates(made)
    for wrong in (b'', b'x', certificates.root_pem):
        with pytest.raises(ValueError, match=r'PEM|request|CSR|Unable'):
            certificates.sign_charger(wrong, 'CP1')


def test_the_names_of_the_server_are_those_people_chose_and_those_of_this_machine() -> None:
    settings = Settings(public_url='https://cpo.example.org', allowed_hosts=('*.example.net', 'box.example'))
    names = names_of_server(settings)
    assert names[:2] == ('cpo.example.org', 'box.example')
    assert names[-2:] == ('localhost', '127.0.0.1')
    assert '::1' not in names
    assert '192.168.7.7' in names_of_server(Settings(host='192.168.7.7'))


def test_the_context_takes_no_tls_before_1_2(folder: Path) -> None:
    context = Time().certificates(folder).context
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_OPTIONAL


@pytest.mark.program
def test_without_tls_the_library_is_not_even_loaded() -> None:
    code = "import sys, main; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, '-c', code], check=False).returncode == 0


@pytest.mark.parametrize(
    ('of', 'wrong'),
    [
        (b'\x02\x01\x00', b'\x02\x01\x05'),  # the version
        (b'\x2a\x86\x48\xce\x3d\x03\x01\x07', b'\x2a\x86\x48\xce\x3d\x03\x01\x7f'),  # the curve
        (b'\x2a\x86\x48\xce\x3d\x04\x03\x02', b'\x2a\x86\x48\xce\x3d\x04\x03\x7f'),  # the signature
    ],
)
def test_a_request_of_an_unknown_kind_is_one_that_cannot_be_signed(made: Path, of: bytes, wrong: bytes) -> None:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'CP1')])
    builder = x509.CertificateSigningRequestBuilder(subject)
    request = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    bare = request.public_bytes(serialization.Encoding.DER)
    assert of in bare
    text = base64.encodebytes(bare.replace(of, wrong, 1)).decode()
    pem = f'-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n'
    with pytest.raises(ValueError, match='request'):
        Time().certificates(made).sign_charger(pem.encode(), 'CP1')
