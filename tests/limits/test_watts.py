"""A charger that takes only W never gives one phase more than the maximum, and a three-phase car what it may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from cpo.chargers import Unit
from cpo.limits import read_back_sentence
from cpo.limits.watts import TRIED_AFTER
from cpo.sentences import phases_advice
from cpo.state import Verdict
from simulator import Car, Persona
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse

WATTS_ONLY = Persona.load('watts-only')
OF_THE_PROFILE = replace(WATTS_ONLY, watts_over='number phases')
INSTALLED = WATTS_ONLY
USED = replace(WATTS_ONLY, watts_over='used')
POWER_ALONE = ('Energy.Active.Import.Register', 'Power.Active.Import')
NOTHING = ('Temperature',)
MAX_A, LIMIT_A = 32, 16
ONE_PHASE_W = LIMIT_A * 230
THREE_PHASE_W = 3 * ONE_PHASE_W
TRIED_W = MAX_A * 230
WAIT_S = TRIED_AFTER.total_seconds() + 40
Story = Callable[[SimulatedHouse, Car], Awaitable[None]]


def play(story: Story, persona: Persona, *, car_phases: int, **settings: Any) -> None:
    """A car that can draw 32 A, the maximum, is plugged in and somebody wishes 16 A; then the story begins."""

    async def begin() -> None:
        async with SimulatedHouse(persona, **{'phases': 1, 'max_current': MAX_A, **settings}) as house:
            car = Car(soc=20, max_current_a=32, phases=car_phases, battery_kwh=100)
            house.charger.plug_in(1, car)
            await house.settle(10)
            await house.wish(1, min(LIMIT_A, house.charge_point.settings.max_current))
            await story(house, car)

    run_simulated(begin())


def watts(house: SimulatedHouse) -> list[float]:
    """The limits in W of the profiles sent, without repetitions."""
    sent: list[float] = []
    for call in house.messages_sent:
        profile = call.payload.get('csChargingProfiles') or call.payload.get('chargingProfile')
        if profile and profile['chargingSchedule']['chargingRateUnit'] == Unit.W:
            sent.append(float(profile['chargingSchedule']['chargingSchedulePeriod'][0]['limit']))
    return [w for i, w in enumerate(sent) if not i or sent[i - 1] != w]


def most_seen_a(house: SimulatedHouse) -> float:
    """The highest current in any phase from the beginning."""
    return max(sample.current_a for sample in house.recorder.samples)


@pytest.mark.parametrize('phases', [1, 3])
@pytest.mark.parametrize('box', [OF_THE_PROFILE, INSTALLED, USED], ids=lambda box: box.watts_over)
def test_a_one_phase_car_never_draws_more_than_the_maximum(box: Persona, phases: int) -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(300)
        assert car.current_a > LIMIT_A - 1
        assert most_seen_a(house) <= LIMIT_A
        told = ' '.join(phases_advice(house.charge_point.state))
        assert ('CPO_PHASES says 3' in told) is (phases == 3)

    play(story, box, car_phases=1, phases=phases)


@pytest.mark.parametrize('phases', [1, 3])
@pytest.mark.parametrize('box', [OF_THE_PROFILE, INSTALLED, USED], ids=lambda box: box.watts_over)
def test_a_three_phase_car_gets_its_limit_on_each_phase(box: Persona, phases: int) -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(WAIT_S)
        assert car.current_a > LIMIT_A - 1
        assert watts(house)[-1] == THREE_PHASE_W
        assert most_seen_a(house) <= MAX_A
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert found.verdict is Verdict.FOLLOWS
        told = ' '.join(phases_advice(house.charge_point.state))
        assert ('CPO_PHASES says 1' in told) is (phases == 1)

    play(story, box, car_phases=3, phases=phases)


def test_one_phase_comes_first_and_three_are_tried_with_as_little_as_flows() -> None:
    async def story(house: SimulatedHouse, _: Car) -> None:
        await house.settle(50)
        assert watts(house) == [ONE_PHASE_W]
        await house.settle(WAIT_S)
        assert watts(house) == [ONE_PHASE_W, TRIED_W, THREE_PHASE_W]

    play(story, INSTALLED, car_phases=3)


def test_a_one_phase_car_that_slept_draws_the_maximum_and_only_until_it_is_seen() -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        car.soc = 100  # it waits for a time of its own
        await house.settle(WAIT_S)
        assert watts(house)[-1] == TRIED_W
        car.soc = 20
        await house.settle(30)
        assert LIMIT_A - 1 < car.current_a <= LIMIT_A
        assert watts(house)[-1] == ONE_PHASE_W
        assert most_seen_a(house) <= MAX_A
        car.soc = 100
        await house.settle(300)
        assert watts(house)[-1] == ONE_PHASE_W  # it counts as a car on one phase now

    play(story, USED, car_phases=1)


@pytest.mark.parametrize('phases', [1, 3])
def test_a_car_that_goes_from_three_phases_to_one_is_lowered_by_the_next_call(phases: int) -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(WAIT_S)
        assert watts(house)[-1] == THREE_PHASE_W
        car.phases, begun = 1, len(house.messages_sent)
        await house.settle(15)
        assert watts(house)[-1] == ONE_PHASE_W
        assert house.messages_sent[begun].action == 'SetChargingProfile'
        await house.settle(10)
        assert car.current_a <= LIMIT_A
        await house.settle(300)
        assert watts(house)[-1] == ONE_PHASE_W
        car.phases = 3
        await house.settle(15)
        house.charger.unplug(1)
        await house.settle(5)
        house.charger.plug_in(1, Car(soc=20, max_current_a=32, phases=3, battery_kwh=100))
        await house.wish(1, LIMIT_A)
        await house.settle(WAIT_S)
        assert watts(house)[-1] == THREE_PHASE_W

    play(story, USED, car_phases=3, phases=phases)


def test_a_lower_limit_does_not_make_a_one_phase_car_of_what_it_drew_before() -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(WAIT_S)
        for limit_a in (10, 6, 8):
            await house.wish(1, limit_a)
            await house.settle(25)
            assert limit_a - 1 < car.current_a <= limit_a
        assert watts(house)[-3:] == [3 * 2300, 3 * 6 * 230, 3 * 8 * 230]

    play(story, INSTALLED, car_phases=1, phases=3)


@pytest.mark.parametrize('car_phases', [1, 3])
def test_power_alone_does_not_show_three_phases_so_the_owner_is_asked(car_phases: int) -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(2 * WAIT_S)
        assert most_seen_a(house) <= MAX_A
        if car_phases == 1:
            assert car.current_a > LIMIT_A - 1
            return
        assert watts(house)[-1] == TRIED_W
        assert 10 < car.current_a <= MAX_A / 3
        found = house.charge_point.state.connector(1).read_back
        assert found is not None
        assert found.verdict is Verdict.UNCLEAR
        assert 'set CPO_PHASES to 3' in read_back_sentence(found)

    play(story, replace(USED, measurands=POWER_ALONE), car_phases=car_phases)


@pytest.mark.parametrize('measurands', [POWER_ALONE, WATTS_ONLY.measurands], ids=['power alone', 'currents'])
@pytest.mark.parametrize('max_a', [6, 16])
def test_three_phases_are_not_tried_where_one_could_draw_more_than_the_maximum(
    measurands: tuple[str, ...], max_a: int
) -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.wish(1, max_a)
        await house.settle(WAIT_S)
        assert watts(house)[-1] == max_a * 230
        assert any('set CPO_PHASES to 3' in sentence for sentence in phases_advice(house.charge_point.state))
        car.phases, car.soc = 1, 20
        await house.settle(600)
        assert most_seen_a(house) <= max_a
        assert phases_advice(house.charge_point.state) == ()

    slept = replace(USED, measurands=measurands)
    play(story, slept, car_phases=3, max_current=max_a)


@pytest.mark.parametrize('measurands', [POWER_ALONE, NOTHING], ids=['power alone', 'nothing'])
def test_the_setting_of_the_owner_counts_where_no_phases_are_seen(measurands: tuple[str, ...]) -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(WAIT_S)
        assert watts(house) == [ONE_PHASE_W, THREE_PHASE_W]
        assert LIMIT_A - 1 < car.current_a <= LIMIT_A

    play(story, replace(INSTALLED, measurands=measurands), car_phases=3, phases=3)


def test_a_box_that_measures_nothing_stays_with_the_watts_of_one_phase() -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(600)
        assert watts(house) == [ONE_PHASE_W]
        assert LIMIT_A - 1 < car.current_a <= LIMIT_A

    play(story, replace(USED, measurands=NOTHING), car_phases=1)


@pytest.mark.parametrize('phases', [1, 3])
def test_a_make_that_puts_little_power_on_one_phase_begins_with_the_phases_of_the_owner(phases: int) -> None:
    async def story(house: SimulatedHouse, car: Car) -> None:
        await house.settle(30)
        assert watts(house)[-1] == (ONE_PHASE_W if phases == 1 else THREE_PHASE_W)
        assert LIMIT_A - 1 < car.current_a <= LIMIT_A

    play(story, Persona.load('huawei'), car_phases=3, phases=phases)
