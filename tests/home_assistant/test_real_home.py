"""The package for real homes, on the oldest release there is, with sensors as an inverter's integration makes them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from simulator.car import Car
from tests.home_assistant.conftest import House, a_house, releases

SENSORS = """
input_number:
  grid_import:
    {min: -20, max: 20, step: 0.001}
  pv_production:
    {min: 0, max: 20000, step: 1}
template:
  - sensor:
      - name: Meter power
        device_class: power
        unit_of_measurement: kW
        state: "{{ states('input_number.grid_import') }}"
      - name: Inverter power
        device_class: power
        unit_of_measurement: W
        state: "{{ states('input_number.pv_production') }}"
        availability: "{{ states('input_number.pv_production') | float > 0 }}"
"""


def with_real_sensors(folder: Path) -> None:
    """Fill in the two entity ids, as the head of the package says."""
    (folder / 'packages' / 'sensors.yaml').write_text(SENSORS, encoding='utf-8')
    package = folder / 'packages' / 'real_home.yaml'
    text = package.read_text(encoding='utf-8')
    for name, real in (('sensor.my_grid_power', 'sensor.meter_power'), ('sensor.my_pv_power', 'sensor.inverter_power')):
        assert text.count(name) == 1
        text = text.replace(name, real)
    package.write_text(text, encoding='utf-8')


async def test_real_sensors_steer_the_charger_through_the_program(folder: Path) -> None:
    async with a_house(releases()[-1], folder, with_real_sensors) as house:
        home = house.home
        await home.act('input_number.set_value', 'input_number.grid_import', value=-1.25)
        await until_read(house, {'grid_w': -1250.0, 'pv_w': None})
        await home.act('input_number.set_value', 'input_number.pv_production', value=3300)
        await until_read(house, {'grid_w': -1250.0, 'pv_w': 3300.0})
        first = (await solar(house))['timestamp']
        house.charger.plug_in(1, Car(soc=40))
        await home.until('sensor.connector_1', 'Preparing')
        await home.act('select.select_option', 'select.program_mode', option='solar')
        await house.connector(lambda it: it['limit'] == 14.0 and it['limitSetBy'] == 'the sun')
        assert (await solar(house))['timestamp'] != first  # sent again after 10 s, though nothing has changed
        await home.until('sensor.connector_1', 'Charging')
        await home.until('sensor.connector_1_limit', '14.0')
        assert home.value('input_select.charging_mode') == 'Manual'
        await home.act('input_number.set_value', 'input_number.pv_production', value=1400)
        await house.connector(lambda it: it['limit'] == 0)
        await house.agreed(lambda it: it['attributes']['txStopTimestamp'] is not None)
        assert home.complaints() == []


async def solar(house: House) -> dict[str, Any]:
    """What the program knows of the sun."""
    found: dict[str, Any] = (await house.rest.get('/api/solar')).json()
    return found


async def until_read(house: House, readings: dict[str, float | None]) -> None:
    """Wait for these readings; REST can only be asked again and again."""
    async with asyncio.timeout(30):
        while not readings.items() <= (await solar(house)).items():  # noqa: ASYNC110 (as above)
            await asyncio.sleep(0.1)
