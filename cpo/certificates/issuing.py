"""Makes certificates (X.509); the only module that imports `cryptography`, which takes a while, so only TLS does.

The root is RSA, as every charger can verify that; so are the signatures by it. Times are aware and in UTC.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cpo.certificates.names import OWNER

ROOT_FROM, ROOT_UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
"""A root that was made while the clock of the computer was wrong is valid all the same."""
SERVER_FOR, CHARGER_FOR = timedelta(days=90), timedelta(days=10 * 365)
RENEWED_BEFORE = timedelta(days=30)
BACKDATED = timedelta(days=1)
MAX_COMMON_NAME = 64
MIN_RSA_BITS, MIN_EC_BITS = 2048, 224
"""A00.FR.502 and FR.503."""

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Issuer(NamedTuple):
    """The root certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def new_root() -> Issuer:
    """A new root. Its key is the secret of the house."""
    key = rsa.generate_private_key(65537, 3072)
    name = _name(f'{OWNER} root')
    builder = _builder(name, name, key.public_key(), ROOT_FROM, ROOT_UNTIL)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    return Issuer(builder.sign(key, hashes.SHA256()), key)


def read_root(certificate: bytes, key: bytes) -> Issuer:
    """The root from its two PEM files. Raises ValueError where they are none, or do not belong together."""
    root = x509.load_pem_x509_certificate(certificate)
    secret = serialization.load_pem_private_key(key, None, unsafe_skip_rsa_key_validation=True)  # that takes 0.1 s
    if not isinstance(secret, rsa.RSAPrivateKey) or secret.public_key() != root.public_key():
        raise ValueError('the key is not that of the certificate')
    return Issuer(root, secret)


def new_server_certificate(root: Issuer, is_rsa: bool, names: Sequence[str], now: datetime) -> bytes:
    """A certificate for a server with these names, RSA or ECDSA, and its key, as one PEM text."""
    key: Key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    subject = _name(names[0][:MAX_COMMON_NAME])
    builder = _builder(subject, root.certificate.subject, key.public_key(), now - BACKDATED, now + SERVER_FOR)
    builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
    builder = builder.add_extension(_usage(digital_signature=True, key_encipherment=is_rsa), critical=True)
    return key_pem(key) + certificate_pem(_signed(builder, root, ExtendedKeyUsageOID.SERVER_AUTH))


def new_charger_certificate(root: Issuer, csr: bytes, charger: str, now: datetime) -> bytes:
    """A certificate for the key of a charger's request (PEM); its common name is `charger` (A00.FR.511).

    Raises ValueError where the request is none, or its key is too short.
    """
    try:
        request = x509.load_pem_x509_csr(csr)
        public, is_signed = request.public_key(), request.is_signature_valid
    except (UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise ValueError(f'the request is of an unknown kind ({error})') from error
    if not is_signed or not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise ValueError('the request is not signed by its RSA or ECDSA key')
    if public.key_size < (MIN_RSA_BITS if isinstance(public, rsa.RSAPublicKey) else MIN_EC_BITS):
        raise ValueError(f'its key of {public.key_size} bits is too short')
    builder = _builder(_name(charger), root.certificate.subject, public, now - BACKDATED, now + CHARGER_FOR)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    return certificate_pem(_signed(builder, root, ExtendedKeyUsageOID.CLIENT_AUTH))


def is_due(pem: bytes, root: Issuer, names: Sequence[str], now: datetime) -> bool:
    """Whether a server's certificate has to be made again: it ends soon, lacks a name, or is of another root."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        certificate.verify_directly_issued_by(root.certificate)
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature):
        return True
    is_valid = certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEWED_BEFORE
    return not is_valid or set(extension.value) != {_alternative(name) for name in names}


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """A certificate as PEM text."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: Key) -> bytes:
    """A key as PEM text."""
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    valid_from: datetime,
    valid_until: datetime,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), valid_from, valid_until)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _signed(builder: x509.CertificateBuilder, root: Issuer, purpose: x509.ObjectIdentifier) -> x509.Certificate:
    of_root = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    builder = builder.add_extension(of_root, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(root.key, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, OWNER)
    return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(**allowed: bool) -> x509.KeyUsage:
    every = (
        'digital_signature',
        'content_commitment',
        'key_encipherment',
        'data_encipherment',
        'key_agreement',
        'key_cert_sign',
        'crl_sign',
        'encipher_only',
        'decipher_only',
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in every})
