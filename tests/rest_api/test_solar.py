"""`/api/solar`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.conftest import House
from tests.scripted_charger import ScriptedCharger

PATH = '/api/solar'


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


async def test_before_any_reading_nothing_is_invented(rest: httpx.AsyncClient) -> None:
    document = (await rest.get(PATH)).json()
    readings = {'pv_w', 'grid_w', 'battery_w', 'battery_soc', 'grid_a'}
    choices = {'mode', 'preset', 'presetInForce', 'connector', 'modes', 'presets'}
    assert document.keys() == readings | {'timestamp', 'by', 'ages', 'sources', 'warning', 'decision'} | choices
    assert {document[name] for name in readings} == {None}
    assert [document[m] for m in ('pv_w', 'grid_w', 'timestamp', 'mode', 'connector')] == [
        None,
        None,
        None,
        'manual',
        1,
    ]
    assert document['decision'].keys() == {'limit', 'reason', 'timestamp', 'nextLimit', 'nextTimestamp'}
    assert document['modes'] == ['off', 'manual', 'solar', 'solar+min', 'fast']
    assert (document['preset'], document['presetInForce']) == ('balanced', 'demo')


async def test_a_reading_is_recorded_and_never_changes_the_mode(rest: httpx.AsyncClient) -> None:
    answer = await rest.put(PATH, json={'pv_w': 3200, 'grid_w': -900.5})
    assert answer.status_code == 200
    document = answer.json()
    assert (document['pv_w'], document['grid_w'], document['mode']) == (3200, -900.5, 'manual')
    assert document['timestamp'].endswith('Z')
    assert document['by'] == 'REST'
    assert document['ages'] == {'pv_w': 0, 'grid_w': 0}
    assert (await rest.put(PATH, json={'pv_w': -4})).json()['grid_w'] == -900.5
    assert (await rest.get(PATH)).json()['pv_w'] == -4


async def test_a_reading_has_a_source(rest: httpx.AsyncClient) -> None:
    assert (await rest.put(PATH, json={'pv_w': 3200, 'by': 'inverter'})).json()['by'] == 'inverter'
    home_assistant = {'User-Agent': 'HomeAssistant/2026.1'}
    assert (await rest.put(PATH, json={'grid_w': 1}, headers=home_assistant)).json()['by'] == 'Home Assistant'


async def test_each_reading_has_its_age_and_its_source(rest: httpx.AsyncClient) -> None:
    await rest.put(PATH, json={'pv_w': 3200, 'by': 'inverter', 'timestamp': ago(100)})
    await rest.put(PATH, json={'grid_w': -900, 'grid_a': [-4, 1, 0], 'by': 'house meter', 'timestamp': ago(20)})
    document = (await rest.put(PATH, json={'battery_w': -500, 'battery_soc': 64})).json()
    assert [document[name] for name in ('pv_w', 'grid_w', 'battery_w', 'battery_soc')] == [3200, -900, -500, 64]
    assert document['grid_a'] == [-4, 1, 0]
    expected = {'pv_w': 100, 'grid_w': 20, 'grid_a': 20, 'battery_w': 0, 'battery_soc': 0}
    assert document['ages'] == pytest.approx(expected, abs=1)
    assert document['sources'] == {
        'pv_w': 'inverter',
        'grid_w': 'house meter',
        'battery_w': 'REST',
        'battery_soc': 'REST',
        'grid_a': 'house meter',
    }


async def test_of_two_meters_the_first_counts_and_a_warning_says_so(rest: httpx.AsyncClient) -> None:
    assert (await rest.put(PATH, json={'grid_w': -900, 'by': 'inverter', 'timestamp': ago(31)})).json()[
        'warning'
    ] is None
    first = (await rest.put(PATH, json={'grid_w': 400, 'grid_a': [1, 1, 0], 'by': 'house meter'})).json()
    assert (first['grid_w'], first['warning']) == (400, None)
    document = (await rest.put(PATH, json={'grid_w': -900, 'pv_w': 2000, 'by': 'inverter'})).json()
    assert (document['grid_w'], document['pv_w'], document['sources']['grid_w']) == (400, 2000, 'house meter')
    assert document['warning'] == (
        'Two meters send readings of the grid: house meter counts, inverter only while that is silent. '
        'If they measure different places, let one send.'
    )
    health = await rest.get('/api/health')
    assert (health.status_code, health.json()['detail']) == (200, f'The program runs. {document["warning"]}')


async def test_a_reading_that_is_null_is_forgotten(rest: httpx.AsyncClient) -> None:
    await rest.put(PATH, json={'pv_w': 3200, 'battery_w': 900, 'grid_a': [1, 2, 3]})
    document = (await rest.put(PATH, json={'battery_w': None, 'grid_a': None, 'pv_w': 3300})).json()
    assert (document['pv_w'], document['battery_w'], document['grid_a']) == (3300, None, None)
    assert document['ages'].keys() == document['sources'].keys() == {'pv_w'}


async def test_an_older_measurement_does_not_replace_a_newer_one(rest: httpx.AsyncClient) -> None:
    await rest.put(PATH, json={'grid_w': -900, 'timestamp': ago(5)})
    document = (await rest.put(PATH, json={'grid_w': 4000, 'timestamp': ago(60)})).json()
    assert document['grid_w'] == -900
    ahead = (await rest.put(PATH, json={'grid_w': 300, 'timestamp': ago(-3600)})).json()
    assert (ahead['grid_w'], ahead['ages']['grid_w']) == (300, 0)
    assert (await rest.put(PATH, json={'grid_w': 400})).json()['grid_w'] == 400


async def test_a_raise_that_counts_is_announced(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        decision = (await rest.put(PATH, json={'pv_w': 2400, 'mode': 'solar'})).json()['decision']
    assert (decision['limit'], decision['nextLimit']) == (0, 10.2)
    assert decision['nextTimestamp'].endswith('Z')
    assert decision['reason']


async def test_one_wrong_member_and_nothing_is_done(rest: httpx.AsyncClient) -> None:
    for body, status, error in (
        ('{"pv_w": true, "mode": "solar"}', 400, 'InvalidReading'),
        ('{"pv_w": 1e308}', 400, 'InvalidReading'),
        ('{"pv_w": 1000001}', 400, 'InvalidReading'),
        ('{"pv_w": 3200, "grid_w": -1e12}', 400, 'InvalidReading'),
        (f'{{"grid_w": {10**400}}}', 400, 'InvalidReading'),
        ('{"pv_w": 3200, "pv": 3200}', 400, 'InvalidReading'),
        ('{"pv_w": 3200, "mode": "eco"}', 400, 'InvalidMode'),
        ('{"pv_w": 3200, "mode": "solar", "connector": 0}', 400, 'InvalidConnector'),
        ('{"pv_w": 3200, "mode": "solar", "connector": 2}', 404, 'UnknownConnector'),
        ('{"pv_w": 3200, "by": ""}', 400, 'InvalidReading'),
        ('{"pv_w": 3200, "by": 7}', 400, 'InvalidReading'),
        ('{"by": "inverter"}', 400, 'InvalidReading'),
        ('{}', 400, 'InvalidReading'),
        ('', 400, 'InvalidReading'),
    ):
        answer = await rest.put(PATH, content=body, headers={'Content-Type': 'application/json'})
        assert (answer.status_code, answer.json()['error']) == (status, error), body
    document = (await rest.get(PATH)).json()
    assert (document['pv_w'], document['mode']) == (None, 'manual')


async def test_each_connector_has_its_own_mode(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(2, 'Available')
        assert (await rest.put(PATH, json={'mode': 'solar', 'connector': 2})).json()['mode'] == 'solar'
        assert (await rest.get(f'{PATH}?connector=1')).json()['mode'] == 'manual'
        assert (await rest.get(f'{PATH}?connector=2')).json()['mode'] == 'solar'
        assert (await rest.get(f'{PATH}?connector=3')).json()['error'] == 'UnknownConnector'
        assert (await rest.get(f'{PATH}?connector=x')).json()['error'] == 'InvalidConnector'
