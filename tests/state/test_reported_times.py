from datetime import UTC, datetime, timedelta

import pytest

from cpo.state.reported_times import ReportedTimes

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


def test_a_clock_that_begins_in_1970_is_the_newest() -> None:
    assert set_back_s((0, 0), (-1.7e9, 10), (-1.7e9 + 10, 20)) == [None, None]
