"""Diagnostics, logs and firmware (OCPP 1.6 §5.9, §5.19; security whitepaper, edition 2, §5.9, §5.21), by HTTP only.

It installs anything; what has a signature, only where that is right.
"""

import asyncio
import urllib.request
from collections.abc import Callable
from datetime import datetime

from simulator.clock import from_wire
from simulator.connection import OcppError, Payload, Reply
from simulator.station import Station

FILE_NAME, LOG_NAME, SECURITY_LOG_NAME = 'diagnostics.txt', 'log.txt', 'security-log.txt'
TIMEOUT_S = 30
MAX_FIRMWARE_BYTES = 100 * 2**20
Status = Callable[[str], None]


def on_get_diagnostics(station: Station, payload: Payload, now: datetime) -> Reply:
    location = payload['location']
    if not _is_http(location):
        return Reply({})  # no file name: there are no diagnostics for a place it cannot reach

    def status(word: str) -> None:
        station.reports.send('DiagnosticsStatusNotification', {'status': word})

    content = _report(station, now)
    return Reply(
        {'fileName': FILE_NAME},
        lambda: station.transfers.begin('diagnostics', _upload(location, FILE_NAME, content, status, 'UploadFailed')),
    )


def on_get_log(station: Station, payload: Payload, now: datetime) -> Reply:
    kind, location = payload['logType'], payload['log'].get('remoteLocation')
    if kind not in ('DiagnosticsLog', 'SecurityLog') or not isinstance(location, str):
        raise OcppError('PropertyConstraintViolation', 'logType or log.remoteLocation')
    if not _is_http(location):
        return Reply({'status': 'Rejected'})
    is_security = kind == 'SecurityLog'
    content = (
        '\n'.join(station.security.events).encode() or b'Nothing happened.' if is_security else _report(station, now)
    )
    name = SECURITY_LOG_NAME if is_security else LOG_NAME

    def status(word: str) -> None:
        station.reports.send('LogStatusNotification', {'status': word, 'requestId': payload['requestId']})

    return Reply(
        {'status': station.transfers.acceptance('log'), 'filename': name},
        lambda: station.transfers.begin('log', _upload(location, name, content, status, 'UploadFailure')),
    )


def on_update_firmware(station: Station, payload: Payload, now: datetime) -> Reply:
    wait_s = _wait_s(payload, 'retrieveDate', now)

    def status(word: str) -> None:
        station.reports.send('FirmwareStatusNotification', {'status': word})

    async def install() -> None:
        await asyncio.sleep(wait_s)
        if await _downloaded(payload['location'], status) is not None:
            _report_each(status, 'Downloaded', 'Installing', 'Installed')

    return Reply({}, lambda: station.transfers.begin('firmware', install()))


def on_signed_update_firmware(station: Station, payload: Payload, now: datetime) -> Reply:
    firmware = payload['firmware']
    members = ('location', 'retrieveDateTime', 'signingCertificate', 'signature')
    if not all(isinstance(firmware.get(member), str) for member in members):
        raise OcppError('PropertyConstraintViolation', 'firmware')
    wait_s = _wait_s(firmware, 'retrieveDateTime', now)
    if not station.security.certificates.trusts_signer(firmware['signingCertificate']):
        event = 'InvalidFirmwareSigningCertificate'
        return Reply({'status': 'InvalidCertificate'}, lambda: station.security.report(event, now))

    def status(word: str) -> None:
        station.reports.send('SignedFirmwareStatusNotification', {'status': word, 'requestId': payload['requestId']})

    return Reply(
        {'status': station.transfers.acceptance('firmware')},
        lambda: station.transfers.begin('firmware', _install_signed(station, firmware, wait_s, status, now)),
    )


async def _install_signed(station: Station, firmware: Payload, wait_s: float, status: Status, now: datetime) -> None:
    from simulator.certificates import is_signed  # noqa: PLC0415 (few need it, and it takes a while)

    if wait_s:
        status('DownloadScheduled')
        await asyncio.sleep(wait_s)
    if (image := await _downloaded(firmware['location'], status)) is None:
        return
    status('Downloaded')
    if not is_signed(image, firmware['signature'], firmware['signingCertificate']):
        status('InvalidSignature')
        station.security.report('InvalidFirmwareSignature', now)
        return
    _report_each(status, 'SignatureVerified', 'Installing', 'Installed')
    station.security.report('FirmwareUpdated', now)


async def _upload(location: str, name: str, content: bytes, status: Status, failed: str) -> None:
    status('Uploading')
    request = urllib.request.Request(f'{location.rstrip("/")}/{name}', content, method='PUT')
    status(failed if await _fetched(request) is None else 'Uploaded')


async def _downloaded(location: str, status: Status) -> bytes | None:
    """The firmware from there; None, which is reported, where there is none."""
    status('Downloading')
    image = await _fetched(urllib.request.Request(location)) if _is_http(location) else None
    if image is None:
        status('DownloadFailed')
    return image


async def _fetched(request: urllib.request.Request) -> bytes | None:
    """The body of the answer, None where there is none."""

    def fetch() -> bytes:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            body: bytes = answer.read(MAX_FIRMWARE_BYTES)
            return body

    try:
        return await asyncio.to_thread(fetch)
    except (OSError, ValueError):
        return None


def _report(station: Station, now: datetime) -> bytes:
    lines = [f'Diagnostics of a simulated charger, {now.isoformat()}']
    lines += [f'connector {c.connector_id}: {c.status}, {c.error_code}' for c in station.connectors.values()]
    return '\n'.join(lines).encode()


def _report_each(status: Status, *words: str) -> None:
    for word in words:
        status(word)


def _wait_s(payload: Payload, member: str, now: datetime) -> float:
    try:
        return max(0.0, (from_wire(payload[member]) - now).total_seconds())
    except ValueError as error:
        raise OcppError('PropertyConstraintViolation', f'{member}: {error}') from error


def _is_http(location: str) -> bool:
    return location.lower().startswith(('http://', 'https://'))
