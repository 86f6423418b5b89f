from datetime import UTC, datetime, timedelta

import pytest

from cpo.state.reported_times import ReportedTimes, moved_back

NOON = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def set_back_s(*told_and_heard_s: tuple[float, float]) -> list[float | None]:
    """By how many seconds each of these values shows the clock to have been set back."""
    times, found = ReportedTimes(at(told_and_heard_s[0][0]), at(told_and_heard_s[0][1])), []
    for told_s, heard_s in told_and_heard_s[1:]:
        times = times.followed(at(told_s), at(heard_s))
        found.append(None if times.set_back is None else times.set_back.total_seconds())
    return found


@pytest.mark.parametrize('every_s', [1, 10, 60, 900])
def test_the_end_of_summer_time_is_seen_with_the_second_value(every_s: int) -> None:
    summer = [(3600 + s, s) for s in range(0, 4 * every_s, every_s)]
    winter = [(s, s) for s in range(4 * every_s, 8 * every_s, every_s)]
    assert set_back_s(*summer, *winter) == [None] * 4 + [3600] + [None] * 2


def test_a_clock_that_is_set_ahead_needs_nothing() -> None:
    assert set_back_s((0, 0), (10, 10), (3620, 20), (3630, 30)) == [None, None, None]


def test_late_values_are_no_clock_that_was_set() -> None:
    assert set_back_s((0, 0), (-600, 10), (-590, 10.01), (-580, 10.02), (20, 20)) == [None] * 4
    assert set_back_s((0, 0), (-5, 1), (10, 10), (5, 11), (20, 20)) == [None] * 4
    assert set_back_s((0, 0), (-10, 1), (-10, 1), (-10, 2.5)) == [None] * 3


@pytest.mark.parametrize('back_s', [90_000, 1.7e9, 6e10])
def test_a_clock_that_is_set_back_by_days_or_years_is_seen_with_the_second_value(back_s: float) -> None:
    assert set_back_s((0, 0), (10 - back_s, 10), (20 - back_s, 20), (30 - back_s, 30)) == [None, back_s, None]


def test_no_time_is_before_the_first() -> None:
    assert moved_back(at(10), timedelta(seconds=10)) == NOON
    assert moved_back(at(10), timedelta(days=8000 * 366)) == datetime.min.replace(tzinfo=UTC)
