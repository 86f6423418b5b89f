"""The JSON documents of files, and of what a charger was asked to send or to fetch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cpo.files import FILES, KeptFile
from cpo.upkeep import FileTransfer, transfer_sentence


def transfer_documents(transfers: Iterable[FileTransfer], now: datetime) -> list[dict[str, Any]]:
    """The newest of each kind; `file` is the number of the file in `GET /api/files`, null where there is none.

    `location` is a place of the owner's own, with `***` for its secrets; null where the file passes through here.
    `requestId` is what the charger repeats in its reports; a request for diagnostics or unsigned firmware has none.
    `fileName`, `size` and `receivedAt` are those of what came, or of the firmware that the charger was asked to
    install; null where the program does not have it.
    """
    return [
        {
            'kind': transfer.kind,
            'at': transfer.asked_at,
            'requestId': transfer.request_id,
            'location': transfer.location if transfer.file_number is None else None,
            'status': transfer.word,
            'progress': None if transfer.progress is None else transfer.progress.name.lower().replace('_', ' '),
            'sentence': transfer_sentence(transfer, now),
            'file': transfer.file.number if transfer.file is not None and transfer.file.is_whole else None,
            **_about(transfer),
        }
        for transfer in transfers
    ]


def _about(transfer: FileTransfer) -> dict[str, Any]:
    file = transfer.firmware or transfer.file
    name = (file.file_name if file is not None else '') or transfer.announced
    size, at = (None, None) if file is None else (file.size_bytes, file.received_at)
    return {'fileName': name or None, 'size': size, 'receivedAt': at}


def file_document(file: KeptFile) -> dict[str, Any]:
    """The JSON document of a file, for owners."""
    return {
        'number': file.number,
        'kind': file.kind,
        'chargeBoxId': file.charge_box_id and file.charge_box_id.strip('/'),
        'fileName': file.file_name or None,
        'size': file.size_bytes,
        'receivedAt': file.received_at,
        'until': file.until,
        'path': f'{FILES}{file.name}',
    }


EXPECTED = {
    'number': 4,
    'kind': 'firmware',
    'chargeBoxId': 'garage',
    'fileName': 'firmware-1.5.bin',
    'size': None,
    'receivedAt': None,
    'until': '2026-01-01T11:00:00Z',
    'path': '/files/fZ3kq0c8Wb1vT7nE5xJ2mRgA9sYhLd4u',
}
RECEIVED = {'fileName': 'diagnostics.tar.gz', 'size': 48213, 'receivedAt': '2026-01-01T10:00:12Z'}
FILE = EXPECTED | {'kind': 'diagnostics'} | RECEIVED
TRANSFER = {
    'kind': 'diagnostics',
    'at': '2026-01-01T10:00:00Z',
    'requestId': None,
    'location': None,
    'status': 'Uploaded',
    'progress': 'done',
    'sentence': 'The charger has sent its diagnostics.',
    'file': 4,
    **RECEIVED,
}
