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
  battery_charge:
    {min: -10000, max: 10000, step: 1}
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
      - name: Battery power
        device_class: power
        unit_of_measurement: W
        state: "{{ states('input_number.battery_charge') }}"
      - name: Battery level
        device_class: battery
        unit_of_measurement: '%'
        state: '64'
      - name: Meter current 1
        device_class: current
        unit_of_measurement: A
        state: "{{ states('input_number.grid_import') | float * 4 }}"
      - name: Meter current 2
        device_class: current
        unit_of_measurement: A
        state: '0.5'
      - name: Meter current 3
        device_class: current
        unit_of_measurement: A
        state: '-1'
"""


ENTITIES = {
    'sensor.my_grid_power': 'sensor.meter_power',
    'sensor.my_pv_power': 'sensor.inverter_power',
    'sensor.my_battery_power': 'sensor.battery_power',
    'sensor.my_battery_soc': 'sensor.battery_level',
    'sensor.my_grid_current_l1': 'sensor.meter_current_1',
    'sensor.my_grid_current_l2': 'sensor.meter_current_2',
    'sensor.my_grid_current_l3': 'sensor.meter_current_3',
}


def with_real_sensors(folder: Path) -> None:
    """Fill in the entity ids of a battery whose power is positive while it charges, as the head of the package says."""
    (folder / 'packages' / 'sensors.yaml').write_text(SENSORS, encoding='utf-8')
    package = folder / 'packages' / 'real_home.yaml'
    text = package.read_text(encoding='utf-8')
    for name, real in (*ENTITIES.items(), ('discharge_is: 1', 'discharge_is: -1')):
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
        await home.act('input_number.set_value', 'input_number.battery_charge', value=700)
        await until_read(house, {'battery_w': -700.0, 'battery_soc': 64.0, 'grid_a': [-5.0, 0.5, -1.0]})
        first = (await solar(house))['timestamp']
        house.charger.plug_in(1, Car(soc=40))
        await home.until('sensor.connector_1', 'Preparing')
        await home.until('binary_sensor.simulated_sun', 'off')
        await house.choose('Solar')
        # left over: 1250 W go to the grid and 700 W into the battery; and a car stays 0.3 A below its limit
        await house.connector(lambda it: it['limit'] == 8.8 and it['limitSetBy'] == 'the sun')
        await house.rest.put('/api/solar', json={'preset': 'demo'})  # by production alone: no meter here sees the car
        await house.connector(lambda it: it['limit'] == 14.0 and it['limitSetBy'] == 'the sun')
        assert (await solar(house))['timestamp'] != first  # sent again after 10 s, though nothing has changed
        await home.until('sensor.connector_1', 'Charging')
        await home.until('sensor.connector_1_limit', '14.0')
        assert home.value('input_select.charging_mode') == 'Solar'
        await home.act('input_number.set_value', 'input_number.pv_production', value=1400)
        await house.connector(lambda it: it['limit'] == 0)
        await house.agreed(lambda it: it['attributes']['txStopTimestamp'] is not None)
        await a_reading_is_lost_without_a_word(house)


async def a_reading_is_lost_without_a_word(house: House) -> None:
    """End the program, and let the automation try to send it one."""
    await house.program.stop()
    automation = 'automation.push_the_readings_of_the_house_to_the_program'
    before = house.home.attribute(automation, 'last_triggered')
    await house.home.act('input_number.set_value', 'input_number.grid_import', value=-2)
    await house.home.until_so(lambda: house.home.attribute(automation, 'last_triggered') != before)
    await house.home.until_so(lambda: house.home.attribute(automation, 'current') == 0)
    assert house.home.complaints() == []


async def solar(house: House) -> dict[str, Any]:
    """What the program knows of the sun."""
    found: dict[str, Any] = (await house.rest.get('/api/solar')).json()
    return found


async def until_read(house: House, readings: dict[str, float | list[float] | None]) -> None:
    """Wait for these readings; REST can only be asked again and again."""
    async with asyncio.timeout(30):
        while not readings.items() <= (await solar(house)).items():  # noqa: ASYNC110 (as above)
            await asyncio.sleep(0.1)
