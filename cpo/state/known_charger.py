"""A charger that knocked, by its charge box id: whether it is let in, and how it has to prove who it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum


class SecurityProfile(IntEnum):
    """How a charger connects; the numbers are those of the security whitepaper (edition 2, §2), 0 is none of them."""

    NONE = 0
    PASSWORD = 1
    """HTTP Basic authentication, without TLS."""
    TLS = 2
    """TLS, and HTTP Basic authentication in it."""
    CERTIFICATE = 3
    """TLS with a certificate of the charger."""


@dataclass(frozen=True, slots=True)
class KnownCharger:
    """A charge box id that knocked here, or that somebody adopted before it did.

    One that is `adopted` is let in, where it connects as `security_profile` says or better. `knocked_at` and `address`
    are of the last time that it knocked; `name` is what people call it, empty where nobody has named it.
    `password_hash` is None without a password; `offered_hash` that of a new one of which nobody knows yet whether the
    charger took it. `certificate_until` is when the certificate ends that it connected with last, None without one.
    """

    charge_box_id: str
    adopted: bool = False
    knocked_at: datetime | None = None
    address: str = ''
    name: str = ''
    security_profile: SecurityProfile = SecurityProfile.NONE
    password_hash: str | None = field(default=None, repr=False)
    offered_hash: str | None = field(default=None, repr=False)
    certificate_until: datetime | None = None


def known_charger(chargers: Mapping[str, KnownCharger], charge_box_id: str) -> KnownCharger:
    """What is known of this id, as of one that never knocked where it is not among `chargers`."""
    return chargers.get(charge_box_id) or KnownCharger(charge_box_id)
