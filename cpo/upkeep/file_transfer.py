"""A file that the charger was asked to send or to fetch, and what has come of it (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.files import FileKind, FileRefusal, KeptFile
from cpo.frozen import replace
from cpo.ocpp import FileProgress, FileRequests, FileTrouble
from cpo.state import Event, EventKind

REPORTED_AS = {
    FileKind.DIAGNOSTICS: EventKind.DIAGNOSTICS_STATUS,
    FileKind.LOG: EventKind.LOG_STATUS,
    FileKind.SECURITY_LOG: EventKind.LOG_STATUS,
    FileKind.FIRMWARE: EventKind.FIRMWARE_STATUS,
}
REFUSALS = {FileRefusal.TOO_LARGE: FileTrouble.TOO_LARGE, FileRefusal.NO_ROOM: FileTrouble.NO_ROOM}
ENDED = (FileProgress.DONE, FileProgress.FAILED)


@dataclass(frozen=True, slots=True)
class FileTransfer:
    """A file that the charger was asked to send or to fetch, as far as that is known.

    `serial` grows with each request; `request_id` is what the charger repeats in its reports, None where the request
    has no such number. `location` is the place that the charger was given, without secrets. `file_number` is that of
    the file here, None where the place is another one; `file` is that file, None once it has gone, and `firmware`
    what it was when the charger was asked to install it. `announced` is what the charger calls the file, None where
    its answer named none; before that (`is_answered`) it is not known. `word` is the newest status that the charger
    reported about it, at `heard_at`. `has_passed`: the whole file has arrived here, or the charger began to fetch it.
    """

    kind: FileKind
    serial: int
    asked_at: datetime
    charge_box_id: str | None
    location: str
    request_id: int | None = None
    file_number: int | None = None
    firmware: KeptFile | None = None
    is_answered: bool = False
    announced: str | None = None
    file: KeptFile | None = None
    word: str | None = None
    heard_at: datetime | None = None
    progress: FileProgress | None = None
    trouble: FileTrouble | None = None
    has_passed: bool = False

    @property
    def is_for_firmware(self) -> bool:
        """True where the charger is to fetch and install something, False where it is to send something."""
        return self.kind is FileKind.FIRMWARE

    @property
    def has_ended(self) -> bool:
        """True once nothing more is to come of it."""
        return self.progress in ENDED

    def answered(self, answer: object, files: FileRequests) -> FileTransfer:
        """What it is after the charger's answer to the request."""
        trouble = files.trouble_in(answer)
        progress = self.progress if trouble is None else FileProgress.FAILED
        announced = files.file_name_in(answer)
        trouble = trouble or self.trouble
        return replace(self, is_answered=True, announced=announced, trouble=trouble, progress=progress)

    def superseded(self) -> FileTransfer:
        """What it is once the charger gave it up for a newer request."""
        return replace(self, trouble=FileTrouble.SUPERSEDED, progress=FileProgress.FAILED)

    def may_be_meant(self, report: Event) -> bool:
        """True where a report of the charger may be about it: of this kind, and with no other request's number."""
        is_ours = report.details.get('requestId') in (None, self.request_id)
        return is_ours and report.kind == REPORTED_AS[self.kind] and report.at >= self.asked_at

    def reported(self, report: Event, files: FileRequests) -> FileTransfer:
        """What it is after a report about it; that nothing is going on takes nothing back of an end."""
        word = str(report.details['status'])
        progress = files.progress_of(word)
        if progress is FileProgress.IDLE and self.has_ended:
            return self
        trouble = files.trouble_of(word)
        return replace(self, word=word, heard_at=report.at, progress=progress, trouble=trouble)

    def with_file(self, file: KeptFile | None) -> FileTransfer:
        """What it is with the file here as it is now; None where that has gone."""
        if file is None:
            return replace(self, file=None) if self.file is not None else self
        has_passed = self.has_passed or (file.fetched_at is not None if self.is_for_firmware else file.is_whole)
        return replace(self, file=file, has_passed=has_passed)

    def judged(self, is_arriving: bool) -> FileTransfer:
        """As it is to be shown: by whether the file has passed here rather than by the charger's word for it."""
        if self.has_passed and not self.is_for_firmware:
            return replace(self, progress=FileProgress.DONE, trouble=None)
        refusal = None if self.file is None or is_arriving else self.file.refusal
        if refusal is not None:
            return replace(self, progress=FileProgress.FAILED, trouble=REFUSALS[refusal])
        if self.progress is not FileProgress.DONE or self.file_number is None or self.has_passed:
            return self
        if is_arriving:
            return replace(self, progress=FileProgress.UNDER_WAY)
        return replace(self, progress=FileProgress.FAILED, trouble=FileTrouble.NOT_HERE)
