"""What the energy dashboard counts, by Home Assistant's own statistics."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulator.car import Car
from tests.home_assistant.conftest import House, a_house, releases

METER = 'sensor.connector_1_metervalue'


def with_statistics_now(folder: Path) -> None:
    """Add the action that compiles the statistics of now; Home Assistant does it every five minutes."""
    shutil.copytree(Path(__file__).parent / 'custom_components', folder / 'custom_components')
    with (folder / 'configuration.yaml').open('a', encoding='utf-8') as configuration:
        configuration.write('\nstatistics_now:\n')


@dataclass(frozen=True)
class Session:
    """A session in Wh: the first register Home Assistant has seen, the last one, and what the program says of it."""

    seen_from_wh: int
    register_wh: int
    charged_wh: int


async def a_session(house: House, energy_wh: int) -> Session:
    """Charge at least that much and unplug."""
    house.charger.plug_in(1, Car(soc=10))
    await house.agreed(lambda it: it['status'] == 'Preparing')
    await house.press(16)
    await house.home.until(METER, str.isdigit)
    seen_from_wh = int(house.home.value(METER) or 0)
    await house.connector(lambda it: it['attributes'].get('totalCharged', 0) >= energy_wh)
    house.charger.unplug(1)
    await house.agreed(lambda it: it['status'] == 'Available')
    attributes = (await house.connector(lambda it: it['attributes']['txStopTimestamp'] is not None))['attributes']
    await house.agreed()
    return Session(seen_from_wh, attributes['lastMeterValue'], attributes['totalCharged'])


async def test_two_sessions_count_once_each(folder: Path) -> None:
    """The register continues through the second start; the demo counted all of it again there."""
    began = datetime.now(UTC) - timedelta(minutes=10)
    # a minute of the charger is a second; it reports once a minute
    async with a_house(releases()[0], folder, with_statistics_now, speed=60, meter_interval_s=60) as house:
        assert house.home.value(METER) == 'unavailable'
        first = await a_session(house, 300)
        second = await a_session(house, 200)
        assert first.seen_from_wh < 300
        assert second.register_wh == first.charged_wh + second.charged_wh
        await house.home.act('statistics_now.compile')
        rows = await house.home.ask(
            'recorder/statistics_during_period',
            start_time=began.isoformat(),
            statistic_ids=[METER],
            period='5minute',
            types=['sum', 'state'],
        )
        assert rows[METER][-1]['state'] == second.register_wh
        # what was charged before Home Assistant saw its very first value, within 2 s, it cannot count
        counted_wh = second.register_wh - first.seen_from_wh
        assert rows[METER][-1]['sum'] == counted_wh
        found = await house.home.ask('recorder/validate_statistics')
        assert found == {}
        ids = {each['statistic_id']: each for each in await house.home.ask('recorder/list_statistic_ids')}
        assert ids[METER]['has_sum']
        assert ids[METER]['statistics_unit_of_measurement'] == 'Wh'
        assert not any((await house.home.ask('energy/validate')).values())
        assert house.home.complaints() == []
