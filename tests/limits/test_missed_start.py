"""A start that was given up before the car came: said where people look, and repeated by nobody but a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from cpo.dashboard.home.start_button import button_state
from cpo.state import missed_start
from simulator import Car
from tests.simulated.event_loop import run_simulated, simulated_loop
from tests.simulated.house import SimulatedHouse

Story = Callable[[SimulatedHouse], Awaitable[None]]


def button(house: SimulatedHouse) -> str:
    """What the button of Home says."""
    state = house.charge_point.state
    return button_state(state, state.connector(1), None, simulated_loop().now()).words


def starts(house: SimulatedHouse) -> int:
    return sum(call.action == 'RemoteStartTransaction' for call in house.messages_sent)


def play(story: Story, timeout_s: int) -> None:
    async def begin() -> None:
        async with SimulatedHouse(phases=1) as house:
            house.charger.configuration.change('ConnectionTimeOut', str(timeout_s))
            await house.settle(10)
            house.in_background(house.wish(1, 10))
            await house.settle(400)  # nobody plugs in, and the start is given up
            await story(house)

    run_simulated(begin())


@pytest.mark.parametrize('timeout_s', [20, 60, 120], ids=['the charger first', 'both at once', 'the program first'])
def test_a_car_that_came_too_late_is_said_with_a_button_that_starts_again(timeout_s: int) -> None:
    async def story(house: SimulatedHouse) -> None:
        before = starts(house)
        assert button(house) == 'Start charging'
        house.charger.plug_in(1, Car())
        await house.settle(300)
        assert house.charge_point.state.connector(1).transaction_id is None
        assert starts(house) == before  # never by itself
        assert 'The car came too late for the start. The start with 10' in house.home
        assert button(house) == 'Start again'
        await house.wish(1, 10)
        await house.settle(20)
        assert house.charge_point.state.connector(1).transaction_id is not None
        assert button(house) == 'Stop charging'

    play(story, timeout_s)


def test_an_hour_later_nobody_needs_to_know() -> None:
    async def story(house: SimulatedHouse) -> None:
        await house.settle(3600)
        house.charger.plug_in(1, Car())
        await house.settle(10)
        assert missed_start(house.charge_point.state.connector(1), simulated_loop().now()) is None
        assert button(house) == 'Start charging'

    play(story, 20)
