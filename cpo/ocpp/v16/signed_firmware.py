"""Payloads of updates whose signature the charge point verifies (security whitepaper, edition 2, §5 and §6)."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from cpo.ocpp.payloads import Maybe, OcppEnum, Payload, Request, Response, Timestamp
from cpo.ocpp.v16.certificate_management import Pem
from cpo.ocpp.v16.security_logging import Location

Signature = Annotated[str, StringConstraints(max_length=800)]


class SignedFirmwareStatus(OcppEnum):
    """Progress of a firmware update with a signature."""

    DOWNLOADED = 'Downloaded'
    DOWNLOAD_FAILED = 'DownloadFailed'
    DOWNLOADING = 'Downloading'
    DOWNLOAD_SCHEDULED = 'DownloadScheduled'
    DOWNLOAD_PAUSED = 'DownloadPaused'
    IDLE = 'Idle'
    INSTALLATION_FAILED = 'InstallationFailed'
    INSTALLING = 'Installing'
    INSTALLED = 'Installed'
    INSTALL_REBOOTING = 'InstallRebooting'
    INSTALL_SCHEDULED = 'InstallScheduled'
    INSTALL_VERIFICATION_FAILED = 'InstallVerificationFailed'
    INVALID_SIGNATURE = 'InvalidSignature'
    SIGNATURE_VERIFIED = 'SignatureVerified'


class SignedFirmwareStatusNotificationResponse(Response):
    """Empty answer to SignedFirmwareStatusNotification."""


class SignedFirmwareStatusNotification(Request[SignedFirmwareStatusNotificationResponse]):
    """Reports the progress of an update; `request_id` is that of its SignedUpdateFirmware (§5.19)."""

    status: SignedFirmwareStatus
    request_id: Maybe[int] = None


class Firmware(Payload):
    """The firmware and its signature (base64), and when it is fetched and installed at the earliest."""

    location: Location
    retrieve_date_time: Timestamp
    signing_certificate: Pem
    signature: Signature
    install_date_time: Maybe[Timestamp] = None


class SignedUpdateFirmwareStatus(OcppEnum):
    """Result of SignedUpdateFirmware; AcceptedCanceled: an update that was still running was given up for it."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    ACCEPTED_CANCELED = 'AcceptedCanceled'
    INVALID_CERTIFICATE = 'InvalidCertificate'
    REVOKED_CERTIFICATE = 'RevokedCertificate'


class SignedUpdateFirmwareResponse(Response):
    """Answer to SignedUpdateFirmware; the progress follows as SignedFirmwareStatusNotification."""

    status: SignedUpdateFirmwareStatus


class SignedUpdateFirmware(Request[SignedUpdateFirmwareResponse]):
    """Asks to install signed firmware; `retry_interval` in s (§5.21)."""

    request_id: int
    firmware: Firmware
    retries: Maybe[int] = None
    retry_interval: Maybe[int] = None
