"""Sentences as plain text, for programs without a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cpo.dashboard.words.times import link, marker, strong, to_text

NOW = datetime(2026, 6, 14, 12, 31, 8, tzinfo=UTC)
BEFORE = NOW - timedelta(minutes=12, seconds=5)


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', 'Europe/Berlin')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ('text', 'plain'),
    [
        (f'You set 10 A at {marker("moment", BEFORE)}.', 'You set 10 A at 14:19.'),
        (f'{marker("moment", NOW - timedelta(days=2))}', 'Fri 12 Jun 14:31'),
        (f'{marker("moment", NOW - timedelta(days=365))}', 'Sat 14 Jun 2025 14:31'),
        (f'{marker("day", NOW + timedelta(days=365))}', 'Mon 14 Jun 2027'),
        (f'{marker("age", NOW - timedelta(days=2))}', 'at Fri 12 Jun 14:31'),
        (f'{marker("exact", BEFORE)}', '14:19:03'),
        (f'1.20 kWh in {marker("since", BEFORE)}.', '1.20 kWh in 12 min.'),
        (f'Up to {strong("12 A")} in {marker("until", NOW + timedelta(seconds=7))}', 'Up to 12 A in 7 s'),
        (f'Measured {marker("age", BEFORE)}', 'Measured at 14:19'),
        (f'Last charged: {marker("day", BEFORE)}', 'Last charged: Sun 14 Jun'),
        (f'Look at {link("Messages", "/messages")}.', 'Look at Messages.'),
    ],
)
def test_marks_are_gone_and_times_are_those_of_this_computer(text: str, plain: str) -> None:
    assert to_text(text, NOW) == plain
