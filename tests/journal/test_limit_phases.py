"""On how many phases a limit lets the car charge outlives a restart of the program."""

from __future__ import annotations

from pathlib import Path

from simulator import Car, Persona
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse


def test_after_a_restart_the_limit_is_for_the_same_phases(tmp_path: Path) -> None:
    async def work() -> None:
        async with SimulatedHouse(Persona().that_switches_phases(), folder=tmp_path, fail_safe=0) as house:
            await house.settle(20)
            house.charger.plug_in(1, Car(max_current_a=32, phases=3))
            await house.charge_point.set_charging_limit(1, 10, phases=1)
            await house.settle(120)
            before, sent = house.charge_point.state.connector(1), len(house.messages_sent)
            assert before.limit is not None
            assert before.limit.phases == 1
            await house.restart_program()
            after = house.charge_point.state.connector(1)
            assert (after.limit, after.wish) == (before.limit, before.wish)
            profiles = [
                call.payload['csChargingProfiles'] for call in house.messages_sent[sent:] if 'Set' in call.action
            ]
            periods = [
                period for profile in profiles for period in profile['chargingSchedule']['chargingSchedulePeriod']
            ]
            assert {period.get('numberPhases') for period in periods} <= {1}
            assert house.charger.station.connectors[1].phases_used == 1

    run_simulated(work())
