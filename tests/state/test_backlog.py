from datetime import UTC, datetime, timedelta

from cpo.state import Backlog

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def come(*measured_and_heard_s: tuple[float, float]) -> list[bool]:
    """Whether each of these values moves the end of the replay."""
    backlog, moved = Backlog(), []
    for measured_s, heard_s in measured_and_heard_s:
        before, backlog = backlog, backlog.heard(at(measured_s), at(heard_s))
        moved.append(backlog.until != before.until)
    return moved


def test_what_comes_as_it_is_measured_is_no_backlog() -> None:
    assert not any(come(*((s, s + 0.1) for s in range(0, 300, 10))))


def test_what_was_measured_while_it_was_away_is_one_until_the_present_is_reached() -> None:
    away = [(s, 600 + s / 100) for s in range(10, 600, 10)]
    *past, present = come((0, 0.1), *away, (606, 606.1))
    assert past == [False, False] + [True] * 56 + [False] * 2  # the newest are fresh enough
    assert not present


def test_a_clock_that_is_wrong_makes_no_backlog() -> None:
    for off_s in (-86_400, -3600, -45, 45, 3600):
        assert not any(come(*((s + off_s, s) for s in range(0, 300, 10))))


def test_one_value_twice_and_none_at_all_say_nothing() -> None:
    assert Backlog().heard(None, at(0)) == Backlog()
    assert come((-900, 0), (-800, 1), (-800, 2)) == [False, True, False]
    backlog = Backlog().heard(at(-900), at(0)).heard(at(-800), at(1))
    assert backlog.is_replaying(at(5.9))
    assert not backlog.is_replaying(at(6))


def test_several_values_in_one_call_are_no_backlog_as_long_as_the_newest_is_of_now() -> None:
    """Some send the values of a quarter of an hour in one MeterValues."""
    backlog = Backlog()
    for call_s in range(0, 3600, 900):
        for measured_s in range(call_s - 840, call_s + 1, 60):
            backlog = backlog.heard(at(measured_s), at(call_s))
    assert backlog.until is None


def test_what_a_clock_that_is_off_or_fast_tells_now_is_no_backlog() -> None:
    """As its statuses show: a simulated charger in time lapse begins a day ago."""
    backlog = Backlog()
    for second in range(60):
        measured_at = at(60 * second - 86_400)
        backlog = backlog.heard(measured_at, at(second), measured_at - at(second))
    assert backlog.until is None
