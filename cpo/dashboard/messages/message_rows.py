"""The rows of the Messages page: filter and content, without NiceGUI."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cpo.dashboard.words.messages import category, summary
from cpo.dashboard.words.numbers import UNIT_SPACE
from cpo.dashboard.words.pretty_json import printable
from cpo.ocpp import Direction, LoggedMessage

MAX_ROWS = 100
ALL, LIMITS, SESSIONS, READINGS, VIOLATIONS = 'All', 'Limits', 'Sessions', 'Readings', 'Violations'
FILTERS = (ALL, LIMITS, SESSIONS, READINGS, VIOLATIONS)
FAILURES = (
    'Rejected',
    'Failed',
    'NotSupported',
    'NotImplemented',
    'UnlockFailed',
    'VersionMismatch',
    'Faulted',
    'Invalid',
    'Blocked',
    'Expired',
    'ConcurrentTx',
    'no answer',
    'CallError',
)


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """A filter of messages: one of `FILTERS`, and a text that the frame or its answer must contain (any case)."""

    chosen: str = ALL
    search: str = ''

    def matches(self, message: LoggedMessage) -> bool:
        """True when the message passes the filter."""
        if self.chosen == VIOLATIONS and not message.violations:
            return False
        if self.chosen in (LIMITS, SESSIONS, READINGS) and category(message) != self.chosen.lower():
            return False
        wanted = self.search.strip().lower()
        return not wanted or any(wanted in (text or '').lower() for text in (message.frame, message.answer))


@lru_cache(maxsize=200)
def message_row(message: LoggedMessage) -> dict[str, Any]:
    """The message's row as `message_list.vue` takes it."""
    said, outcome = _split_failure(summary(message))
    return {
        'number': message.number,
        'at': message.at.isoformat(),
        'sent': message.direction is Direction.TO_CHARGER,
        'action': printable(message.action or 'Not OCPP'),
        'summary': printable(said),
        'failure': printable(outcome),
        'violations': len(message.violations),
        'latency': latency(message),
    }


def latency(message: LoggedMessage) -> str:
    """The time until the answer, e.g. `< 1 ms`, `112 ms`, `3.2 s`; empty without an answer."""
    if message.latency_ms is None:
        return ''
    if message.latency_ms >= 1000:
        return f'{message.latency_ms / 1000:.1f}{UNIT_SPACE}s'
    shown = f'{message.latency_ms:.0f}' if message.latency_ms >= 1 else f'<{UNIT_SPACE}1'
    return f'{shown}{UNIT_SPACE}ms'


def _split_failure(said: str) -> tuple[str, str]:
    """(summary, failure): the last part of a summary is the failure when it names one, otherwise '' is."""
    head, _, last = said.rpartition(' · ')
    return (head, last) if last.startswith(FAILURES) else (said, '')
