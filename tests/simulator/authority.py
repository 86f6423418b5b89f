"""An authority that signs certificates, and firmware, for a simulated charger."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Authority:
    """A root certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, name: str = 'Root') -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(_certificate(name, name, key.public_key(), key), key)

    @property
    def pem(self) -> str:
        return _pem(self.certificate)

    def sign_request(self, csr: str) -> str:
        """The certificate for a request, whose signature is right."""
        request = x509.load_pem_x509_csr(csr.encode())
        assert request.is_signature_valid
        (name,) = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return _pem(_certificate(str(name.value), 'Root', request.public_key(), self.key))

    def sign(self, content: bytes) -> str:
        """The signature over a content, as base64."""
        return base64.b64encode(self.key.sign(content, ec.ECDSA(hashes.SHA256()))).decode()


def _certificate(name: str, issuer: str, key: object, signer: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
    serial, until = x509.random_serial_number(), NOW + timedelta(days=9)
    return x509.CertificateBuilder(by, subject, key, serial, NOW, until).sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
