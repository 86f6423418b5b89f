"""How a charger proves who it is (security whitepaper, edition 2): its password, security profile and certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpo.ocpp.payloads import to_wire
from cpo.ocpp.request import Request
from cpo.ocpp.v16.certificate_management import CertificateSigned
from cpo.state import ChargePointState

AUTHORIZATION_KEY, SECURITY_PROFILE = 'authorizationkey', 'SecurityProfile'

OF_THE_EXTENSION = frozenset(
    {
        'AdditionalRootCertificateCheck',
        'CertificateSignedMaxChainSize',
        'CertificateStoreMaxLength',
        'CpoName',
        SECURITY_PROFILE,
    }
)
"""The configuration keys by which a charger shows that it knows the whitepaper (§4)."""


def has_extension(state: ChargePointState) -> bool:
    """True where the charger has shown that it knows the whitepaper, by a key of it or by a message."""
    return not OF_THE_EXTENSION.isdisjoint(state.configuration) or bool(state.security_events or state.log_status)


def new_password(request: Request) -> str | None:
    """The password that a request gives the charger (A01.FR.02); None for any other request."""
    is_change = request.action == 'ChangeConfiguration'
    is_password = is_change and str(request.payload.get('key')).casefold() == AUTHORIZATION_KEY
    return str(request.payload['value']) if is_password else None


def keeps_password(answer: Any) -> bool:
    """True for an answer to a new password after which the charger uses its old one (A01.FR.04)."""
    return isinstance(answer, dict) and answer.get('status') in ('Rejected', 'NotSupported')


def security_profile(configuration: Mapping[str, str | None]) -> int | None:
    """The number of the security profile that the charger uses, None where it is unknown."""
    number = configuration.get(SECURITY_PROFILE) or ''
    return int(number) if number in ('0', '1', '2', '3') else None


def signed_certificate(chain: str) -> Request:
    """The request that brings a charger's new certificate, as PEM (A02)."""
    return Request(CertificateSigned.action(), to_wire(CertificateSigned(certificate_chain=chain)))
