"""What a charger replays: how it is detected, and what it does not take along."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.state import (
    YOU,
    ChargePointState,
    Connected,
    Limit,
    LimitWished,
    MeterRead,
    MeterSample,
    Transaction,
    TransactionStarted,
    TransactionStopped,
)
from cpo.state.backlog import Backlog

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


def after(*entries: Any) -> ChargePointState:
    state = ChargePointState()
    for entry in entries:
        state = entry.apply(state)
    return state


def measured(measured_s: float, heard_s: float) -> MeterRead:
    register = MeterSample('Energy.Active.Import.Register', '', 100.0)
    return MeterRead(1, '7', at(measured_s), (register,), at(heard_s))


@pytest.mark.parametrize(
    ('wished_s', 'limit_a', 'heard_s', 'holds'),
    [
        pytest.param(1010, 10.0, 1020.2, True, id='made on this connection, the end is replayed'),
        pytest.param(10, 10.0, 1020.2, False, id='made before the charger was away'),
        pytest.param(1010, 10.0, 1100, False, id='the end is not replayed'),
        pytest.param(1010, 0.0, 1020.2, False, id='it was to end the session'),
    ],
)
def test_a_wish_outlives_a_session_that_had_ended_before_it(
    wished_s: float, limit_a: float, heard_s: float, holds: bool
) -> None:
    state = after(
        Connected(at(0), 'CP1', 'x'),
        TransactionStarted(Transaction('7', 'CP1', 1, number=7, start_timestamp=at(0)), at(0)),
        measured(5, 5),
        Connected(at(1000), 'CP1', 'x'),
        LimitWished(1, Limit(limit_a, YOU, at(wished_s))),
        measured(15, 1020),
        measured(25, 1020.1),
        TransactionStopped('7', 200, at(30), 'Local', at(heard_s), 7),
    )
    assert state.connector(1).transaction_id is None
    assert state.connector(1).wish_holds is holds


def test_the_wish_of_a_session_started_from_here_ends_with_it_also_during_a_replay() -> None:
    live = Transaction('8', 'CP1', 1, number=8, start_timestamp=at(1021), remote=True)
    state = after(
        Connected(at(1000), 'CP1', 'x'),
        measured(5, 1019),
        measured(25, 1020),
        LimitWished(1, Limit(10.0, YOU, at(1020.5))),
        TransactionStarted(live, at(1021)),
        TransactionStopped('8', 200, at(1022), 'Local', at(1022), 8),
    )
    assert state.connector(1).wish is None
