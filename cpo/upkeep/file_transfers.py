"""Has a charger send its diagnostics and logs to this program, and fetch its firmware from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from cpo.addresses import files_url, websocket_urls
from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import CallTimeout, ConnectionClosed, InvalidPayload, NotConnected
from cpo.files import FILES, FileKind, FileShelf, KeptFile
from cpo.masking import masked
from cpo.ocpp import FileProgress, Request, SentCommand
from cpo.state import Event
from cpo.upkeep.file_transfer import REPORTED_AS, FileTransfer


class FileTransfers:
    """The newest FileTransfer of each kind, and the requests that begin them.

    A request without a location gets one here: `/files/…`, by the host that the charger has dialled.
    """

    def __init__(self, charge_point: ChargePoint, shelf: FileShelf, now: Callable[[], datetime] = utc_now) -> None:
        """Follows the ChargePoint for its whole life."""
        self._charge_point, self.shelf, self._now = charge_point, shelf, now
        self._asked: dict[FileKind, FileTransfer] = {}
        self._last_serial = 0
        self._newest_event = 0
        charge_point.subscribe(self._on_change)
        shelf.on_change(self._on_files)

    @property
    def newest(self) -> tuple[FileTransfer, ...]:
        """Those of the charger that is or was connected last, the newest first."""
        self._take_in_reports()
        box = self._charge_point.live.before_waiting.charge_box_id
        asked = [each for each in self._asked.values() if each.charge_box_id == box]
        return tuple(self._judged(each) for each in sorted(asked, key=lambda each: each.serial, reverse=True))

    def expect_firmware(self, file_name: str) -> KeptFile:
        """A new name for firmware of the charger that is or was connected last. Raises NoRoom."""
        return self._expect(FileKind.FIRMWARE, file_name)

    async def command(self, action: str, payload: dict[str, Any]) -> SentCommand:
        """Send any request of the central system, as ChargePoint does; raises as that does.

        Raises InvalidPayload where there is no firmware to fetch, or there will be none any more.
        """
        charge_point, files = self._charge_point, self._charge_point.dialect.files
        request = Request(action, payload)
        if (kind := files.kind_of(request)) is None:
            return await charge_point.command(action, payload)
        if charge_point.sender is None:
            raise NotConnected
        file = None if files.location_of(request) is not None else self._place(kind)
        fetches_at = files.fetches_at(request)
        if file is not None and fetches_at is not None and fetches_at >= file.until:
            raise InvalidPayload(
                'The firmware is here for an hour; let it be fetched sooner, or name a location of yours.'
            )
        serial = self._next_serial()
        request = files.completed(request, '' if file is None else self._url(file), serial, self._now())
        asked = FileTransfer(
            kind,
            serial,
            self._now(),
            charge_point.state.charge_box_id,
            masked(files.location_of(request) or ''),
            files.number_of(request),
            None if file is None else file.number,
            firmware=file if kind is FileKind.FIRMWARE else None,
            file=file,
        )
        return await self._ask(request, asked)

    async def _ask(self, request: Request, asked: FileTransfer) -> SentCommand:
        """Send it; where nothing is sent or the charger answers with an error, what was before stays.

        Where the answer does not come in time, the file may: some chargers pack it before they answer.
        """
        self._take_in_reports()
        kind, before, files = asked.kind, self._asked.get(asked.kind), self._charge_point.dialect.files
        self._asked[kind] = asked
        try:
            sent = await self._charge_point.command(request.action, request.payload)
        except BaseException as error:
            if not (isinstance(error, CallTimeout) or (isinstance(error, ConnectionClosed) and error.was_sent)):
                self._give_up(asked, before)
            raise
        self._take_in_reports()
        if self._is_newest(asked):
            self._asked[kind] = self._asked[kind].answered(sent.response, files)
        if files.trouble_in(sent.response) is not None:
            self._free_place(asked)
        if files.supersedes(sent.response):
            for other in [*self._reported_as(kind)]:
                if other.serial < asked.serial and not other.has_ended:
                    self._asked[other.kind] = other.superseded()
        return sent

    def _place(self, kind: FileKind) -> KeptFile:
        if kind is not FileKind.FIRMWARE:
            return self._expect(kind)
        ours = (None, self._charge_point.state.charge_box_id)
        fit = (file for file in self.shelf.files if file.kind is kind and file.charge_box_id in ours)
        uploaded = (file for file in fit if file.is_whole)
        if (file := next(uploaded, None)) is None:
            raise InvalidPayload('location: there is no firmware here; upload it first, or name its location.')
        return self.shelf.renew(file)

    def _expect(self, kind: FileKind, file_name: str = '') -> KeptFile:
        return self.shelf.expect(kind, file_name, self._charge_point.state.charge_box_id)

    def _url(self, file: KeptFile) -> str:
        charge_point = self._charge_point
        connection = charge_point.connections.current
        dialled = connection.dialled if connection is not None else ''
        base = files_url(charge_point.settings, dialled or websocket_urls(charge_point.settings, '')[0].url)
        return f'{base}{FILES}{file.name}' + (f'/{file.file_name}' if file.file_name else '')

    def _next_serial(self) -> int:
        """The number of a request, which the charger repeats in its reports; it grows over the program's restarts."""
        self._last_serial = max(int(self._now().timestamp()) % 2**31, self._last_serial + 1)
        return self._last_serial

    def _is_newest(self, asked: FileTransfer) -> bool:
        newest = self._asked.get(asked.kind)
        return newest is not None and newest.serial == asked.serial

    def _reported_as(self, kind: FileKind) -> Iterator[FileTransfer]:
        """Those whose progress is reported as that of this kind is."""
        return (each for each in self._asked.values() if REPORTED_AS[each.kind] == REPORTED_AS[kind])

    def _give_up(self, asked: FileTransfer, before: FileTransfer | None) -> None:
        self._free_place(asked)
        if self._is_newest(asked):
            del self._asked[asked.kind]
            if before is not None:
                self._asked[asked.kind] = before

    def _free_place(self, asked: FileTransfer) -> None:
        """Remove the name of a file that does not come."""
        if asked.file_number is not None and not asked.is_for_firmware:
            self.shelf.remove(asked.file_number)

    def _judged(self, asked: FileTransfer) -> FileTransfer:
        number = asked.file_number
        return asked.judged(is_arriving=number is not None and self.shelf.is_receiving(number))

    def _on_files(self) -> None:
        """Note which files have arrived or were fetched, also for the time after they have gone."""
        for kind, asked in [*self._asked.items()]:
            if asked.file_number is not None:
                self._asked[kind] = asked.with_file(self.shelf.with_number(asked.file_number))
        self._charge_point.live.notify_next()

    def _on_change(self) -> None:
        """Firmware that was fetched from here and is installed is not needed any more."""
        self._take_in_reports()
        asked = self._asked.get(FileKind.FIRMWARE)
        if asked is None or asked.file is None or asked.progress is not FileProgress.DONE:
            return
        fetched_at, installed_at = asked.file.fetched_at, asked.heard_at
        if fetched_at is not None and installed_at is not None and fetched_at <= installed_at:
            self.shelf.remove(asked.file.number)

    def _take_in_reports(self) -> None:
        """Note what the charger reported since the last time, each for the newest request that it may mean."""
        new: list[Event] = []
        box = self._charge_point.live.before_waiting.charge_box_id
        for event in reversed(self._charge_point.live.events):
            if event.number <= self._newest_event:
                break
            new.append(event)
        for event in reversed(new):
            self._newest_event = event.number
            meant = [each for each in self._asked.values() if each.charge_box_id == box and each.may_be_meant(event)]
            if meant:
                newest = max(meant, key=lambda each: each.serial)
                self._asked[newest.kind] = newest.reported(event, self._charge_point.dialect.files)
