"""The rule of the main fuse, as a table: what the house takes, what the car draws, what the fuse leaves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.controllers.fuse_guard import CarCurrent, FuseRules, FuseState, HouseCurrent, step

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
RULES = FuseRules(35, 6, 16)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def house(amperes: float, seconds: float = 1) -> HouseCurrent:
    return HouseCurrent(amperes, at(seconds), 'L1')


def draws(least_a: float, most_a: float | None = None, before_a: float | None = None) -> CarCurrent:
    """A car that was offered less half a second ago, where it drew `before_a` before."""
    most_a = least_a if most_a is None else most_a
    return CarCurrent(least_a, most_a) if before_a is None else CarCurrent(least_a, most_a, before_a, at(0.5))


@pytest.mark.parametrize(
    ('ceiling_a', 'reading', 'car', 'left_a'),
    [
        (16, house(20), draws(16), 16),  # plenty is left
        (16, house(37), draws(16), 14),  # 2 A too much
        (16, house(60), draws(16), 0),
        (16, house(36.05), draws(16), 14.9),
        (16, house(30), draws(6), 11),  # it may take 16 A at any time
        (6, house(10), draws(6), 12),  # one step up
        (6, house(30), draws(6), 11),  # as much as is left
        (6, house(34.5), draws(6), 6),  # half an ampere is not worth a message
        (15.5, house(20), draws(15.5), 16),  # the last one is
        (0, house(30), draws(0), 5),
        (0, house(29), draws(0), 6),
        (14, house(37), draws(14, 16, before_a=16), 14),  # it has just been lowered, and follows
        (14, house(39), draws(14, 16, before_a=16), 12),  # more is too much than that explains
        (12, house(37), draws(10, 16, before_a=10), 8),  # it was offered 16 A before, but never drew them
        (10, house(37), draws(16), 10),  # it does not obey: never a raise while the fuse is exceeded
        (12, house(25), draws(6, 12), 16),  # it was just raised: whether it draws that is unknown
        (12, house(36), draws(6, 12), 5),  # so the least counts while the fuse is exceeded
        (16, house(-20), draws(0), 16),  # the sun feeds the grid
        (16, None, draws(16), 6),
        (0, None, draws(0), 6),
    ],
)
def test_the_fuse_leaves(ceiling_a: float, reading: HouseCurrent | None, car: CarCurrent, left_a: float) -> None:
    assert step(FuseState(ceiling_a, house(10, 0)), reading, car, at(1), RULES).ceiling_a == left_a


def test_a_reading_counts_once() -> None:
    first = step(FuseState(6), house(5), draws(6), at(1), RULES)
    assert first.ceiling_a == 12
    assert step(first, house(5), draws(6), at(2), RULES) is first
    assert step(first, house(5, 0.5), draws(6), at(2), RULES) is first  # it was measured before
    assert step(first, house(5, 6), draws(6), at(6), RULES).ceiling_a == 16


def test_nothing_is_raised_while_a_raise_is_on_its_way() -> None:
    first = step(FuseState(6), house(5), draws(6), at(1), RULES)
    assert step(first, house(5, 5.9), draws(6), at(7), RULES).ceiling_a == 12  # measured before it took effect
    late = CarCurrent(6, 6, raised_at=at(3))  # that is when the charger accepted it
    assert step(first, house(5, 7.9), late, at(8), RULES).ceiling_a == 12
    assert step(first, house(5, 8), late, at(8), RULES).ceiling_a == 16


def test_a_car_has_followed_once_a_reading_is_below_the_fuse() -> None:
    car = draws(13, 16, before_a=16)
    state = step(FuseState(13), house(37), car, at(1), RULES)
    assert state.ceiling_a == 13
    state = step(state, house(34, 2), car, at(2), RULES)
    assert step(state, house(37, 3), car, at(3), RULES).ceiling_a == 11  # another load


def test_a_floor_above_the_maximum_is_the_maximum() -> None:
    assert step(FuseState(16), None, draws(16), NOON, FuseRules(35, 20, 13)).ceiling_a == 13


def test_a_small_excess_may_last_as_long_as_the_settings_say() -> None:
    rules = FuseRules(35, 6, 16, excess_s=30)
    state = FuseState(16, house(20, 0))
    for seconds in (1, 10, 30):
        state = step(state, house(39, seconds), draws(16), at(seconds), rules)
        assert state.ceiling_a == 16
    assert step(state, house(40, 20), draws(16), at(20), rules).ceiling_a == 16  # older than the newest
    assert step(state, house(40, 30.5), draws(16), at(30.5), rules).ceiling_a == 11  # a breaker does not carry that
    assert step(state, house(39, 31.1), draws(16), at(31.1), rules).ceiling_a == 12
    calm = step(state, house(30, 31), draws(16), at(31), rules)
    assert step(calm, house(39, 32), draws(16), at(32), rules).ceiling_a == 16


@given(
    ceiling_a=st.floats(0, 16),
    house_a=st.floats(-100, 200),
    least_a=st.floats(0, 32),
    more_a=st.floats(0, 32),
    is_lowered=st.booleans(),
)
def test_it_is_never_above_what_the_fuse_leaves_and_never_above_the_maximum(
    ceiling_a: float, house_a: float, least_a: float, more_a: float, is_lowered: bool
) -> None:
    car = draws(least_a, least_a + more_a, least_a + more_a if is_lowered else None)
    new = step(FuseState(ceiling_a, house(0, 0)), house(house_a), car, at(1), RULES)
    assert 0 <= new.ceiling_a <= 16
    assert new.ceiling_a <= max(ceiling_a, 0) + 6
    assert new.ceiling_a <= max(0.0, 35 - house_a + car.most_a) + 1e-6
    if house_a > 35:
        assert new.ceiling_a <= ceiling_a
    if house_a > 35 and not is_lowered:
        assert new.ceiling_a <= max(0.0, 35 - house_a + car.least_a) + 1e-6
