"""Signatures by means of `cryptography`, which takes a while to load: this module is imported at first need."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

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
