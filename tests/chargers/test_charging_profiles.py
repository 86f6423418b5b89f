"""A limit, written in every form: it never says more than was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.chargers import FailSafe, Kind, ProfileForm, Purpose, Supply, Unit, charging_profile, in_amperes
from cpo.chargers.charging_profiles import START_BEFORE_NOW_S, Period

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
EXPIRING = ProfileForm(kind=Kind.ABSOLUTE, expires=True)
WATTS = ProfileForm(unit=Unit.W)

TENTHS = st.integers(0, 800).map(lambda tenths: tenths / 10)
SUPPLIES = st.builds(Supply, st.integers(1, 3), st.floats(180, 270))
FORMS = st.builds(
    ProfileForm,
    kind=st.just(Kind.ABSOLUTE),
    unit=st.sampled_from(Unit),
    expires=st.booleans(),
    number_phases=st.booleans(),
)


def test_an_absolute_schedule_starts_a_minute_ago() -> None:
    profile = charging_profile(10, ProfileForm(kind=Kind.ABSOLUTE), NOW)
    assert profile.starts_at == NOW - timedelta(seconds=START_BEFORE_NOW_S)


def test_a_relative_schedule_has_no_start() -> None:
    assert charging_profile(10, ProfileForm(kind=Kind.RELATIVE), NOW).starts_at is None


def test_a_profile_that_expires_falls_back_so_many_seconds_from_now() -> None:
    profile = charging_profile(16, EXPIRING, NOW, fail_safe=FailSafe(6, 1200))
    assert profile.periods == (Period(0, 16), Period(1260, 6))
    assert profile.expires_at == NOW + timedelta(seconds=1200)
    assert profile.starts_at is not None
    assert profile.starts_at + timedelta(seconds=profile.periods[1].start_s) == profile.expires_at


@pytest.mark.parametrize(
    ('limit_a', 'form', 'fail_safe'),
    [
        pytest.param(6, EXPIRING, FailSafe(6, 1200), id='the limit is the fallback'),
        pytest.param(0, EXPIRING, FailSafe(6, 1200), id='the limit is below the fallback'),
        pytest.param(16, EXPIRING, FailSafe(6, 0), id='the fail-safe is off'),
        pytest.param(16, ProfileForm(kind=Kind.ABSOLUTE), FailSafe(6, 1200), id='the form does not expire'),
    ],
)
def test_a_profile_has_one_period_where_nothing_is_to_fall_back(
    limit_a: float, form: ProfileForm, fail_safe: FailSafe
) -> None:
    profile = charging_profile(limit_a, form, NOW, fail_safe=fail_safe)
    assert profile.periods == (Period(0, limit_a),)
    assert profile.expires_at is None


def test_each_purpose_has_one_constant_id_for_each_connector() -> None:
    ids = {
        (purpose, connector_id, profile.profile_id)
        for purpose in Purpose
        for connector_id in (1, 2)
        for limit_a in (0, 6, 16)
        for level in (0, 8)
        for t in (None, '7')
        for profile in [
            charging_profile(
                limit_a, ProfileForm(purpose, stack_level=level), NOW, transaction_id=t, connector_id=connector_id
            )
        ]
    }
    assert ids == {(Purpose.TX, 1, 1), (Purpose.TX_DEFAULT, 1, 2), (Purpose.TX, 2, 11), (Purpose.TX_DEFAULT, 2, 12)}


def test_only_a_tx_profile_names_the_transaction() -> None:
    assert charging_profile(6, ProfileForm(), NOW, transaction_id='7').transaction_id == '7'
    default = ProfileForm().as_default()
    assert default.purpose is Purpose.TX_DEFAULT
    assert charging_profile(6, default, NOW, transaction_id='7').transaction_id is None


def test_a_remote_start_carries_a_tx_profile_of_its_connector() -> None:
    form = ProfileForm(Purpose.TX_DEFAULT, for_charge_point=True, stack_level=3, unit=Unit.W)
    assert form.in_remote_start() == ProfileForm(Purpose.TX, stack_level=3, unit=Unit.W)


@pytest.mark.parametrize(
    ('limit_a', 'phases', 'voltage_v', 'watts'),
    [
        (16, 3, 230, 11040),
        (16, 1, 230, 3680),
        (6, 2, 230, 2760),
        (10, 3, 240, 6900),
        (10, 3, 220, 6600),
        (6.1, 1, 223.35, 1362.4),
        (0, 3, 230, 0),
    ],
)
def test_a_limit_in_w_is_that_of_all_phases_at_the_lower_voltage(
    limit_a: float, phases: int, voltage_v: float, watts: float
) -> None:
    assert charging_profile(limit_a, WATTS, NOW, Supply(phases, voltage_v)).periods == (Period(0, watts),)


@pytest.mark.parametrize(
    ('form', 'phases', 'number_phases'),
    [
        (ProfileForm(), 1, None),
        (ProfileForm(), 3, None),
        (ProfileForm(number_phases=True), 1, 1),
        (ProfileForm(number_phases=True), 3, 3),
        (WATTS, 1, 1),
        (WATTS, 2, 2),
        (WATTS, 3, None),
    ],
)
def test_the_phases_are_sent_where_asked_for_or_where_a_limit_in_w_would_be_divided_by_three(
    form: ProfileForm, phases: int, number_phases: int | None
) -> None:
    assert charging_profile(10, form, NOW, Supply(phases)).number_phases == number_phases


@pytest.mark.parametrize(
    ('form', 'seen', 'phases', 'limit'),
    [
        (ProfileForm(), 3, 1, 10),
        (ProfileForm(), 1, 3, 10),
        (WATTS, 3, 1, 2300),
        (WATTS, 1, 3, 2300),
        (WATTS, 3, 3, 6900),
    ],
)
def test_a_limit_that_says_the_phases_is_for_no_more_of_them_than_are_counted_on(
    form: ProfileForm, seen: int, phases: int, limit: float
) -> None:
    profile = charging_profile(10, replace(form, expires=True), NOW, Supply(seen), phases=phases)
    assert profile.number_phases == phases
    assert profile.periods[0] == Period(0, limit)
    assert len(profile.periods) == 2


@given(TENTHS, FORMS, SUPPLIES, st.builds(FailSafe, TENTHS, st.integers(0, 86400)))
def test_no_charger_makes_more_amperes_of_it_than_were_asked_for(
    limit_a: float, form: ProfileForm, supply: Supply, fail_safe: FailSafe
) -> None:
    profile = charging_profile(limit_a, form, NOW, supply, fail_safe)
    told_phases = profile.number_phases or 3
    for period in profile.periods:
        read = {period.limit}
        if form.unit is Unit.W:
            read = {period.limit / volts / by for volts in (230, supply.voltage_v) for by in (3, told_phases)}
        assert max(read) <= limit_a + 1e-6
    assert profile.periods[-1].limit <= profile.periods[0].limit


@given(TENTHS, FORMS, SUPPLIES)
def test_a_limit_is_written_in_tenths(limit_a: float, form: ProfileForm, supply: Supply) -> None:
    for period in charging_profile(limit_a, form, NOW, supply).periods:
        assert round(period.limit, 1) == period.limit


@pytest.mark.parametrize('fallback_a', [6.25, 13.75])
def test_a_fallback_current_is_written_in_tenths_too_never_above_what_was_set(fallback_a: float) -> None:
    fallen = charging_profile(16, EXPIRING, NOW, fail_safe=FailSafe(fallback_a, 1200)).periods[1].limit
    assert round(fallen, 1) == fallen
    assert fallback_a - 0.1 < fallen <= fallback_a


@given(st.floats(0, 80), SUPPLIES)
def test_the_limit_of_a_charger_is_read_in_amperes_per_phase(limit_a: float, supply: Supply) -> None:
    assert in_amperes(limit_a, Unit.A, supply) == limit_a
    assert in_amperes(limit_a * supply.phases * supply.voltage_v, Unit.W, supply) == pytest.approx(limit_a)


def test_what_a_charger_may_put_on_one_phase_is_a_limit_for_one_phase() -> None:
    huawei = Supply(3, one_phase_below_w=4500)
    profile = charging_profile(
        16, ProfileForm(kind=Kind.ABSOLUTE, unit=Unit.W, expires=True), NOW, huawei, FailSafe(6, 1200)
    )
    assert [period.limit for period in profile.periods] == [11_040, 1380]
