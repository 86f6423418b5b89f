"""The answers to the four Calls of a charger in the security whitepaper, edition 2, whose sections are named here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpo.masking import masked
from cpo.ocpp.dialect import Context
from cpo.ocpp.payloads import Request
from cpo.ocpp.v16 import certificate_management, handlers, security_logging, signed_firmware
from cpo.ocpp.v16.handlers import Handler, Result
from cpo.ocpp.v16.types import AcceptedOrRejected
from cpo.state import (
    CertificateAnswered,
    CertificateOutcome,
    CertificateRequest,
    CertificateRequested,
    FirmwareStatusNotified,
    LogStatusNotified,
    SecurityEventNotified,
    SecurityProfile,
    known_charger,
)

MAX_TYPE, MAX_TECH_INFO = 50, 255


def on_security_event_notification(request: security_logging.SecurityEventNotification, context: Context) -> Result:
    """§5.15: recorded, with its text without secrets."""
    tech_info = request.tech_info and masked(request.tech_info)[:MAX_TECH_INFO]
    at = request.timestamp or context.now
    event = SecurityEventNotified(request.type[:MAX_TYPE], at, tech_info, context.now)
    return security_logging.SecurityEventNotificationResponse(), (event,)


def on_sign_certificate(request: certificate_management.SignCertificate, context: Context) -> Result:
    """§5.17: Accepted where there is an authority, for a charger that has to prove who it is (A02.FR.11 and FR.12).

    A certificate is a better proof than a password, so it is for none that came without one.
    """
    known = known_charger(context.state.chargers, context.state.charge_box_id or '')
    is_unproven = known.security_profile is SecurityProfile.NONE
    if is_unproven or not context.signs_certificates:
        why = CertificateOutcome.NO_AUTHORITY if not context.signs_certificates else CertificateOutcome.UNPROVEN
        denied = CertificateAnswered(why, context.now)
        return certificate_management.SignCertificateResponse(status=AcceptedOrRejected.REJECTED), (denied,)
    entry = CertificateRequested(CertificateRequest(request.csr))
    return certificate_management.SignCertificateResponse(status=AcceptedOrRejected.ACCEPTED), (entry,)


def on_log_status_notification(request: security_logging.LogStatusNotification, context: Context) -> Result:
    """§5.13: the progress of the upload becomes known."""
    entry = LogStatusNotified(str(request.status), context.now, request.request_id)
    return security_logging.LogStatusNotificationResponse(), (entry,)


def on_signed_firmware_status_notification(
    request: signed_firmware.SignedFirmwareStatusNotification, context: Context
) -> Result:
    """§5.19: the progress of the update becomes known, as that of one without a signature."""
    entry = FirmwareStatusNotified(str(request.status), context.now, request.request_id)
    return signed_firmware.SignedFirmwareStatusNotificationResponse(), (entry,)


HANDLERS: Mapping[type[Request[Any]], Handler] = {
    **handlers.HANDLERS,
    security_logging.SecurityEventNotification: on_security_event_notification,
    certificate_management.SignCertificate: on_sign_certificate,
    security_logging.LogStatusNotification: on_log_status_notification,
    signed_firmware.SignedFirmwareStatusNotification: on_signed_firmware_status_notification,
}
"""Those of all Calls of a charger."""
