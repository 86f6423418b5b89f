from datetime import UTC, datetime, timedelta

from cpo.state import Backlog

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def come(*measured_and_heard_s: tuple[float, float]) -> list[bool]:
    backlog = Backlog()
    return [told(backlog, measured_s, heard_s) for measured_s, heard_s in measured_and_heard_s]


def told(backlog: Backlog, measured_s: float, heard_s: float) -> bool:
    """Whether this moves its end."""
    before = backlog.until
    backlog.look(at(measured_s), at(heard_s))
    return backlog.until != before


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
    backlog = Backlog()
    backlog.look(None, at(0))
    assert not told(backlog, -900, 0)
    assert told(backlog, -800, 1)
    assert not told(backlog, -800, 2)
    assert backlog.is_told(at(5.9))
    assert not backlog.is_told(at(6))


def test_what_a_clock_that_is_off_or_fast_tells_now_is_no_backlog() -> None:
    """As its statuses show: a simulated charger in time lapse begins a day ago."""
    backlog = Backlog()
    for second in range(60):
        measured_at = at(60 * second - 86_400)
        backlog.look(measured_at, at(second), measured_at - at(second))
    assert backlog.until is None
