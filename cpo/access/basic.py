"""HTTP Basic authentication of chargers (RFC 7617; security whitepaper A00.FR.202 to 206)."""

from __future__ import annotations

import base64
import re

BASIC = 'basic '
KEY = re.compile(rb'[0-9a-fA-F]{32,40}')
"""An AuthorizationKey as hexadecimal digits, two for each of its 16 to 20 bytes."""


def basic_of(header: str | None) -> tuple[str, bytes] | None:
    """User name and password of an Authorization header, None where it has none."""
    if header is None or header[: len(BASIC)].lower() != BASIC:
        return None
    try:
        decoded = base64.b64decode(header[len(BASIC) :].strip(), validate=True)
    except ValueError:
        return None
    user, colon, password = decoded.partition(b':')
    return (user.decode('utf-8', 'replace'), password) if colon else None


def one_form(password: bytes) -> str:
    """The password in the one form in which it is hashed: hexadecimal.

    Chargers send an AuthorizationKey as its bytes, or as its digits in upper or lower case; all of these are the same.
    """
    is_key = KEY.fullmatch(password) is not None and len(password) % 2 == 0
    return password.decode().lower() if is_key else password.hex()
