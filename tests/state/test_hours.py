"""Hours in which a card may charge: midnight, time zones, and the days on which the clock is set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cpo.state import (
    cards,
)


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ('text', 'written'),
    [
        ('22:00-06:00', '22:00-06:00'),
        ('22-6', '22:00-06:00'),
        (' 7:30 – 24 ', '07:30-00:00'),
        ('0-24:00', None),
        ('00:00-00:00', None),
        ('8-8', None),
        ('25-6', None),
        ('22:60-6', None),
        ('22:00', None),
        ('a-b', None),
        ('٢٢-٦', None),
        ('', None),
    ],
)
def test_how_hours_are_written(text: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(ValueError, match=r'hours|time'):
            cards.Hours.parse(text)
    else:
        assert str(cards.Hours.parse(text)) == written
        assert cards.Hours.parse(written) == cards.Hours.parse(text)


@pytest.mark.parametrize(
    ('zone', 'hours', 'at', 'may'),
    [
        ('UTC', '8-16', '2026-06-14T07:59:59', False),
        ('UTC', '8-16', '2026-06-14T08:00', True),
        ('UTC', '8-16', '2026-06-14T15:59:59', True),
        ('UTC', '8-16', '2026-06-14T16:00', False),
        ('UTC', '22-6', '2026-06-14T21:59:59', False),
        ('UTC', '22-6', '2026-06-14T22:00', True),
        ('UTC', '22-6', '2026-06-14T00:00', True),
        ('UTC', '22-6', '2026-06-14T05:59', True),
        ('UTC', '22-6', '2026-06-14T06:00', False),
        ('UTC', '22-24', '2026-06-14T23:59', True),
        ('UTC', '22-24', '2026-06-14T00:00', False),
        ('Europe/Berlin', '22-6', '2026-06-14T20:00', True),
        ('Europe/Berlin', '22-6', '2026-01-14T20:59', False),
        ('Europe/Berlin', '22-6', '2026-01-14T21:00', True),
        ('Asia/Kolkata', '8-16', '2026-06-14T02:30', True),
        ('Asia/Kolkata', '8-16', '2026-06-14T02:29', False),
        # 29 March 2026: 02:00 becomes 03:00, so 02:30 is never on the wall; at 01:00 UTC it is 03:00
        ('Europe/Berlin', '02:30-06:00', '2026-03-29T00:59', False),
        ('Europe/Berlin', '02:30-06:00', '2026-03-29T01:00', True),
        ('Europe/Berlin', '22:00-02:30', '2026-03-29T00:59', True),
        ('Europe/Berlin', '22:00-02:30', '2026-03-29T01:00', False),
        ('Europe/Berlin', '22-6', '2026-03-29T03:59', True),
        ('Europe/Berlin', '22-6', '2026-03-29T04:00', False),
        # 25 October 2026: 03:00 becomes 02:00, so 02:30 is twice on the wall
        ('Europe/Berlin', '22:00-02:30', '2026-10-25T00:29', True),
        ('Europe/Berlin', '22:00-02:30', '2026-10-25T00:30', False),
        ('Europe/Berlin', '22:00-02:30', '2026-10-25T01:00', True),
        ('Europe/Berlin', '22:00-02:30', '2026-10-25T01:30', False),
        ('Europe/Berlin', '22-6', '2026-10-25T04:59', True),
        ('Europe/Berlin', '22-6', '2026-10-25T05:00', False),
    ],
    indirect=['zone'],
)
@pytest.mark.usefixtures('zone')
def test_the_clock_on_the_wall_decides(hours: str, at: str, may: bool) -> None:
    assert cards.Hours.parse(hours).include(datetime.fromisoformat(at).replace(tzinfo=UTC)) is may
