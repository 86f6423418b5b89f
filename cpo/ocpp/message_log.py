"""The log of the last 500 OCPP-J messages of both directions, each Call with its answer, without their secrets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from cpo.frozen import replace
from cpo.masking import masked, without_secrets

MAX_MESSAGES = 500
MAX_FRAME_LENGTH = 20_000
READ_LENGTH = MAX_FRAME_LENGTH + 4_000  # the name of a secret may come after it
MAX_NAME_LENGTH = 100


class Direction(StrEnum):
    """Direction of a frame, as seen from this program."""

    FROM_CHARGER = 'in'
    TO_CHARGER = 'out'


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """A Call of either side with its answer, or a frame that is no Call.

    `action` is None for a frame that is not OCPP. `frame` and `answer` are the texts on the wire with `***` for their
    secrets, cut at 20,000 characters. `violations` are sentences about deviations from the specification. `status` is
    the answer's `status`, or `CallError …`, `no answer`, `connection closed`, or None; `failed` is whether it is one of
    those three.
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
    failed: bool = False
    violations: tuple[str, ...] = ()


class _Unread(NamedTuple):
    """A message as it was logged, with its secrets; `members` are those of `LoggedMessage`."""

    number: int
    at: datetime
    direction: Direction
    frame: str
    members: dict[str, Any]


class MessageLog:
    """The last 500 messages, in memory; iteration yields the newest first.

    Secrets are masked when somebody reads the log, as a charger may send faster than anybody reads.
    """

    def __init__(self) -> None:
        self._unread: deque[_Unread] = deque(maxlen=MAX_MESSAGES)
        self._messages: deque[LoggedMessage] = deque(maxlen=MAX_MESSAGES)
        self._next_number = 1
        self._secrets: dict[int, frozenset[str]] = {}

    def __iter__(self) -> Iterator[LoggedMessage]:
        """Iterate from the newest message to the oldest."""
        self._mask_unread()
        return reversed(self._messages)

    def __len__(self) -> int:
        """The number of messages in the log."""
        return min(self.newest_number, MAX_MESSAGES)

    @property
    def newest_number(self) -> int:
        """The number of the newest message, which grows by one per message; 0 before the first."""
        return self._next_number - 1

    def add(
        self,
        at: datetime,
        direction: Direction,
        frame: str,
        action: str | None = None,
        message_id: str | None = None,
        **members: Any,
    ) -> int:
        """Log a message and return its number; `members` are optional fields of `LoggedMessage`."""
        number = self._next_number
        self._next_number += 1
        self._secrets.pop(number - MAX_MESSAGES, None)
        members['action'] = action and action[:MAX_NAME_LENGTH]
        members['message_id'] = message_id and message_id[:MAX_NAME_LENGTH]
        self._unread.append(_Unread(number, at, direction, frame[:READ_LENGTH], members))
        return number

    def _mask_unread(self) -> None:
        unread = self._unread
        while unread:
            number, at, direction, frame, members = unread.popleft()
            frame = self._shown(number, frame)
            if members.get('answer') is not None:
                members['answer'] = self._shown(number, members['answer'])
            if 'violations' in members:
                members['violations'] = self._masked_violations(number, members['violations'])
            self._messages.append(LoggedMessage(number, at, direction, frame, **members))

    def secrets_of(self, number: int) -> frozenset[str]:
        """The secrets in a message and its answer, which texts about them must not have."""
        self._mask_unread()
        return self._known_secrets(number)

    def _known_secrets(self, number: int) -> frozenset[str]:
        return self._secrets.get(number, frozenset())

    def answered(
        self, number: int, answer: str | None, latency_ms: float | None, status: str | None, failed: bool = False
    ) -> LoggedMessage | None:
        """Add the answer to a logged Call and return both, or None when the log no longer has the Call."""
        index = self._index(number)
        if index < 0:
            return None
        answer = None if answer is None else self._shown(number, answer)
        status = status and masked(status, self._known_secrets(number))
        message = replace(self._messages[index], answer=answer, latency_ms=latency_ms, status=status, failed=failed)
        self._messages[index] = message
        return message

    def add_violations(self, number: int, violations: tuple[str, ...]) -> None:
        """Add violations found later in a message or its answer; does nothing when the log no longer has it."""
        index = self._index(number)
        if index >= 0:
            old = self._messages[index]
            more = self._masked_violations(number, violations)
            self._messages[index] = replace(old, violations=old.violations + more)

    def _masked_violations(self, number: int, violations: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(masked(violation, self._known_secrets(number)) for violation in violations)

    def _shown(self, number: int, frame: str) -> str:
        """The frame of a message or its answer without the secrets of both, which are noted, and cut."""
        text, found = without_secrets(frame[:READ_LENGTH])
        known = self._known_secrets(number)
        if found:
            self._secrets[number] = known | found
        return (masked(text, known) if known else text)[:MAX_FRAME_LENGTH]

    def _index(self, number: int) -> int:
        """The message's index in the deque, negative when it was dropped."""
        self._mask_unread()
        return number - self._next_number + len(self._messages)
