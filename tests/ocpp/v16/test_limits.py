"""Limits in OCPP 1.6: every form satisfies the schema, and every answer about them is read or ignored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from cpo.chargers import FailSafe, Kind, ProfileForm, Purpose, Supply, Unit, charging_profile
from cpo.errors import UnknownTransaction
from cpo.ocpp.v16 import Ocpp16Dialect, limits
from tests.scripted_charger import schema

NOW = datetime(2026, 6, 14, 12, 0, 0, 500_000, tzinfo=UTC)
LIMITS_A = (0, 0.1, 5.9, 6, 8.1, 10.7, 13.7, 16, 32, 80)
FORMS = [
    ProfileForm(purpose, for_charge_point, kind, level, unit, expires, number_phases, min_charging_rate)
    for (purpose, for_charge_point), (kind, expires), level, unit, number_phases, min_charging_rate in product(
        ((Purpose.TX, False), (Purpose.TX_DEFAULT, False), (Purpose.TX_DEFAULT, True)),
        ((Kind.ABSOLUTE, True), (Kind.ABSOLUTE, False), (Kind.RELATIVE, False)),
        (0, 8),
        Unit,
        (False, True),
        (False, True),
    )
]
SUPPLIES = (Supply(), Supply(2, 223.456), Supply(3, 241.3))


def judged(action: str, payload: dict[str, Any]) -> Any:
    """The payload as read from the wire, after validation by the schema."""
    written = json.loads(json.dumps(payload), parse_float=Decimal)
    schema(action).validate(written)
    return written


@pytest.mark.turns(3)
@pytest.mark.parametrize('form', FORMS, ids=lambda form: '-'.join(map(str, (form.kind, form.purpose, form.unit))))
def test_every_form_of_every_limit_passes_the_schema(form: ProfileForm) -> None:
    for limit_a, supply in product(LIMITS_A, SUPPLIES):
        profile = charging_profile(limit_a, form, NOW, supply, FailSafe(), transaction_id='7')
        request = Ocpp16Dialect().set_limit(2, profile)
        told = judged(request.action, request.payload)
        assert told['connectorId'] == (0 if form.for_charge_point else 2)
        _same(told['csChargingProfiles'], form)
        in_start = charging_profile(limit_a, form.in_remote_start(), NOW, supply)
        request = Ocpp16Dialect().remote_start(2, 'Tag1', in_start)
        told = judged(request.action, request.payload)
        assert 'transactionId' not in told['chargingProfile']
        _same(told['chargingProfile'], form.in_remote_start())


@pytest.mark.parametrize('phases', [1, 3])
@pytest.mark.parametrize('form', FORMS[:: len(FORMS) // 8], ids=str)
def test_each_period_says_the_phases_and_passes_the_schema(form: ProfileForm, phases: int) -> None:
    profile = charging_profile(16, form, NOW, Supply(3), FailSafe(), transaction_id='7', phases=phases)
    request = Ocpp16Dialect().set_limit(1, profile)
    schedule = judged(request.action, request.payload)['csChargingProfiles']['chargingSchedule']
    assert {period['numberPhases'] for period in schedule['chargingSchedulePeriod']} == {phases}


def test_a_start_without_a_profile_and_a_stop_pass_the_schema() -> None:
    for request in (Ocpp16Dialect().remote_start(2, 'T' * 20, None), Ocpp16Dialect().remote_stop('12')):
        assert judged(request.action, request.payload) == request.payload


def test_the_id_a_later_version_gave_is_none_that_1_6_can_name() -> None:
    profile = charging_profile(8, ProfileForm(), NOW, transaction_id='550e8400-e29b')
    assert 'transactionId' not in Ocpp16Dialect().set_limit(1, profile).payload['csChargingProfiles']
    with pytest.raises(UnknownTransaction):
        Ocpp16Dialect().remote_stop('550e8400-e29b')


def _same(told: Any, form: ProfileForm) -> None:
    schedule = told['chargingSchedule']
    assert (told['chargingProfilePurpose'], told['stackLevel']) == (form.purpose, form.stack_level)
    assert (told['chargingProfileKind'], schedule['chargingRateUnit']) == (form.kind, form.unit)
    assert ('startSchedule' in schedule) == (form.kind is Kind.ABSOLUTE)
    assert ('minChargingRate' in schedule) == form.min_charging_rate
    starts = [period['startPeriod'] for period in schedule['chargingSchedulePeriod']]
    assert starts in ([0], [0, 1260] if form.expires else [0])


def test_an_expiring_profile_on_the_wire() -> None:
    form = ProfileForm(kind=Kind.ABSOLUTE, stack_level=3, expires=True, number_phases=True, min_charging_rate=True)
    request = Ocpp16Dialect().set_limit(1, charging_profile(10.5, form, NOW, transaction_id='7'))
    assert request.payload == {
        'connectorId': 1,
        'csChargingProfiles': {
            'chargingProfileId': 1,
            'transactionId': 7,
            'stackLevel': 3,
            'chargingProfilePurpose': 'TxProfile',
            'chargingProfileKind': 'Absolute',
            'chargingSchedule': {
                'startSchedule': '2026-06-14T11:59:00.500Z',
                'chargingRateUnit': 'A',
                'chargingSchedulePeriod': [
                    {'startPeriod': 0, 'limit': 10.5, 'numberPhases': 1},
                    {'startPeriod': 1260, 'limit': 6.0, 'numberPhases': 1},
                ],
                'minChargingRate': 6.0,
            },
        },
    }


@pytest.mark.parametrize('unit', Unit)
def test_the_question_for_the_schedule_passes_the_schema(unit: Unit) -> None:
    request = Ocpp16Dialect().composite_schedule(1, unit)
    assert judged(request.action, request.payload)['chargingRateUnit'] == unit


def schedule(*periods: Any, unit: Any = 'A', **members: Any) -> dict[str, Any]:
    return {
        'status': 'Accepted',
        'chargingSchedule': {'chargingRateUnit': unit, 'chargingSchedulePeriod': list(periods)},
        **members,
    }


def period(limit: Any, start: Any = 0) -> dict[str, Any]:
    return {'startPeriod': start, 'limit': limit}


@pytest.mark.parametrize(
    ('payload', 'limit'),
    [
        pytest.param(schedule(period(10)), (10, Unit.A), id='one period'),
        pytest.param(schedule(period(0)), (0, Unit.A), id='a pause'),
        pytest.param(schedule(period(3680.5), unit='W'), (3680.5, Unit.W), id='in W'),
        pytest.param(schedule(period(6, 900), period(16)), (16, Unit.A), id='out of order'),
        pytest.param(schedule(period('10.0')), (10, Unit.A), id='a number as text'),
        pytest.param(schedule(period(10), connectorId=1, scheduleStart='2026-06-14T12:00:00Z'), (10, Unit.A), id='all'),
        pytest.param(schedule(period(10), status='accepted'), (10, Unit.A), id='another case'),
        pytest.param(schedule(period(10), unit='a'), (10, Unit.A), id='another case of the unit'),
    ],
)
def test_the_limit_of_now_is_read(payload: Any, limit: tuple[float, Unit]) -> None:
    assert limits.limit_of_schedule(payload) == limit


@pytest.mark.parametrize(
    'payload',
    [
        pytest.param(schedule(period(-1)), id='-1: no limit'),
        pytest.param(schedule(), id='no period'),
        pytest.param(schedule(period(10, 30)), id='begins later'),
        pytest.param(schedule(period(None)), id='null'),
        pytest.param(schedule(period('NaN')), id='not a number'),
        pytest.param(schedule(period('inf')), id='infinite'),
        pytest.param(schedule(period(10), unit='Amps'), id='an unknown unit'),
        pytest.param(schedule(period(10), unit=None), id='no unit'),
        pytest.param(schedule(period(10), status='Rejected'), id='rejected'),
        pytest.param({'status': 'Accepted'}, id='no schedule'),
        pytest.param({'status': 'Accepted', 'chargingSchedule': []}, id='a list'),
        pytest.param({}, id='nothing'),
        pytest.param(None, id='null instead of an object'),
        pytest.param('Accepted', id='a text'),
    ],
)
def test_a_schedule_without_a_limit_is_read_as_none(payload: Any) -> None:
    assert limits.limit_of_schedule(payload) is None
