"""What installed charging profiles allow, and when (OCPP 1.6 §3.13)."""

from datetime import UTC, datetime, timedelta
from itertools import count
from math import inf
from typing import Any

import pytest

from simulator.charging_profile import ChargingProfile, read_charging_profile
from simulator.charging_profiles import ChargingProfiles
from simulator.clock import to_wire

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
PROFILE_IDS = count(1)


def a_profile(
    purpose: str, limit: float, *, connector_id: int = 1, schedule: dict[str, Any] | None = None, **members: Any
) -> ChargingProfile:
    payload = {
        'chargingProfileId': next(PROFILE_IDS),
        'stackLevel': 0,
        'chargingProfilePurpose': purpose,
        'chargingProfileKind': 'Relative',
        'chargingSchedule': {
            'chargingRateUnit': 'A',
            'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': limit}],
            **(schedule or {}),
        },
        **members,
    }
    return read_charging_profile(payload, connector_id, START)


def limit_a(*profiles: ChargingProfile, after_s: float = 1, phases: int = 1) -> float:
    installed = ChargingProfiles()
    for profile in profiles:
        assert installed.add(profile)
    return installed.transaction_limit_a(START + timedelta(seconds=after_s), 1, START, phases)


TX, DEFAULT, MAX = 'TxProfile', 'TxDefaultProfile', 'ChargePointMaxProfile'


def test_without_profiles_there_is_no_limit() -> None:
    assert limit_a() == inf


def test_a_tx_profile_goes_before_a_default() -> None:
    assert limit_a(a_profile(TX, 20), a_profile(DEFAULT, 10, stackLevel=5)) == 20


def test_the_highest_stack_level_counts() -> None:
    assert limit_a(a_profile(TX, 20, stackLevel=1), a_profile(TX, 10)) == 20


def test_the_connectors_own_default_goes_before_that_of_connector_0() -> None:
    assert limit_a(a_profile(DEFAULT, 9, connector_id=0), a_profile(DEFAULT, 12)) == 12


def test_the_same_id_replaces() -> None:
    old = a_profile(TX, 20, chargingProfileId=1, stackLevel=3)
    assert limit_a(old, a_profile(TX, 10, chargingProfileId=1, stackLevel=0)) == 10


def test_the_same_purpose_and_stack_level_replaces() -> None:
    assert limit_a(a_profile(TX, 20, chargingProfileId=1), a_profile(TX, 10, chargingProfileId=2)) == 10


def test_another_connectors_profile_means_nothing() -> None:
    assert limit_a(a_profile(TX, 10, connector_id=2)) == inf


@pytest.mark.parametrize(('after_s', 'expected'), [(0, 10), (59, 10), (60, inf)])
def test_a_schedule_ends_with_its_duration(after_s: float, expected: float) -> None:
    assert limit_a(a_profile(TX, 10, schedule={'duration': 60}), after_s=after_s) == expected


@pytest.mark.parametrize(('after_s', 'expected'), [(0, inf), (10, 8), (39, 8), (40, inf)])
def test_a_profile_is_valid_from_and_to(after_s: float, expected: float) -> None:
    begin, end = (to_wire(START + timedelta(seconds=s)) for s in (10, 40))
    assert limit_a(a_profile(TX, 8, validFrom=begin, validTo=end), after_s=after_s) == expected


@pytest.mark.parametrize(('kind', 'members'), [('Absolute', {}), ('Recurring', {'recurrencyKind': 'Daily'})])
@pytest.mark.parametrize(('after_s', 'expected'), [(0, 6), (1799, 6), (1800, 12)])
def test_periods_follow_the_start_of_the_schedule(
    kind: str, members: dict[str, Any], after_s: float, expected: float
) -> None:
    days_ago = 3 if kind == 'Recurring' else 0
    schedule = {
        'startSchedule': to_wire(START - timedelta(days=days_ago, minutes=30)),
        'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 6}, {'startPeriod': 3600, 'limit': 12}],
    }
    profile = a_profile(TX, 0, schedule=schedule, chargingProfileKind=kind, **members)
    assert limit_a(profile, after_s=after_s) == expected


@pytest.mark.parametrize(('phases', 'number_phases', 'expected'), [(1, None, 16), (3, None, 16 / 3), (3, 1, 16)])
def test_watts_are_spread_over_the_phases(phases: int, number_phases: int | None, expected: float) -> None:
    period = {'startPeriod': 0, 'limit': 3680, 'numberPhases': number_phases}
    profile = a_profile(TX, 0, schedule={'chargingRateUnit': 'W', 'chargingSchedulePeriod': [period]})
    assert limit_a(profile, phases=phases) == pytest.approx(expected)


def test_the_end_of_a_transaction_removes_its_profile_alone() -> None:
    installed = ChargingProfiles()
    installed.add(a_profile(TX, 10))
    installed.add(a_profile(DEFAULT, 12))
    installed.end_transaction(1)
    assert installed.transaction_limit_a(START, 1, START, 1) == 12


@pytest.mark.parametrize(
    ('criteria', 'cleared'),
    [({}, True), ({'purpose': DEFAULT}, True), ({'purpose': TX}, False), ({'stack_level': 1}, False)],
)
def test_clearing_by_criteria(criteria: dict[str, Any], cleared: bool) -> None:
    installed = ChargingProfiles()
    installed.add(a_profile(DEFAULT, 10))
    assert installed.clear(**criteria) is cleared
    assert (installed.transaction_limit_a(START, 1, START, 1) == inf) is cleared


def test_a_composite_schedule_holds_every_change() -> None:
    installed = ChargingProfiles()
    installed.add(a_profile(MAX, 20, connector_id=0))
    installed.add(a_profile(DEFAULT, 25))
    installed.add(a_profile(TX, 10, schedule={'duration': 60}))
    schedule = installed.composite_schedule(START, 300, 1, START, 1, max_a=32)
    assert schedule == [(0, 10), (60, 20)]
    assert installed.composite_schedule(START, 300, 0, None, 1, max_a=16) == [(0, 16)]
