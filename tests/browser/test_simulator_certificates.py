"""Certificates in the simulator that acts by itself; openssl makes them and verifies the page's results."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.smart_simulator import ACCEPTED, REJECTED, at, central_system, connect, fill, part, say

ROOT, MANUFACTURER = 'CentralSystemRootCertificate', 'ManufacturerRootCertificate'
NOT_FOUND = {'status': 'NotFound'}
KEY = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')


class Authority:
    """A certificate authority in a folder, with the self-signed `root.pem`."""

    def __init__(self, folder: Path, key: tuple[str, ...] = KEY) -> None:
        self.folder = folder
        self.openssl('req', '-x509', *key, '-keyout', 'key.pem', '-out', 'root.pem', '-subj', '/O=Home/CN=Root')
        self.root = (folder / 'root.pem').read_text()

    def openssl(self, *arguments: str) -> str:
        command = [shutil.which('openssl') or 'openssl', *arguments]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def sign(self, csr: str, days: int = 30) -> str:
        """Sign a certificate request; returns the certificate."""
        (self.folder / 'csr.pem').write_text(csr)
        by_root = ('-CA', 'root.pem', '-CAkey', 'key.pem', '-CAcreateserial', '-days', str(days))
        return self.openssl('x509', '-req', '-in', 'csr.pem', *by_root)

    def hash_data(self) -> dict[str, str]:
        """CertificateHashData of the root, taken from openssl's OCSP request for it."""
        text = self.openssl('ocsp', '-sha256', '-issuer', 'root.pem', '-cert', 'root.pem', '-req_text', '-no_nonce')
        name, key, serial = re.findall(r'(?:Hash|Number): ([0-9A-F]+)', text)
        return {
            'hashAlgorithm': 'SHA256',
            'issuerNameHash': name.lower(),
            'issuerKeyHash': key.lower(),
            'serialNumber': serial.lower().lstrip('0'),
        }


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    if shutil.which('openssl') is None:
        pytest.skip('there is no openssl; apt-get install openssl')
    return Authority(tmp_path)


async def test_root_certificates_are_installed_listed_and_deleted(open_page: OpenPage, authority: Authority) -> None:
    (authority.folder / 'rsa').mkdir()
    other = Authority(authority.folder / 'rsa', ('-newkey', 'rsa:2048', '-nodes'))
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)
        assert await central.call('GetInstalledCertificateIds', {'certificateType': ROOT}) == NOT_FOUND
        for kind, root in ((ROOT, authority.root), (ROOT, authority.root), (MANUFACTURER, other.root)):
            install = {'certificateType': kind, 'certificate': root}
            assert await central.call('InstallCertificate', install) == ACCEPTED
        await say(page, 'certificate-count', '2')
        for kind, each in ((ROOT, authority), (MANUFACTURER, other)):
            answer = await central.call('GetInstalledCertificateIds', {'certificateType': kind})
            assert answer == {'status': 'Accepted', 'certificateHashData': [each.hash_data()]}

        unknown = {**authority.hash_data(), 'serialNumber': '1'}
        loud = {**authority.hash_data(), 'issuerKeyHash': authority.hash_data()['issuerKeyHash'].upper()}
        for hash_data, status in ((unknown, 'NotFound'), (loud, 'Accepted'), (loud, 'NotFound')):
            assert await central.call('DeleteCertificate', {'certificateHashData': hash_data}) == {'status': status}
        assert await central.call('GetInstalledCertificateIds', {'certificateType': ROOT}) == NOT_FOUND
        await say(page, 'certificate-count', '1')
        other_kind = {'certificateType': 'V2GRootCertificate'}
        assert await central.call('GetInstalledCertificateIds', other_kind) == 'PropertyConstraintViolation'


async def test_what_is_no_root_certificate_or_one_too_many_is_rejected(
    open_page: OpenPage, authority: Authority
) -> None:
    request = authority.openssl('req', '-new', *KEY, '-keyout', 'other.pem', '-subj', '/CN=Leaf')
    expired = authority.openssl('x509', '-in', 'root.pem', '-signkey', 'key.pem', '-days', '-1')
    garbage = '-----BEGIN CERTIFICATE-----\nMIIB/////w==\n-----END CERTIFICATE-----'
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)
        for certificate in ('', 'no certificate', garbage, authority.sign(request), expired):
            install = {'certificateType': ROOT, 'certificate': certificate}
            assert await central.call('InstallCertificate', install) == REJECTED
        for number in range(11):
            again = authority.openssl('x509', '-in', 'root.pem', '-signkey', 'key.pem', '-set_serial', str(number + 1))
            install = {'certificateType': ROOT, 'certificate': again}
            assert await central.call('InstallCertificate', install) == (ACCEPTED if number < 10 else REJECTED)
        await say(page, 'certificate-count', '10')


async def test_it_asks_for_a_certificate_of_its_own_and_takes_only_that(
    open_page: OpenPage, authority: Authority
) -> None:
    trigger = {'requestedMessage': 'SignChargePointCertificate'}
    stranger = authority.openssl('req', '-new', *KEY, '-keyout', 'other.pem', '-subj', '/CN=Box 1')
    async with central_system() as central:
        page = await open_page(at(central))
        await connect(page)
        unasked = authority.sign(stranger)
        assert await central.call('CertificateSigned', {'certificateChain': unasked}) == REJECTED
        assert await central.call('ExtendedTriggerMessage', trigger) == ACCEPTED
        csr = (await central.got('SignCertificate'))['csr']
        (authority.folder / 'csr.pem').write_text(csr)
        subject = authority.openssl('req', '-in', 'csr.pem', '-verify', '-noout', '-subject')
        assert re.sub(r'\s', '', subject) == 'subject=O=HomeCPO,CN=Box1'
        for chain in (unasked, authority.root, authority.sign(csr, days=-1), 'no certificate'):
            assert await central.call('CertificateSigned', {'certificateChain': chain}) == REJECTED
        event = await central.got('SecurityEventNotification', 5)
        assert event['type'] == 'InvalidChargePointCertificate'
        chain = authority.sign(csr) + authority.root
        assert await central.call('CertificateSigned', {'certificateChain': chain}) == ACCEPTED

        await part(page, 'configuration').locator('summary').click()
        await fill(page, 'key-CpoName', '')
        assert await central.call('ExtendedTriggerMessage', trigger) == REJECTED
        await expect(part(page, 'log')).not_to_contain_text('InternalError')
