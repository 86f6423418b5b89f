"""The package for prices, with sensors as the integrations of Nord Pool, ENTSO-E, EPEX Spot and Tibber make them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.home_assistant.conftest import House, a_house, releases

SENSORS = """
template:
  - sensor:
      - name: Nord Pool
        state: '0.2'
        attributes:
          raw_today: >-
            {{ [{'start': '2035-01-01T00:00:00+01:00', 'end': '2035-01-01T00:15:00+01:00', 'value': 0.11}] }}
          raw_tomorrow: >-
            {{ [{'start': '2035-01-02T00:00:00+01:00', 'end': '2035-01-02T00:15:00+01:00', 'value': -0.02}] }}
      - name: Epex
        state: '0.07'
        attributes:
          data: >-
            {{ [{'start_time': '2035-01-01T00:00:00+01:00', 'end_time': '2035-01-01T01:00:00+01:00',
                 'price_per_kwh': 7.5}] }}
      - name: Entsoe
        state: '0.2'
        attributes:
          prices: >-
            {{ [{'time': '2035-02-01 00:00:00+01:00', 'price': 21},
                {'time': '2035-02-01 01:00:00+01:00', 'price': 22}] }}
      - name: Tibber
        state: '0.2'
        attributes:
          today: "{{ [{'startsAt': '2035-03-01T00:00:00+01:00', 'total': 0.3}] }}"
          tomorrow: '{{ [] }}'
"""


def with_sensors(folder: Path, imported: str, exported: str, unit: str) -> None:
    """Fill in the entity ids, as the head of the package says."""
    (folder / 'packages' / 'sensors.yaml').write_text(SENSORS, encoding='utf-8')
    package = folder / 'packages' / 'prices.yaml'
    text = package.read_text(encoding='utf-8')
    names = (('sensor.my_electricity_price', imported), ('sensor.my_feed_in_price', exported))
    for name, real in (*names, ('price_unit: 1\n', f'price_unit: {unit}\n')):
        assert text.count(name) == 1
        text = text.replace(name, real)
    package.write_text(text, encoding='utf-8')


async def slots(house: House, kind: str, count: int) -> list[tuple[str, str, float]]:
    """The pushed slots of a list, once there are so many; REST can only be asked again and again."""
    async with asyncio.timeout(60):
        while True:
            document: dict[str, Any] = (await house.rest.get('/api/prices')).json()
            found = [s for s in document[kind] if s['basis'] == 'pushed']
            if len(found) >= count:
                assert {s['by'] for s in found} == {'Home Assistant'}
                return [(s['start'], s['end'], s['price']) for s in found]
            await asyncio.sleep(0.2)


async def test_nord_pool_and_tibber_prices_arrive(folder: Path) -> None:
    def fill_in(config: Path) -> None:
        with_sensors(config, 'sensor.nord_pool', 'sensor.tibber', '1')

    async with a_house(releases()[-1], folder, fill_in) as house:
        assert await slots(house, 'import', 2) == [
            ('2034-12-31T23:00:00Z', '2034-12-31T23:15:00Z', 0.11),
            ('2035-01-01T23:00:00Z', '2035-01-01T23:15:00Z', -0.02),
        ]
        assert await slots(house, 'export', 1) == [('2035-02-28T23:00:00Z', '2035-03-01T00:00:00Z', 0.3)]
        assert house.home.complaints() == []


async def test_prices_of_an_hour_without_an_end_and_in_cents_arrive(folder: Path) -> None:
    def fill_in(config: Path) -> None:
        with_sensors(config, 'sensor.entsoe', 'sensor.epex', '0.01')

    async with a_house(releases()[0], folder, fill_in) as house:
        assert await slots(house, 'import', 2) == [
            ('2035-01-31T23:00:00Z', '2035-02-01T00:00:00Z', 0.21),
            ('2035-02-01T00:00:00Z', '2035-02-01T01:00:00Z', 0.22),
        ]
        assert await slots(house, 'export', 1) == [('2034-12-31T23:00:00Z', '2035-01-01T00:00:00Z', 0.075)]
        assert house.home.complaints() == []
