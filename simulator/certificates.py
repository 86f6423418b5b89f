"""The keys and certificates of a charger, by the package `cryptography`; imported only where they are used."""

import base64
import binascii
from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

MANUFACTURER_ROOT = 'ManufacturerRootCertificate'
USES = ('CentralSystemRootCertificate', MANUFACTURER_ROOT)
MAX_ROOTS = 10
ALGORITHMS: dict[str, type[hashes.HashAlgorithm]] = {
    'SHA256': hashes.SHA256,
    'SHA384': hashes.SHA384,
    'SHA512': hashes.SHA512,
}


class CertificateStore:
    """The root certificates that the charger trusts, by their use, and its own certificate with its key."""

    def __init__(self) -> None:
        self._roots: dict[str, list[x509.Certificate]] = {use: [] for use in USES}
        self._new_key: ec.EllipticCurvePrivateKey | None = None  # the certificate for it is awaited
        self.certificate: x509.Certificate | None = None

    def install(self, use: str, pem: str) -> bool:
        """Trust a root; False for a text that is no certificate, or where there are too many."""
        try:
            root = x509.load_pem_x509_certificate(pem.encode())
        except ValueError:
            return False
        roots = self._roots[use]
        if root not in roots:
            if sum(map(len, self._roots.values())) >= MAX_ROOTS:
                return False
            roots.append(root)
        return True

    def listed(self, use: str) -> list[dict[str, str]]:
        """The CertificateHashData of each root of this use."""
        return [hash_data(root) for root in self._roots[use]]

    def delete(self, wanted: dict[str, str]) -> bool:
        """Delete the root with this CertificateHashData; False where there is none."""
        for roots in self._roots.values():
            for root in roots:
                if hash_data(root, wanted['hashAlgorithm']) == wanted:
                    roots.remove(root)
                    return True
        return False

    def new_request(self, name: str) -> str:
        """The request (RFC 2986, as PEM) for a certificate with this common name for a new key."""
        self._new_key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        request = x509.CertificateSigningRequestBuilder(subject).sign(self._new_key, hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode()

    def take(self, chain: str) -> bool:
        """Use the first certificate of a chain (PEM) from now on; False where it is not for the newest key."""
        try:
            certificate = x509.load_pem_x509_certificate(chain.encode())
        except ValueError:
            return False
        if self._new_key is None or certificate.public_key() != self._new_key.public_key():
            return False
        self.certificate, self._new_key = certificate, None
        return True

    def trusts_signer(self, pem: str) -> bool:
        """Whether this certificate may sign firmware: any one, while no root of a manufacturer is known."""
        try:
            signer = x509.load_pem_x509_certificate(pem.encode())
        except ValueError:
            return False
        roots = self._roots[MANUFACTURER_ROOT]
        return not roots or _is_issued_by_one_of(signer, roots)


def is_signed(content: bytes, signature: str, signer: str) -> bool:
    """Whether the signature (base64) over the content is by the key of the certificate (PEM), with SHA-256."""
    sha256 = hashes.SHA256()
    try:
        given = base64.b64decode(signature, validate=True)
        key = x509.load_pem_x509_certificate(signer.encode()).public_key()
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(given, content, ec.ECDSA(sha256))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(given, content, padding.PSS(padding.MGF1(sha256), padding.PSS.AUTO), sha256)
        else:
            return False
    except (binascii.Error, ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True


def hash_data(root: x509.Certificate, algorithm: str = 'SHA256') -> dict[str, str]:
    """The CertificateHashData of a root, its own issuer (security whitepaper, edition 2, §6; RFC 6960 §4.1.1)."""
    return {
        'hashAlgorithm': algorithm,
        'issuerNameHash': _digest(root.issuer.public_bytes(), algorithm),
        'issuerKeyHash': _digest(_key_bits(root), algorithm),
        'serialNumber': f'{root.serial_number:x}',
    }


def _digest(content: bytes, algorithm: str) -> str:
    digest = hashes.Hash(ALGORITHMS[algorithm]())
    digest.update(content)
    return digest.finalize().hex()


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The public key without what says of which kind it is."""
    key, encoding, form = certificate.public_key(), serialization.Encoding, serialization.PublicFormat
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(encoding.DER, form.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(encoding.X962, form.UncompressedPoint)
    return key.public_bytes(encoding.DER, form.SubjectPublicKeyInfo)


def _is_issued_by_one_of(certificate: x509.Certificate, roots: Iterable[x509.Certificate]) -> bool:
    for root in roots:
        try:
            certificate.verify_directly_issued_by(root)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return True
    return False
