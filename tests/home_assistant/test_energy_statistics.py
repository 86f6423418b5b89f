"""What the energy dashboard counts by REST, by Home Assistant's own statistics."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.car import Car
from simulator.charger import Charger
from tests.home_assistant.conftest import House, releases
from tests.home_assistant.home import Home, copy_of_config, home
from tests.home_assistant.statistics import energy_by_means_wh, statistics_since, with_statistics_now
from tests.program import document_when, free_port, running

METER, POWER = 'sensor.connector_1_metervalue', 'sensor.connector_1_power'


async def a_session(house: House, energy_wh: int) -> int:
    """Charge at least that much and unplug; the answer is the first register of it that Home Assistant has seen."""
    house.charger.plug_in(1, Car(soc=10))
    await house.agreed(lambda it: it['status'] == 'Preparing')
    await house.press(16)
    await house.home.until(METER, str.isdigit)
    seen_from_wh = int(house.home.value(METER) or 0)
    await house.connector(lambda it: it['attributes'].get('totalCharged', 0) >= energy_wh)
    house.charger.unplug(1)
    await house.agreed(lambda it: it['status'] == 'Available')
    await house.connector(lambda it: it['attributes']['txStopTimestamp'] is not None)
    await house.agreed()
    return seen_from_wh


async def test_statistics_of_two_sessions_with_a_kill_between_them_equal_the_ledger(folder: Path) -> None:
    """A minute of the charger is a second here, so that its energy is 60 times its power and time."""
    port, began = free_port(), datetime.now(UTC)
    environment = {'CPO_DATA_DIR': str(folder.parent / 'data')}
    with_statistics_now(copy_of_config(folder, f'http://127.0.0.1:{port}'))
    async with (
        running(environment=environment, port=port) as program,
        home(releases()[0], folder) as it,
        program.client() as rest,
        Charger(program.ocpp('garage'), speed=60, meter_interval_s=15, max_current_a=16) as charger,
    ):
        house = House(it, program, rest, charger)
        await it.until('sensor.connector_1', 'Available')
        assert it.value(METER) == 'unavailable'
        seen_from_wh = await a_session(house, 1000)
        await house.choose('Solar')
        program.process.kill()
        await it.until('sensor.chargepoint', 'unavailable')
        async with running(environment=environment, port=port):
            await document_when(rest, lambda document: document['connected'])
            await it.until('binary_sensor.simulated_sun_steers', 'on')  # the kill has not ended that either
            await a_session(house, 800)
            ledger = (await rest.get('/api/transactions')).json()['items']
            await the_statistics_equal(it, began, [each['energyWh'] for each in ledger], seen_from_wh)


async def the_statistics_equal(it: Home, began: datetime, ledger_wh: list[int], seen_from_wh: int) -> None:
    """What was charged before Home Assistant saw the very first register, within 2 s, it cannot count."""
    rows = await statistics_since(it, began, METER, POWER)
    assert len(ledger_wh) == 2
    assert rows[METER][-1]['state'] == sum(ledger_wh)
    assert rows[METER][-1]['sum'] == sum(ledger_wh) - seen_from_wh
    assert 60 * await energy_by_means_wh(it, began, POWER, rows) == pytest.approx(sum(ledger_wh), rel=0.15)
    assert await it.ask('recorder/validate_statistics') == {}
    ids = {each['statistic_id']: each for each in await it.ask('recorder/list_statistic_ids')}
    assert ids[METER]['has_sum']
    assert ids[METER]['statistics_unit_of_measurement'] == 'Wh'
    assert 'sensor.connector_1_energy_charged' not in ids  # the Energy page offers the meter alone
    assert not any((await it.ask('energy/validate')).values())
    assert it.complaints() == []
