"""The modes below a ceiling: no message is repeated, the wish comes back by itself, what is shown meanwhile is true."""

from __future__ import annotations

import pytest

from cpo.controllers import Reason, SolarController
from cpo.controllers.surplus_sentences import decision_sentence
from cpo.dashboard.words.why import why_rows
from cpo.state import REST, Ceiling, Mode, Preset, PresetChosen
from tests.simulated.event_loop import run_simulated, simulated_loop
from tests.simulated.house import SimulatedHouse
from tests.simulated.open_page import OpenPage
from tests.simulated.sunny_house import SunnyHouse

WHY = {8.0: 'More is left over for the car than a ceiling lets it have.', 3.0: 'a ceiling leaves it too little.'}
HOME = {8.0: 'Held back by oven', 3.0: 'Paused for oven'}


async def put_ceiling(house: SimulatedHouse, limit_a: float) -> None:
    await house.charge_point.ceilings.put(Ceiling('oven', limit_a, None, REST, simulated_loop().now()))


def newest_why(controller: SolarController) -> str:
    """What the page Why says of the newest decision."""
    rows = why_rows(controller.records, ())
    return rows[max(rows)].what


@pytest.mark.parametrize(
    ('mode', 'preset', 'ceiling_a'),
    [
        (Mode.SOLAR, Preset.BALANCED, 8.0),
        (Mode.SOLAR, Preset.BALANCED, 3.0),
        (Mode.SOLAR, Preset.DEMO, 8.0),
        (Mode.SOLAR_MIN, Preset.BALANCED, 3.0),
        (Mode.FAST, Preset.BALANCED, 8.0),
    ],
)
def test_below_a_ceiling_nothing_is_repeated_and_the_wish_comes_back(
    mode: Mode, preset: Preset, ceiling_a: float
) -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False) as house:
            await house.settle(20)
            sunny = SunnyHouse(house, sun_hours=3, clouds=(1.0,))
            house.charge_point.set_mode(1, mode)
            house.charge_point.record(PresetChosen(1, preset))
            assert await house.seconds_until(lambda: house.car_current_a > 11, 3600) is not None
            await put_ceiling(house, ceiling_a)
            await house.settle(15)
            sent, page = len(house.messages_sent), OpenPage(house, sunny)
            for _ in range(60):
                await house.settle(10)
                assert house.car_current_a == pytest.approx(7.9 if ceiling_a >= 6 else 0)
                assert HOME[ceiling_a] in house.home
                if (seen := page.look()) is not None:
                    assert seen.words.headline == HOME[ceiling_a]
                    assert WHY[ceiling_a] in newest_why(sunny.controller)
                    assert ceiling_a >= 6 or 'Would stop' not in decision_sentence(seen.record)
            assert len(house.messages_sent) == sent
            await house.charge_point.ceilings.lift('oven')
            assert await house.seconds_until(lambda: house.car_current_a > 12, 30) is not None
            await house.settle(15)
            assert 'oven' not in house.home
            if preset is Preset.BALANCED and mode is not Mode.FAST:
                assert newest_why(sunny.controller) == 'The car gets what is left over.'

    run_simulated(work())


def test_a_car_whose_start_a_ceiling_holds_back_is_not_taken_for_asleep() -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False) as house:
            await house.settle(20)
            await put_ceiling(house, 3)
            sunny = SunnyHouse(house, sun_hours=3, clouds=(1.0,))
            assert await house.seconds_until(lambda: bool(sunny.controller.decision(1).limit_a), 3600) is not None
            await house.settle(900)
            reasons = [decided.record.reason for decided in sunny.controller.records]
            assert reasons[-1] is Reason.PAUSED_BY_CEILING
            assert Reason.WAKING not in reasons
            assert house.messages_sent == []
            await house.charge_point.ceilings.lift('oven')
            assert await house.seconds_until(lambda: house.car_current_a > 6, 60) is not None

    run_simulated(work())
