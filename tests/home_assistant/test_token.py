"""Once people have passwords, the folder needs one line with a token, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from simulator.car import Car
from tests.home_assistant.conftest import a_house, releases

OWNER = {'password': 'correct horse battery', 'role': 'owner'}


def put_token(folder: Path) -> None:
    """Make a token for the family, set a password, and write the token into the folder as its user does."""
    charger = folder / 'packages' / 'charger.yaml'
    text = charger.read_text(encoding='utf-8')
    found = re.search('http://[^/]+', text)
    assert found is not None
    with httpx.Client(verify=False, base_url=found[0], trust_env=False) as rest:
        made = rest.post('/api/tokens', json={'name': 'Home Assistant', 'role': 'family'}).json()
        assert rest.put('/api/people/Anna', json=OWNER).status_code == 200
        assert rest.get('/api/chargepoint').status_code == 401
    assert text.count('Bearer TOKEN') == 1
    charger.write_text(text.replace('Bearer TOKEN', f'Bearer {made["token"]}'), encoding='utf-8')


async def test_with_a_token_in_one_line_it_shows_and_steers_the_charger(folder: Path) -> None:
    async with a_house(releases()[0], folder, put_token) as house:
        house.charger.plug_in(1, Car(soc=40))
        await house.home.until('sensor.connector_1', 'Preparing')
        await house.press(10)
        await house.home.until('sensor.connector_1', 'Charging')
        await house.home.until('sensor.connector_1_limit', '10.0')
        await house.press(0)
        await house.home.until('sensor.connector_1', 'Finishing')
