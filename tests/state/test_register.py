"""The register as it may be shown: it never jumps, whatever one reading says, and follows what two say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.state import Meter, MeterSample, Register, is_register
from cpo.state.meter import ENERGY

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
B = 16_000_000.0


def shown(*registers: float) -> list[float | None]:
    """What is shown after each reading; they come once a minute."""
    register = Register()
    figures: list[float | None] = []
    for minute, wh in enumerate(registers):
        register = register.heard(wh, NOON + timedelta(minutes=minute))
        figures.append(None if register.newest is None else register.newest.wh)
    return figures


@pytest.mark.parametrize(
    ('heard', 'expected'),
    [
        ((B, 0, B), [B, B, B]),  # Wallbox Pulsar Plus (lbbrhzn/ocpp#1756)
        ((B, 0, 0), [B, B, 0]),
        ((B, 2**31 - 1, B + 5), [B, B, B + 5]),  # Zaptec Go 2 (evcc#29190)
        ((B, 2**31 - 1, 2**31 - 1), [B, B, B]),
        ((2**31 - 1, 2**32 - 1, B), [None, None, B]),
        ((B, -1, B + 5), [B, B, B + 5]),
        ((B, 9e9, B + 5), [B, B, B + 5]),
        ((B, 9e9, 9e9 + 5), [B, B, 9e9 + 5]),
        ((8000, 0, 50, 100), [8000, 8000, 50, 100]),  # a register of each session
        ((8000, 0, 8000, 0, 8000), [8000] * 5),
        ((B, 0, 500_000, B), [B, B, B, B]),
        ((B, B - 5, B - 9, B + 1), [B, B, B, B + 1]),
        ((B, B - 50, B + 1), [B, B, B + 1]),
        ((B, B - 50, B - 40), [B, B, B - 40]),
        ((float('nan'), B), [None, B]),
    ],
)
def test_a_fall_or_a_jump_counts_only_when_a_second_reading_confirms_it(
    heard: tuple[float, ...], expected: list[float | None]
) -> None:
    assert shown(*heard) == expected


def test_one_frame_does_not_confirm_itself() -> None:
    meter = Meter().updated(NOON, (MeterSample(ENERGY, '', B),))
    meter = meter.updated(NOON, (MeterSample(ENERGY, '', 0), MeterSample(ENERGY, '', 0)))
    assert meter.energy_wh == B


def test_the_sum_of_the_phases_is_judged_where_only_they_are_sent() -> None:
    meter = Meter()
    for minute, l2 in enumerate((1e6, 0, 1e6 + 10)):
        phases = (MeterSample(ENERGY, 'L1', 2e6), MeterSample(ENERGY, 'L2', l2), MeterSample(ENERGY, 'L3', 3e6))
        meter = meter.updated(NOON + timedelta(minutes=minute), phases)
        assert meter.energy_wh == pytest.approx(6e6, abs=10)


def test_a_clock_that_was_set_back_freezes_nothing_and_a_late_reading_changes_nothing() -> None:
    register = Register().heard(B, NOON)
    assert register.heard(B - 100, NOON - timedelta(hours=1)) is register
    set_back = register.heard(B + 100, NOON - timedelta(days=400))
    assert set_back.newest is not None
    assert set_back.newest.wh == B + 100


def test_a_session_that_begins_at_0_is_confirmed_by_its_first_reading_also_where_its_clock_is_behind() -> None:
    register = Register().heard(B, NOON).started(0, NOON - timedelta(hours=1))
    assert register.newest is not None
    assert register.newest.wh == B
    register = register.heard(1000, NOON - timedelta(minutes=50))
    assert (register.newest and register.newest.wh, register.began and register.began.wh) == (1000, 0)
    # but the register of the lifetime goes on where only meterStart was 0
    goes_on = Register().heard(B, NOON).started(0, NOON).heard(B + 100, NOON + timedelta(minutes=1))
    assert (goes_on.newest and goes_on.newest.wh, goes_on.began) == (B + 100, None)


def test_a_night_offline_is_no_jump() -> None:
    register = Register().heard(B, NOON).heard(B + 400_000, NOON + timedelta(hours=10))
    assert register.newest is not None
    assert register.newest.wh == B + 400_000


@given(st.lists(st.one_of(st.floats(), st.integers(-1, 2**33), st.sampled_from([0.0, B, B + 9])), max_size=20))
def test_whatever_comes_what_is_shown_is_a_register_and_one_reading_alone_never_lowers_it(heard: list[float]) -> None:
    figures = [wh for wh in shown(*heard) if wh is not None]
    assert all(is_register(wh) for wh in figures)
    for before, after in pairwise(figures):
        assert after >= before or heard.count(after) >= 1
