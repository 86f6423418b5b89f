"""The rule for charging with what is left over, as a table of situations."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from cpo.chargers import Numbers, expressed
from cpo.controllers.surplus_record import Step
from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import (
    PRESETS,
    Aim,
    BatteryRules,
    CarRules,
    Preset,
    Reading,
    Readings,
    Reason,
    SurplusRules,
    SurplusState,
)
from cpo.state import REST, Activity
from tests.controllers.surplus_home import BEGAN, EVERY_S, VOLTAGE_V, Home
from tests.examples import examples

NIGHT_OF_SUMMER_TIME = datetime(2026, 3, 29, 0, 58, tzinfo=UTC)
NIGHT_OF_WINTER_TIME = datetime(2026, 10, 25, 0, 58, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 1, 23, 58, tzinfo=UTC)


JSON: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Readings, Step, SurplusState, SurplusRules)}


def charging(rules: SurplusRules | None = None, surplus_w: float = 3000, now: datetime = BEGAN) -> Home:
    """A home whose car charges with the surplus for ten minutes."""
    home = Home(rules, now)
    home.run(600, surplus_w)
    assert home.last.limit_a > 0
    return home


def amperes(surplus_w: float, phases: int = 1) -> float:
    """The limit that uses a steady surplus: a car stays 0.3 A below it."""
    return surplus_w / VOLTAGE_V / phases + 0.3


@pytest.mark.parametrize(
    ('surplus_w', 'seconds', 'limit_a', 'reason'),
    [
        pytest.param(3000, 60, amperes(3000), Reason.FOLLOWS, id='plenty: starts and follows'),
        pytest.param(9000, 60, 16.0, Reason.AT_MAXIMUM, id='more than the car can take: the maximum'),
        pytest.param(300, 3600, 0.0, Reason.TOO_LITTLE, id='never enough: never starts'),
        pytest.param(-500, 3600, 0.0, Reason.TOO_LITTLE, id='the house imports'),
        pytest.param(1200, 1800, 6.0, Reason.RIDES_OUT, id='a little for long: pays at the least current'),
    ],
)
def test_a_start(surplus_w: float, seconds: float, limit_a: float, reason: Reason) -> None:
    last = Home().run(seconds, surplus_w)
    assert last.limit_a == pytest.approx(limit_a, abs=0.3)
    assert last.record.reason is reason


@pytest.mark.parametrize(
    ('surplus_w', 'seconds', 'limit_a', 'reason'),
    [
        pytest.param(2000, 40, amperes(2000), Reason.FOLLOWS, id='a cloud: follows it'),
        pytest.param(900, 120, 6.0, Reason.RIDES_OUT, id='a kettle: ridden out at the least current'),
        pytest.param(-300, 600, 0.0, Reason.TOO_LITTLE, id='a dark cloud that stays: stopped'),
        pytest.param(-4000, 300, 0.0, Reason.TOO_LITTLE, id='all of the house at once: stopped soon'),
    ],
)
def test_a_charge_when_less_is_left_over(surplus_w: float, seconds: float, limit_a: float, reason: Reason) -> None:
    last = charging().run(seconds, surplus_w)
    assert last.limit_a == pytest.approx(limit_a, abs=0.3)
    assert last.record.reason is reason


def test_a_stop_says_that_it_is_one() -> None:
    home = charging()
    home.run(900, -300)
    reasons = [done.record.reason for done in home.steps]
    assert reasons.count(Reason.STOPPED) == 1
    assert reasons.index(Reason.RIDES_OUT) < reasons.index(Reason.STOPPED)


def test_sunset_ends_the_charge_before_it_buys_much() -> None:
    home, bought_wh = charging(), 0.0
    for minute in range(120):
        surplus_w = 3000 - 35 * minute
        home.run(60, surplus_w)
        bought_wh += max(VOLTAGE_V * home.last.limit_a - max(surplus_w, 0), 0) / 60
    assert home.last.limit_a == 0.0
    assert bought_wh < 350


def test_a_start_is_withdrawn_while_the_car_has_not_begun() -> None:
    home = Home()
    home.run(10, 3000)
    assert home.last.record.reason is Reason.STARTED
    home.run(5, 0)
    assert (home.last.limit_a, home.last.record.reason) == (0.0, Reason.WITHDRAWN)
    assert home.state.starts == 0


@pytest.mark.parametrize(('stale_a', 'limit_a'), [(0.0, 0.0), (6.0, 6.0), (99.0, 16.0)])
def test_a_stale_meter_leads_to_the_limit_that_is_set_for_it(stale_a: float, limit_a: float) -> None:
    home = charging(SurplusRules(stale_a=stale_a))
    old = home.readings(3000)
    assert home.last.next_at is not None
    home.now = home.last.next_at
    assert home.last.next_at <= old.grid_w.fresh_until  # type: ignore[union-attr, operator]
    last = home.once(old)
    assert (last.limit_a, last.record.reason) == (limit_a, Reason.STALE_GRID_READING)
    assert last.record.inputs[0].stale
    assert last.record.counterfactual is None


def test_the_minimum_is_kept_also_without_a_reading() -> None:
    home = Home(SurplusRules(aim=Aim.SURPLUS_AND_MINIMUM))
    last = home.once(replace(home.readings(3000), grid_w=None))
    assert (last.limit_a, last.record.reason) == (6.0, Reason.NO_GRID_READING)


@pytest.mark.parametrize('value', [math.nan, math.inf, -math.inf, 1e300])
def test_a_reading_that_is_no_power_is_unknown(value: float) -> None:
    home = charging()
    last = home.once(replace(home.readings(3000), grid_w=home.reading(value)))
    assert (last.limit_a, last.record.reason) == (0.0, Reason.NO_GRID_READING)


def test_without_a_grid_reading_nothing_is_known_to_be_left_over() -> None:
    home = Home()
    last = home.once(replace(home.readings(3000), grid_w=None))
    assert (last.limit_a, last.record.reason) == (0.0, Reason.NO_GRID_READING)


def test_a_sleeping_car_is_woken_a_few_times_and_then_left_the_offer() -> None:
    home = Home()
    home.asleep = True
    home.run(1800, 3000)
    woken = [done for done in home.steps if done.record.reason is Reason.WAKING]
    assert {done.limit_a for done in woken} == {0.0}
    assert home.state.wake_attempts == CarRules().wake_attempts
    assert home.last.record.reason is Reason.CAR_ASLEEP
    assert home.last.limit_a >= 6.0
    home.asleep = False
    assert home.run(60, 3000).record.reason is Reason.FOLLOWS


def test_a_full_car_gets_no_more_commands_and_is_not_woken() -> None:
    home = charging()
    home.full = True
    home.run(60, 3000)
    limits = {done.limit_a for done in home.steps[-3:]}
    home.run(600, 4000)
    assert home.last.record.reason is Reason.CAR_FULL
    assert {home.last.limit_a} == limits
    assert home.state.wake_attempts == 0


def test_a_car_that_may_stop_resuming_is_paused_later_the_more_starts_are_used_up() -> None:
    home, paused_after = Home(SurplusRules(car=CarRules(restarts=3))), []
    for _ in range(3):
        home.run(900, 3000)
        before = len(home.steps)
        home.run(3600, -200)
        paused_after.append(next(i for i, done in enumerate(home.steps[before:]) if not done.limit_a))
    assert home.state.starts == 3
    assert paused_after == sorted(paused_after)
    assert paused_after[2] > paused_after[0] + 60 / EVERY_S


def test_a_new_car_begins_with_a_new_budget() -> None:
    home = Home(SurplusRules(car=CarRules(restarts=1)))
    home.run(300, 3000)
    home.plugged_in = False
    home.run(10, 3000)
    assert (home.last.limit_a, home.last.record.reason) == (0.0, Reason.UNPLUGGED)
    assert home.state.starts == 0


def test_phases_follow_the_surplus() -> None:
    home = Home(SurplusRules(phases=(1, 3)))
    home.run(300, 2500)
    assert home.last.phases == 1
    home.run(900, 9000)
    assert home.last.phases == 3
    assert home.last.limit_a == pytest.approx(amperes(9000, 3), abs=0.2)
    home.run(1200, 2000)
    assert home.last.phases == 1
    reasons = {done.record.reason for done in home.steps}
    assert {Reason.STARTED, Reason.MORE_PHASES, Reason.FEWER_PHASES} <= reasons


def test_phases_rest_for_a_while_after_a_switch() -> None:
    home = Home(SurplusRules(phases=(1, 3), phase_dwell_s=300))
    for _ in range(20):
        home.run(60, 9000)
        home.run(60, 1500)
    switches = [b for a, b in pairwise(home.steps) if 0 != a.state.phases != b.state.phases]
    times = [done.record.at for done in switches if done.state.phases]
    assert all(later - earlier >= timedelta(seconds=300) for earlier, later in pairwise(times))


@pytest.mark.parametrize('least_a', [6.0, 7.0, 8.0])
@pytest.mark.parametrize('numbers', list(Numbers))
def test_the_least_current_and_the_steps_of_a_car_are_kept(least_a: float, numbers: Numbers) -> None:
    home = Home(SurplusRules(car=CarRules(min_current_a=least_a, numbers=numbers)))
    for surplus_w in (3000, 1700, 2222, 900, 3333):
        home.run(120, surplus_w)
    limits = {done.limit_a for done in home.steps} - {0.0}
    assert min(limits) >= least_a
    assert max(limits) > 12
    assert all(limit_a == expressed(limit_a, numbers) for limit_a in limits)


def test_the_discharge_of_the_battery_is_never_left_over() -> None:
    assert Home().run(3600, surplus_w=-200, battery_w=3000, battery_soc=90).limit_a == 0.0


@pytest.mark.parametrize(
    ('first_to_soc', 'soc', 'most_w', 'limit_a'),
    [
        pytest.param(0, 20, 3000, amperes(3000), id='car first: what charges the battery is left over'),
        pytest.param(80, 20, 3000, 0.0, id='battery first: it takes it all'),
        pytest.param(80, 20, 1000, amperes(2000), id='battery first: it cannot take it all'),
        pytest.param(80, 80, 3000, amperes(3000), id='battery full enough: the car'),
    ],
)
def test_who_comes_first(first_to_soc: float, soc: float, most_w: float, limit_a: float) -> None:
    home = Home(SurplusRules(battery=BatteryRules(first_to_soc, most_w)))
    last = home.run(600, surplus_w=3000, battery_w=-500, battery_soc=soc)
    assert last.limit_a == pytest.approx(limit_a, abs=0.3)


@pytest.mark.parametrize(
    ('soc', 'battery_w', 'surplus_w', 'limit_a'),
    [
        pytest.param(100, 0, 3000, amperes(3000), id='full: the car takes it all'),
        pytest.param(100, 2500, -200, 0.0, id='full, and it supplies the house: nothing is left over'),
        pytest.param(0, 0, 3000, 0.0, id='empty: it waits for what it may take'),
        pytest.param(0, -3000, 3000, 0.0, id='empty: it takes it all'),
        pytest.param(0, -3000, 5500, amperes(2500), id='empty: the car gets what it cannot take'),
    ],
)
def test_a_battery_that_comes_first_full_and_empty(
    soc: float, battery_w: float, surplus_w: float, limit_a: float
) -> None:
    home = Home(SurplusRules(battery=BatteryRules(first_to_soc=80, max_charge_w=3000)))
    last = home.run(1200, surplus_w, battery_w, soc)
    assert last.limit_a == pytest.approx(limit_a, abs=0.3)


def test_phases_that_are_seen_between_two_readings_of_the_grid_count_at_once() -> None:
    home = charging()
    before = home.readings(3000)
    home.once(before)
    home.rules = SurplusRules(phases=(3,))
    assert home.once(replace(before, activity=Activity.CHARGING)).phases == 3


def test_a_battery_that_is_not_heard_of_any_more_is_not_believed() -> None:
    home = charging()
    silent = Reading(-500, home.now - timedelta(minutes=5), REST, home.now - timedelta(minutes=4))
    last = home.once(replace(home.readings(3000), battery_w=silent))
    assert (last.limit_a, last.record.reason) == (0.0, Reason.STALE_BATTERY_READING)


@pytest.mark.parametrize(
    ('aim', 'surplus_w', 'limit_a', 'reason'),
    [
        (Aim.SURPLUS_AND_MINIMUM, -1000, 6.0, Reason.MINIMUM),
        (Aim.SURPLUS_AND_MINIMUM, 2500, amperes(2500), Reason.FOLLOWS),
        (Aim.FAST, -1000, 16.0, Reason.FAST),
    ],
)
def test_other_aims(aim: Aim, surplus_w: float, limit_a: float, reason: Reason) -> None:
    last = Home(SurplusRules(aim=aim)).run(3600, surplus_w)
    assert last.limit_a == pytest.approx(limit_a, abs=0.3)
    assert last.record.reason is reason


@pytest.mark.turns(3)
def test_presets_differ_by_how_much_sun_they_want() -> None:
    started = {}
    for preset in (Preset.SOLAR_ONLY, Preset.BALANCED, Preset.EAGER):
        aim, price = PRESETS[preset]
        charges = [w for w in range(800, 1501, 100) if Home(SurplusRules(aim, price)).run(900, w).limit_a]
        started[preset] = min(charges)
    assert started[Preset.EAGER] < started[Preset.BALANCED] < started[Preset.SOLAR_ONLY]
    assert started[Preset.SOLAR_ONLY] >= 1200


@pytest.mark.parametrize('by', [timedelta(hours=-3), timedelta(hours=5), timedelta(days=-400)])
def test_a_clock_that_jumps_changes_nothing_for_long(by: timedelta) -> None:
    home = charging()
    home.now += by
    home.run(30, 3000)
    assert home.last.limit_a == pytest.approx(amperes(3000), abs=0.4)
    home.run(900, -300)
    assert home.last.limit_a == 0.0


@pytest.mark.parametrize('now', [MIDNIGHT, NIGHT_OF_SUMMER_TIME, NIGHT_OF_WINTER_TIME])
def test_midnight_and_summer_time_are_like_any_other_moment(now: datetime) -> None:
    assert _decisions(charging(now=now)) == _decisions(charging(now=BEGAN))


def _decisions(home: Home) -> list[tuple[float, Reason]]:
    return [(done.limit_a, done.record.reason) for done in home.steps]


def test_a_voltage_that_is_measured_counts() -> None:
    home = charging()
    low = replace(home.readings(3000), voltage_v=home.reading(200.0))
    assert home.once(low).limit_a != 0.0


@pytest.mark.parametrize('kind', [Readings, Step, SurplusState, SurplusRules])
def test_every_value_goes_through_json_without_loss(kind: Any) -> None:
    home = charging(SurplusRules(phases=(1, 3)))
    home.run(60, 900, battery_w=-123.456, battery_soc=51)
    readings = replace(home.readings(3000), pv_w=Reading(1 / 3, home.now, REST))
    value = {Readings: readings, Step: home.last, SurplusState: home.state, SurplusRules: home.rules}[kind]
    adapter = JSON[kind]
    assert adapter.validate_json(adapter.dump_json(value)) == value


def test_a_replay_from_json_decides_the_same() -> None:
    home, states, inputs = Home(SurplusRules(phases=(1, 3))), JSON[SurplusState], JSON[Readings]
    state = states.dump_json(SurplusState())
    for surplus_w in (2500, 9000, 800, -500, 4000):
        for _ in range(60):
            home.now += timedelta(seconds=EVERY_S)
            readings = home.readings(surplus_w)
            done = home.once(readings)
            stored = inputs.validate_json(inputs.dump_json(readings))
            again = step(states.validate_json(state), stored, home.now, home.rules)
            assert again == done
            state = states.dump_json(again.state)


ANY_VALUE = st.one_of(st.floats(), st.floats(-20_000, 20_000))


@st.composite
def any_readings(draw: st.DrawFn) -> tuple[Readings, datetime]:
    now = BEGAN + timedelta(seconds=draw(st.integers(-100_000, 100_000)))

    def reading() -> Reading | None:
        if draw(st.booleans()) and draw(st.booleans()):
            return None
        at = now - timedelta(seconds=draw(st.integers(-10, 60)))
        return Reading(draw(ANY_VALUE), at, None, draw(st.sampled_from([None, at + timedelta(seconds=30)])))

    readings = Readings(
        grid_w=reading(),
        pv_w=reading(),
        battery_w=reading(),
        battery_soc=reading(),
        charger_a=reading(),
        voltage_v=reading(),
        in_force_a=draw(st.sampled_from([None, 0.0, 6.0, 16.0, 32.0])),
        activity=draw(st.sampled_from(list(Activity))),
        plugged_in=draw(st.booleans()),
    )
    return readings, now


@settings(max_examples=examples(40), deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(any_readings(), min_size=1, max_size=12),
    st.sampled_from(list(Aim)),
    st.sampled_from([(1,), (3,), (1, 3)]),
    st.sampled_from([(6.0, 16.0), (7.0, 13.75), (8.0, 32.0), (8.0, 10.5)]),
    st.sampled_from(Numbers),
    st.sampled_from([0.0, 6.0, 99.0]),
)
def test_whatever_is_read_the_limit_is_0_or_between_the_least_and_the_most(
    read: list[tuple[Readings, datetime]],
    aim: Aim,
    phases: tuple[int, ...],
    car: tuple[float, float],
    numbers: Numbers,
    stale_a: float,
) -> None:
    rules = SurplusRules(aim, phases=phases, stale_a=stale_a, car=CarRules(*car, numbers))
    state, (least_a, most_a) = SurplusState(), car
    for readings, now in read:
        done = step(state, readings, now, rules)
        state = done.state
        assert done.limit_a == 0.0 or least_a <= done.limit_a <= most_a
        assert done.phases in phases
        assert done.next_at is None or done.next_at > now
        assert JSON[SurplusState].validate_json(JSON[SurplusState].dump_json(state)) == state
