"""What a version of OCPP provides for files that a charger sends or fetches: diagnostics, logs, firmware."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from cpo.files import FileKind
from cpo.ocpp.request import Request
from cpo.state import ChargePointState


class FileProgress(Enum):
    """What a charger's own word for its progress means."""

    IDLE = auto()
    UNDER_WAY = auto()
    WAITING = auto()
    """It continues by itself, at a time or once something has ended."""
    DONE = auto()
    FAILED = auto()


class FileTrouble(Enum):
    """Why a file is not sent, fetched or installed, by the charger's answer or its word for the progress."""

    REFUSED = auto()
    SUPERSEDED = auto()
    """A newer request took its place."""
    INVALID_CERTIFICATE = auto()
    REVOKED_CERTIFICATE = auto()
    NOT_TRANSFERRED = auto()
    NOT_INSTALLED = auto()
    WRONG_SIGNATURE = auto()
    NOT_VERIFIED = auto()
    """What was installed did not pass the charger's check."""
    NOT_ALLOWED = auto()
    """The place let the charger do nothing."""
    NOT_UNDERSTOOD = auto()
    UNKNOWN_PLACE = auto()
    """The charger does not know this kind of location."""
    NOT_HERE = auto()
    """The charger says that it is done, but no file has arrived here, or none was fetched from here."""
    TOO_LARGE = auto()
    """It is larger than a file may be here."""
    NO_ROOM = auto()
    """There is no room for it here."""


class FileRequests(Protocol):
    """The requests that name a place for a file, and the progress that the charger reports."""

    def kind_of(self, request: Request) -> FileKind | None:
        """What the request asks to send or to fetch; None for any other request."""
        ...

    def location_of(self, request: Request) -> str | None:
        """The place that the request names."""
        ...

    def number_of(self, request: Request) -> int | None:
        """The number that the charger repeats in its reports about it; None for a request that has none."""
        ...

    def fetches_at(self, request: Request) -> datetime | None:
        """When the charger is to fetch firmware at the earliest; None where the request does not say so."""
        ...

    def completed(self, request: Request, location: str, number: int, now: datetime) -> Request:
        """The request with those of its members filled in that are missing; what it has stays as it is."""
        ...

    def progress_of(self, word: str) -> FileProgress:
        """The meaning of a status that the charger reported about it."""
        ...

    def trouble_of(self, word: str) -> FileTrouble | None:
        """What went wrong, by a status that the charger reported; None where nothing did."""
        ...

    def checks_signatures(self, state: ChargePointState) -> bool:
        """True where the charger is known to install firmware with a signature, which it checks."""
        ...

    def file_name_in(self, answer: object) -> str | None:
        """The name of the file that the charger is going to send, by its answer."""
        ...

    def trouble_in(self, answer: object) -> FileTrouble | None:
        """Why the charger is not going to do it, by its answer; None where it is."""
        ...

    def supersedes(self, answer: object) -> bool:
        """True where the charger gave up an earlier request for this one."""
        ...
