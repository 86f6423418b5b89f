"""One file that is expected, or was received."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cpo.frozen import replace

MAX_SHOWN_NAME = 80
_ODD = re.compile(r'[^\w.()+-]+', re.ASCII)


class FileKind(StrEnum):
    """What is in the file."""

    DIAGNOSTICS = 'diagnostics'
    LOG = 'log'
    SECURITY_LOG = 'security-log'
    FIRMWARE = 'firmware'


class FileRefusal(StrEnum):
    """Why a file that began to arrive was not taken."""

    TOO_LARGE = 'too-large'
    NO_ROOM = 'no-room'


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file under a name nobody guesses; `number` stays the same where its name changes.

    `size_bytes` is None until it was received whole, at `received_at`; then whoever has the name may read it, until
    `until`. `file_name` is what its sender calls it, made safe to be offered for download. `fetched_at` is
    when somebody first began to read it since it was last offered. `refusal` is why the newest try to send it was
    refused. `charge_box_id` is the charger that it came from or is for, None where that is not known.
    """

    number: int
    name: str
    kind: FileKind
    until: datetime
    file_name: str = ''
    size_bytes: int | None = None
    received_at: datetime | None = None
    fetched_at: datetime | None = None
    refusal: FileRefusal | None = None
    charge_box_id: str | None = None

    @property
    def is_whole(self) -> bool:
        """True once it was received."""
        return self.size_bytes is not None

    def lasting(self, until: datetime) -> KeptFile:
        """The same file, until another time."""
        return replace(self, until=until)


def safe_name(text: str) -> str:
    """The last part of a path as a name that every system takes for a file, empty where nothing is left of it."""
    last = re.split(r'[/\\]', text)[-1]
    return _ODD.sub('-', last).strip('.-')[-MAX_SHOWN_NAME:]
