"""Files that a charger sends or fetches (§5.9, §5.19; security whitepaper §5.9, §5.21), and its words for how far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cpo.files import FileKind
from cpo.ocpp.file_requests import FileProgress, FileTrouble
from cpo.ocpp.payloads import read_timestamp, to_rfc3339
from cpo.ocpp.request import Request
from cpo.ocpp.v16.firmware_management import DiagnosticsStatus, FirmwareStatus
from cpo.ocpp.v16.security import has_extension
from cpo.ocpp.v16.security_logging import LogStatus, LogType, UploadLogStatus
from cpo.ocpp.v16.signed_firmware import SignedFirmwareStatus, SignedUpdateFirmwareStatus
from cpo.state import ChargePointState

PROGRESS: Mapping[str, FileProgress] = {
    DiagnosticsStatus.IDLE: FileProgress.IDLE,
    DiagnosticsStatus.UPLOADED: FileProgress.DONE,
    FirmwareStatus.INSTALLED: FileProgress.DONE,
    SignedFirmwareStatus.DOWNLOAD_SCHEDULED: FileProgress.WAITING,
    SignedFirmwareStatus.DOWNLOAD_PAUSED: FileProgress.WAITING,
    SignedFirmwareStatus.INSTALL_SCHEDULED: FileProgress.WAITING,
}
"""Of the statuses that are neither a trouble nor say that something is under way."""
TROUBLES: Mapping[str, FileTrouble] = {
    DiagnosticsStatus.UPLOAD_FAILED: FileTrouble.NOT_TRANSFERRED,
    UploadLogStatus.UPLOAD_FAILURE: FileTrouble.NOT_TRANSFERRED,
    UploadLogStatus.BAD_MESSAGE: FileTrouble.NOT_UNDERSTOOD,
    UploadLogStatus.NOT_SUPPORTED_OPERATION: FileTrouble.UNKNOWN_PLACE,
    UploadLogStatus.PERMISSION_DENIED: FileTrouble.NOT_ALLOWED,
    FirmwareStatus.DOWNLOAD_FAILED: FileTrouble.NOT_TRANSFERRED,
    FirmwareStatus.INSTALLATION_FAILED: FileTrouble.NOT_INSTALLED,
    SignedFirmwareStatus.INSTALL_VERIFICATION_FAILED: FileTrouble.NOT_VERIFIED,
    SignedFirmwareStatus.INVALID_SIGNATURE: FileTrouble.WRONG_SIGNATURE,
}
ANSWERS: Mapping[str, FileTrouble] = {
    SignedUpdateFirmwareStatus.INVALID_CERTIFICATE: FileTrouble.INVALID_CERTIFICATE,
    SignedUpdateFirmwareStatus.REVOKED_CERTIFICATE: FileTrouble.REVOKED_CERTIFICATE,
}
"""The answers that say more than that the charger refuses."""


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


def number_of(request: Request) -> int | None:
    """The number that the charger repeats in its reports about it; None for a request that has none."""
    number = request.payload.get('requestId') if request.action in ('GetLog', 'SignedUpdateFirmware') else None
    return number if isinstance(number, int) else None


def fetches_at(request: Request) -> datetime | None:
    """When firmware is fetched at the earliest; None for another request, or a time that is none."""
    match request.action:
        case 'UpdateFirmware':
            given = request.payload.get('retrieveDate')
        case 'SignedUpdateFirmware':
            given = _object(request.payload, 'firmware').get('retrieveDateTime')
        case _:
            return None
    try:
        return read_timestamp(given)
    except ValueError:
        return None


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
    return FileProgress.FAILED if word in TROUBLES else PROGRESS.get(word, FileProgress.UNDER_WAY)


def trouble_of(word: str) -> FileTrouble | None:
    """What went wrong, by a status of any of the four messages; None where nothing did."""
    return TROUBLES.get(word)


def checks_signatures(state: ChargePointState) -> bool:
    """True where the charger has shown that it knows the whitepaper, to which SignedUpdateFirmware belongs."""
    return has_extension(state)


def file_name_in(answer: object) -> str | None:
    """The name of the file that the charger is going to send, by its answer."""
    if not isinstance(answer, Mapping):
        return None
    name = answer.get('fileName') or answer.get('filename')
    return name if isinstance(name, str) else None


def trouble_in(answer: object) -> FileTrouble | None:
    """None where the answer has no status, or is Accepted or AcceptedCanceled."""
    status = _status(answer)
    if status is None or status in (LogStatus.ACCEPTED, LogStatus.ACCEPTED_CANCELED):
        return None
    return ANSWERS.get(status, FileTrouble.REFUSED)


def supersedes(answer: object) -> bool:
    """True for AcceptedCanceled: the charger gave up an upload or an update that was still running."""
    return _status(answer) == LogStatus.ACCEPTED_CANCELED


def _status(answer: object) -> str | None:
    status = answer.get('status') if isinstance(answer, Mapping) else None
    return None if status is None else str(status)


def _object(payload: Mapping[str, Any], member: str) -> dict[str, Any]:
    value = payload.get(member)
    return value if isinstance(value, dict) else {}


def _absent(given: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in given}
