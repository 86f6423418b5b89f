"""The last OCPP messages, both directions, each Call with its answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

MAX_MESSAGES = 500
MAX_FRAME_LENGTH = 20_000
MAX_NAME_LENGTH = 100


class Direction(StrEnum):
    """Who sent the frame."""

    FROM_CHARGER = 'in'
    TO_CHARGER = 'out'


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """One Call with its answer, or one frame that was no Call.

    `action` is None for a frame that is not OCPP. `frame` and `answer` are the texts on the wire, cut at 20,000
    characters. `violations` are sentences about what the sender did wrong. `status` is the answer's `status`,
    `CallError …`, `no answer`, or None.
    """

    number: int
    at: datetime
    direction: Direction
    frame: str
    action: str | None = None
    message_id: str | None = None
    answer: str | None = None
    latency_ms: float | None = None
    status: str | None = None
    violations: tuple[str, ...] = ()


class MessageLog:
    """A bounded list of `LoggedMessage`; the oldest fall out."""

    def __init__(self) -> None:
        """Start empty."""
        self._messages: deque[LoggedMessage] = deque(maxlen=MAX_MESSAGES)
        self._next_number = 1

    def __iter__(self) -> Iterator[LoggedMessage]:
        """Newest first."""
        return reversed(self._messages)

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._messages)

    @property
    def newest_number(self) -> int:
        """The number of the newest message, 0 before the first; grows by one with each."""
        return self._next_number - 1

    def add(self, at: datetime, direction: Direction, frame: str, **members: Any) -> int:
        """Keep a message, return its number; `members` are those of `LoggedMessage` that have a default."""
        number = self._next_number
        self._next_number += 1
        for name, length in (
            ('answer', MAX_FRAME_LENGTH),
            ('action', MAX_NAME_LENGTH),
            ('message_id', MAX_NAME_LENGTH),
        ):
            if members.get(name) is not None:
                members[name] = members[name][:length]
        self._messages.append(LoggedMessage(number, at, direction, frame[:MAX_FRAME_LENGTH], **members))
        return number

    def answered(
        self, number: int, answer: str | None, latency_ms: float | None, status: str | None
    ) -> LoggedMessage | None:
        """Put the answer to a Call that was kept earlier and return both; one that fell out of the list stays out."""
        index = self._index(number)
        if index < 0:
            return None
        answer = None if answer is None else answer[:MAX_FRAME_LENGTH]
        message = replace(self._messages[index], answer=answer, latency_ms=latency_ms, status=status)
        self._messages[index] = message
        return message

    def add_violations(self, number: int, violations: tuple[str, ...]) -> None:
        """Add what was found wrong with a message, or with its answer, later."""
        index = self._index(number)
        if index >= 0:
            old = self._messages[index]
            self._messages[index] = replace(old, violations=old.violations + violations)

    def _index(self, number: int) -> int:
        """Where the message is kept; negative when it fell out."""
        return number - self._next_number + len(self._messages)
