"""Markers, which are placeholders for times inside sentences, and the conversion of such sentences to HTML.

The server does not know the browser's time zone, and an age grows without messages from the server. So a sentence
contains markers, `⟦time:2026-06-14T12:31:00Z⟧`, which `to_html` converts to
`<time class="cpo-time" datetime="…" data-format="time">12:31 UTC</time>`; a script in the page then shows and updates
them by the browser's zone and clock. The formats, with examples:

    time    14:21                               the clock time, here 12:21 UTC
    second  14:21:07                            the clock time with its seconds
    moment  14:21, Fri 12 Jun 14:21             the clock time, with the date if it is not today
    exact   14:21:07, Fri 12 Jun 14:21:07       the same with its seconds
    since   12 min                              what has passed, ticking; `numbers.duration`
    until   7 s                                 what is left, rounded up, ticking, never below 0 s
    age     now, 12 s ago, 4 min ago, at 14:21  ticking; from one hour on the clock time
    day     Today, Yesterday, Fri 12 Jun        the date

Important words are between `⟦b⟧` and `⟦/b⟧`. Text from a charger enters a sentence only through `charger_text`, which
removes the brackets: it cannot forge a marker.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from cpo.dashboard.words.numbers import UNIT_SPACE, duration

Format = Literal['time', 'second', 'moment', 'exact', 'since', 'until', 'age', 'day']

_MARKER = re.compile(r'⟦(time|second|moment|exact|since|until|age|day):(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)⟧')
_LINK = re.compile(r'⟦a:(/[a-z]*)⟧')
_MARKS = re.compile('⟦[^⟧]*⟧')
_BRACKETS = re.compile('[⟦⟧]')


def marker(form: Format, at: datetime) -> str:
    """The marker (placeholder for the browser) of a time in a format, rounded down to whole seconds."""
    return f'⟦{form}:{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z⟧'


def time_marker(at: datetime) -> str:
    """The marker (placeholder) of a clock time, which the browser shows as `14:21`."""
    return marker('time', at)


def second_marker(at: datetime) -> str:
    """The marker (placeholder) of a clock time, which the browser shows as `14:21:07`."""
    return marker('second', at)


def moment_marker(at: datetime) -> str:
    """The marker (placeholder) of a time, shown as `14:21` on the same day and as `Fri 12 Jun 14:21` on others."""
    return marker('moment', at)


def exact_marker(at: datetime) -> str:
    """The marker (placeholder) of a time, shown as `14:21:07` on the same day and with the date on others."""
    return marker('exact', at)


def since_marker(at: datetime) -> str:
    """The marker (placeholder) of the time that has passed since `at`, which the browser shows as `12 min`."""
    return marker('since', at)


def until_marker(at: datetime) -> str:
    """The marker (placeholder) of the time left until `at`, which the browser shows as `7 s` and counts down."""
    return marker('until', at)


def day_marker(at: datetime) -> str:
    """The marker (placeholder) of a date, which the browser shows as `Today`, `Yesterday` or `Fri 12 Jun`."""
    return marker('day', at)


def strong(text: str) -> str:
    """The words between the marks that show them in bold."""
    return f'⟦b⟧{text}⟦/b⟧'


def link(text: str, path: str) -> str:
    """A link to a page of the dashboard, as a part of a sentence."""
    return f'⟦a:{path}⟧{text}⟦/a⟧'


@lru_cache(maxsize=256)
def charger_text(text: str, length: int = 40) -> str:
    """Text from outside made safe for a sentence: one line, no control characters, no markers, at most `length`."""
    shown = ''.join(' ' if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != 'C')
    shown = ' '.join(_BRACKETS.sub('', shown).split())
    return shown if len(shown) <= length else shown[: length - 1].rstrip() + '…'


def to_html(text: str, now: datetime, prefix: str = '') -> str:
    """The text as HTML: escaped, with its markers as `<time>`, `<a>` and `<b>` elements.

    `prefix` is what the browser writes before this server's paths.
    """

    def time_element(match: re.Match[str]) -> str:
        form, iso = match.groups()
        try:
            at = datetime.fromisoformat(iso)
        except ValueError:
            return ''
        return f'<time class="cpo-time" datetime="{iso}" data-format="{form}">{_FALLBACKS[form](at, now)}</time>'

    shown = _MARKER.sub(time_element, html.escape(text))
    shown = _LINK.sub(lambda match: f'<a class="cpo-link" href="{prefix}{match[1]}">', shown).replace('⟦/a⟧', '</a>')
    return shown.replace('⟦b⟧', '<b>').replace('⟦/b⟧', '</b>')


def to_text(text: str, now: datetime) -> str:
    """The text without marks, with the times by the clock of this computer; the age of something is when it was."""

    def time_text(match: re.Match[str]) -> str:
        form, iso = match.groups()
        at = datetime.fromisoformat(iso).astimezone()
        if form in ('since', 'until'):
            return duration(abs(now - at))
        day = _date(at.date(), now.astimezone().date())
        if form == 'day':
            return day
        clock = f'{at:%H:%M:%S}' if form in ('second', 'exact') else f'{at:%H:%M}'
        if form in ('moment', 'exact', 'age') and at.date() != now.astimezone().date():
            clock = f'{day} {clock}'
        return f'at {clock}' if form == 'age' else clock

    return _MARKS.sub('', _MARKER.sub(time_text, text)).replace(UNIT_SPACE, ' ')


def age(at: datetime, now: datetime) -> str:
    """The age of `at`: `now` below 3 s, `12 s ago`, `4 min ago`, from one hour on `at 12:21 UTC`, with another day."""
    passed = now - at
    if passed < timedelta(seconds=3):
        return 'now'
    return f'at {_dated(_clock(at), at, now)}' if passed >= timedelta(hours=1) else f'{duration(passed)} ago'


def _clock(at: datetime) -> str:
    return f'{at.astimezone(UTC):%H:%M}{UNIT_SPACE}UTC'


def _seconds(at: datetime) -> str:
    return f'{at.astimezone(UTC):%H:%M:%S}{UNIT_SPACE}UTC'


def _dated(clock: str, at: datetime, now: datetime) -> str:
    day, today = at.astimezone(UTC).date(), now.astimezone(UTC).date()
    return clock if day == today else f'{_date(day, today)} {clock}'


def _day(at: datetime, now: datetime) -> str:
    day, today = at.astimezone(UTC).date(), now.astimezone(UTC).date()
    named = {today: 'Today', today - timedelta(days=1): 'Yesterday'}
    return named.get(day) or _date(day, today)


def _date(day: date, today: date) -> str:
    """The date with its year, unless that is the present one."""
    year = '' if day.year == today.year else f' {day.year}'
    return f'{day:%a} {day.day} {day:%b}{year}'


_FALLBACKS: dict[str, Callable[[datetime, datetime], str]] = {
    'time': lambda at, now: _clock(at),
    'second': lambda at, now: _seconds(at),
    'moment': lambda at, now: _dated(_clock(at), at, now),
    'exact': lambda at, now: _dated(_seconds(at), at, now),
    'since': lambda at, now: duration(now - at),
    'until': lambda at, now: duration(timedelta(seconds=math.ceil((at - now).total_seconds()))),
    'age': age,
    'day': _day,
}
