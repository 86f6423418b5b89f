"""A goal set from Home Assistant, and what it says of it."""

from __future__ import annotations

from pathlib import Path

from tests.home_assistant.conftest import a_house, releases


async def test_a_goal_is_set_and_cleared(folder: Path) -> None:
    async with a_house(releases()[-1], folder) as house:
        home = house.home
        await home.until('sensor.connector_1_goal', 'No goal')
        await home.act('input_datetime.set_datetime', 'input_datetime.goal_time', time='06:30:00')
        await home.act('input_number.set_value', 'input_number.goal_energy', value=18)
        await home.act('script.turn_on', 'script.set_goal')
        await home.until('sensor.connector_1_goal', lambda text: '06:30: 18 kWh, once a car is plugged in' in text)
        goal = (await house.rest.get('/api/chargepoint/1/goal')).json()['goal']
        assert (goal['ready_by'], goal['energy_kwh']) == ('06:30', 18)
        await home.act('script.turn_on', 'script.clear_goal')
        await home.until('sensor.connector_1_goal', 'No goal')
        assert home.complaints() == []
