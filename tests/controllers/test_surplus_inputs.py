"""What the rule is given: the facts about car and charger, from the settings, the make and what was learned."""

from __future__ import annotations

import pytest

from cpo.chargers import ChargerKind, ChargerKnowledge, ChargerQuirks, Numbers, quirks_for
from cpo.controllers.surplus_inputs import car_rules_of
from cpo.controllers.surplus_values import CarRules
from cpo.settings import Settings
from cpo.state import Learned, Mode
from simulator import Car
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse
from tests.simulated.sunny_house import SunnyHouse

GRIZZL_E = quirks_for(ChargerKind('United Chargers', 'Grizzl-E Mini Connect', '3.15'))
PULSAR_PRO = quirks_for(ChargerKind('Wall Box Chargers', 'PPR1-0-2-4', '6.7.27'))


@pytest.mark.parametrize(
    ('settings', 'quirks', 'learned', 'expected'),
    [
        (Settings(), ChargerQuirks(), Numbers.ANY, CarRules()),
        (Settings(car_min_current=8), ChargerQuirks(), Numbers.ANY, CarRules(8)),
        (Settings(), GRIZZL_E, Numbers.ANY, CarRules(7)),
        (Settings(car_min_current=8), GRIZZL_E, Numbers.ANY, CarRules(8)),
        (Settings(), PULSAR_PRO, Numbers.ANY, CarRules(numbers=Numbers.WHOLE)),
        (Settings(), PULSAR_PRO, Numbers.STEPS, CarRules(numbers=Numbers.STEPS)),
        (Settings(max_current=13.75, car_restarts=9), ChargerQuirks(), Numbers.ANY, CarRules(6, 13.7, restarts=9)),
    ],
)
def test_car_and_charger_are_known_by_settings_make_and_experience(
    settings: Settings, quirks: ChargerQuirks, learned: Numbers, expected: CarRules
) -> None:
    assert car_rules_of(settings, quirks, ChargerKnowledge(numbers=learned)) == expected


@pytest.mark.parametrize('demo', [True, False])
def test_a_car_that_needs_8_a_gets_no_less_in_solar_with_a_minimum(demo: bool) -> None:
    async def work() -> None:
        preset = 'demo' if demo else 'balanced'
        async with SimulatedHouse(startup_requests=False, car_min_current=8, solar_preset=preset) as house:
            await house.settle(20)
            SunnyHouse(house, sun_hours=0.5)
            house.charger.unplug(1)
            await house.settle(5)
            house.charge_point.set_mode(1, Mode.SOLAR_MIN)
            house.charger.plug_in(1, Car(min_current_a=8, battery_kwh=400))
            assert await house.seconds_until(lambda: house.car_current_a > 7.5, 60) is not None
            for _ in range(120):
                await house.settle(20)
                assert house.car_current_a > 7.5

    run_simulated(work())


def test_limits_are_those_that_the_charger_was_found_to_obey() -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False) as house:
            await house.settle(20)
            known = ChargerKnowledge(numbers=Numbers.STEPS)
            house.charge_point.record(Learned(house.charge_point.state.charger_kind, known))
            sunny = SunnyHouse(house, sun_hours=1, clouds=(1.0,))
            await house.settle(3600)
            limits = {decided.record.limit_a for decided in sunny.controller.records}
            assert {6.0, 8.0, 10.0, 13.0, 16.0} & limits
            assert limits <= {0.0, 6.0, 8.0, 10.0, 13.0, 16.0}

    run_simulated(work())
