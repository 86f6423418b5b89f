"""The rows of the Messages page: filter and texts, without NiceGUI."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cpo.dashboard.words.messages import category, facts_of, is_failure, outcome, summary
from cpo.dashboard.words.numbers import UNIT_SPACE
from cpo.dashboard.words.pretty_json import printable
from cpo.dashboard.words.times import moment_marker
from cpo.ocpp import Direction, LoggedMessage

MAX_ROWS = 100
ALL, LIMITS, SESSIONS, READINGS, VIOLATIONS = 'All', 'Limits', 'Sessions', 'Readings', 'Violations'
FILTERS = (ALL, LIMITS, SESSIONS, READINGS, VIOLATIONS)
SAID = ('sent', 'action', 'summary', 'failure', 'violations')
"""What two rows have to share to fold into one."""


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
    """The message as a row for the component `message_list.vue`."""
    failure = outcome(message) if is_failure(message) else ''
    return {
        'number': message.number,
        'at': message.at.isoformat(),
        'sent': message.direction is Direction.TO_CHARGER,
        'action': printable(message.action or 'Not OCPP'),
        'summary': printable(facts_of(message) if failure else summary(message)),
        'failure': printable(failure),
        'violations': len(message.violations),
        'latency': latency(message),
    }


def nothing_found(messages: Iterable[LoggedMessage]) -> str:
    """The text where no message passes the filter: how far back the log goes, with a time marker."""
    looked_at = tuple(messages)
    if not looked_at:
        return 'Nothing was said yet. Each message shows here as soon as a charger connects.'
    count, oldest = len(looked_at), looked_at[-1].at
    among = f'the last {count} messages' if count > 1 else 'the only message'
    return f'Nothing fits among {among}, back to {moment_marker(oldest)}. Older ones are not kept here.'


def folded(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, where consecutive ones with the same text are one, the newest; its `repeats` is their number."""
    shown: list[dict[str, Any]] = []
    for row in rows:
        if shown and all(shown[-1][name] == row[name] for name in SAID):
            shown[-1] = {**shown[-1], 'repeats': shown[-1]['repeats'] + 1}
        else:
            shown.append({**row, 'repeats': 1})
    return shown


def latency(message: LoggedMessage) -> str:
    """The time until the answer, e.g. `< 1 ms`, `112 ms`, `3.2 s`; empty without an answer."""
    if message.latency_ms is None:
        return ''
    if message.latency_ms >= 1000:
        return f'{message.latency_ms / 1000:.1f}{UNIT_SPACE}s'
    shown = f'{message.latency_ms:.0f}' if message.latency_ms >= 1 else f'<{UNIT_SPACE}1'
    return f'{shown}{UNIT_SPACE}ms'
