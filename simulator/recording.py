"""A recording: every frame in both directions, one JSON object per line.

    {"at": "2026-01-01T12:00:00.000Z", "event": "connected"}
    {"at": "2026-01-01T12:00:00.012Z", "from": "charger", "message": [2, "id", "Heartbeat", {}]}
    {"at": "2026-01-01T12:00:00.015Z", "from": "server", "message": [3, "id", {"currentTime": "..."}]}
    {"at": "2026-01-01T12:00:09.000Z", "event": "closed"}

`at` is the wall clock's time. A frame that is not JSON has `text` in place of `message`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import orjson

from simulator.clock import from_wire, to_wire

EVENTS = ('connected', 'closed')
SENDERS = ('charger', 'server')


@dataclass(frozen=True, slots=True)
class Line:
    """`event` is '' for a frame; `message` is None for an event, and text for a frame that is not JSON."""

    at: datetime
    event: str = ''
    sender: str = ''
    message: Any = None


class Recorder:
    """Writes from the first frame on; without a file it does nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def event(self, event: str) -> None:
        self._write({'event': event})

    def frame(self, sender: str, text: str | bytes) -> None:
        try:
            self._write({'from': sender, 'message': orjson.loads(text)})
        except orjson.JSONDecodeError:
            readable = text if isinstance(text, str) else text.decode(errors='replace')
            self._write({'from': sender, 'text': readable})

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._path = self._file = None

    def _write(self, entry: dict[str, Any]) -> None:
        if self._path is None:
            return
        if self._file is None:
            self._file = self._path.open('w', encoding='utf-8', buffering=1)
        self._file.write(orjson.dumps({'at': to_wire(datetime.now(UTC))} | entry).decode() + '\n')


def read_recording(path: Path) -> list[Line]:
    """Raises ValueError naming the line that is none."""
    lines = []
    for number, text in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        if text.strip():
            try:
                lines.append(_read(orjson.loads(text)))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ValueError(f'{path.name}:{number}: not a line of a recording: {error}') from error
    return lines


def _read(entry: dict[str, Any]) -> Line:
    at = from_wire(entry['at'])
    if entry.get('event') in EVENTS:
        return Line(at, event=entry['event'])
    if entry.get('from') not in SENDERS:
        raise ValueError('neither an event nor from the charger or the server')
    return Line(at, sender=entry['from'], message=entry['message'] if 'message' in entry else entry['text'])
