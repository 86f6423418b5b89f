"""`/api/backup`: the journal as a file, copied while the program runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from cpo.access import CUT
from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import BackupRunning, JournalError
from cpo.journal import copied
from cpo.rest_api.documentation import answers

PIECE_BYTES = 256 * 1024
PIECE_S = 20.0
"""A reader that takes less than 256 KiB in that time is cut: nobody waits there any more."""
MEDIA_TYPE = 'application/vnd.sqlite3'

logger = logging.getLogger(__name__)


class BackupResource:
    """Serves a copy of the journal file, one at a time.

    The copy is complete before the first byte is sent, so a slow reader delays nothing but another backup.
    """

    def __init__(
        self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now, piece_s: float = PIECE_S
    ) -> None:
        """Copies the journal of this charge point; `now` is for the name of the file."""
        self._charge_point = charge_point
        self._now = now
        self._piece_s = piece_s
        self._is_running = False

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            '/api/backup',
            self.get,
            tags=['Records'],
            summary='A copy of everything that is kept, as one SQLite file',
            response_class=StreamingResponse,
            responses=answers('SQLite format 3 …', JournalError, BackupRunning, media_type=MEDIA_TYPE),
        )

    async def get(self) -> Response:
        """A consistent copy of the journal, also while a car charges; only one request is served at a time.

        To restore it, end the program and put the file where `journal.db` is.
        """
        if self._is_running:
            raise BackupRunning('A backup is being fetched already; there is one at a time.')
        self._is_running = True
        try:
            copy = await self._copy()
        except BaseException:
            self._done()
            raise
        name = f'home-cpo-{self._now().astimezone():%Y-%m-%d}.db'
        return FileAnswer(copy, name, self._piece_s, self._done)

    async def _copy(self) -> BinaryIO:
        journal = self._charge_point.journal
        with contextlib.suppress(JournalError):  # a disk that is full can still be read
            await journal.flushed()
        try:
            return await journal.read(copied)
        except OSError as error:
            raise JournalError(f'There is no room for a copy: {error}.') from error

    def _done(self) -> None:
        self._is_running = False


class FileAnswer(Response):
    """Sends an open file piece by piece, each within `piece_s`; closes it and calls `done`, however that ends."""

    media_type = MEDIA_TYPE

    def __init__(self, file: BinaryIO, name: str, piece_s: float, done: Callable[[], None]) -> None:
        """`name` is the one the file is offered under for download."""
        size = os.fstat(file.fileno()).st_size
        super().__init__(headers={'Content-Disposition': f'attachment; filename="{name}"', 'Content-Length': str(size)})
        self._file = file
        self._piece_s = piece_s
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or cut the connection of a reader that stopped reading."""
        try:
            await send({'type': 'http.response.start', 'status': self.status_code, 'headers': self.raw_headers})
            more = True
            while more:
                piece = await asyncio.to_thread(self._file.read, PIECE_BYTES)
                more = len(piece) == PIECE_BYTES
                async with asyncio.timeout(self._piece_s):
                    await send({'type': 'http.response.body', 'body': piece, 'more_body': more})
        except TimeoutError:
            logger.warning('A backup was not read for %g s; its connection was cut.', self._piece_s)
            scope['extensions'][CUT]['cut']()
            while (await receive())['type'] != 'http.disconnect':
                pass  # it is lost a moment later
        finally:
            self._file.close()
            self._done()
