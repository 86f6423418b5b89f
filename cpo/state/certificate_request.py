"""A certificate that the charger asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class CertificateOutcome(StrEnum):
    """What became of a certificate that a charger asked for. The values are stored in the journal."""

    TAKEN = 'taken'
    """The charger uses it from now on."""
    REFUSED = 'refused'
    """The charger keeps the one it has."""
    UNANSWERED = 'unanswered'
    UNSIGNABLE = 'unsignable'
    """What it asked with is no request that can be signed, or its key is too short."""
    NO_AUTHORITY = 'no_authority'
    """This program runs without TLS, so it has no authority that signs."""
    UNPROVEN = 'unproven'
    """The charger does not prove who it is, not even with a password."""


@dataclass(frozen=True, slots=True, eq=False)
class CertificateRequest:
    """What the charger asks for a certificate with (RFC 2986, as PEM); each is one of its own."""

    csr: str = field(repr=False)
