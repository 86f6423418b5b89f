"""`/api/backup`: a copy of the journal as an SQLite file, made while the program runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import BinaryIO

from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse

from cpo.charge_point import ChargePoint, utc_now
from cpo.errors import JournalError
from cpo.journal import copied
from cpo.rest_api.documentation import answers

PIECE_BYTES = 256 * 1024
MEDIA_TYPE = 'application/vnd.sqlite3'


class BackupResource:
    """Serves the backup from a complete temporary copy, so that a slow download blocks nothing."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        self._charge_point = charge_point
        self._now = now

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            '/api/backup',
            self.get,
            tags=['Records'],
            summary='A copy of everything that is kept, as one SQLite file',
            response_class=StreamingResponse,
            responses=answers('SQLite format 3 …', JournalError, media_type=MEDIA_TYPE),
        )

    async def get(self) -> Response:
        """Consistent, also while a car charges. To restore it, end the program and put it where `journal.db` is."""
        journal = self._charge_point.journal
        with contextlib.suppress(JournalError):  # a disk that is full can still be read
            await journal.flushed()
        try:
            copy = await journal.read(copied)
        except OSError as error:
            raise JournalError(f'There is no room for a copy: {error}.') from error
        headers = {
            'Content-Disposition': f'attachment; filename="home-cpo-{self._now().astimezone():%Y-%m-%d}.db"',
            'Content-Length': str(os.fstat(copy.fileno()).st_size),
        }
        return StreamingResponse(_pieces(copy), media_type=MEDIA_TYPE, headers=headers)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
