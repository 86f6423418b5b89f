"""What a version of OCPP provides for files that a charger sends or fetches: diagnostics, logs, firmware."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from cpo.files import FileKind
from cpo.ocpp.request import Request


class FileProgress(Enum):
    """What a charger's own word for its progress means."""

    IDLE = auto()
    UNDER_WAY = auto()
    DONE = auto()
    FAILED = auto()


class FileRequests(Protocol):
    """The requests that name a place for a file, and the progress that the charger reports."""

    def kind_of(self, request: Request) -> FileKind | None:
        """What the request asks to send or to fetch; None for any other request."""
        ...

    def location_of(self, request: Request) -> str | None:
        """The place that the request names."""
        ...

    def completed(self, request: Request, location: str, number: int, now: datetime) -> Request:
        """The request with those of its members filled in that are missing; what it has stays as it is."""
        ...

    def progress_of(self, word: str) -> FileProgress:
        """The meaning of a status that the charger reported about it."""
        ...

    def file_name_in(self, answer: object) -> str | None:
        """The name of the file that the charger is going to send, by its answer."""
        ...

    def is_taken(self, answer: object) -> bool:
        """True where the charger is going to do it."""
        ...
