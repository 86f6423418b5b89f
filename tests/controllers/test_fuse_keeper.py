"""The main fuse of a simulated house, whose meter tells the current of each phase."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cpo.charge_point import ChargePoint
from cpo.controllers import FuseKeeper
from cpo.state import FUSE, HOME_ASSISTANT, REST, YOU, Ceiling, SolarRead
from simulator import Persona
from tests.examples import quiet_s
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What

FUSE_A = 25.0


class Home:
    """A house with a car on one phase; its meter tells the currents every `every_s` s, `late_s` after it measured."""

    def __init__(
        self, house: SimulatedHouse, base_a: tuple[float, float, float], every_s: float, late_s: float = 0
    ) -> None:
        self.house, self.base_a, self.every_s, self.late_s = house, base_a, every_s, late_s
        self.fuse_a = house.charge_point.settings.fuse or FUSE_A
        self.is_meter_lost = False
        self.is_power_only = False
        self.above_since_s: float | None = None
        self.longest_above_s = 0.0
        FuseKeeper(house.charge_point, house.charge_point.now)
        house.in_background(self._measure())
        house.in_background(self._watch())

    @property
    def currents_a(self) -> tuple[float, float, float]:
        first, second, third = self.base_a
        return first + self.house.car_current_a, second, third

    @property
    def ceiling(self) -> Ceiling:
        return self.house.charge_point.state.ceilings[FUSE]

    async def _measure(self) -> None:
        while True:
            await asyncio.sleep(self.every_s)
            if not self.is_meter_lost:
                self.house.in_background(self._tell(self.currents_a, self.house.charge_point.now()))

    async def _tell(self, currents: tuple[float, float, float], at: datetime) -> None:
        await asyncio.sleep(self.late_s)
        now = self.house.charge_point.now()
        read = SolarRead(now, by=REST, measured_at=at, grid_a=currents)
        if self.is_power_only:
            read = SolarRead(now, by=REST, measured_at=at, grid_w=sum(currents) * 230)
        self.house.charge_point.record(read)

    async def _watch(self) -> None:
        """Measure for how long the fuse is exceeded without a break."""
        while True:
            now_s = self.house.time_s
            is_above = max(self.currents_a) > self.fuse_a + 0.01
            self.above_since_s = (self.above_since_s or now_s) if is_above else None
            if self.above_since_s is not None:
                self.longest_above_s = max(self.longest_above_s, now_s - self.above_since_s)
            await asyncio.sleep(0.1)


Story = Callable[[SimulatedHouse, Home], Awaitable[None]]


def play(
    story: Story,
    base_a: tuple[float, float, float] = (2, 2, 2),
    every_s: float = 1,
    wish_a: float = 16,
    late_s: float = 0,
    **more: Any,
) -> None:
    """A car charges with 16 A, then the story begins."""

    async def begin() -> None:
        async with SimulatedHouse(**{'fuse': FUSE_A, **more}) as house:
            home = Home(house, base_a, every_s, late_s)
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(10)
            await house.wish(1, wish_a)
            await house.settle(60)
            await story(house, home)

    run_simulated(begin())


def sent(house: SimulatedHouse) -> int:
    return sum(call.action == 'SetChargingProfile' for call in house.messages_sent)


def test_it_charges_as_wished_while_there_is_room() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        assert house.car_current_a > 15
        begun = sent(house)
        await house.settle(quiet_s(600))
        assert sent(house) - begun <= 12  # the limit is renewed every minute, as it would fall back
        assert house.charge_point.settings.fail_safe == 120

    play(story)


def test_a_load_that_is_switched_on_lowers_the_limit_within_one_reading() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        home.base_a = (15, 2, 2)
        await house.settle(30)
        assert home.longest_above_s <= 1 + 2  # one reading, and what the charger and the car need
        assert 9 < house.car_current_a <= 10
        limit = house.charge_point.state.connector(1).limit
        assert limit is not None
        assert (limit.held_by, limit.by, limit.as_wished.limit_a) == (FUSE, YOU, 16)
        assert home.ceiling.load is not None
        assert (home.ceiling.load.value, home.ceiling.load.of, home.ceiling.load.phase) == (25, 25, 'L1')
        home.base_a = (2, 2, 2)
        assert await house.seconds_until(lambda: house.car_current_a > 15, 30) is not None

    play(story)


def test_one_reading_too_low_costs_one_reading_and_what_the_car_needs() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        assert 22 < house.car_current_a <= 25
        house.next_call(What.LATE, 'SetChargingProfile', delay_s=0.1)
        for currents in ((20.0, 10.0, 10.0), home.currents_a):
            house.charge_point.record(SolarRead(house.charge_point.now(), by=REST, grid_a=currents))
            await house.settle(0.05)
        home.base_a = (25, 5, 5)
        home.longest_above_s = 0.0
        await house.settle(20)
        assert home.longest_above_s <= 1 + 3
        assert 9 < house.car_current_a <= 10

    play(story, base_a=(10, 5, 5), wish_a=32, fuse=35.0, max_current=32)


@pytest.mark.parametrize('late_s', [0, 2])
def test_the_higher_of_two_meters_counts_while_it_is_fresh(late_s: float) -> None:
    """Also where the true one tells a time of its own, which is always older than the newest of the stuck one."""

    async def story(house: SimulatedHouse, home: Home) -> None:
        house.in_background(stuck(house.charge_point))
        await house.settle(30)
        assert 10 < house.car_current_a <= 11
        assert home.longest_above_s == 0
        home.base_a = (18, 2, 2)
        await house.settle(30)
        assert home.longest_above_s <= 1 + late_s + 2
        assert 6 < house.car_current_a <= 7

        home.is_meter_lost = True
        await house.settle(31)
        assert home.ceiling.load is not None
        assert home.ceiling.load.value == 0

    async def stuck(charge_point: ChargePoint) -> None:
        while True:
            charge_point.record(SolarRead(charge_point.now(), by=HOME_ASSISTANT, grid_a=(0, 0, 0)))
            await asyncio.sleep(0.5)

    play(story, base_a=(14, 2, 2), late_s=late_s)


def test_it_pauses_where_less_than_6_a_are_left_and_comes_back() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        home.base_a = (22, 2, 2)
        assert await house.seconds_until(lambda: house.car_current_a == 0, 5) is not None
        await house.settle(600)
        assert house.car_current_a == 0
        home.base_a = (4, 2, 2)
        assert await house.seconds_until(lambda: house.car_current_a > 15, 30) is not None

    play(story)


def test_a_lost_meter_ends_at_the_floor() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        home.is_meter_lost = True
        assert await house.seconds_until(lambda: house.car_current_a <= 6, 35) is not None
        await house.settle(quiet_s(3600))
        assert 5.5 < house.car_current_a <= 6
        assert home.ceiling.load is None
        home.is_meter_lost = False
        assert await house.seconds_until(lambda: house.car_current_a > 15, 30) is not None

    play(story)


def test_a_meter_that_never_told_anything_is_a_lost_one() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        assert 5.5 < house.car_current_a <= 6

    play(story, every_s=100_000)


@pytest.mark.parametrize(('floor_a', 'fallback_a', 'left_a'), [(0, 6, 0), (10, 8, 8), (10, 10, 10)])
def test_the_floor_is_that_of_the_settings_and_no_higher_than_the_fallback(
    floor_a: float, fallback_a: float, left_a: float
) -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        assert home.ceiling.limit_a == left_a
        assert left_a - 0.5 < house.car_current_a <= left_a

    play(story, every_s=100_000, fuse_floor=floor_a, fallback_current=fallback_a)


def test_a_slow_meter_and_a_fast_load_do_not_pump() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        begun = sent(house)
        for number in range(60):
            home.base_a = (15 if number % 2 else 14.5, 2, 2)
            await house.settle(10)
        assert sent(house) - begun < 20
        assert home.longest_above_s <= 5 + 2

    play(story, every_s=5)


def test_with_the_power_alone_all_of_the_house_may_be_on_one_phase() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        home.is_power_only = True
        home.base_a = (4, 4, 4)
        await house.settle(60)
        assert 12 < house.car_current_a <= 13.05

    play(story)


def test_a_session_of_a_card_is_guarded_and_falls_back_when_the_program_is_gone() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        await house.wish(1, 0)
        await house.settle(30)
        house.charger.tap('Tag1', 1)
        await house.settle(60)
        assert house.car_current_a > 15
        home.base_a = (13, 2, 2)
        await house.settle(5)
        assert house.car_current_a <= 12
        house.cut_link()
        await house.settle(130)
        assert 5.5 < house.car_current_a <= 6

    play(story)


def test_the_limit_is_right_after_a_long_gap_of_the_charger() -> None:
    async def story(house: SimulatedHouse, home: Home) -> None:
        house.cut_link()
        await house.settle(300)
        home.base_a = (17, 2, 2)
        await house.settle(30)
        house.mend_link()
        await house.settle(90)
        assert house.car_current_a <= 8
        assert home.house.charge_point.now() - home.ceiling.set_at < timedelta(hours=1)

    play(story)


def test_two_cars_share_what_the_fuse_leaves() -> None:
    async def begin() -> None:
        async with SimulatedHouse(Persona(connectors=2), fuse=FUSE_A) as house:
            connectors = house.charger.station.connectors
            FuseKeeper(house.charge_point, house.charge_point.now)
            for connector_id in (1, 2):
                house.charger.plug_in(connector_id, car_for(house.persona))
                await house.settle(10)
                await house.wish(connector_id, 16)
            for _ in range(90):
                currents = (2 + connectors[1].current_a + connectors[2].current_a, 0.0, 0.0)
                house.charge_point.record(SolarRead(house.charge_point.now(), by=REST, grid_a=currents))
                await house.settle(1)
            assert 11 < connectors[1].current_a == connectors[2].current_a <= 11.5

    run_simulated(begin())
