"""Files that a charger sends or fetches (§5.9, §5.19; security whitepaper §5.9, §5.21), and its words for how far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cpo.files import FileKind
from cpo.ocpp.file_requests import FileProgress
from cpo.ocpp.payloads import to_rfc3339
from cpo.ocpp.request import Request
from cpo.ocpp.v16.firmware_management import DiagnosticsStatus, FirmwareStatus
from cpo.ocpp.v16.security_logging import LogStatus, LogType, UploadLogStatus
from cpo.ocpp.v16.signed_firmware import SignedFirmwareStatus

DONE = frozenset({DiagnosticsStatus.UPLOADED, FirmwareStatus.INSTALLED})
FAILED = frozenset(
    {
        DiagnosticsStatus.UPLOAD_FAILED,
        FirmwareStatus.DOWNLOAD_FAILED,
        FirmwareStatus.INSTALLATION_FAILED,
        UploadLogStatus.BAD_MESSAGE,
        UploadLogStatus.NOT_SUPPORTED_OPERATION,
        UploadLogStatus.PERMISSION_DENIED,
        UploadLogStatus.UPLOAD_FAILURE,
        SignedFirmwareStatus.INSTALL_VERIFICATION_FAILED,
        SignedFirmwareStatus.INVALID_SIGNATURE,
    }
)


def kind_of(request: Request) -> FileKind | None:
    """What the request asks to send or to fetch; None for any other request."""
    match request.action:
        case 'GetDiagnostics':
            return FileKind.DIAGNOSTICS
        case 'GetLog':
            asked = request.payload.get('logType')
            return FileKind.SECURITY_LOG if asked == LogType.SECURITY_LOG else FileKind.LOG
        case 'UpdateFirmware' | 'SignedUpdateFirmware':
            return FileKind.FIRMWARE
    return None


def location_of(request: Request) -> str | None:
    """The place that the request names."""
    payload = request.payload
    match request.action:
        case 'GetLog':
            location = _object(payload, 'log').get('remoteLocation')
        case 'SignedUpdateFirmware':
            location = _object(payload, 'firmware').get('location')
        case _:
            location = payload.get('location')
    return None if location is None else str(location)


def completed(request: Request, location: str, number: int, now: datetime) -> Request:
    """The request with those of its members filled in that are missing."""
    action, payload, at = request.action, request.payload, to_rfc3339(now)
    match action:
        case 'GetDiagnostics':
            missing: dict[str, Any] = {'location': location}
        case 'UpdateFirmware':
            missing = {'location': location, 'retrieveDate': at}
        case 'GetLog':
            log = {**_object(payload, 'log'), **_absent(_object(payload, 'log'), {'remoteLocation': location})}
            missing = {'logType': str(LogType.DIAGNOSTICS_LOG), 'requestId': number}
            payload = {**payload, 'log': log} if isinstance(payload.get('log', {}), dict) else payload
        case 'SignedUpdateFirmware':
            given = _object(payload, 'firmware')
            firmware = {**given, **_absent(given, {'location': location, 'retrieveDateTime': at})}
            missing = {'requestId': number}
            payload = {**payload, 'firmware': firmware} if isinstance(payload.get('firmware', {}), dict) else payload
        case _:
            return request
    return Request(action, {**payload, **_absent(payload, missing)})


def progress_of(word: str) -> FileProgress:
    """The meaning of a status of any of the four messages about it."""
    if word in FAILED:
        return FileProgress.FAILED
    if word in DONE:
        return FileProgress.DONE
    return FileProgress.IDLE if word == DiagnosticsStatus.IDLE else FileProgress.UNDER_WAY


def file_name_in(answer: object) -> str | None:
    """The name of the file that the charger is going to send, by its answer."""
    if not isinstance(answer, Mapping):
        return None
    name = answer.get('fileName') or answer.get('filename')
    return name if isinstance(name, str) else None


def is_taken(answer: object) -> bool:
    """True where the answer has no status, or is Accepted or AcceptedCanceled: it gave up an earlier one."""
    status = answer.get('status') if isinstance(answer, Mapping) else None
    return status is None or str(status).startswith(str(LogStatus.ACCEPTED))


def _object(payload: Mapping[str, Any], member: str) -> dict[str, Any]:
    value = payload.get(member)
    return value if isinstance(value, dict) else {}


def _absent(given: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in given}
