"""Finite values that no home can have: not shown, with a violation, and dropped from a journal that believed them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.dashboard.home.chart import HOUR, points_since
from tests.conftest import House
from tests.journal.quiet_house import Clock, QuietHouse
from tests.scripted_charger import ScriptedCharger

SANE: dict[str, Any] = {'measurand': 'Voltage', 'unit': 'V', 'value': '231'}
WILD = [
    ({'measurand': 'Power.Active.Import', 'unit': 'W', 'value': '1e12'}, 'power'),
    ({'measurand': 'Power.Active.Import', 'unit': 'kW', 'value': '200'}, 'power'),
    ({'measurand': 'Current.Import', 'unit': 'A', 'phase': 'L1', 'value': '1e9'}, 'currents'),
    ({'measurand': 'SoC', 'unit': 'Percent', 'value': '255'}, 'soc'),
    ({'measurand': 'Temperature', 'unit': 'Celsius', 'value': '6553.5'}, 'temperature'),
    ({'measurand': 'Energy.Active.Import.Register', 'unit': 'kWh', 'value': '1e18'}, 'energy'),
]


@pytest.mark.parametrize(('wild', 'member'), WILD)
async def test_a_wild_value_of_the_charger_is_unknown_and_said(
    house: House, rest: httpx.AsyncClient, wild: dict[str, Any], member: str
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Charging')
        value = [{'timestamp': '2030-01-31T12:00:00Z', 'sampledValue': [SANE, wild]}]
        assert await charger.call('MeterValues', {'connectorId': 1, 'meterValue': value}) == {}
        connector = (await rest.get('/api/chargepoint')).json()['connectors']['1']
        assert (member in connector, connector['voltages']) == (False, {'L1': 231})
        newest = (await rest.get('/api/messages')).json()['items'][0]
    assert [wild['measurand'] in violation for violation in newest['violations']] == [True]


async def test_currents_and_voltages_that_are_no_power_together_are_none(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Charging')
        sampled = [{'measurand': 'Current.Import', 'phase': p, 'value': '999'} for p in ('L1', 'L2', 'L3')]
        value = [{'timestamp': '2030-01-31T12:00:00Z', 'sampledValue': sampled}]
        await charger.call('MeterValues', {'connectorId': 1, 'meterValue': value})
        assert 'power' not in (await rest.get('/api/chargepoint')).json()['connectors']['1']


async def test_a_refused_reading_says_what_a_home_can_have(house: House, rest: httpx.AsyncClient) -> None:
    answer = await rest.put('/api/solar', json={'pv_w': 1e308})
    assert answer.status_code == 400
    assert answer.json()['detail'] == 'pv_w is a power that no home has; in W it is at most 1,000,000.'
    assert (await rest.put('/api/solar', json={'pv_w': 1_000_000, 'grid_w': -1_000_000})).status_code == 200


async def test_a_journal_with_wild_values_opens_without_them(tmp_path: Path) -> None:
    clock = Clock()
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        await house.boot()
        await house.status('Charging')
        given = await house.start()
        for _ in range(3):
            house.charge_point.record_reading(pv_w=3000, grid_w=100)
            await house.meter(given, power=2000)
            clock.let_pass(minutes=1)
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as connection:
        connection.execute('UPDATE minutes SET sun_w = 1e308, car_w = -1e12')
        connection.execute("UPDATE solar_reading SET value = 1e308 WHERE name = 'pv_w'")
        connection.execute("UPDATE connectors SET meter = replace(meter, '2000.0', '1e300')")
        assert connection.execute("SELECT count(*) FROM connectors WHERE meter LIKE '%1e300%'").fetchone() == (1,)
        connection.commit()
    async with QuietHouse(tmp_path, clock) as house:
        state = house.state
        assert (state.solar.pv_w, state.solar.grid_w) == (None, 100)
        assert state.connector(1).meter.power_w is None
        points = points_since(state, clock() - HOUR, clock())
        assert len(points) > 2
        assert {value for point in points for value in (point.sun_w, point.car_w)} == {None}
