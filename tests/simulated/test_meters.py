"""Makes whose meters say odd things, for two sessions: what is shown never jumps, and each session counts exactly."""

from __future__ import annotations

import itertools

import pytest

from simulator import Car
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse


@pytest.mark.parametrize('persona', ['wallbox-pulsar-6', 'growatt-thor', 'go-e', 'vestel'])
def test_the_register_never_jumps_and_sessions_count_exactly(persona: str) -> None:
    async def work() -> None:
        async with SimulatedHouse(persona) as house:
            registers: list[float] = []
            powers: list[float] = []

            def on_change() -> None:
                meter = house.charge_point.state.connector(1).meter
                registers.append(meter.energy_wh or 0.0)
                powers.append(meter.power_w or 0.0)

            house.charge_point.subscribe(on_change)
            for _ in range(2):
                house.charger.plug_in(1, Car(max_current_a=32))
                await house.settle(30)
                await house.wish(1, 10)
                await house.settle(600)
                await house.wish(1, 0)
                await house.settle(60)
                house.charger.unplug(1)
                await house.settle(60)
            falls = [after for before, after in itertools.pairwise(registers) if after < before]
            assert len(falls) <= house.persona.register_per_session
            assert max(after - before for before, after in itertools.pairwise(registers)) < 500
            assert min(powers) >= 0
            ended = [t for t in house.charge_point.state.transactions if not t.running]
            assert len(ended) == 2
            for session in ended:
                assert session.energy_wh == (session.meter_stop_wh or 0) - (session.meter_start_wh or 0)
                assert not session.energy_estimated

    run_simulated(work())
