"""Only raises of a controller have to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cpo.limits.pacing import HOUR, INTERVAL, MAX_RAISES_PER_HOUR, SMALL_INTERVAL, Pacing
from cpo.state import THE_SUN, Limit

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


def limit(limit_a: float) -> Limit:
    return Limit(limit_a, THE_SUN, NOW)


def after_a_raise() -> Pacing:
    return Pacing().after_write(NOW, limit(6), limit(8))


def test_the_first_raise_goes_out_at_once() -> None:
    assert Pacing().raise_due(limit(6), limit(16)) <= NOW


@pytest.mark.parametrize('wish_a', [0, 6, 7.9, 8])
def test_what_is_no_raise_goes_out_at_once(wish_a: float) -> None:
    assert after_a_raise().raise_due(limit(8), limit(wish_a)) <= NOW


def test_where_no_limit_is_in_force_nothing_waits() -> None:
    assert after_a_raise().raise_due(None, limit(16)) <= NOW


@pytest.mark.parametrize('from_a', [6, 7.7, 8, 10.2, 15.5])
def test_the_next_raise_waits_ten_seconds(from_a: float) -> None:
    assert after_a_raise().raise_due(limit(from_a), limit(round(from_a + 0.5, 1))) == NOW + INTERVAL


def test_a_raise_within_the_dead_band_waits_thirty_seconds() -> None:
    assert after_a_raise().raise_due(limit(8), limit(8.4)) == NOW + SMALL_INTERVAL


def test_a_decrease_is_not_counted() -> None:
    pacing = after_a_raise().after_write(NOW + timedelta(seconds=9), limit(8), limit(6))
    assert pacing.raise_due(limit(6), limit(8)) == NOW + INTERVAL


def test_a_limit_where_none_was_in_force_counts_as_a_raise() -> None:
    pacing = Pacing().after_write(NOW, None, limit(6))
    assert pacing.raise_due(limit(6), limit(8)) == NOW + INTERVAL


def test_no_more_raises_than_the_budget_in_any_hour() -> None:
    pacing, at, raises = Pacing(), NOW, []
    for _ in range(3 * MAX_RAISES_PER_HOUR):
        at = max(at, pacing.raise_due(limit(6), limit(8)))
        pacing = pacing.after_write(at, limit(6), limit(8))
        raises.append(at)
    assert raises[MAX_RAISES_PER_HOUR - 1] == NOW + (MAX_RAISES_PER_HOUR - 1) * INTERVAL
    assert all(later - earlier >= HOUR for earlier, later in zip(raises, raises[MAX_RAISES_PER_HOUR:], strict=False))
