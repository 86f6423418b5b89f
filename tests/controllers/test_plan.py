"""The planner as a table of stays, and what holds for every stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpo.chargers import Numbers
from cpo.controllers.plan import step
from cpo.controllers.plan_car import Ability
from cpo.controllers.plan_problem import scale_of
from cpo.controllers.plan_values import (
    Charging,
    Goal,
    Outlook,
    PlanInputs,
    PlanRules,
    PlanState,
    Powers,
    Prices,
    SeenCar,
)
from tests.controllers.plan_stay import EVENING, SLOT, STATES, Car, Stay, inputs_with, spans

BERLIN = ZoneInfo('Europe/Berlin')
FULL_KWH = 16 * 3 * 230 * 0.25 / 1000
"""A slot at 16 A on three phases."""
SEEN = PlanState(SeenCar(phases=3, most_a=16.0))
"""The car has shown that it takes all there is."""
NIGHT = [0.40] * 8 + [0.30] * 8 + [0.20] * 8 + [0.35] * 8


def test_it_charges_in_the_cheapest_hours_and_says_what_that_will_cost() -> None:
    stay = Stay(inputs_with(NIGHT, 4 * FULL_KWH)).drive()
    plan = stay.steps[0].plan
    assert stay.currents_a == [0.0] * 16 + [16.0] * 4 + [0.0] * 12
    assert (plan.outlook, plan.closings, plan.missing_kwh) == (Outlook.REACHED, 1, 0.0)
    assert plan.cost == pytest.approx(4 * FULL_KWH * 0.20)
    assert plan.energy_kwh == pytest.approx(4 * FULL_KWH)


def test_a_pause_has_to_save_more_than_the_closing_costs() -> None:
    small_dent = [0.20, 0.21, 0.20, 0.20, 0.40, 0.40]
    assert Stay(inputs_with(small_dent, 3.4 * FULL_KWH)).drive().closings == 1
    spike = [0.20, 0.60, 0.20, 0.20, 0.40, 0.40]
    assert Stay(inputs_with(spike, 2.9 * FULL_KWH)).drive().currents_a[1] == 0.0


def test_with_one_closing_left_it_never_pauses() -> None:
    valleys = [0.20, 0.60, 0.60, 0.20, 0.60, 0.60]
    inputs = inputs_with(valleys, 1.9 * FULL_KWH, charging=Charging(closings_left=1))
    stay = Stay(inputs).drive()
    assert stay.closings == 1
    assert stay.charged_kwh == pytest.approx(1.9 * FULL_KWH)


def test_a_tight_departure_charges_at_the_maximum_whatever_it_costs() -> None:
    stay = Stay(inputs_with([9.0, 9.0, 0.1, 9.0], 4 * FULL_KWH)).drive()
    assert stay.currents_a == [16.0] * 4
    assert stay.steps[0].plan.outlook is Outlook.REACHED


def test_an_impossible_departure_says_how_far_it_gets() -> None:
    done = step(PlanState(), inputs_with([0.3, 0.1], 10.0), EVENING)
    assert done.plan.outlook is Outlook.OUT_OF_REACH
    assert done.plan.missing_kwh == pytest.approx(10.0 - 2 * FULL_KWH)
    assert [slot.current_a for slot in done.plan.slots] == [16.0, 16.0]


@pytest.mark.parametrize('need_kwh', [0.0, -1.0])
def test_a_reached_goal_has_nothing_left_to_plan(need_kwh: float) -> None:
    done = step(PlanState(), inputs_with(NIGHT, need_kwh), EVENING)
    assert (done.current_a, done.plan.outlook, done.plan.cost) == (0.0, Outlook.DONE, 0.0)


def test_after_the_departure_it_offers_nothing() -> None:
    done = step(PlanState(), inputs_with(NIGHT, 5.0), EVENING + SLOT * 40)
    assert (done.current_a, done.plan.slots) == (0.0, ())


def test_a_flat_tariff_charges_at_once_in_one_run() -> None:
    stay = Stay(inputs_with([0.30] * 20, 3 * FULL_KWH)).drive()
    assert stay.currents_a == [16.0] * 3 + [0.0] * 17


def test_negative_prices_are_taken_and_no_more_than_the_goal() -> None:
    stay = Stay(inputs_with([0.10, 0.10, -0.20, -0.30, 0.10], 1.5 * FULL_KWH), state=SEEN).drive()
    assert stay.currents_a[:2] == [0.0, 0.0]
    assert stay.currents_a[3] == 16.0
    assert stay.steps[0].plan.cost < 0
    assert stay.charged_kwh == pytest.approx(1.5 * FULL_KWH)


def test_free_sun_is_not_left_for_cheap_hours() -> None:
    surplus_w = [20_000.0] * 4 + [0.0] * 12
    stay = Stay(inputs_with([0.30] * 4 + [0.10] * 12, 3 * FULL_KWH, surplus_w=surplus_w)).drive()
    assert stay.currents_a[:3] == [16.0] * 3
    assert stay.steps[0].plan.sun_kwh > 2.3 * FULL_KWH


def test_with_little_sun_the_current_is_that_of_the_sun() -> None:
    rules = PlanRules(phases=(1,), car_max_a=16.0, car_phases=1)
    inputs = inputs_with([0.30] * 16, 4.0, surplus_w=[2300.0] * 16, rules=rules)
    currents = Stay(inputs, Car(phases=1)).drive().currents_a
    assert all(6.0 <= current_a <= 10.0 for current_a in currents[1:6])


def test_the_current_of_the_sun_is_not_rounded_to_steps_of_the_search() -> None:
    """Two days and 40 kWh are searched in coarse steps; what is offered now is as fine as the charger."""
    rules = PlanRules(phases=(1,), numbers=Numbers.WHOLE, car_max_a=16.0, car_phases=1)
    powers = Powers(pv_w=spans([11.1 * 230 / 1.3] * 4 + [0.0] * 188))
    inputs = inputs_with([0.30] * 4 + [0.28] * 188, 40.0, rules=rules, powers=powers)
    done = step(PlanState(SeenCar(1, 16.0)), inputs, EVENING)
    assert scale_of(120, 40.0, rules, Ability(16.0, 0.0, 1), Charging()).step_a > 2
    assert done.current_a == 11.0


def test_phases_are_chosen_with_the_sun_and_a_change_is_a_closing() -> None:
    rules = PlanRules(phases=(1, 3), car_max_a=16.0, car_phases=3)
    done = step(PlanState(), inputs_with([0.30] * 8, 4.0, surplus_w=[2300.0] * 8, rules=rules), EVENING)
    assert (done.phases, done.plan.closings) == (1, 1)
    done = step(PlanState(), inputs_with([0.30] * 8, 4 * FULL_KWH, rules=rules), EVENING)
    assert (done.phases, done.current_a) == (3, 16.0)


def test_a_departure_moved_earlier_is_met() -> None:
    def moved(index: int, inputs: PlanInputs) -> PlanInputs:
        return replace(inputs, goal=replace(inputs.goal, departure=EVENING + SLOT * 12)) if index == 6 else inputs

    stay = Stay(inputs_with(NIGHT, 5 * FULL_KWH), surprise=moved).drive()
    assert stay.charged_kwh == pytest.approx(5 * FULL_KWH)
    assert len(stay.currents_a) == 12


def test_a_departure_moved_later_takes_the_cheaper_hours() -> None:
    def moved(index: int, inputs: PlanInputs) -> PlanInputs:
        return replace(inputs, goal=replace(inputs.goal, departure=EVENING + SLOT * 32)) if index == 4 else inputs

    stay = Stay(inputs_with(NIGHT, 2 * FULL_KWH, 16), surprise=moved).drive()
    assert stay.currents_a[16:18] == [16.0, 16.0]


def test_a_replaced_price_list_is_followed_at_once() -> None:
    def replaced(index: int, inputs: PlanInputs) -> PlanInputs:
        prices = replace(inputs.prices, imported=spans([0.40] * 4 + [0.01] * 4 + NIGHT[8:]))
        return replace(inputs, prices=prices) if index == 4 else inputs

    stay = Stay(inputs_with(NIGHT, 3 * FULL_KWH), surprise=replaced).drive()
    assert stay.currents_a[4:7] == [16.0] * 3


def test_a_price_list_that_ends_before_the_departure_is_continued_as_usual() -> None:
    """The prices of the last days were low at night, so a plan that knows only the dear evening waits for it."""
    day = [0.20 if 2 <= hour < 5 else 0.40 for hour in range(24)]
    past = spans(day * 7, EVENING.replace(hour=0) - timedelta(days=7), timedelta(hours=1))
    inputs = inputs_with([0.40] * 8, 3 * FULL_KWH, 44)
    done = step(PlanState(), replace(inputs, prices=replace(inputs.prices, past_imported=past)), EVENING)
    charging = [slot for slot in done.plan.slots if slot.current_a]
    assert {slot.starts_at.hour for slot in charging} <= {2, 3, 4}
    assert not any(slot.is_price_known for slot in charging)


def test_without_any_price_the_fixed_one_counts() -> None:
    inputs = replace(inputs_with([], 2.0, 8), prices=Prices(fixed_import=0.33))
    assert step(PlanState(), inputs, EVENING).plan.cost == pytest.approx(0.66)


@pytest.mark.parametrize(
    ('starts_at', 'hours'),
    [
        pytest.param(datetime(2026, 3, 28, 20, 0, tzinfo=UTC), 9, id='spring'),
        pytest.param(datetime(2026, 10, 24, 20, 0, tzinfo=UTC), 10, id='autumn'),
    ],
)
def test_a_night_of_daylight_saving_is_planned_by_the_local_clock(starts_at: datetime, hours: int) -> None:
    """Ready at seven by the clock: the night is an hour shorter or longer; usual prices keep their local hour."""
    departure = (starts_at.astimezone(BERLIN) + timedelta(days=1)).replace(hour=7, minute=0).astimezone(UTC)
    assert departure - starts_at == timedelta(hours=hours)
    first = (starts_at - timedelta(days=6)).astimezone(BERLIN).replace(hour=0)
    past = [
        (0.10 if (first + timedelta(hours=n)).hour == 4 else 0.40) for n in range(6 * 24)
    ]  # by the local clock, before it was changed
    inputs = PlanInputs(
        goal=Goal(3 * FULL_KWH, departure),
        rules=PlanRules(phases=(3,), car_max_a=16.0, car_phases=3, zone=BERLIN),
        prices=Prices(past_imported=spans(past, first.astimezone(UTC), timedelta(hours=1))),
    )
    plan = step(PlanState(), inputs, starts_at).plan
    assert sum((slot.ends_at - slot.starts_at for slot in plan.slots), timedelta()) == departure - starts_at
    assert {slot.starts_at.astimezone(BERLIN).hour for slot in plan.slots if slot.current_a} == {4}


def test_a_car_that_is_full_early_costs_nothing_more() -> None:
    stay = Stay(inputs_with(NIGHT, 6 * FULL_KWH), Car(takes_kwh=2 * FULL_KWH)).drive()
    assert stay.charged_kwh == pytest.approx(2 * FULL_KWH)


@pytest.mark.parametrize('car', [Car(most_a=11.0), Car(less_a=1.0, most_a=12.0), Car(phases=1), Car(phases=2)], ids=str)
def test_a_car_that_takes_less_than_its_settings_say_is_ready_all_the_same(car: Car) -> None:
    told = PlanRules(phases=(3,), car_max_a=16.0, car_phases=3 if car.phases == 3 else None)
    stay = Stay(inputs_with([0.40] * 20 + [0.20] * 20, 12.0, rules=told), car).drive()
    assert stay.charged_kwh == pytest.approx(12.0)


def test_an_estimated_goal_keeps_the_last_slot_free_where_there_is_room() -> None:
    inputs = inputs_with([0.30] * 6 + [0.10] * 2, 2 * FULL_KWH)
    exact = step(SEEN, inputs, EVENING).plan
    estimated = step(SEEN, replace(inputs, goal=replace(inputs.goal, is_estimated=True)), EVENING).plan
    assert exact.slots[-1].current_a == 16.0
    assert (estimated.slots[-1].current_a, estimated.outlook) == (0.0, Outlook.REACHED)


def test_plans_of_the_same_worth_do_not_alternate() -> None:
    """Two valleys that change places by a hundredth of a cent every quarter of an hour."""

    def wobbles(index: int, inputs: PlanInputs) -> PlanInputs:
        less, more = (0.2, 0.2001) if index % 2 else (0.2001, 0.2)
        imported = spans([0.40] * 8 + [less] * 4 + [0.40] * 4 + [more] * 4 + [0.40] * 4)
        return replace(inputs, prices=replace(inputs.prices, imported=imported))

    stay = Stay(inputs_with(NIGHT[:24], 2 * FULL_KWH), surprise=wobbles).drive()
    starts = {next(slot.starts_at for slot in done.plan.slots if slot.current_a) for done in stay.steps[:8]}
    assert len(starts) == 1


def test_ceilings_hold_in_their_slots_and_below_the_least_current_nothing_flows() -> None:
    ceilings = spans([10.0, 5.0, 16.0, 8.5], EVENING)
    stay = Stay(inputs_with([0.10] * 4, 10.0, ceilings_a=ceilings)).drive()
    assert stay.currents_a == [10.0, 0.0, 16.0, 8.5]


def test_a_departure_of_next_month_is_planned_as_one_of_next_week() -> None:
    done = step(PlanState(), inputs_with([0.30] * 8, 5.0, 96 * 31), EVENING)
    assert done.plan.slots[-1].ends_at == EVENING + timedelta(days=7)


def test_what_is_far_away_is_planned_in_hours() -> None:
    plan = step(PlanState(), inputs_with([0.30] * 8, 5.0, 96 * 2), EVENING + timedelta(minutes=5)).plan
    lengths = [slot.ends_at - slot.starts_at for slot in plan.slots]
    assert lengths[:3] == [timedelta(minutes=10), SLOT, SLOT]
    assert lengths[-20:] == [timedelta(hours=1)] * 20


def test_the_step_says_when_it_is_due_again() -> None:
    at = EVENING + timedelta(minutes=4)
    assert step(PlanState(), inputs_with(NIGHT, 5.0), at).next_at == EVENING + SLOT


@pytest.mark.parametrize('minutes', [1, 7, 14])
def test_planned_again_within_a_slot_it_goes_on_charging(minutes: int) -> None:
    inputs = inputs_with([0.20] * 8 + [0.40] * 8, 5 * FULL_KWH)
    state = step(PlanState(), inputs, EVENING).state
    goal = replace(inputs.goal, need_kwh=(5 - minutes / 15) * FULL_KWH)
    charging = Charging(3, 16.0, 3, 16.0, 3)
    done = step(state, replace(inputs, goal=goal, charging=charging), EVENING + timedelta(minutes=minutes))
    assert done.current_a == 16.0


@pytest.mark.parametrize('numbers', Numbers)
@pytest.mark.parametrize('seconds', [0, 827])
def test_what_rounding_leaves_out_is_not_out_of_reach(numbers: Numbers, seconds: int) -> None:
    falling_and_rising = [round(0.18 + abs(55 - slot) * 0.004 + slot % 3 * 0.02, 4) for slot in range(70)]
    inputs = inputs_with(falling_and_rising, 18.0, rules=PlanRules(phases=(1,), numbers=numbers))
    done = step(PlanState(), inputs, EVENING + timedelta(seconds=seconds))
    assert (done.plan.outlook, done.plan.missing_kwh) == (Outlook.REACHED, 0.0)
    assert done.plan.energy_kwh == pytest.approx(18.0, abs=0.4)


def test_without_a_closing_left_an_open_contactor_is_out_of_reach() -> None:
    done = step(PlanState(), inputs_with([0.2] * 8, 5.0, charging=Charging(closings_left=0)), EVENING)
    assert (done.plan.outlook, done.plan.missing_kwh) == (Outlook.OUT_OF_REACH, 5.0)


prices = st.floats(-0.2, 0.9, allow_nan=False)
stays = st.builds(
    inputs_with,
    st.lists(prices, min_size=1, max_size=12),
    st.floats(0.1, 40.0),
    surplus_w=st.lists(st.floats(0, 9000), max_size=12),
    rules=st.builds(
        PlanRules,
        max_current_a=st.sampled_from([6.0, 10.0, 13.0, 16.0, 32.0]),
        phases=st.sampled_from([(1,), (3,), (1, 3)]),
        numbers=st.sampled_from(Numbers),
        car_max_a=st.sampled_from([None, 13.0, 16.0, 32.0]),
        car_phases=st.sampled_from([None, 1, 2, 3]),
    ),
    ceilings_a=st.lists(st.floats(0, 40), max_size=12).map(spans),
    charging=st.sampled_from([Charging(), Charging(closings_left=0), Charging(closings_left=2)]),
)


@given(inputs=stays, seconds=st.integers(0, 3600))
@settings(max_examples=40, deadline=None)
def test_whatever_the_inputs_no_current_is_above_a_ceiling_or_below_the_least(inputs: PlanInputs, seconds: int) -> None:
    done = step(PlanState(), inputs, EVENING + timedelta(seconds=seconds))
    for slot in done.plan.slots:
        ceilings = [
            each.value for each in inputs.ceilings_a if each.starts_at < slot.ends_at and each.ends_at > slot.starts_at
        ]
        most_a = min([inputs.rules.max_current_a, *ceilings])
        assert slot.current_a == 0 or 6.0 <= slot.current_a <= most_a
        assert slot.phases in inputs.rules.phases
    if inputs.charging.closings_left is not None:
        assert done.plan.closings <= inputs.charging.closings_left
    assert done.current_a == (done.plan.slots[0].current_a if done.plan.slots else 0.0)


@given(
    imported=st.lists(prices, min_size=4, max_size=14),
    part=st.floats(0.05, 1.0),
    car=st.builds(Car, most_a=st.floats(11.0, 16.0), phases=st.integers(1, 3)),
    charging=st.sampled_from([Charging(), Charging(closings_left=1), Charging(closings_left=3)]),
)
@settings(max_examples=12, deadline=None)
def test_a_departure_that_the_car_of_the_settings_can_meet_is_met(
    imported: list[float], part: float, car: Car, charging: Charging
) -> None:
    rules = PlanRules(phases=(3,), car_max_a=car.most_a, car_phases=car.phases)
    possible_kwh = car.most_a * car.phases * 230 * 0.25 / 1000 * len(imported)
    stay = Stay(inputs_with(imported, part * possible_kwh, rules=rules, charging=charging), car).drive()
    assert stay.charged_kwh == pytest.approx(part * possible_kwh, abs=0.02)


@given(imported=st.lists(prices, min_size=4, max_size=14), need_kwh=st.floats(0.5, 20.0))
@settings(max_examples=12, deadline=None)
def test_a_restart_at_any_moment_changes_nothing(imported: list[float], need_kwh: float) -> None:
    inputs = inputs_with(imported, need_kwh, surplus_w=[3000.0] * 5)
    assert Stay(inputs).drive().currents_a == Stay(inputs, restarts=True).drive().currents_a


def test_the_state_is_stored_without_loss() -> None:
    state = step(PlanState(), inputs_with(NIGHT, 5.0), EVENING).state
    assert state.runs
    assert STATES.validate_json(STATES.dump_json(state)) == state


def test_last_days_stand_in_for_a_production_that_is_not_forecast() -> None:
    past = spans(([0.0] * 8 + [9000.0] * 8 + [0.0] * 8) * 3, EVENING - timedelta(days=3), timedelta(hours=1))
    inputs = inputs_with([0.30] * 80, 5.0)
    powers = Powers(past_pv_w=past, past_house_w=spans([500.0] * 72, EVENING - timedelta(days=3), timedelta(hours=1)))
    plan = step(PlanState(), replace(inputs, powers=powers), EVENING).plan
    assert plan.sun_kwh > 4.5
    assert all(EVENING + timedelta(hours=8) <= slot.starts_at for slot in plan.slots if slot.current_a)
