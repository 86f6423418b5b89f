"""Payloads of the feature profile Firmware Management."""

from __future__ import annotations

from cpo.ocpp.payloads import Maybe, OcppEnum, Request, Response, Timestamp, Uri
from cpo.ocpp.v16.types import CiString255


class DiagnosticsStatus(OcppEnum):
    """How far an upload of diagnostics is."""

    IDLE = 'Idle'
    UPLOADED = 'Uploaded'
    UPLOAD_FAILED = 'UploadFailed'
    UPLOADING = 'Uploading'


class DiagnosticsStatusNotificationResponse(Response):
    """Nothing."""


class DiagnosticsStatusNotification(Request[DiagnosticsStatusNotificationResponse]):
    """§4.4: sent by the charge point while it uploads diagnostics."""

    status: DiagnosticsStatus


class FirmwareStatus(OcppEnum):
    """How far a firmware update is."""

    DOWNLOADED = 'Downloaded'
    DOWNLOAD_FAILED = 'DownloadFailed'
    DOWNLOADING = 'Downloading'
    IDLE = 'Idle'
    INSTALLATION_FAILED = 'InstallationFailed'
    INSTALLING = 'Installing'
    INSTALLED = 'Installed'


class FirmwareStatusNotificationResponse(Response):
    """Nothing."""


class FirmwareStatusNotification(Request[FirmwareStatusNotificationResponse]):
    """§4.5: sent by the charge point while it updates its firmware."""

    status: FirmwareStatus


class GetDiagnosticsResponse(Response):
    """The name of the file that will be uploaded; absent when there is none."""

    file_name: Maybe[CiString255] = None


class GetDiagnostics(Request[GetDiagnosticsResponse]):
    """§5.9: upload diagnostics of a span of time to `location`; `retry_interval` in s."""

    location: Uri
    retries: Maybe[int] = None
    retry_interval: Maybe[int] = None
    start_time: Maybe[Timestamp] = None
    stop_time: Maybe[Timestamp] = None


class UpdateFirmwareResponse(Response):
    """Nothing; FirmwareStatusNotification tells how it goes."""


class UpdateFirmware(Request[UpdateFirmwareResponse]):
    """§5.19: fetch firmware from `location`, not before `retrieve_date`; `retry_interval` in s."""

    location: Uri
    retrieve_date: Timestamp
    retries: Maybe[int] = None
    retry_interval: Maybe[int] = None
