"""The charger's answers to Calls about certificates (security whitepaper, edition 2, §5), as in operations.py."""

from collections.abc import Callable
from datetime import datetime

from simulator.connection import OcppError, Payload, Reply
from simulator.station import Station

ACCEPTED, REJECTED = {'status': 'Accepted'}, {'status': 'Rejected'}
NOT_FOUND = {'status': 'NotFound'}
USES = {
    'CentralSystemRootCertificate': 'InvalidCentralSystemCertificate',
    'ManufacturerRootCertificate': 'InvalidFirmwareSigningCertificate',
}
"""Each use of a root certificate, with the security event about one that is refused."""


def on_install_certificate(station: Station, payload: Payload, now: datetime) -> Reply:
    use = _use(payload)
    if station.security.certificates.install(use, payload['certificate']):
        return Reply(ACCEPTED)
    return Reply(REJECTED, lambda: station.security.report(USES[use], now))


def on_get_installed_certificate_ids(station: Station, payload: Payload, _now: datetime) -> Reply:
    listed = station.security.certificates.listed(_use(payload))
    return Reply({**ACCEPTED, 'certificateHashData': listed} if listed else NOT_FOUND)


def on_delete_certificate(station: Station, payload: Payload, _now: datetime) -> Reply:
    wanted = payload['certificateHashData']
    if wanted.get('hashAlgorithm') not in ('SHA256', 'SHA384', 'SHA512'):
        raise OcppError('PropertyConstraintViolation', f'hashAlgorithm {wanted.get("hashAlgorithm")}')
    return Reply(ACCEPTED if station.security.certificates.delete(wanted) else NOT_FOUND)


def on_certificate_signed(station: Station, payload: Payload, now: datetime) -> Reply:
    if station.security.certificates.take(payload['certificateChain']):
        return Reply(ACCEPTED, lambda: station.log_event('it has a new certificate'))
    return Reply(REJECTED, lambda: station.security.report('InvalidChargePointCertificate', now))


def ask_for_certificate(station: Station) -> None:
    """Send SignCertificate with a new key."""
    csr = station.security.certificates.new_request(station.security.name)

    def answered(response: Payload, _now: datetime) -> None:
        station.log_event(f'SignCertificate: {response.get("status")}')

    station.reports.send('SignCertificate', {'csr': csr}, answered)


def _use(payload: Payload) -> str:
    use: str = payload['certificateType']
    if use not in USES:
        raise OcppError('PropertyConstraintViolation', f'certificateType {use}')
    return use


SECURITY_OPERATIONS: dict[str, tuple[Callable[[Station, Payload, datetime], Reply], dict[str, type]]] = {
    'CertificateSigned': (on_certificate_signed, {'certificateChain': str}),
    'DeleteCertificate': (on_delete_certificate, {'certificateHashData': dict}),
    'GetInstalledCertificateIds': (on_get_installed_certificate_ids, {'certificateType': str}),
    'InstallCertificate': (on_install_certificate, {'certificateType': str, 'certificate': str}),
}
"""As OPERATIONS in operations.py."""
