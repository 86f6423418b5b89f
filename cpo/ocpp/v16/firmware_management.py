"""Payloads of the feature profile Firmware Management (OCPP 1.6 §6)."""

from __future__ import annotations

from cpo.ocpp.payloads import Maybe, OcppEnum, Request, Response, Timestamp, Uri
from cpo.ocpp.v16.types import CiString255


class DiagnosticsStatus(OcppEnum):
    """Progress of an upload of diagnostics."""

    IDLE = 'Idle'
    UPLOADED = 'Uploaded'
    UPLOAD_FAILED = 'UploadFailed'
    UPLOADING = 'Uploading'


class DiagnosticsStatusNotificationResponse(Response):
    """Empty answer to DiagnosticsStatusNotification."""


class DiagnosticsStatusNotification(Request[DiagnosticsStatusNotificationResponse]):
    """Reports the progress of an upload of diagnostics (§4.4)."""

    status: DiagnosticsStatus


class FirmwareStatus(OcppEnum):
    """Progress of a firmware update."""

    DOWNLOADED = 'Downloaded'
    DOWNLOAD_FAILED = 'DownloadFailed'
    DOWNLOADING = 'Downloading'
    IDLE = 'Idle'
    INSTALLATION_FAILED = 'InstallationFailed'
    INSTALLING = 'Installing'
    INSTALLED = 'Installed'


class FirmwareStatusNotificationResponse(Response):
    """Empty answer to FirmwareStatusNotification."""


class FirmwareStatusNotification(Request[FirmwareStatusNotificationResponse]):
    """Reports the progress of a firmware update (§4.5)."""

    status: FirmwareStatus


class GetDiagnosticsResponse(Response):
    """Answer to GetDiagnostics: the name of the file to be uploaded, absent when there is none."""

    file_name: Maybe[CiString255] = None


class GetDiagnostics(Request[GetDiagnosticsResponse]):
    """Asks to upload diagnostics of a time span to `location`; `retry_interval` in s (§5.9)."""

    location: Uri
    retries: Maybe[int] = None
    retry_interval: Maybe[int] = None
    start_time: Maybe[Timestamp] = None
    stop_time: Maybe[Timestamp] = None


class UpdateFirmwareResponse(Response):
    """Empty answer to UpdateFirmware; the progress follows as FirmwareStatusNotification."""


class UpdateFirmware(Request[UpdateFirmwareResponse]):
    """Asks to install firmware from `location`, fetched not before `retrieve_date`; `retry_interval` in s (§5.19)."""

    location: Uri
    retrieve_date: Timestamp
    retries: Maybe[int] = None
    retry_interval: Maybe[int] = None
