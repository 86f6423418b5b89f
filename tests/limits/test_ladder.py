"""Which forms are tried, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.chargers import ChargerKnowledge, ChargerQuirks, Kind, ProfileCapabilities, ProfileForm, Purpose, Unit
from cpo.limits.ladder import MAX_FORMS, MAX_FORMS_OF_KNOWN, ladder, next_form
from cpo.ocpp.v16 import Ocpp16Dialect

LEVEL_KEY = 'ChargeProfileMaxStackLevel'
UNIT_KEY = 'ChargingScheduleAllowedChargingRateUnit'
PERIODS_KEY = 'ChargingScheduleMaxPeriods'
Configuration = Mapping[str, str | None]
NOTHING = ChargerKnowledge()
TOP = ProfileForm(kind=Kind.ABSOLUTE, stack_level=8, expires=True)
LOW = ProfileForm(Purpose.TX_DEFAULT, for_charge_point=True)


def reported(configuration: Configuration) -> ProfileCapabilities:
    return Ocpp16Dialect().profile_capabilities(configuration)


def forms(configuration: Configuration, fail_safe: bool = True) -> tuple[ProfileForm, ...]:
    return ladder(reported({PERIODS_KEY: '25', **configuration}), ChargerQuirks(), NOTHING, fail_safe)


def test_the_most_capable_form_comes_first() -> None:
    assert forms({LEVEL_KEY: '8'})[0] == TOP
    assert forms({LEVEL_KEY: '8'}, fail_safe=False)[0] == replace(TOP, expires=False)
    assert forms({})[0] == replace(TOP, stack_level=0)


@pytest.mark.parametrize('level', ['0', '1', '8'])
def test_a_form_that_gives_up_more_comes_later(level: str) -> None:
    given_up = [_given_up(form, int(level)) for form in forms({LEVEL_KEY: level})]
    for earlier, later in combinations(given_up, 2):
        assert any(mine < other for mine, other in zip(earlier, later, strict=True)), (earlier, later)


def _given_up(form: ProfileForm, highest: int) -> tuple[int, ...]:
    return (
        int(form.stack_level != highest),
        int(form.unit is not Unit.A),
        0 if form.expires else 1 if form.kind is Kind.ABSOLUTE else 2,
        (form.purpose is Purpose.TX_DEFAULT) + form.for_charge_point,
        int(form.number_phases or form.min_charging_rate),
        # of forms that give up the same, the extra members and the lower levels tell them apart
        2 * form.min_charging_rate + (form.stack_level != 0),
    )


@pytest.mark.parametrize(
    'step',
    [
        {'stack_level': 0},
        {'stack_level': 7},
        {'unit': Unit.W},
        {'expires': False},
        {'expires': False, 'kind': Kind.RELATIVE},
        {'purpose': Purpose.TX_DEFAULT},
        {'purpose': Purpose.TX_DEFAULT, 'for_charge_point': True},
        {'number_phases': True},
        {'min_charging_rate': True},
    ],
    ids=str,
)
def test_every_single_step_down_is_tried(step: dict[str, object]) -> None:
    assert replace(TOP, **step) in forms({LEVEL_KEY: '8'})  # type: ignore[arg-type]  # a dict of its members


@pytest.mark.parametrize('reported', ['0', '1', '2', '8', '99', ' 3 '])
def test_no_stack_level_above_the_reported_one(reported: str) -> None:
    levels = [form.stack_level for form in forms({LEVEL_KEY: reported})]
    assert (levels[0], max(levels), min(levels)) == (int(reported), int(reported), 0)


@pytest.mark.parametrize('reported', [None, '', '-1', 'many', '8.0', '٣'])
def test_without_a_readable_stack_level_it_is_0(reported: str | None) -> None:
    assert {form.stack_level for form in forms({LEVEL_KEY: reported})} == {0}


@pytest.mark.parametrize(
    ('spelling', 'units'),
    [
        ('Current', 'A'),
        ('A', 'A'),
        (' current ', 'A'),
        ('Power', 'W'),
        ('W', 'W'),
        ('Current,Power', 'AW'),
        ('current, power', 'AW'),
        ('Power,Current', 'AW'),
        ('A,W', 'AW'),
        ('', 'AW'),
        (None, 'AW'),
        ('Amps', 'AW'),
    ],
)
def test_every_spelling_of_the_unit_is_understood(spelling: str | None, units: str) -> None:
    tried = [form.unit for form in forms({UNIT_KEY: spelling})]
    assert set(tried) == {Unit(unit) for unit in units}
    assert tried[0] == units[0]


@pytest.mark.parametrize(('periods', 'expire'), [('1', False), (' 1 ', False), ('2', True), ('25', True), ('', False)])
def test_a_form_expires_only_where_the_charger_says_it_takes_two_periods(periods: str, expire: bool) -> None:
    assert any(form.expires for form in forms({PERIODS_KEY: periods})) is expire


def test_nothing_expires_where_nobody_wants_it() -> None:
    assert not any(form.expires for form in forms({}, fail_safe=False))


def test_the_forms_of_a_quirk_come_first_in_its_order() -> None:
    quirks = ChargerQuirks(forms=(LOW, replace(TOP, stack_level=0)))
    tried = ladder(reported({LEVEL_KEY: '8', PERIODS_KEY: '25'}), quirks, NOTHING, True)
    assert tried[:3] == (*quirks.forms, TOP)
    assert len(set(tried)) == len(tried)


def test_the_form_that_worked_comes_before_those_of_a_quirk() -> None:
    quirks = ChargerQuirks(forms=(LOW,))
    known = ChargerKnowledge(form=replace(TOP, unit=Unit.W))
    tried = ladder(reported({LEVEL_KEY: '8', PERIODS_KEY: '25'}), quirks, known, True)
    assert tried[:3] == (known.form, LOW, TOP)
    assert len(tried) == MAX_FORMS_OF_KNOWN


def test_what_was_refused_is_left_out_whoever_names_it() -> None:
    known = ChargerKnowledge(form=replace(TOP, unit=Unit.W), refused=(TOP, LOW, replace(TOP, unit=Unit.W)))
    assert not set(
        ladder(reported({LEVEL_KEY: '8', PERIODS_KEY: '25'}), ChargerQuirks(forms=(LOW,)), known, True)
    ) & set(known.refused)


def test_a_charger_that_refused_everything_has_nothing_left() -> None:
    known = NOTHING
    while tried := ladder(reported({LEVEL_KEY: '8', PERIODS_KEY: '25'}), ChargerQuirks(), known, True):
        known = replace(known, refused=(*known.refused, *tried))
    assert LOW in known.refused
    assert len(known.refused) == 3 * 2 * 3 * 3 * 3


FORMS = st.builds(ProfileForm, st.sampled_from(Purpose), stack_level=st.integers(0, 9), unit=st.sampled_from(Unit))
KNOWN = st.builds(ChargerKnowledge, st.none() | FORMS, st.lists(FORMS, max_size=40).map(tuple))
TOLD = st.dictionaries(st.sampled_from((LEVEL_KEY, UNIT_KEY, PERIODS_KEY)), st.none() | st.text(max_size=9))


@given(TOLD, st.lists(FORMS, max_size=5).map(tuple), KNOWN, st.booleans())
def test_whatever_a_charger_says_the_ladder_is_short_and_makes_sense(
    configuration: dict[str, str | None], of_quirk: tuple[ProfileForm, ...], known: ChargerKnowledge, fail_safe: bool
) -> None:
    tried = ladder(reported(configuration), ChargerQuirks(forms=of_quirk), known, fail_safe)
    assert len(tried) <= MAX_FORMS
    assert len(set(tried)) == len(tried)
    assert not set(tried) & set(known.refused)
    for form in tried:
        assert form.kind is Kind.ABSOLUTE or not form.expires
        assert form.purpose is Purpose.TX_DEFAULT or not form.for_charge_point


@pytest.mark.parametrize('level', ['0', '8'])
@pytest.mark.parametrize('unit', [None, 'Current', 'Power'])
def test_the_first_three_forms_differ_in_all_that_makes_refuse(level: str, unit: str | None) -> None:
    left, tried = list(forms({LEVEL_KEY: level, UNIT_KEY: unit})), list[ProfileForm]()
    for _ in range(3):
        tried.append(next_form(left, tried))
        left.remove(tried[-1])
    assert {form.purpose for form in tried} == set(Purpose)
    assert {form.kind for form in tried} == set(Kind)
    assert 0 in {form.stack_level for form in tried}
    assert len({form.unit for form in tried}) == (1 if unit else 2)
