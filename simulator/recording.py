"""A recording: a text file with every frame in both directions, one JSON object per line.

    {"at": "2026-01-01T12:00:00.000Z", "event": "connected"}
    {"at": "2026-01-01T12:00:00.012Z", "from": "charger", "message": [2, "id", "Heartbeat", {}]}
    {"at": "2026-01-01T12:00:00.015Z", "from": "server", "message": [3, "id", {"currentTime": "..."}]}
    {"at": "2026-01-01T12:00:09.000Z", "event": "closed"}

`at` is the wall clock's time. A frame that is not JSON has `text` in place of `message`.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import orjson

from simulator.clock import from_wire, to_wire
from simulator.text_file import read_text

EVENTS = ('connected', 'closed')
SENDERS = ('charger', 'server')


class RecordingError(Exception):
    """The recording cannot be written. It is no OSError, which would be taken for a network failure."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a recording: a frame, or an event ('connected' or 'closed').

    A frame has an empty `event`; its `message` is the parsed JSON, or the text where that is not JSON. An event has no
    `message`. `at` is aware.
    """

    at: datetime
    event: str = ''
    sender: str = ''
    message: Any = None


class Recorder:
    """Writes a recording from `open()` to `close()`; without a path it does nothing.

    Every method but `close` raises RecordingError when the file cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def open(self) -> None:
        """Create the file, or empty an existing one."""
        if self._path is None:
            return
        try:
            self._file = self._path.open('w', encoding='utf-8', buffering=1)
        except OSError as error:
            raise self._failed(error) from error

    def event(self, event: str) -> None:
        self._write({'event': event})

    def frame(self, sender: str, text: str | bytes) -> None:
        try:
            self._write({'from': sender, 'message': orjson.loads(text)})
        except orjson.JSONDecodeError:
            readable = text if isinstance(text, str) else text.decode(errors='replace')
            self._write({'from': sender, 'text': readable})

    def close(self) -> None:
        file, self._file = self._file, None
        if file:
            with suppress(OSError):  # closing repeats a failed write, which was reported already
                file.close()

    def _write(self, entry: dict[str, Any]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(orjson.dumps({'at': to_wire(datetime.now(UTC))} | entry).decode() + '\n')
        except OSError as error:
            self.close()
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> RecordingError:
        return RecordingError(f'the recording {self._path} cannot be written: {error.strerror or error}')


def read_recording(path: Path) -> list[Line]:
    """Parse a recording; raises OSError, and ValueError naming file and line of what is no line of a recording."""
    lines = []
    for number, text in enumerate(read_text(path).split('\n'), 1):  # splitlines() would also split at U+2028
        if text.strip():
            try:
                lines.append(_read(orjson.loads(text)))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ValueError(f'{path}:{number}: not a line of a recording: {error}') from error
    return lines


def _read(entry: dict[str, Any]) -> Line:
    at = from_wire(entry['at'])
    if entry.get('event') in EVENTS:
        return Line(at, event=entry['event'])
    if entry.get('from') not in SENDERS:
        raise ValueError('neither an event nor from the charger or the server')
    return Line(at, sender=entry['from'], message=entry['message'] if 'message' in entry else entry['text'])
