"""Diagnostics and firmware (OCPP 1.6 §5.9, §5.19), by HTTP only; it installs anything."""

import asyncio
import urllib.request
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from simulator.clock import from_wire
from simulator.connection import OcppError, Payload, Reply
from simulator.station import Station

FILE_NAME = 'diagnostics.txt'
TIMEOUT_S = 30
MAX_FIRMWARE_BYTES = 100 * 2**20

_running: set[asyncio.Task[None]] = set()


def on_get_diagnostics(station: Station, payload: Payload, now: datetime) -> Reply:
    location = payload['location']
    if not _is_http(location):
        return Reply({})  # no file name: there are no diagnostics for a place it cannot reach
    return Reply({'fileName': FILE_NAME}, lambda: _begin(_send_diagnostics(station, location, _report(station, now))))


def on_update_firmware(station: Station, payload: Payload, now: datetime) -> Reply:
    try:
        wait_s = (from_wire(payload['retrieveDate']) - now).total_seconds()
    except ValueError as error:
        raise OcppError('PropertyConstraintViolation', f'retrieveDate: {error}') from error
    return Reply({}, lambda: _begin(_install(station, payload['location'], max(0, wait_s))))


async def _send_diagnostics(station: Station, location: str, report: bytes) -> None:
    def status(word: str) -> None:
        station.reports.send('DiagnosticsStatusNotification', {'status': word})

    status('Uploading')
    request = urllib.request.Request(f'{location.rstrip("/")}/{FILE_NAME}', report, method='PUT')
    status('UploadFailed' if await _fetched(request) is None else 'Uploaded')


async def _install(station: Station, location: str, wait_s: float) -> None:
    def status(word: str) -> None:
        station.reports.send('FirmwareStatusNotification', {'status': word})

    await asyncio.sleep(wait_s)
    status('Downloading')
    if not _is_http(location) or await _fetched(urllib.request.Request(location)) is None:
        status('DownloadFailed')
        return
    for word in ('Downloaded', 'Installing', 'Installed'):
        status(word)


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


def _is_http(location: str) -> bool:
    return location.lower().startswith(('http://', 'https://'))


def _begin(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
