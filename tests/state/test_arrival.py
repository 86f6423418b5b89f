from datetime import UTC, datetime, timedelta

import pytest

from cpo.state import Arrival

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ('gaps_s', 'fresh_for_s'),
    [
        ([], 30),
        ([1, 1, 1], 30),
        ([10], 30),
        ([60], 180),
        ([60, 60, 60, 600, 60], 180),
        ([5, 5, 5, 5, 5, 900, 900, 900], 2700),
        ([900, 900, 900, 900, 900, 5, 5, 5], 30),
        ([20, 40], 60),
    ],
)
def test_a_value_is_stale_after_three_usual_gaps_and_at_least_30_s(gaps_s: list[float], fresh_for_s: float) -> None:
    arrival = Arrival(NOON)
    for gap_s in gaps_s:
        arrival = arrival.followed(arrival.at + timedelta(seconds=gap_s))
    assert not arrival.is_stale(arrival.at + timedelta(seconds=fresh_for_s - 0.1))
    assert arrival.is_stale(arrival.at + timedelta(seconds=fresh_for_s))


def test_several_values_at_one_moment_are_one_arrival() -> None:
    arrival = Arrival(NOON).followed(at(10))
    assert arrival.followed(at(10)) is arrival
    assert arrival.gaps_s == (10,)


def test_an_age_is_never_negative() -> None:
    assert Arrival(at(10)).age_s(at(25)) == 15
    assert Arrival(at(10)).age_s(NOON) == 0
