"""Goals in simulated time, with the real charger: charged when it is cheap, ready in time, whatever happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cpo.controllers.follower import THE_GOAL, THE_PLAN
from cpo.controllers.plan import step
from cpo.controllers.plan_values import PlanStep
from cpo.state import REST, YOU, Activity, Ceiling, Mode
from simulator import Car
from tests.simulated.event_loop import run_simulated
from tests.simulated.planned_house import PlannedHouse
from tests.simulated.sunny_house import METER

PRICES = [0.35, 0.35, 0.35, 0.12, 0.12, 0.35]
"""A cheap half hour: the fourth and the fifth quarter."""
QUARTER_KWH = 16 * 230 / 4000


def test_it_charges_in_the_cheap_quarters_and_is_ready_in_time() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=1.7)
            assert house.sentence == 'Ready at 13:30: 1.7 kWh, once a car is plugged in.'
            house.plug_in()
            await house.until(2)
            assert house.sentence == 'Ready at 13:30: 1.7 kWh, starts 12:45, about 0.20 €.'
            await house.until(44)
            assert house.charged_kwh == 0
            await house.until(46)
            assert house.limit is not None
            assert house.limit.by == THE_PLAN
            assert house.sentence.startswith('Ready at 13:30: 1.7 kWh, charges now')
            await house.until(77)
            assert house.charged_kwh == pytest.approx(1.7, abs=0.15)
            assert house.house.car_current_a == 0
            await house.until(91)
            assert house.goals.view(1) is None
            result = house.goals.result(1)
            assert result is not None
            assert result.cost == pytest.approx(0.2, abs=0.03)
            assert result.predicted_cost == pytest.approx(0.2, abs=0.01)
            assert result.best_cost <= result.cost <= result.best_cost + 0.02
            assert len(house.house.charge_point.state.transactions) == 1
            session = house.house.charge_point.state.transactions[0].number
            assert house.goals.session_results == {session: result}

    run_simulated(stay())


def test_a_stay_without_a_session_says_nothing_of_the_one_before() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            house.house.charge_point.set_mode(1, Mode.FAST)
            house.plug_in()
            await house.until(1)
            house.house.charger.unplug(1)
            await house.until(2)
            house.house.charge_point.set_mode(1, Mode.OFF)
            await house.want(20, energy_kwh=5)
            house.plug_in()
            await house.until(21)
            result = house.goals.result(1)
            assert result is not None
            assert (result.energy_kwh, result.number) == (0, None)
            assert len(house.house.charge_point.state.transactions) == 1
            assert house.goals.session_results == {}

    run_simulated(stay())


@pytest.mark.parametrize('minute', [20, 50])
def test_a_restart_in_the_middle_changes_nothing(tmp_path: Path, minute: float) -> None:
    async def stay() -> None:
        async with PlannedHouse(folder=tmp_path) as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=1.7)
            house.plug_in()
            await house.until(minute)
            before = house.view.book
            await house.restart()
            assert house.view.book.goal == before.goal
            assert house.view.book.until == before.until
            await house.until(77)
            assert house.charged_kwh == pytest.approx(1.7, abs=0.2)
            assert house.house.car_current_a == 0
            assert house.house.max_seen_a <= 16

    run_simulated(stay())


def test_a_command_takes_over_until_the_next_plug_in() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=1.7)
            house.plug_in()
            await house.until(3)
            await house.house.wish(1, 8, YOU)
            await house.until(5)
            assert house.aim == 'mode'
            assert house.sentence == 'You took over; the goal counts again when a car is plugged in.'
            assert house.house.car_current_a == pytest.approx(8, abs=0.3)
            house.house.charger.unplug(1)
            await house.until(7)
            house.plug_in()
            await house.until(9)
            assert house.aim == 'plan'
            assert house.house.car_current_a == 0
            assert house.charged_kwh > 0.05
            assert house.view.progress.energy_kwh == pytest.approx(house.charged_kwh, abs=0.01)

    run_simulated(stay())


def test_a_departure_that_cannot_be_met_charges_at_once_and_says_how_far_it_gets() -> None:
    async def stay() -> None:
        async with PlannedHouse(car_battery=60) as house:
            await house.push(PRICES)
            await house.want(25, energy_kwh=20)
            house.plug_in()
            await house.until(2)
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)
            assert house.sentence == 'By 12:25 it gets 1.5 of 20.0 kWh, at full current.'
            await house.until(26)
            assert house.goals.view(1) is None
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)  # nobody asked to stop

    run_simulated(stay())


def test_a_departure_moved_earlier_and_another_price_list_are_followed_at_once() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=0.8)
            house.plug_in()
            await house.until(4)
            await house.push([0.05], begin=0)
            await house.until(5)
            assert house.house.car_current_a > 0
            await house.push([0.9], begin=0)
            await house.until(6)
            assert house.house.car_current_a == 0
            await house.want(25, energy_kwh=1.2)
            await house.until(7)
            assert house.house.car_current_a > 0
            assert house.limit is not None
            assert house.limit.by == THE_PLAN

    run_simulated(stay())


def test_it_is_never_above_a_ceiling_that_comes_meanwhile() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await house.want(45, energy_kwh=1.2)
            house.plug_in()
            await house.until(4)
            ceilings = house.house.charge_point.ceilings
            await ceilings.put(Ceiling('grid-operator', 8, None, REST, house.now))
            await house.until(5)
            assert 0 < house.house.car_current_a <= 8.2
            await house.until(46)
            assert house.charged_kwh == pytest.approx(1.2, abs=0.1)

    run_simulated(stay())


def test_a_plan_made_below_the_floor_of_the_fuse_after_a_restart_is_renewed_by_the_first_readings(
    tmp_path: Path,
) -> None:
    async def stay() -> None:
        async with PlannedHouse(folder=tmp_path, fuse=25) as house:
            await house.want(40, energy_kwh=1.8)
            house.plug_in()
            await house.measure(10)
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)
            await house.restart()
            await house.until(house.minute + 0.15)
            assert house.sentence.endswith('of 1.8 kWh, as fast as the fuse allows.')
            assert house.house.car_current_a == pytest.approx(6, abs=0.3)
            await house.measure(house.minute + 2)
            assert house.sentence.startswith('Ready at 12:40: 1.8 kWh, charges now')
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)
            await house.measure(41)
            assert house.charged_kwh == pytest.approx(1.8, abs=0.1)

    run_simulated(stay())


def test_a_plan_is_made_again_when_the_meter_is_lost_and_when_it_is_back() -> None:
    async def stay() -> None:
        async with PlannedHouse(fuse=25) as house:
            await house.want(70, energy_kwh=3)
            house.plug_in()
            await house.measure(5)
            assert house.sentence.startswith('Ready at 13:10: 3 kWh, charges now')
            await house.until(8)
            assert house.house.car_current_a == pytest.approx(6, abs=0.3)
            assert house.sentence.startswith('By 13:10 it gets 1.')
            assert house.sentence.endswith('of 3.0 kWh, as fast as the fuse allows.')
            await house.measure(10)
            assert house.sentence.startswith('Ready at 13:10: 3 kWh, charges now')
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)

    run_simulated(stay())


def test_a_fluctuating_fuse_is_no_reason_to_plan_again_and_again() -> None:
    made = []

    def counted(*given: Any) -> PlanStep:
        made.append(given)
        return step(*given)

    async def stay() -> None:
        async with PlannedHouse(make_plan=counted, fuse=20) as house:
            await house.want(70, energy_kwh=3)
            house.plug_in()
            await house.measure(4, 1500)
            made.clear()
            for turn in range(24):
                await house.measure(house.minute + 0.4, 1400 + 200 * (turn % 2))
            assert len(made) <= 2
            assert house.sentence.startswith('Ready at 13:10')

    run_simulated(stay())


@pytest.mark.parametrize(
    ('goal', 'kwh'), [({'energy_kwh': 0.5}, 0.5), ({'minutes': 6}, 0.37), ({'cost': 0.1}, 0.33), ({'soc': 11}, 0.3)]
)
def test_charging_stops_there_and_nothing_starts_again(goal: dict[str, Any], kwh: float) -> None:
    async def stay() -> None:
        car = Car(max_current_a=32, battery_kwh=60, soc=10, phases=1)
        async with PlannedHouse(car, max_current=16) as house:
            house.house.charge_point.set_mode(1, Mode.FAST)
            await house.want(**goal)
            house.plug_in()
            await house.until(15)
            assert house.charged_kwh == pytest.approx(kwh, abs=0.12)
            assert house.house.car_current_a == 0
            assert house.aim == 'stop'
            assert house.sentence.startswith('Stopped after 0.')
            assert house.sentence.endswith('Start to go on.')
            wish = house.house.charge_point.state.connector(1).last_wish
            assert wish is not None
            assert wish.by == THE_GOAL
            house.house.charger.unplug(1)
            await house.until(15.5)
            assert house.goals.view(1) is None

    run_simulated(stay())


async def charged_for_a_cent(house: PlannedHouse) -> None:
    """Charge in mode Fast, begun with a card, until a goal of 1 cent stops it."""
    house.house.charge_point.set_mode(1, Mode.FAST)
    await house.want(cost=0.01)
    house.plug_in()
    house.house.charger.tap('Tag1', 1)
    await house.until(6)
    assert house.aim == 'stop'
    assert house.house.car_current_a == 0


def test_a_reached_goal_does_not_stop_the_next_car() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await charged_for_a_cent(house)
            house.house.charger.unplug(1)
            await house.until(6.5)
            house.plug_in()
            house.house.charger.tap('Tag2', 1)
            await house.until(8)
            assert house.goals.view(1) is None
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)

    run_simulated(stay())


@pytest.mark.parametrize('mode', [Mode.MANUAL, Mode.FAST, Mode.SOLAR])
@pytest.mark.parametrize('by_card', [False, True])
def test_home_says_what_the_plan_does_in_every_mode(mode: Mode, by_card: bool) -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            house.house.charge_point.set_mode(1, mode)
            await house.push(PRICES)
            await house.want(90, energy_kwh=1.7)
            house.plug_in()
            if by_card:
                house.house.charger.tap('Tag1', 1)
            await house.until(10)
            assert house.headline == ('Paused by the plan' if by_card else 'Plugged in, waits for its plan')
            await house.until(47)
            assert house.headline == "Charging at the plan's limit"
            await house.until(80)
            assert house.headline == 'The goal is reached'

    run_simulated(stay())


def test_the_pause_of_a_plan_that_is_over_does_not_outlast_the_car() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=1.7)
            house.plug_in()
            await house.until(92)
            assert house.goals.view(1) is None
            assert house.limit is not None
            assert (house.limit.limit_a, house.limit.by) == (0, THE_PLAN)
            house.house.charger.unplug(1)
            await house.until(93)
            assert house.limit is None

    run_simulated(stay())


def test_a_car_that_leaves_while_the_plan_pauses_its_session_starts_no_other() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            house.house.charge_point.set_mode(1, Mode.FAST)
            await house.push(PRICES)
            await house.want(90, energy_kwh=1.7)
            house.plug_in()
            house.house.charger.tap('Tag1', 1)
            await house.until(92)
            house.house.charger.unplug(1)
            await house.until(93)
            connector = house.house.charge_point.state.connector(1)
            assert connector.activity is Activity.IDLE
            assert connector.remote_start is None

    run_simulated(stay())


def test_a_reached_goal_ends_with_another_card_and_with_a_start() -> None:
    async def another_card() -> None:
        async with PlannedHouse() as house:
            await charged_for_a_cent(house)
            house.house.charger.tap('Tag2', 1)
            await house.until(8)
            assert house.goals.view(1) is None
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)

    async def start() -> None:
        async with PlannedHouse() as house:
            await charged_for_a_cent(house)
            await house.house.wish(1, 10, YOU)
            await house.until(8)
            assert house.goals.view(1) is None
            assert house.house.car_current_a == pytest.approx(10, abs=0.3)

    run_simulated(another_card())
    run_simulated(start())


def test_a_goal_for_each_plug_in_begins_again_once_the_car_left() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            house.house.charge_point.set_mode(1, Mode.FAST)
            await house.want(energy_kwh=0.3, repeat=tuple(range(7)))
            house.plug_in()
            await house.until(8)
            assert house.aim == 'stop'
            house.house.charger.unplug(1)
            await house.until(20)
            assert house.sentence == 'Stops at 0.3 kWh; 0.00 kWh so far.'
            house.plug_in()
            await house.until(22)
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)

    run_simulated(stay())


def test_with_free_charging_the_plan_says_when_it_starts() -> None:
    async def stay() -> None:
        async with PlannedHouse(free_charging=True) as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=0.8)
            house.plug_in()
            await house.until(3)
            assert house.house.car_current_a == 0
            await house.goals.clear(1)
            house.house.charger.unplug(1)
            await house.until(4)
            house.plug_in()
            await house.until(6)
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)

    run_simulated(stay())


def test_a_session_that_a_card_began_is_paused_and_not_ended() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=0.8)
            house.plug_in()
            house.house.charger.tap('Tag1', 1)
            await house.until(3)
            assert house.house.car_current_a == 0
            assert house.house.charge_point.state.connector(1).transaction_id is not None
            await house.until(47)
            assert house.house.car_current_a > 0
            assert len(house.house.charge_point.state.transactions) == 1

    run_simulated(stay())


def test_in_the_sun_the_surplus_decides_and_in_the_dark_the_plan() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            await house.push([0.35, 0.35, 0.12, 0.12, 0.35, 0.35, 0.35])
            house.house.charge_point.set_mode(1, Mode.SOLAR)
            await house.want(100, energy_kwh=1.4)
            house.plug_in()
            await house.until(1)
            house.house.charge_point.record_reading(3000, -2700, METER)
            await house.until(1.2)
            assert house.aim == 'mode'
            house.house.charge_point.record_reading(0, 300, METER)
            await house.until(2)
            assert house.aim == 'plan'
            await house.until(32)
            assert house.aim == 'plan'
            assert house.house.car_current_a > 0

    run_simulated(stay())


def test_mode_off_keeps_the_goal_and_starts_nothing() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            house.house.charge_point.set_mode(1, Mode.OFF)
            await house.want(20, energy_kwh=5)
            house.plug_in()
            await house.until(3)
            assert house.aim == 'mode'
            assert house.house.car_current_a == 0
            assert house.sentence == 'Charging is off; the goal (5 kWh by 12:20) counts again once it is on.'

    run_simulated(stay())


def test_a_goal_of_another_weekday_says_so() -> None:
    async def stay() -> None:
        async with PlannedHouse() as house:
            house.house.charge_point.set_mode(1, Mode.FAST)
            await house.want(energy_kwh=0.3, repeat=(0,))  # it is a Sunday
            house.plug_in()
            await house.until(8)
            assert house.house.car_current_a > 0
            assert house.sentence == 'The goal (0.3 kWh) is for cars that are plugged in on Mon.'

    run_simulated(stay())


def test_a_charger_that_cannot_pause_ends_its_session_and_begins_another() -> None:
    async def stay() -> None:
        car = Car(max_current_a=16, battery_kwh=400, soc=10, phases=1)
        async with PlannedHouse(car, 'no-smart-charging') as house:
            await house.push([0.05, 0.9, 0.05, 0.9])
            await house.want(60, energy_kwh=1.4)
            house.plug_in()
            await house.until(20)
            assert house.house.car_current_a == 0
            await house.until(46)
            assert house.charged_kwh == pytest.approx(1.4, abs=0.15)
            assert len(house.house.charge_point.state.transactions) == 2

    run_simulated(stay())


def test_a_session_that_was_ended_above_the_maximum_is_not_started_again() -> None:
    async def stay() -> None:
        async with PlannedHouse(persona='no-smart-charging') as house:  # its car takes 32 A
            await house.want(60, energy_kwh=10)
            house.plug_in()
            await house.until(10)
            assert house.house.car_current_a == 0
            assert len(house.house.charge_point.state.transactions) == 1

    run_simulated(stay())


def test_where_no_plan_can_be_made_it_charges_at_once_and_says_so() -> None:
    def broken(*_: object) -> PlanStep:
        raise RuntimeError('a mistake of ours')

    async def stay() -> None:
        async with PlannedHouse(make_plan=broken) as house:
            await house.push(PRICES)
            await house.want(90, energy_kwh=0.5)
            house.plug_in()
            await house.until(3)
            assert house.house.car_current_a == pytest.approx(16, abs=0.3)
            assert house.sentence.endswith('No plan could be made, so it charges at full current.')
            await house.until(12)
            assert house.house.car_current_a == 0
            assert 'No plan could be made; it charges at the maximum' in house.house.complaints[0]
            house.house.complaints.clear()

    run_simulated(stay())
