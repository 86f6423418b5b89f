"""Payloads about security events, logs and their triggers (security whitepaper, edition 2, §5 and §6)."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from cpo.ocpp.payloads import Maybe, OcppEnum, OwedTimestamp, Payload, Request, Response, Timestamp
from cpo.ocpp.v16.remote_trigger import TriggerMessageStatus
from cpo.ocpp.v16.types import CiString50, CiString255

Location = Annotated[str, StringConstraints(max_length=512)]


class SecurityEventNotificationResponse(Response):
    """Empty answer to SecurityEventNotification."""


class SecurityEventNotification(Request[SecurityEventNotificationResponse]):
    """Reports something that concerns the charge point's security; `type` is one of the list in §8, or another text."""

    type: CiString50
    timestamp: OwedTimestamp
    tech_info: Maybe[CiString255] = None


class LogType(OcppEnum):
    """Which log is asked for."""

    DIAGNOSTICS_LOG = 'DiagnosticsLog'
    SECURITY_LOG = 'SecurityLog'


class LogStatus(OcppEnum):
    """Result of GetLog; AcceptedCanceled: an upload that was still running was given up for it."""

    ACCEPTED = 'Accepted'
    REJECTED = 'Rejected'
    ACCEPTED_CANCELED = 'AcceptedCanceled'


class LogParameters(Payload):
    """Where a log is uploaded to, and of which time span."""

    remote_location: Location
    oldest_timestamp: Maybe[Timestamp] = None
    latest_timestamp: Maybe[Timestamp] = None


class GetLogResponse(Response):
    """Answer to GetLog: the name of the file to be uploaded, absent where there is none."""

    status: LogStatus
    filename: Maybe[CiString255] = None


class GetLog(Request[GetLogResponse]):
    """Asks to upload a log; `retry_interval` in s (§5.9)."""

    log_type: LogType
    request_id: int
    log: LogParameters
    retries: Maybe[int] = None
    retry_interval: Maybe[int] = None


class UploadLogStatus(OcppEnum):
    """Progress of the upload of a log; all but Idle, Uploading and Uploaded are failures."""

    BAD_MESSAGE = 'BadMessage'
    IDLE = 'Idle'
    NOT_SUPPORTED_OPERATION = 'NotSupportedOperation'
    PERMISSION_DENIED = 'PermissionDenied'
    UPLOADED = 'Uploaded'
    UPLOAD_FAILURE = 'UploadFailure'
    UPLOADING = 'Uploading'


class LogStatusNotificationResponse(Response):
    """Empty answer to LogStatusNotification."""


class LogStatusNotification(Request[LogStatusNotificationResponse]):
    """Reports the progress of an upload; `request_id` is that of its GetLog (§5.13)."""

    status: UploadLogStatus
    request_id: Maybe[int] = None


class ExtendedMessageTrigger(OcppEnum):
    """The messages that ExtendedTriggerMessage can request; FirmwareStatusNotification means the signed one."""

    BOOT_NOTIFICATION = 'BootNotification'
    LOG_STATUS_NOTIFICATION = 'LogStatusNotification'
    FIRMWARE_STATUS_NOTIFICATION = 'FirmwareStatusNotification'
    HEARTBEAT = 'Heartbeat'
    METER_VALUES = 'MeterValues'
    SIGN_CHARGE_POINT_CERTIFICATE = 'SignChargePointCertificate'
    STATUS_NOTIFICATION = 'StatusNotification'


class ExtendedTriggerMessageResponse(Response):
    """Answer to ExtendedTriggerMessage."""

    status: TriggerMessageStatus


class ExtendedTriggerMessage(Request[ExtendedTriggerMessageResponse]):
    """Asks the charge point to send a message now, for one connector or, without `connector_id`, for all (§5.5)."""

    requested_message: ExtendedMessageTrigger
    connector_id: Maybe[int] = None
