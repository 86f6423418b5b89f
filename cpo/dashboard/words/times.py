"""Points in time inside sentences, and the way of a sentence into the page.

The server does not know the browser's zone, and an age grows without news from the server. So a sentence carries
markers, `⟦time:2026-06-14T12:31:00Z⟧`, and `to_html` makes them
`<time class="cpo-time" datetime="…" data-format="time">12:31 UTC</time>`; the script in the page then writes, and keeps
writing, what its own zone and clock say. The formats, with what stands there until the script has run:

    time    14:21                               the clock time, here 12:21 UTC
    moment  14:21, Fri 12 Jun 14:21             the clock time, with the date if it is not today
    since   12 min                              what has passed, ticking; `numbers.duration`
    until   7 s                                 what is left, rounded up, ticking, never below 0 s
    age     now, 12 s ago, 4 min ago, at 14:21  ticking; from one hour on the clock time
    day     Today, Yesterday, Fri 12 Jun        the date

Important words stand between `⟦b⟧` and `⟦/b⟧`. Text of the charger comes into a sentence by `charger_text` only, which
takes the brackets away: it cannot forge a marker.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from cpo.dashboard.words.numbers import UNIT_SPACE, duration

Format = Literal['time', 'moment', 'since', 'until', 'age', 'day']

_MARKER = re.compile(r'⟦(time|moment|since|until|age|day):(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)⟧')
_BRACKETS = re.compile('[⟦⟧]')


def marker(form: Format, at: datetime) -> str:
    """The marker of an aware point in time, whole seconds."""
    return f'⟦{form}:{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z⟧'


def time_marker(at: datetime) -> str:
    """The clock time, `14:21`."""
    return marker('time', at)


def moment_marker(at: datetime) -> str:
    """The clock time for a sentence that may be read days later, `14:21`, `Fri 12 Jun 14:21`."""
    return marker('moment', at)


def since_marker(at: datetime) -> str:
    """What has passed since, `12 min`."""
    return marker('since', at)


def until_marker(at: datetime) -> str:
    """What is left until then, `7 s`."""
    return marker('until', at)


def day_marker(at: datetime) -> str:
    """The date, `Yesterday`."""
    return marker('day', at)


def strong(text: str) -> str:
    """Important words of a sentence."""
    return f'⟦b⟧{text}⟦/b⟧'


def charger_text(text: str, length: int = 40) -> str:
    """Text from outside made fit for a sentence: one line, nothing invisible, no markers, cut at `length`."""
    shown = ''.join(' ' if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != 'C')
    shown = ' '.join(_BRACKETS.sub('', shown).split())
    return shown if len(shown) <= length else shown[: length - 1].rstrip() + '…'


def to_html(text: str, now: datetime) -> str:
    """The text escaped, its markers as `<time>` and `<b>` elements."""
    shown = _rendered(html.escape(text), now, _time_element)
    return shown.replace('⟦b⟧', '<b>').replace('⟦/b⟧', '</b>')


def to_text(text: str, now: datetime) -> str:
    """The text without markers, times in UTC: for titles, labels and logs."""
    shown = _rendered(text, now, lambda form, at, fallback: fallback)
    return shown.replace('⟦b⟧', '').replace('⟦/b⟧', '')


def age(at: datetime, now: datetime) -> str:
    """`now` below 3 s, `12 s ago`, `4 min ago`, from one hour on the clock time, `at 12:21 UTC`."""
    passed = now - at
    if passed < timedelta(seconds=3):
        return 'now'
    return f'at {_clock(at)}' if passed >= timedelta(hours=1) else f'{duration(passed)} ago'


def _rendered(text: str, now: datetime, render: Callable[[str, str, str], str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        form, iso = match.groups()
        try:
            at = datetime.fromisoformat(iso)
        except ValueError:
            return ''
        return render(form, iso, _FALLBACKS[form](at, now))

    return _MARKER.sub(replaced, text)


def _time_element(form: str, iso: str, fallback: str) -> str:
    return f'<time class="cpo-time" datetime="{iso}" data-format="{form}">{fallback}</time>'


def _clock(at: datetime) -> str:
    return f'{at.astimezone(UTC):%H:%M}{UNIT_SPACE}UTC'


def _moment(at: datetime, now: datetime) -> str:
    today = at.astimezone(UTC).date() == now.astimezone(UTC).date()
    return _clock(at) if today else f'{_date(at)} {_clock(at)}'


def _day(at: datetime, now: datetime) -> str:
    date, today = at.astimezone(UTC).date(), now.astimezone(UTC).date()
    named = {today: 'Today', today - timedelta(days=1): 'Yesterday'}
    return named.get(date) or _date(at)


def _date(at: datetime) -> str:
    date = at.astimezone(UTC).date()
    return f'{date:%a} {date.day} {date:%b}'


_FALLBACKS: dict[str, Callable[[datetime, datetime], str]] = {
    'time': lambda at, now: _clock(at),
    'moment': _moment,
    'since': lambda at, now: duration(now - at),
    'until': lambda at, now: duration(timedelta(seconds=math.ceil((at - now).total_seconds()))),
    'age': age,
    'day': _day,
}
