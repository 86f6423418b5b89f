"""`/api/idtags`: idTags are persisted before a change is answered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from cpo.errors import InvalidIdTag
from cpo.rest_api.id_tag_members import members_of
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_persisted_records import restarted
from tests.scripted_charger import ScriptedCharger

UNRULED = dict.fromkeys(('mode', 'limit', 'hours', 'allowance_kwh', 'goal', 'refusal')) | {'after_allowance': 'say'}
UNNAMED = {**UNRULED, 'name': None, 'person': None, 'last_seen': None, 'energy_month_wh': 0}
DEFAULTS = [
    {'idTag': 'Tag1', 'status': 'Accepted', 'expiryDate': None, 'parentIdTag': None, **UNNAMED},
    {'idTag': 'Tag2', 'status': 'Accepted', 'expiryDate': None, 'parentIdTag': None, **UNNAMED},
]


async def authorized(house: House, id_tag: str) -> str:
    """The AuthorizationStatus that a charger gets for an idTag."""
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        answer = await charger.call('Authorize', {'idTag': id_tag})
        return str(answer['idTagInfo']['status'])


async def test_the_tags_of_the_settings_are_there_and_pages_go_on_by_name(rest: httpx.AsyncClient) -> None:
    assert (await rest.get('/api/idtags')).json() == {'items': DEFAULTS, 'next': None, 'unknown': []}
    first = (await rest.get('/api/idtags?limit=1')).json()
    assert first == {'items': DEFAULTS[:1], 'next': '/api/idtags?limit=1&after=Tag1', 'unknown': []}
    assert (await rest.get(first['next'])).json() == {'items': DEFAULTS[1:], 'next': None, 'unknown': []}


async def test_a_tag_that_was_put_charges_and_is_persisted(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    expected = {
        'idTag': 'Guest',
        'status': 'Accepted',
        'expiryDate': '2099-01-01T11:00:00.250000Z',
        'parentIdTag': 'Family',
        **UNNAMED,
    }
    async with client_of(house) as rest:
        body = {'status': 'Accepted', 'expiryDate': '2099-01-01T12:00:00.250999+01:00', 'parentIdTag': 'Family'}
        answer = await rest.put('/api/idtags/Guest', json=body)
        assert (answer.status_code, answer.json()) == (200, expected)
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        assert (await rest.get('/api/idtags/guest')).json() == expected
    assert await authorized(house, 'GUEST') == 'Accepted'


@pytest.mark.parametrize(
    ('body', 'status'),
    [
        ({'status': 'Blocked'}, 'Blocked'),
        ({'status': 'Expired'}, 'Expired'),
        ({'status': 'Invalid'}, 'Invalid'),
        ({'status': 'Accepted', 'expiryDate': '2020-01-01T12:00:00Z'}, 'Expired'),
        ({'status': 'Blocked', 'expiryDate': '2020-01-01T12:00:00Z'}, 'Blocked'),
        ({'status': 'Accepted', 'expiryDate': None, 'parentIdTag': None}, 'Accepted'),
    ],
)
async def test_a_charger_is_answered_what_was_put(
    house: House, rest: httpx.AsyncClient, body: dict[str, Any], status: str
) -> None:
    assert (await rest.put('/api/idtags/Tag1', json=body)).json()['status'] == status
    assert await authorized(house, 'Tag1') == status


async def test_the_same_tag_in_another_case_is_the_same_tag(rest: httpx.AsyncClient) -> None:
    answer = await rest.put('/api/idtags/TAG1', json={'status': 'Blocked'})
    assert answer.json()['idTag'] == 'Tag1'
    assert [tag['idTag'] for tag in (await rest.get('/api/idtags')).json()['items']] == ['Tag1', 'Tag2']


async def test_a_deleted_tag_stays_deleted_though_the_settings_name_it(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        answer = await rest.delete('/api/idtags/tag1')
        assert (answer.status_code, answer.json()) == (200, DEFAULTS[0])
        again = await rest.delete('/api/idtags/Tag1')
        assert (again.status_code, again.json()['error']) == (404, 'UnknownIdTag')
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        assert (await rest.get('/api/idtags')).json()['items'] == DEFAULTS[1:]
        assert (await rest.get('/api/idtags/Tag1')).json()['error'] == 'UnknownIdTag'
    assert await authorized(house, 'Tag1') == 'Invalid'


@pytest.mark.parametrize('id_tag', ['a/b', 'a b', '100%', 'Grün', '?', '#'])
async def test_a_tag_may_have_any_character_that_can_be_seen(rest: httpx.AsyncClient, id_tag: str) -> None:
    path = f'/api/idtags/{quote(id_tag, safe="")}'
    assert (await rest.put(path, json={'status': 'Accepted'})).json()['idTag'] == id_tag
    assert (await rest.delete(path)).status_code == 200


@pytest.mark.parametrize(
    ('body', 'member'),
    [
        (b'', 'body'),
        (b'[]', 'body'),
        (b'{}', 'status'),
        (b'{"name": 5}', 'name'),
        (b'{"name": "\\u0007"}', 'name'),
        (b'{"person": "12345678901234567890123456789012345678901"}', 'person'),
        (b'{"status": null}', 'status'),
        (b'{"mode": "off"}', 'mode'),
        (b'{"mode": ["solar"]}', 'mode'),
        (b'{"limit": 16.1}', 'limit'),
        (b'{"limit": 5.9}', 'limit'),
        (b'{"limit": true}', 'limit'),
        (b'{"limit": "10"}', 'limit'),
        (b'{"hours": "22:00"}', 'hours'),
        (b'{"hours": 22}', 'hours'),
        (b'{"allowance_kwh": -1}', 'allowance_kwh'),
        (b'{"allowance_kwh": 1e300}', 'allowance_kwh'),
        (b'{"after_allowance": "stop"}', 'after_allowance'),
        (b'{"status": "accepted"}', 'status'),
        (b'{"status": "ConcurrentTx"}', 'status'),
        (b'{"status": ["Accepted"]}', 'status'),
        (b'{"status": "Accepted", "expiry": 1}', "'expiry'"),
        (b'{"status": "Accepted", "expiryDate": "2030-01-01"}', 'expiryDate'),
        (b'{"status": "Accepted", "expiryDate": "2030-01-01T12:00:00"}', 'expiryDate'),
        (b'{"status": "Accepted", "expiryDate": "0001-01-01T00:00:00+14:00"}', 'expiryDate'),
        (b'{"status": "Accepted", "expiryDate": 1893495600}', 'expiryDate'),
        (b'{"status": "Accepted", "parentIdTag": ""}', 'parentIdTag'),
        (b'{"status": "Accepted", "parentIdTag": "123456789012345678901"}', 'parentIdTag'),
        (b'{"status": "Accepted", "parentIdTag": 5}', 'parentIdTag'),
    ],
)
def test_a_body_that_cannot_be_names_the_member(body: bytes, member: str) -> None:
    with pytest.raises(InvalidIdTag) as caught:
        members_of('Tag1', body, max_length=20, max_current_a=16)
    assert member in str(caught.value)


@pytest.mark.parametrize('id_tag', ['x' * 21, '%00', '%0A', ''])
async def test_an_id_that_cannot_be_is_400(rest: httpx.AsyncClient, id_tag: str) -> None:
    answer = await rest.put(f'/api/idtags/{id_tag}', json={'status': 'Accepted'})
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidIdTag')
    assert answer.json()['detail'].startswith('idTag')
    assert [tag['idTag'] for tag in (await rest.get('/api/idtags')).json()['items']] == ['Tag1', 'Tag2']


async def test_what_is_not_named_in_a_change_stays(rest: httpx.AsyncClient) -> None:
    body = {'status': 'Blocked', 'expiryDate': '2020-01-01T12:00:00Z', 'parentIdTag': 'Family', 'person': 'Anna'}
    put = (await rest.put('/api/idtags/Tag1', json=body)).json()
    named = await rest.put('/api/idtags/Tag1', json={'name': ' Blue card '})
    assert named.json() == put | {'name': 'Blue card'}
    allowed = (await rest.put('/api/idtags/Tag1', json={'status': 'Accepted'})).json()
    assert allowed == named.json() | {'status': 'Accepted', 'expiryDate': None, 'parentIdTag': None}
    assert (await rest.put('/api/idtags/Tag1', json={'person': None, 'name': ''})).json() == {
        **DEFAULTS[0],
    }


async def test_a_new_tag_needs_a_status(rest: httpx.AsyncClient) -> None:
    answer = await rest.put('/api/idtags/Guest', json={'name': 'Guest card'})
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidIdTag')
    assert (await rest.get('/api/idtags/Guest')).status_code == 404


async def test_whose_session_it_is_stands_everywhere_and_stays(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest, ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await rest.put('/api/idtags/Tag1', json={'name': 'Blue card', 'person': 'Anna'})
        transaction_id = await charger.start(meter_start=1000)
        assert (await rest.get('/api/chargepoint')).json()['connectors']['1']['person'] == 'Anna'
        await charger.stop(transaction_id, 8500)
        assert 'person' not in (await rest.get('/api/chargepoint')).json()['connectors']['1']
        await rest.put('/api/idtags/Tag1', json={'name': 'Red card', 'person': 'Ben'})
        tag = (await rest.get('/api/idtags/Tag1')).json()
        assert (tag['energy_month_wh'], tag['last_seen'] is None) == (7500, False)
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        session = (await rest.get(f'/api/transactions/{transaction_id}')).json()
        assert (session['person'], session['card']) == ('Anna', 'Red card')
        assert (await rest.get('/api/idtags/Tag1')).json() == tag
        (line,) = (await rest.get('/api/transactions.csv')).text.splitlines()[1:]
        assert line.endswith(',Anna,Red card')
        ended, began = (await rest.get('/api/history?kind=session_begun,session_ended')).json()['items']
        assert began['what'] == f'Session {transaction_id} of Anna began with Blue card.'
        assert [each['person'] for each in (ended, began)] == ['Anna', 'Anna']


async def test_a_card_that_was_held_to_the_charger_is_remembered(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    assert await authorized(house, 'Stranger') == 'Invalid'
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        (unknown,) = (await rest.get('/api/idtags')).json()['unknown']
        assert (unknown['idTag'], unknown['status']) == ('Stranger', 'Invalid')
        answer = (await rest.put('/api/idtags/stranger', json={'status': 'Accepted'})).json()
        assert answer['last_seen'] == unknown['last_seen']
        assert (await rest.get('/api/idtags')).json()['unknown'] == []


async def test_what_a_card_may_is_persisted_and_cleared_by_null(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    rules = {'mode': 'manual', 'limit': 10, 'hours': '22-6', 'allowance_kwh': 150.5, 'after_allowance': 'sun'}
    async with client_of(house) as rest:
        put = (await rest.put('/api/idtags/Tag1', json=rules)).json()
        assert put['hours'] == '22:00-06:00'
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        found = (await rest.get('/api/idtags/Tag1')).json()
        assert {name: found[name] for name in rules} == rules | {'hours': '22:00-06:00'}
        assert (await rest.put('/api/idtags/Tag1', json=dict.fromkeys(rules))).json() == DEFAULTS[0]


async def test_a_goal_of_a_card_is_persisted_and_removed_by_null(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        put = (await rest.put('/api/idtags/Tag1', json={'goal': {'ready_by': '07:00', 'soc': 80}})).json()
        assert (put['goal']['ready_by'], put['goal']['soc'], put['goal']['energy_kwh']) == ('07:00', 80, None)
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        assert (await rest.get('/api/idtags/Tag1')).json() == put
        assert (await rest.put('/api/idtags/Tag1', json={'goal': None})).json() == DEFAULTS[0]


@pytest.mark.parametrize(
    ('goal', 'detail'),
    [
        (18, 'goal must be an object'),
        ({}, 'goal: Nothing is wanted'),
        ({'soc': 101}, 'goal: soc must be a number'),
        ({'energy': 5}, "goal: 'energy' is not known here"),
        ({'ready_by': '07:00', 'cost': 5}, 'goal: What is to be in the car by then?'),
        ({'energy_kwh': 5, 'repeat': ['mon']}, 'goal: that of a card holds for each of its sessions'),
        (
            {'energy_kwh': 5, 'ready_by': '07:00', 'tonight': True},
            'goal: that of a card holds for each of its sessions',
        ),
    ],
)
async def test_what_is_no_goal_of_a_card_is_refused(rest: httpx.AsyncClient, goal: object, detail: str) -> None:
    answer = await rest.put('/api/idtags/Tag1', json={'goal': goal})
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidIdTag')
    assert answer.json()['detail'].startswith(detail)


async def test_a_limit_goes_with_the_mode_manual_only(rest: httpx.AsyncClient) -> None:
    assert (await rest.put('/api/idtags/Tag1', json={'mode': 'solar'})).status_code == 200
    answer = await rest.put('/api/idtags/Tag1', json={'limit': 10})
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidIdTag')
    assert (await rest.put('/api/idtags/Tag1', json={'limit': 10, 'mode': None})).status_code == 200


async def test_a_charger_is_answered_blocked_outside_the_hours_of_a_card(house: House, rest: httpx.AsyncClient) -> None:
    hour = datetime.now().astimezone().hour
    shut = f'{(hour + 2) % 24}-{(hour + 3) % 24}'
    assert (await rest.put('/api/idtags/Tag1', json={'hours': shut, 'name': 'Blue card'})).json()[
        'status'
    ] == 'Accepted'
    assert await authorized(house, 'Tag1') == 'Blocked'
    assert (await rest.get('/api/idtags/Tag1')).json()['refusal'] == 'outside_hours'
    refused = (await rest.get('/api/history?kind=tag_refused')).json()['items'][0]
    assert refused['what'] == 'The card Blue card may not charge: outside its hours.'
    await rest.put('/api/idtags/Tag1', json={'hours': None})
    assert await authorized(house, 'Tag1') == 'Accepted'


async def test_an_allowance_that_is_used_up_refuses_the_card_and_is_told(house: House, rest: httpx.AsyncClient) -> None:
    await rest.put('/api/idtags/Tag1', json={'allowance_kwh': 1, 'after_allowance': 'refuse', 'person': 'Anna'})
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        await charger.stop(transaction_id, 2000)
    assert await authorized(house, 'Tag1') == 'Blocked'
    refused = (await rest.get('/api/history?kind=tag_refused')).json()['items'][0]
    assert refused['what'] == 'The card Tag1 of Anna may not charge: its allowance of this month is used up.'
