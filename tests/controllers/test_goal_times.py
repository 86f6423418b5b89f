"""When goals are due: by the local clock, by weekday, tonight only, and what a car that comes or leaves changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cpo.controllers.goal_shelf import book_adapter
from cpo.controllers.goal_times import followed, is_over, new_book, next_departure, next_period, tonight_instead
from cpo.controllers.goal_values import NOTHING, Begun, GoalBook, Memory
from cpo.controllers.plan_regret import PastSlot
from cpo.controllers.plan_values import PlanState, Run, SeenCar
from cpo.state import (
    REST,
    THE_SUN,
    YOU,
    Activity,
    ChargePointState,
    Connector,
    Limit,
    SessionGoal,
    Source,
    StatusChange,
)

BERLIN = ZoneInfo('Europe/Berlin')
SUNDAY = datetime(2026, 6, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORKING_DAYS = SessionGoal(energy_kwh=18, ready_by=time(7), repeat=(0, 1, 2, 3, 4))


@pytest.mark.parametrize(
    ('goal', 'after', 'departure'),
    [
        (WORKING_DAYS, '2026-06-14T12:00+02:00', '2026-06-15T07:00+02:00'),
        (WORKING_DAYS, '2026-06-15T06:59+02:00', '2026-06-15T07:00+02:00'),
        (WORKING_DAYS, '2026-06-15T07:00+02:00', '2026-06-16T07:00+02:00'),
        (WORKING_DAYS, '2026-06-19T08:00+02:00', '2026-06-22T07:00+02:00'),
        (SessionGoal(soc=80, ready_by=time(7)), '2026-06-19T08:00+02:00', '2026-06-20T07:00+02:00'),
        (SessionGoal(soc=80, ready_by=time(7), repeat=(5,)), '2026-06-20T07:00+02:00', '2026-06-27T07:00+02:00'),
        pytest.param(WORKING_DAYS, '2026-03-27T22:00+01:00', '2026-03-30T07:00+02:00', id='summer time begins'),
        pytest.param(WORKING_DAYS, '2026-10-23T22:00+02:00', '2026-10-26T07:00+01:00', id='summer time ends'),
        pytest.param(
            SessionGoal(soc=80, ready_by=time(2, 30)), '2026-03-28T22:00+01:00', '2026-03-29T03:30+02:00', id='no 2:30'
        ),
        (SessionGoal(energy_kwh=10), '2026-06-14T12:00+02:00', None),
    ],
)
def test_a_departure_is_by_the_local_clock(goal: SessionGoal, after: str, departure: str | None) -> None:
    expected = None if departure is None else datetime.fromisoformat(departure)
    assert next_departure(goal, datetime.fromisoformat(after), BERLIN) == expected


def connector(activity: Activity = Activity.PLUGGED_IN, wish: Limit | None = None) -> Connector:
    """A connector with this newest status."""
    return Connector(1, (StatusChange('x', activity, SUNDAY),), last_wish=wish)


def book(goal: SessionGoal = WORKING_DAYS) -> GoalBook:
    """A goal that was set on Sunday at 14:00, with a car."""
    return new_book(connector(), ChargePointState(), goal, SUNDAY, BERLIN)


def test_a_repeating_goal_goes_on_with_the_next_day() -> None:
    first = book()
    assert first.until == datetime(2026, 6, 15, 5, tzinfo=UTC)
    assert not is_over(first, first.until - HOUR)
    assert is_over(first, first.until)
    second = next_period(first, connector(), ChargePointState(), first.until, BERLIN)
    assert second is not None
    assert second.until == first.until + 24 * HOUR
    once = book(SessionGoal(energy_kwh=18, ready_by=time(7)))
    assert next_period(once, connector(), ChargePointState(), first.until, BERLIN) is None


@pytest.mark.parametrize(
    ('tonight', 'until', 'after'),
    [
        pytest.param(SessionGoal(energy_kwh=5, ready_by=time(9)), '2026-06-15T07:00Z', '2026-06-16T05:00Z', id='later'),
        pytest.param(
            SessionGoal(energy_kwh=5, ready_by=time(5)), '2026-06-15T03:00Z', '2026-06-16T05:00Z', id='sooner'
        ),
        pytest.param(NOTHING, '2026-06-15T05:00Z', '2026-06-16T05:00Z', id='skipped'),
    ],
)
def test_tonight_another_one_counts_and_tomorrow_the_old_one(tonight: SessionGoal, until: str, after: str) -> None:
    changed = tonight_instead(book(), tonight, SUNDAY + HOUR, BERLIN)
    assert (changed.in_force, changed.goal) == (tonight, WORKING_DAYS)
    assert changed.until == datetime.fromisoformat(until)
    assert changed.until is not None
    again = next_period(changed, connector(), ChargePointState(), changed.until, BERLIN)
    assert again is not None
    assert (again.in_force, again.until) == (WORKING_DAYS, datetime.fromisoformat(after))


def test_a_car_that_is_back_at_once_keeps_what_is_known_of_it() -> None:
    memory = Memory(PlanState(SeenCar(1, 10.0)))
    adapter = book_adapter()
    seen = adapter.validate_python(adapter.dump_python(book()) | {'memory': memory})
    away = followed(seen, connector(Activity.IDLE), SUNDAY + HOUR)
    assert (away.plugged_at, away.unplugged_at) == (None, SUNDAY + HOUR)
    back = followed(away, connector(), SUNDAY + HOUR + timedelta(minutes=5))
    assert back.memory == memory
    late = followed(away, connector(), SUNDAY + 2 * HOUR)
    assert (late.memory, late.until) == (Memory(), seen.until)


def test_a_goal_without_a_departure_ends_once_the_car_is_gone_for_a_while() -> None:
    away = followed(book(SessionGoal(energy_kwh=10)), connector(Activity.IDLE), SUNDAY)
    assert not is_over(away, SUNDAY + timedelta(minutes=9))
    assert is_over(away, SUNDAY + timedelta(minutes=11))


@pytest.mark.parametrize(
    ('by', 'hours', 'takes_over'), [(YOU, 1, True), (REST, 1, True), (THE_SUN, 1, False), (YOU, -1, False)]
)
def test_a_newer_command_takes_over(by: Source, hours: float, takes_over: bool) -> None:
    wish = Limit(8, by, SUNDAY + hours * HOUR)
    found = followed(book(), connector(wish=wish), SUNDAY + 2 * HOUR)
    assert (found.overridden_at is not None) is takes_over
    assert followed(found, connector(wish=wish), SUNDAY + 3 * HOUR) == found
    away = followed(found, connector(Activity.IDLE, wish), SUNDAY + 4 * HOUR)
    assert followed(away, connector(wish=wish), SUNDAY + 5 * HOUR).overridden_at is None


def test_a_goal_is_stored_without_loss() -> None:
    past = (PastSlot(SUNDAY, SUNDAY + HOUR, 0.31, 0.08, 120.5, 16.0, 1.234, 3),)
    memory = Memory(PlanState(SeenCar(3, 15.8, 0.3), (Run(SUNDAY, SUNDAY + HOUR),)), past, SUNDAY, 12.5, 1.92)
    full = GoalBook(
        *(1, WORKING_DAYS, SUNDAY, Begun(SUNDAY, 7, 12.0), SUNDAY + HOUR, SessionGoal(soc=80, ready_by=time(9, 30))),
        *(SUNDAY, SUNDAY, None, SUNDAY, memory, True),
    )
    adapter = book_adapter()
    assert adapter.validate_json(adapter.dump_json(full)) == full
