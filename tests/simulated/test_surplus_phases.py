"""The number of phases is the car's: one that turns out to be another is no reason to stop and to start again."""

from __future__ import annotations

import itertools

import pytest

from simulator import Persona
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse
from tests.simulated.sunny_house import SunnyHouse


@pytest.mark.parametrize('assumed', [1, 3])
def test_a_car_on_three_phases_starts_seldom_whatever_was_assumed(assumed: int) -> None:
    async def work() -> None:
        async with SimulatedHouse(Persona(phases=3), startup_requests=False, phases=assumed) as house:
            await house.settle(20)
            sunny = SunnyHouse(house, sun_hours=3, clouds=(1.0, 0.6), phases=3)
            drawn: list[float] = []
            while house.time_s < 3600:
                await house.settle(10)
                drawn.append(house.car_current_a)
            records = [decided.record for decided in sunny.controller.records]
            assert records[-1].phases == 3
            assert sum(before == 0 < after for before, after in itertools.pairwise(drawn)) <= 2
            assert drawn[-1] > 5

    run_simulated(work())
