"""A goal set from Home Assistant, what it says of it, and the mode that was chosen before it started."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from tests.home_assistant.conftest import a_house, releases


def choose_solar(folder: Path) -> None:
    """Choose the program's mode before Home Assistant starts."""
    found = re.search('http://[^/]+', (folder / 'packages' / 'charger.yaml').read_text(encoding='utf-8'))
    assert found is not None
    httpx.put(f'{found[0]}/api/solar', json={'mode': 'solar'}, trust_env=False).raise_for_status()


async def test_a_goal_is_set_and_cleared_and_the_mode_stays(folder: Path) -> None:
    async with a_house(releases()[-1], folder, choose_solar) as house:
        home = house.home
        await home.until('input_select.charging_mode', 'Solar')
        await home.until('sensor.connector_1_goal', 'No goal')
        await home.act('input_datetime.set_datetime', 'input_datetime.goal_time', time='06:30:00')
        await home.act('input_number.set_value', 'input_number.goal_energy', value=18)
        await home.act('script.turn_on', 'script.set_goal')
        await home.until('sensor.connector_1_goal', lambda text: '06:30: 18 kWh, once a car is plugged in' in text)
        goal = (await house.rest.get('/api/chargepoint/1/goal')).json()['goal']
        assert (goal['ready_by'], goal['energy_kwh']) == ('06:30', 18)
        await home.act('script.turn_on', 'script.clear_goal')
        await home.until('sensor.connector_1_goal', 'No goal')
        assert (await house.connector())['mode'] == 'solar'
        # a limit by hand is no longer Solar, here as there
        await house.press(0)
        await home.until('input_select.charging_mode', 'Manual')
        assert home.complaints() == []
