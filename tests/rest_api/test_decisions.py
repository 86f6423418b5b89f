"""`/api/solar/decisions` and `/api/solar/replay`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.state import Mode, Source, SourceKind
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

METER = Source(SourceKind.PROGRAM, 'house meter')


async def decisions(rest: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The decisions, newest first."""
    items: list[dict[str, Any]] = (await rest.get('/api/solar/decisions')).json()['items']
    return items


async def test_there_are_no_decisions_before_a_reading_of_the_grid(house: House, rest: httpx.AsyncClient) -> None:
    house.charge_point.set_mode(1, Mode.SOLAR)
    house.charge_point.record_reading(pv_w=3000, by=METER)
    assert await decisions(rest) == []


async def test_a_decision_shows_all_it_was_made_from_and_what_would_change_it(
    house: House, rest: httpx.AsyncClient
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        house.charge_point.record_reading(pv_w=900, grid_w=-412.5, by=METER)
        house.charge_point.set_mode(1, Mode.SOLAR)
        decision = (await decisions(rest))[0]
    assert (decision['connector'], decision['rule'], decision['reason']) == (1, 'surplus', 'too_little')
    assert (decision['limit'], decision['phases'], decision['lambda']) == (0, 1, 1)
    used = decision['inputs']['grid_w']
    assert (used['value'], used['source'], used['stale']) == (-412.5, 'house meter', False)
    assert 0 <= used['age_s'] < 5
    change = decision['counterfactual']
    assert (change['input'], change['beyond']) == ('surplus_w', 'above')
    assert change['value'] > 412.5
    assert change['sentence'].startswith('Charges when ')
    assert decision['because'] == 'Too little is left over to charge.'
    assert decision['next_at'].endswith('Z')
    told = (await rest.get('/api/history?kind=decision')).json()['items'][0]
    assert told['details'] == {'limit': 0, 'phases': 1, 'reason': 'too_little'}
    assert told['what'] == 'The sun asks for 0 A. Too little is left over to charge.'


async def test_decisions_outlast_the_program_and_can_be_chosen(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        await charger.status(1, 'Preparing')
        house.charge_point.record_reading(pv_w=900, grid_w=-412.5, by=METER)
        house.charge_point.set_mode(1, Mode.SOLAR)
        await charger.status(1, 'Available')
        await house.until(lambda: house.solar_controller.records[-1].record.reason == 'unplugged')
        before = await decisions(rest)
        house.charge_point.set_mode(1, Mode.OFF)
        await house.charge_point.flushed()
    house.charge_point.journal.close()
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        assert [*house.solar_controller.records] == []
        after, again = await asyncio.gather(decisions(rest), decisions(rest))
        assert after == again == before
        assert [each['reason'] for each in after] == ['unplugged', 'too_little']
        assert (await rest.get('/api/solar/decisions?limit=1')).json()['items'] == before[:1]
        assert (await rest.get('/api/solar/decisions?connector=1')).json()['items'] == before
        assert (await rest.get('/api/solar/decisions?connector=2')).json()['items'] == []


@pytest.mark.parametrize('query', ['limit=0', 'limit=501', 'number=7', 'limit=many', 'connector=0', 'connector=left'])
async def test_decisions_that_cannot_be_are_refused(rest: httpx.AsyncClient, query: str) -> None:
    assert (await rest.get(f'/api/solar/decisions?{query}')).status_code == 400


async def test_a_day_is_decided_again(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        house.charge_point.record_reading(pv_w=900, grid_w=-412.5, by=METER)
        house.charge_point.set_mode(1, Mode.SOLAR)
        await charger.status(1, 'Available')
        await asyncio.sleep(0)
        await house.charge_point.flushed()
    today = house.charge_point.now().astimezone().date().isoformat()
    again = (await rest.get(f'/api/solar/replay?day={today}')).json()
    assert again['count'] >= 2
    assert again['differing'] == 0
    assert again['then'] == {'solar_kwh': 0, 'bought_kwh': 0, 'closings': 0, 'commands': 0}
    assert [each['reason'] for each in again['decisions']] == ['too_little', 'unplugged']
    other = (await rest.get(f'/api/solar/replay?day={today}&rule=fast&lambda=0.5')).json()
    assert other['differing'] > 0
    assert other['decisions'][0]['reason'] == 'fast'
    demo = (await rest.get(f'/api/solar/replay?day={today}&rule=demo')).json()
    assert [(each['rule'], each['reason'], each['limit']) for each in demo['decisions']] == [('demo', 'production', 0)]
    assert demo['decisions'][0]['inputs']['pv_w']['value'] == 900
    assert demo['decisions'][0].keys() == other['decisions'][0].keys()
    for query, error in (
        ('2020-01-01', 'UnknownDay'),
        ('2120-01-01', 'UnknownDay'),
        ('0001-01-01', 'UnknownDay'),
        ('9999-12-31', 'UnknownDay'),
        (f'{today}&connector=7', 'UnknownConnector'),
    ):
        none = await rest.get(f'/api/solar/replay?day={query}')
        assert (none.status_code, none.json()['error']) == (404, error)


@pytest.mark.parametrize(
    'query',
    [
        '',
        'day=2026-06-14&rules=eager',
        'day=yesterday',
        'day=2026-06-14&rule=best',
        'day=2026-06-14&lambda=-1',
        'day=2026-06-14&rule=demo&lambda=1',
    ],
)
async def test_a_replay_that_cannot_be_is_refused(rest: httpx.AsyncClient, query: str) -> None:
    answer = await rest.get(f'/api/solar/replay?{query}')
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidQuery')
