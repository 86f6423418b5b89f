"""The surplus rule in closed loop with the simulated charger: it neither flaps nor oscillates."""

from __future__ import annotations

import asyncio
import itertools
from random import Random
from typing import Any

import pytest

from cpo.controllers import SolarController
from cpo.state import Mode, Source, SourceKind
from simulator import Car, Persona
from tests.simulated.event_loop import run_simulated, simulated_loop
from tests.simulated.house import SimulatedHouse

METER = Source(SourceKind.PROGRAM, 'house meter')
VOLTAGE_V = 230.0
HOUSE_W = 600.0


class Sun:
    """A house with a steady load, whose meter reports every so many seconds; the sun is set by hand."""

    def __init__(self, house: SimulatedHouse, pv_w: float, phases: int, every_s: float) -> None:
        """Mode Solar, and a car plugged in."""
        self.house, self.pv_w, self.phases, self.every_s = house, pv_w, phases, every_s
        self.controller = SolarController(house.charge_point, simulated_loop().now)
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charger.plug_in(1, Car(max_current_a=32, battery_kwh=400, soc=10, phases=phases))
        house.in_background(self._run())

    async def _run(self) -> None:
        while True:
            car_w = self.house.car_current_a * VOLTAGE_V * self.phases
            self.house.charge_point.record_reading(self.pv_w, HOUSE_W + car_w - self.pv_w, METER)
            await asyncio.sleep(self.every_s)


def calls_of(house: SimulatedHouse, action: str) -> list[float]:
    """When the program sent such a Call."""
    return [call.at_s for call in house.messages_sent if call.action == action]


@pytest.mark.parametrize(
    ('phases', 'pv_w', 'drops_to_w', 'charges_s'),
    [(3, 8200, 500, 60), (1, 6000, 400, 40), (1, 8200, 500, 40), (3, 8200, 500, 1800), (1, 4500, 500, 1800)],
)
def test_a_drop_of_the_sun_does_not_start_and_stop_it(
    phases: int, pv_w: float, drops_to_w: float, charges_s: float
) -> None:
    async def work() -> None:
        async with SimulatedHouse(Persona(phases=phases), startup_requests=False, phases=phases) as house:
            await house.settle(20)
            sun = Sun(house, pv_w, phases, 5.0)
            assert await house.seconds_until(lambda: house.car_current_a > 0, 120) is not None
            await house.settle(charges_s)
            started = len(calls_of(house, 'RemoteStartTransaction'))
            sun.pv_w = drops_to_w
            await house.settle(1800)
            assert started == 1
            assert len(calls_of(house, 'RemoteStartTransaction')) <= 2
            assert len(calls_of(house, 'RemoteStopTransaction')) <= 2
            assert house.car_current_a == 0

    run_simulated(work())


@pytest.mark.parametrize(
    ('phases', 'every_s', 'follows_after_s'),
    [
        (1, 1.0, 0.0),
        (1, 2.0, 0.0),
        (3, 2.0, 0.0),
        (1, 5.0, 0.5),
        (1, 10.0, 0.0),
        (1, 2.0, 3.0),
        (3, 5.0, 3.0),
        (1, 10.0, 3.0),
    ],
)
def test_after_a_rise_of_the_sun_a_car_that_follows_soon_settles(
    phases: int, every_s: float, follows_after_s: float
) -> None:
    async def work() -> None:
        persona = Persona(phases=phases, follows_after_s=follows_after_s)
        async with SimulatedHouse(persona, startup_requests=False, phases=phases, meter_interval_s=10) as house:
            await house.settle(20)
            steady_w = 11.0 * VOLTAGE_V * phases
            sun = Sun(house, HOUSE_W + steady_w * 0.6, phases, every_s)
            await house.settle(90)
            sun.pv_w, risen_s = HOUSE_W + steady_w, house.time_s
            await house.settle(130)
            writes = [at - risen_s for at in calls_of(house, 'SetChargingProfile') if at > risen_s]
            assert 1 <= len(writes) <= 5
            assert writes[-1] < 60
            assert house.car_current_a == pytest.approx(11.0, abs=0.6)

    run_simulated(work())


def test_a_limit_that_waits_for_the_raise_before_is_sent_once() -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False, latency_s=0.3) as house:
            await house.settle(20)
            sun, random, goal_w = Sun(house, 2600, 1, 5.0), Random(3), 0
            assert await house.seconds_until(lambda: house.car_current_a > 0, 120) is not None
            await house.settle(60)
            for number in range(100):
                goal_w = goal_w if number % 12 else random.choice((2200, 2800, 3400, 4000, 4300))
                sun.pv_w += (goal_w - sun.pv_w) * 0.3
                await house.settle(5)
            profiles = [call.payload for call in house.messages_sent if call.action == 'SetChargingProfile']
            limits = [first_limit_a(profile) for profile in profiles]
            assert len(limits) > 10
            assert [after for before, after in itertools.pairwise(limits) if after == before] == []

    run_simulated(work())


def first_limit_a(profile: dict[str, Any]) -> float:
    """The limit with which the schedule of a SetChargingProfile begins."""
    limit_a: float = profile['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod'][0]['limit']
    return limit_a


@pytest.mark.parametrize('follows_after_s', [8.0, 20.0])
def test_a_charger_that_obeys_late_does_not_swing(follows_after_s: float) -> None:
    async def work() -> None:
        persona = Persona(phases=1, follows_after_s=follows_after_s)
        async with SimulatedHouse(persona, startup_requests=False, meter_interval_s=30) as house:
            await house.settle(20)
            sun = Sun(house, HOUSE_W + 7.0 * VOLTAGE_V, 1, 5.0)
            await house.settle(300)
            sun.pv_w, risen_s = HOUSE_W + 12.0 * VOLTAGE_V, house.time_s
            await house.settle(600)
            writes = [at - risen_s for at in calls_of(house, 'SetChargingProfile') if at > risen_s]
            assert 1 <= len(writes) <= 12
            assert writes[-1] < 240
            assert house.car_current_a == pytest.approx(12.0, abs=0.6)

    run_simulated(work())
