"""Has a charger send its diagnostics and logs to this program, and fetch its firmware from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cpo.addresses import files_url, websocket_urls
from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import InvalidPayload, NotConnected
from cpo.files import FILES, FileKind, FileShelf, KeptFile
from cpo.frozen import replace
from cpo.masking import masked
from cpo.ocpp import FileProgress, Request, SentCommand
from cpo.state import Event, EventKind

REPORTED_AS = {
    FileKind.DIAGNOSTICS: EventKind.DIAGNOSTICS_STATUS,
    FileKind.LOG: EventKind.LOG_STATUS,
    FileKind.SECURITY_LOG: EventKind.LOG_STATUS,
    FileKind.FIRMWARE: EventKind.FIRMWARE_STATUS,
}


@dataclass(frozen=True, slots=True)
class FileTransfer:
    """A file that the charger was asked to send or to fetch, as far as that is known.

    `location` is the place that it was given, without secrets; `file` is the one here, None where the place is another
    one or the file has gone. `announced` is what the charger calls the file, None where it named none. `word` is the
    newest status that it reported about it.
    """

    kind: FileKind
    asked_at: datetime
    charge_box_id: str | None
    location: str
    number: int | None
    is_taken: bool = True
    announced: str | None = None
    file: KeptFile | None = None
    word: str | None = None
    progress: FileProgress | None = None


class FileTransfers:
    """The newest FileTransfer of each kind, and the requests that begin them.

    A request without a location gets one here: `/files/…`, by the host that the charger has dialled.
    """

    def __init__(self, charge_point: ChargePoint, shelf: FileShelf, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self.shelf, self._now = charge_point, shelf, now
        self._asked: dict[FileKind, FileTransfer] = {}
        charge_point.subscribe(self._on_change)
        shelf.on_change(charge_point.live.notify_next)

    @property
    def newest(self) -> tuple[FileTransfer, ...]:
        """Those of the charger that is or was connected last, the newest first."""
        box = self._charge_point.state.charge_box_id
        asked = [each for each in self._asked.values() if each.charge_box_id == box]
        return tuple(self._as_it_is(each) for each in sorted(asked, key=lambda each: each.asked_at, reverse=True))

    async def command(self, action: str, payload: dict[str, Any]) -> SentCommand:
        """Send any request of the central system, as ChargePoint does; raises as that does.

        Raises InvalidPayload where there is no firmware to fetch.
        """
        charge_point, files = self._charge_point, self._charge_point.dialect.files
        request = Request(action, payload)
        if (kind := files.kind_of(request)) is None:
            return await charge_point.command(action, payload)
        if charge_point.sender is None:
            raise NotConnected
        file = None if files.location_of(request) is not None else self._place(kind)
        request = files.completed(request, '' if file is None else self._url(file), self._next_number, self._now())
        box, location = charge_point.state.charge_box_id, masked(files.location_of(request) or '')
        asked = FileTransfer(kind, self._now(), box, location, None if file is None else file.number)
        before = self._asked.get(kind)
        self._asked[kind] = asked
        try:
            sent = await charge_point.command(action, request.payload)
        except BaseException:
            self._give_up(asked, before)
            raise
        name, is_taken = files.file_name_in(sent.response), files.is_taken(sent.response)
        self._asked[kind] = replace(asked, announced=name, is_taken=is_taken)
        return sent

    def _place(self, kind: FileKind) -> KeptFile:
        if kind is not FileKind.FIRMWARE:
            return self.shelf.expect(kind)
        uploaded = (file for file in self.shelf.files if file.kind is kind and file.is_whole)
        if (file := next(uploaded, None)) is None:
            raise InvalidPayload('location: there is no firmware here; upload it first, or name its location.')
        self.shelf.renew(file)
        return file

    def _url(self, file: KeptFile) -> str:
        charge_point = self._charge_point
        connection = charge_point.connections.current
        dialled = connection.dialled if connection is not None else ''
        base = files_url(charge_point.settings, dialled or websocket_urls(charge_point.settings, '')[0].url)
        return f'{base}{FILES}{file.name}' + (f'/{file.file_name}' if file.file_name else '')

    @property
    def _next_number(self) -> int:
        """The number of a request, which the charger repeats in its reports; it grows over the program's restarts."""
        return int(self._now().timestamp()) % 2**31

    def _give_up(self, asked: FileTransfer, before: FileTransfer | None) -> None:
        """Nothing was sent, or nothing was answered: what was before stays."""
        if asked.number is not None and asked.kind is not FileKind.FIRMWARE:
            self.shelf.remove(asked.number)
        if self._asked.get(asked.kind) is asked:
            del self._asked[asked.kind]
            if before is not None:
                self._asked[asked.kind] = before

    def _as_it_is(self, asked: FileTransfer) -> FileTransfer:
        file = None if asked.number is None else self.shelf.with_number(asked.number)
        word = self._word(asked)
        progress = None if word is None else self._charge_point.dialect.files.progress_of(word)
        if file is not None and file.is_whole and asked.kind is not FileKind.FIRMWARE:
            progress = FileProgress.DONE
        return replace(asked, file=file, word=word, progress=progress)

    def _word(self, asked: FileTransfer) -> str | None:
        """The newest status that the charger reported about it since it was asked."""
        kind, events = REPORTED_AS[asked.kind], self._charge_point.events
        newest: Event | None = next((event for event in reversed(events) if event.kind == kind), None)
        return None if newest is None or newest.at < asked.asked_at else str(newest.details['status'])

    def _on_change(self) -> None:
        """Firmware that is installed is not needed any more."""
        asked = self._asked.get(FileKind.FIRMWARE)
        if asked is not None and asked.number is not None and self.shelf.with_number(asked.number) is not None:
            word = self._word(asked)
            if word and self._charge_point.dialect.files.progress_of(word) is FileProgress.DONE:
                self.shelf.remove(asked.number)
