"""Signatures by means of `cryptography`, which takes a while to load: this module is imported at first need."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    'SHA256': hashes.SHA256,
    'SHA384': hashes.SHA384,
    'SHA512': hashes.SHA512,
}


def is_ecdsa(data: bytes, signature: bytes, key: bytes, curve: str, hashed: str) -> bool | None:
    """Whether the signature (DER) of the data is by this public key (DER); None where that is none of such a key.

    `curve` is the one that it has to be on, `hashed` one of HASHES.
    """
    try:
        public = serialization.load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return None
    if public.curve.name != curve:
        return False
    try:
        public.verify(signature, data, ec.ECDSA(HASHES[hashed]()))
    except InvalidSignature:
        return False
    return True


class Ed25519Key:
    """The key of an installation, which signs its statements (RFC 8032)."""

    def __init__(self, private: bytes) -> None:
        """`private` are the 32 bytes of the key. Raises ValueError for others."""
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """The signature of the data, 64 bytes."""
        return self._key.sign(data)


def is_ed25519(data: bytes, signature: bytes, key: bytes) -> bool:
    """Whether the signature of the data is by this public key; False for what is no key."""
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True
