"""`/api/ceilings`: limits that hold whatever anybody wishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.errors import InvalidCeiling
from cpo.rest_api.ceilings import ceiling_of
from cpo.state import REST
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_persisted_records import restarted
from tests.scripted_charger import ScriptedCharger

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
PATH = '/api/ceilings'


async def test_a_ceiling_is_set_listed_and_lifted(rest: httpx.AsyncClient) -> None:
    assert (await rest.get(PATH)).json() == {'items': []}
    for spelled in ('garage/west', 'garage%2Fwest'):
        assert (await rest.put(f'{PATH}/{spelled}', json={'limit_a': 8})).json()['name'] == 'garage/west'
    assert (await rest.delete(f'{PATH}/garage/west')).status_code == 200
    put = await rest.put(f'{PATH}/grid-operator', json={'limit_w': 4200, 'reason': '§14a EnWG', 'for_s': 900})
    document = put.json()
    assert put.status_code == 200
    set_at = datetime.fromisoformat(document.pop('set_at'))
    assert datetime.fromisoformat(document.pop('until')) == set_at + timedelta(seconds=900)
    assert document == {
        'name': 'grid-operator',
        'limit': 6.0,
        'limit_a': None,
        'limit_w': 4200.0,
        'phase': None,
        'reason': '§14a EnWG',
        'source': 'REST',
        'active': True,
    }
    assert (await rest.get(PATH)).json() == {'items': [put.json()]}
    state = (await rest.get('/api/chargepoint')).json()['connectors']['1']
    assert [{**each, 'until': None} for each in state['ceilings']] == [
        {'name': 'grid-operator', 'limit': 6.0, 'reason': '§14a EnWG', 'until': None}
    ]
    assert state['ceilingsHold'] is False  # the house of the tests sends nothing by itself
    assert (await rest.delete(f'{PATH}/grid-operator')).json() == put.json()
    assert (await rest.get(PATH)).json() == {'items': []}
    gone = await rest.delete(f'{PATH}/grid-operator')
    assert (gone.status_code, gone.json()['error']) == (404, 'UnknownCeiling')


async def test_one_above_the_maximum_holds_nothing_back(rest: httpx.AsyncClient) -> None:
    assert (await rest.put(f'{PATH}/oven', json={'limit_a': 40})).json()['active'] is False


@pytest.mark.parametrize('method', ['PUT', 'DELETE'])
@pytest.mark.parametrize('name', ['fuse', 'peak', 'maximum'])
async def test_some_come_from_the_settings_alone(rest: httpx.AsyncClient, method: str, name: str) -> None:
    answer = await rest.request(method, f'{PATH}/{name}', json={'limit_a': 8} if method == 'PUT' else None)
    assert (answer.status_code, answer.json()['error']) == (409, 'LockedCeiling')
    assert (await rest.get(PATH)).json() == {'items': []}


async def test_a_blank_name_is_refused(rest: httpx.AsyncClient) -> None:
    answer = await rest.put(f'{PATH}/%20', json={'limit_a': 8})
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidCeiling')


@pytest.mark.parametrize(
    ('body', 'limit_a'), [({'limit_a': 8}, 8), ({'limit_w': 2300}, 10), ({'limit_w': 2300, 'phase': None}, 3.3)]
)
async def test_a_ceiling_of_one_phase_holds_for_each(
    rest: httpx.AsyncClient, body: dict[str, Any], limit_a: float
) -> None:
    assert (await rest.put(f'{PATH}/oven', json={'phase': 'L2', **body})).json()['limit'] == limit_a
    state = (await rest.get('/api/chargepoint')).json()['connectors']['1']
    assert [each['limit'] for each in state['ceilings']] == [limit_a]


@pytest.mark.parametrize(
    ('body', 'said'),
    [
        ('8', 'JSON object'),
        ('{}', 'limit_a'),
        ('{"limit_a": 8, "limit_w": 4200}', 'one of them'),
        ('{"limit_a": null}', 'one of them'),
        ('{"limit_a": -1}', 'limit_a'),
        ('{"limit_a": true}', 'limit_a'),
        ('{"limit_a": "8"}', 'limit_a'),
        ('{"limit_a": NaN}', 'JSON object'),
        ('{"limit_w": 1e12}', 'limit_w'),
        ('{"limit_a": 8, "phase": "L4"}', 'phase'),
        ('{"limit_a": 8, "phase": ["L1"]}', 'phase'),
        ('{"limit_a": 8, "reason": 7}', 'reason'),
        (f'{{"limit_a": 8, "reason": "{"x" * 201}"}}', 'reason'),
        ('{"limit_a": 8, "until": "2026-06-14T11:59:59Z"}', 'until'),
        ('{"limit_a": 8, "until": "2026-06-14T13:00:00"}', 'until'),
        ('{"limit_a": 8, "until": "soon"}', 'until'),
        ('{"limit_a": 8, "for_s": 0}', 'for_s'),
        ('{"limit_a": 8, "for_s": 1e300}', 'for_s'),
        ('{"limit_a": 8, "for_s": 60, "until": "2026-06-14T13:00:00Z"}', 'not both'),
        ('{"limit_a": 8, "colour": 1}', 'colour'),
    ],
)
def test_what_is_wrong_is_named(body: str, said: str) -> None:
    with pytest.raises(InvalidCeiling, match=said):
        ceiling_of('oven', body.encode(), REST, NOW)


@pytest.mark.parametrize('name', ['x' * 41, 'a"b', 'a\nb', ' ', '\u00a0'])
def test_a_name_that_nobody_can_read_is_refused(name: str) -> None:
    with pytest.raises(InvalidCeiling, match='name'):
        ceiling_of(name, b'{"limit_a": 8}', REST, NOW)


def test_a_time_has_any_zone() -> None:
    ceiling = ceiling_of('oven', b'{"limit_a": 0, "until": "2026-06-14T15:00:00.1239+02:00"}', REST, NOW)
    assert ceiling.ends_at == datetime(2026, 6, 14, 13, 0, 0, 123_000, UTC)
    assert ceiling.limit_a == 0


async def test_the_answer_to_a_limit_above_it_names_it(make_house: MakeHouse) -> None:
    house = await make_house()
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await rest.put(f'{PATH}/oven', json={'limit_a': 5})
        answer = await rest.put('/api/chargepoint/1/chargeLimit', content='10')
        assert answer.status_code == 200
        assert (answer.json()['requested'], answer.json()['applied'], answer.json()['action']) == (10, 0, None)
        assert 'The ceiling "oven"' in answer.json()['detail']


async def test_they_are_there_after_a_restart_until_their_time(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    bodies: dict[str, dict[str, Any]] = {
        'always': {'limit_a': 9.5, 'reason': 'Ünïcode'},
        'hour': {'limit_w': 2300, 'phase': 'L2', 'until': later},
        'watched': {'limit_a': 7, 'for_s': 600},
        'short': {'limit_a': 6, 'for_s': 0.01},
        'lifted': {'limit_a': 6},
    }
    async with client_of(house) as rest:
        for name, body in bodies.items():
            assert (await rest.put(f'{PATH}/{name}', json=body)).status_code == 200
        await rest.delete(f'{PATH}/lifted')
        await house.until(lambda: 'short' not in house.charge_point.state.ceilings)
        before = (await rest.get(PATH)).json()
    assert [item['name'] for item in before['items']] == ['always', 'hour', 'watched']
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        assert (await rest.get(PATH)).json() == before


async def test_the_house_of_the_tests_has_none(house: House) -> None:
    assert house.charge_point.state.ceilings == {}
