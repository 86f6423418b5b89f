"""The points of the chart of the last hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cpo.dashboard.home.chart import points_since, thinned
from cpo.state import ChargePointState, HistoryPoint, SolarReading

NOW = datetime(2026, 6, 14, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def minute(count: int) -> datetime:
    return NOW.replace(second=0) + count * MINUTE


def last_hour(state: ChargePointState, now: datetime) -> list[HistoryPoint]:
    return points_since(state, now - timedelta(hours=1), now)


def test_a_power_that_did_not_change_holds_until_it_does() -> None:
    state = ChargePointState(
        solar=SolarReading(2000.0),
        history=(HistoryPoint(minute(-20), 1000.0, None, None),),
        changed_in=minute(-5),
    )
    drawn = [(p.at, p.sun_w) for p in last_hour(state, NOW)]
    assert drawn == [
        (minute(-20), 1000.0),
        (minute(-6), 1000.0),
        (minute(-5), 2000.0),
        (NOW - MINUTE, 2000.0),
        (NOW, 2000.0),
    ]


def test_what_was_an_hour_ago_is_the_left_edge() -> None:
    history = (HistoryPoint(minute(-90), 1.0, None, None), HistoryPoint(minute(-80), 2.0, None, None))
    state = ChargePointState(history=history, solar=SolarReading(3.0), changed_in=minute(-30))
    drawn = [(p.at, p.sun_w) for p in last_hour(state, NOW)]
    assert drawn == [
        (NOW - timedelta(hours=1), 2.0),
        (minute(-31), 2.0),
        (minute(-30), 3.0),
        (NOW - MINUTE, 3.0),
        (NOW, 3.0),
    ]


def test_before_anything_is_known_there_is_only_now() -> None:
    assert [(p.sun_w, p.car_w, p.limit_w) for p in last_hour(ChargePointState(), NOW)] == [(None, None, None)]


def test_a_power_that_nobody_measured_any_more_is_a_gap() -> None:
    point = HistoryPoint(minute(-20), 1000.0, 3660.0, 7360.0, sun_until=minute(-18), car_until=minute(-19))
    state = ChargePointState(history=(point,), changed_in=minute(-5))
    drawn = [(p.at, p.sun_w, p.car_w, p.limit_w) for p in last_hour(state, NOW)]
    assert drawn[:6] == [
        (minute(-20), 1000.0, 3660.0, 7360.0),
        (minute(-19), 1000.0, 3660.0, 7360.0),
        (minute(-19), 1000.0, None, 7360.0),
        (minute(-18), 1000.0, None, 7360.0),
        (minute(-18), None, None, 7360.0),
        (minute(-6), None, None, 7360.0),
    ]


def test_what_a_status_says_about_the_power_holds() -> None:
    state = ChargePointState(history=(HistoryPoint(minute(-20), None, 0.0, None),), changed_in=minute(-5))
    assert last_hour(state, NOW)[1].car_w == 0


def test_a_day_has_a_point_for_five_minutes_with_the_mean_of_what_was_known() -> None:
    powers = [1000.0, None, 2000.0, None, None, None, None, None, None, None, 600.0]
    history = [HistoryPoint(minute(i - 20), power_w, 0.0, 100.0 * i, grid_w=-100.0) for i, power_w in enumerate(powers)]
    drawn = [(p.at, p.sun_w, p.limit_w, p.grid_w) for p in thinned(history)]
    assert drawn == [
        (minute(-16), 1500.0, 400.0, -100.0),
        (minute(-11), None, 900.0, -100.0),
        (minute(-10), 600.0, 1000.0, -100.0),
    ]


def test_what_the_house_takes_ends_with_the_first_reading_that_is_stale() -> None:
    point = HistoryPoint(
        minute(-20), 900.0, 0.0, None, grid_w=300.0, house_w=1200.0, grid_until=minute(-17), house_until=minute(-18)
    )
    state = ChargePointState(history=(point,), changed_in=minute(-5))
    drawn = [(p.at, p.grid_w, p.house_w) for p in last_hour(state, NOW)]
    assert drawn[:6] == [
        (minute(-20), 300.0, 1200.0),
        (minute(-18), 300.0, 1200.0),
        (minute(-18), 300.0, None),
        (minute(-17), 300.0, None),
        (minute(-17), None, None),
        (minute(-6), None, None),
    ]
