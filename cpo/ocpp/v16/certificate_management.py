"""Payloads about certificates (security whitepaper, edition 2, §5 and §6)."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from cpo.ocpp.payloads import AtLeastOne, Maybe, OcppEnum, Payload, Request, Response
from cpo.ocpp.v16.types import AcceptedOrRejected

CiString40 = Annotated[str, StringConstraints(max_length=40)]
CiString128 = Annotated[str, StringConstraints(max_length=128)]
Pem = Annotated[str, StringConstraints(max_length=5500)]
PemChain = Annotated[str, StringConstraints(max_length=10_000)]


class CertificateUse(OcppEnum):
    """What a root certificate verifies: this program's certificate, or that of firmware."""

    CENTRAL_SYSTEM_ROOT = 'CentralSystemRootCertificate'
    MANUFACTURER_ROOT = 'ManufacturerRootCertificate'


class HashAlgorithm(OcppEnum):
    """The algorithm of the hashes in `CertificateHashData`."""

    SHA256 = 'SHA256'
    SHA384 = 'SHA384'
    SHA512 = 'SHA512'


class CertificateHashData(Payload):
    """What identifies an installed certificate: hashes of its issuer's name and key, and its serial number, in hex."""

    hash_algorithm: HashAlgorithm
    issuer_name_hash: CiString128
    issuer_key_hash: CiString128
    serial_number: CiString40


class SignCertificateResponse(Response):
    """Answer to SignCertificate; Accepted: the certificate follows by CertificateSigned."""

    status: AcceptedOrRejected


class SignCertificate(Request[SignCertificateResponse]):
    """Asks for a certificate for the charge point's new key; `csr` is a request of RFC 2986, as PEM (§5.17)."""

    csr: Pem


class CertificateSignedResponse(Response):
    """Answer to CertificateSigned; Rejected: the charge point keeps the certificate it has."""

    status: AcceptedOrRejected


class CertificateSigned(Request[CertificateSignedResponse]):
    """Brings the certificate that SignCertificate asked for, as PEM, with those between it and the root (§5.1)."""

    certificate_chain: PemChain


class InstallCertificateStatus(OcppEnum):
    """Result of InstallCertificate; Rejected: the certificate is not valid; Failed: it could not be stored."""

    ACCEPTED = 'Accepted'
    FAILED = 'Failed'
    REJECTED = 'Rejected'


class InstallCertificateResponse(Response):
    """Answer to InstallCertificate."""

    status: InstallCertificateStatus


class InstallCertificate(Request[InstallCertificateResponse]):
    """Adds a root certificate, as PEM, to those that the charge point trusts (§5.11)."""

    certificate_type: CertificateUse
    certificate: Pem


class DeleteCertificateStatus(OcppEnum):
    """Result of DeleteCertificate."""

    ACCEPTED = 'Accepted'
    FAILED = 'Failed'
    NOT_FOUND = 'NotFound'


class DeleteCertificateResponse(Response):
    """Answer to DeleteCertificate."""

    status: DeleteCertificateStatus


class DeleteCertificate(Request[DeleteCertificateResponse]):
    """Deletes a root certificate that GetInstalledCertificateIds named (§5.3)."""

    certificate_hash_data: CertificateHashData


class GetInstalledCertificateStatus(OcppEnum):
    """Whether the charge point has a certificate of the type that was asked for."""

    ACCEPTED = 'Accepted'
    NOT_FOUND = 'NotFound'


class GetInstalledCertificateIdsResponse(Response):
    """Answer to GetInstalledCertificateIds."""

    status: GetInstalledCertificateStatus
    certificate_hash_data: Maybe[AtLeastOne[CertificateHashData]] = None


class GetInstalledCertificateIds(Request[GetInstalledCertificateIdsResponse]):
    """Asks which root certificates of a type are installed (§5.7)."""

    certificate_type: CertificateUse
