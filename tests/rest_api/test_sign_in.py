"""People sign in, devices are signed out, tokens let programs in; nobody else gets anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from cpo.access import Role
from tests.access.people import ABROAD, PASSWORD, bearer, with_tokens
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of

OWNER = {'name': 'Anna', 'password': PASSWORD}
HTTPS = {'X-Forwarded-Proto': 'https'}
JSON = {'Content-Type': 'application/json'}


async def set_up(rest: httpx.AsyncClient) -> None:
    """Give the house its first owner, and one of each other role."""
    for name, role in (('Anna', 'owner'), ('Ben', 'family'), ('Guest', 'viewer')):
        answer = await rest.put(f'/api/people/{name}', json={'password': PASSWORD, 'role': role})
        assert (answer.status_code, answer.json()) == (200, {'name': name, 'role': role})
        if name == 'Anna':
            assert (await rest.post('/api/session', json=OWNER)).status_code == 200


@pytest.fixture
async def owner(rest: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client whose cookie is that of the owner Anna, in a house with Ben (family) and a guest (viewer)."""
    await set_up(rest)
    return rest


# ---- the first one, and the last


async def test_the_first_person_must_be_an_owner_with_a_password(rest: httpx.AsyncClient) -> None:
    bodies: tuple[Any, ...] = (
        {'password': PASSWORD, 'role': 'family'},
        {'password': PASSWORD, 'role': 'viewer'},
        {'role': 'owner'},
        {'password': 'short', 'role': 'owner'},
        {'password': PASSWORD, 'role': 'king'},
        {'password': PASSWORD, 'role': ['owner']},
        {'password': PASSWORD},
        {'password': 12345678, 'role': 'owner'},
        {'password': PASSWORD, 'role': 'owner', 'age': 7},
        [],
    )
    for body in bodies:
        answer = await rest.put('/api/people/Anna', json=body)
        assert (answer.status_code, answer.json()['error']) == (400, 'InvalidPerson'), body
    assert (await rest.get('/api/chargepoint')).status_code == 200
    assert (await rest.get('/api/session')).json()['sign_in_needed'] is False


async def test_another_password_leaves_the_role_as_it_is(owner: httpx.AsyncClient) -> None:
    answer = await owner.put('/api/people/Ben', json={'password': 'the newest good one'})
    assert (answer.status_code, answer.json()) == (200, {'name': 'Ben', 'role': 'family'})


async def test_the_first_password_closes_the_house_also_for_this_machine(
    owner: httpx.AsyncClient, house: House
) -> None:
    async with client_of(house) as stranger:
        for headers in ({}, ABROAD):
            answer = await stranger.get('/api/chargepoint', headers=headers)
            assert (answer.status_code, answer.json()['error']) == (401, 'SignInNeeded')
            assert answer.headers['WWW-Authenticate'] == 'Bearer'
            session = (await stranger.get('/api/session', headers=headers)).json()
            assert (session['name'], session['role'], session['sign_in_needed']) == (None, None, True)
        page = await stranger.get('/', headers={'Accept': 'text/html,*/*'})
        assert (page.status_code, page.headers['Cache-Control']) == (401, 'no-store')
        assert 'home-cpo password NAME' in page.text
        health = await stranger.get('/api/health')
        assert (health.status_code, health.json().keys()) == (200, {'status', 'detail'})
    assert (await owner.get('/api/chargepoint')).status_code == 200


async def test_the_last_owner_stays_an_owner(owner: httpx.AsyncClient) -> None:
    for answer in (
        await owner.put('/api/people/anna', json={'role': 'viewer'}),
        await owner.delete('/api/people/Anna'),
    ):
        assert (answer.status_code, answer.json()['error']) == (409, 'LastOwner')
    assert (await owner.put('/api/people/Ben', json={'role': 'owner'})).json() == {'name': 'Ben', 'role': 'owner'}
    assert (await owner.delete('/api/people/ANNA')).json() == {'name': 'Anna', 'role': 'owner'}
    assert (await owner.get('/api/people')).status_code == 401
    assert (await owner.post('/api/session', json={**OWNER, 'name': 'ben'})).json() == {'name': 'Ben', 'role': 'owner'}
    assert (await owner.delete('/api/people/Nobody')).status_code == 404


# ---- signing in and out


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(owner: httpx.AsyncClient) -> None:
    cookie = (await owner.post('/api/session', json=OWNER)).headers['Set-Cookie']
    assert cookie.startswith('home_cpo=')
    assert cookie.endswith('; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax')
    cookie = (await owner.post('/api/session', json=OWNER, headers=HTTPS)).headers['Set-Cookie']
    assert cookie.startswith('home_cpo_tls=')
    assert cookie.endswith('; HttpOnly; SameSite=Lax; Secure')


async def test_a_cookie_that_somebody_else_chose_is_not_signed_in(owner: httpx.AsyncClient, house: House) -> None:
    async with client_of(house) as victim:
        victim.cookies.set('home_cpo', 'chosen-by-an-attacker')
        assert (await victim.post('/api/session', json=OWNER)).status_code == 200
        values = [cookie.value for cookie in victim.cookies.jar if cookie.value]
        assert len({*values} - {'chosen-by-an-attacker'}) == 1
    async with client_of(house) as attacker:
        chosen = {'Cookie': 'home_cpo=chosen-by-an-attacker'}
        assert (await attacker.get('/api/chargepoint', headers=chosen)).status_code == 401


async def test_signing_in_again_ends_what_was_signed_in_before(owner: httpx.AsyncClient, house: House) -> None:
    before = owner.cookies['home_cpo']
    await owner.post('/api/session', json=OWNER)
    assert owner.cookies['home_cpo'] != before
    async with client_of(house) as old:
        assert (await old.get('/api/session', headers={'Cookie': f'home_cpo={before}'})).json()['role'] is None


async def test_everybody_changes_their_own_password_with_the_old_one(owner: httpx.AsyncClient, house: House) -> None:
    async with client_of(house) as guest, client_of(house) as other:
        for device in (guest, other):
            await device.post('/api/session', json={'name': 'Guest', 'password': PASSWORD})
        for old, new, words in (('wrong one', 'a new one at last', 'old password'), (PASSWORD, 'short', '8 to 200')):
            answer = await guest.put('/api/session', json={'old_password': old, 'password': new})
            assert (answer.status_code, answer.json()['error']) == (400, 'InvalidPerson')
            assert words in answer.json()['detail']
        body = {'old_password': PASSWORD, 'password': 'a new one at last'}
        assert (await guest.put('/api/session', json={'password': 'a new one'})).json()['error'] == 'InvalidSignIn'
        assert (await guest.put('/api/session', json=body)).json() == {'name': 'Guest', 'role': 'viewer'}
        assert [(await each.get('/api/solar')).status_code for each in (guest, other)] == [200, 401]
        statuses = [
            (await other.post('/api/session', json={'name': 'Guest', 'password': password})).status_code
            for password in (PASSWORD, 'a new one at last')
        ]
        assert statuses == [401, 200]
        for _ in range(5):
            answer = await guest.put('/api/session', json=body)
        assert (answer.status_code, 'Retry-After' in answer.headers) == (429, True)
        assert (await guest.get('/api/solar')).status_code == 200


async def test_who_is_nobody_or_a_program_has_no_password_to_change(rest: httpx.AsyncClient, house: House) -> None:
    body = {'old_password': PASSWORD, 'password': 'a new one at last'}
    assert (await rest.put('/api/session', json=body)).json()['error'] == 'InvalidPerson'
    tokens = await with_tokens(house)
    answer = await rest.put('/api/session', json=body, headers=tokens[Role.OWNER])
    assert (answer.status_code, answer.json()['error']) == (400, 'InvalidPerson')
    assert (await rest.put('/api/session', json=body)).status_code == 401


async def test_devices_are_listed_and_signed_out_one_by_one_or_all(owner: httpx.AsyncClient, house: House) -> None:
    agent = {'User-Agent': 'Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0'}
    async with client_of(house) as phone, client_of(house) as tablet:
        for device in (phone, tablet):
            await device.post('/api/session', json=OWNER, headers={**agent, 'X-Forwarded-For': '192.168.1.30'})
        devices = (await owner.get('/api/session')).json()['devices']
        assert [device['is_this'] for device in devices].count(True) == 1
        other = next(device for device in devices if not device['is_this'])
        assert (other['device'], other['address']) == ('Firefox on Android', '192.168.1.30')
        assert (await owner.delete(f'/api/session?device={other["id"]}')).json() == {'signed_out': True}
        assert (await owner.delete('/api/session?device=nonsense')).status_code == 404
        statuses = sorted([(await device.get('/api/solar')).status_code for device in (phone, tablet)])
        assert statuses == [200, 401]
        assert (await owner.delete('/api/session')).status_code == 200
        assert 'home_cpo' not in owner.cookies
        assert (await owner.get('/api/solar')).status_code == 401
        await owner.post('/api/session', json=OWNER)
        assert (await owner.delete('/api/session?all=true')).status_code == 200
        assert [(await device.get('/api/solar')).status_code for device in (owner, phone, tablet)] == [401] * 3


async def test_a_new_password_signs_out_all_other_devices(owner: httpx.AsyncClient, house: House) -> None:
    async with client_of(house) as phone:
        await phone.post('/api/session', json=OWNER)
        assert (await owner.put('/api/people/Anna', json={'role': 'owner', 'password': 'a new one now'})).is_success
        assert [(await device.get('/api/people')).status_code for device in (owner, phone)] == [200, 401]
        assert (await phone.post('/api/session', json=OWNER)).status_code == 401
        assert (await phone.post('/api/session', json={'name': 'Anna', 'password': 'a new one now'})).is_success


async def test_a_role_holds_from_the_next_request_on(owner: httpx.AsyncClient, house: House) -> None:
    async with client_of(house) as guest:
        await guest.post('/api/session', json={**OWNER, 'name': 'Guest'})
        assert (await guest.put('/api/solar', json={'pv_w': 10})).status_code == 403
        await owner.put('/api/people/Guest', json={'role': 'family'})
        assert (await guest.put('/api/solar', json={'pv_w': 10})).status_code == 200
        await owner.delete('/api/people/Guest')
        assert (await guest.get('/api/solar')).status_code == 401


# ---- guesses


async def test_the_fifth_wrong_password_is_429_at_once_and_nobody_else_notices(
    owner: httpx.AsyncClient, house: House
) -> None:
    async with client_of(house) as attacker:
        wrong = {'name': 'Anna', 'password': 'a wrong one'}
        answers = [await attacker.post('/api/session', json=wrong, headers=ABROAD) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
        assert answers[0].json()['error'] == 'SignInNeeded'
        assert answers[4].json()['error'] == 'TooManyTries'
        assert 0 < int(answers[4].headers['Retry-After']) <= 60
        assert (await attacker.post('/api/session', json=OWNER, headers=ABROAD)).status_code == 429
        assert (await attacker.post('/api/session', json=OWNER)).status_code == 200
    assert (await owner.get('/api/people', headers=ABROAD)).status_code == 200


async def test_guesses_at_once_are_no_way_around(owner: httpx.AsyncClient, house: House) -> None:
    async with client_of(house) as attacker:
        wrong = {'name': 'Anna', 'password': 'a wrong one'}
        tries = (attacker.post('/api/session', json=wrong, headers=ABROAD) for _ in range(12))
        statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert statuses.count(401) <= 4
    assert statuses.count(401) + statuses.count(429) == 12


async def test_what_is_no_sign_in_is_refused(owner: httpx.AsyncClient, house: House) -> None:
    async with client_of(house) as rest:
        for body in ('', '[]', '{"name": "Anna"}', '{"name": 1, "password": 2}', '{"name": null, "password": null}'):
            assert (await rest.post('/api/session', content=body, headers=JSON)).status_code == 400
        assert (await rest.post('/api/session', json={'name': 'A' * 9999, 'password': '\x00'})).status_code == 401


# ---- other sites


async def test_a_form_or_page_of_another_site_changes_nothing(owner: httpx.AsyncClient) -> None:
    foreign = {'Origin': 'http://evil.example'}
    form = {'Content-Type': 'application/x-www-form-urlencoded'}
    for method, path in (('POST', '/api/session'), ('PUT', '/api/people/Eve'), ('POST', '/api/tokens')):
        answer = await owner.request(method, path, json={'role': 'owner'}, headers=foreign)
        assert (answer.status_code, answer.json()['error']) == (403, 'ForeignOrigin')
        answer = await owner.request(method, path, content='a=b', headers=form)
        assert answer.status_code == 415
    assert (await owner.delete('/api/people/Ben', headers=foreign)).status_code == 403
    rebound = {'Host': 'evil.example', 'Origin': 'http://evil.example'}
    assert (await owner.get('/api/people', headers=rebound)).json()['error'] == 'ForeignHost'


async def test_a_request_is_judged_in_the_order_of_the_interface(house: House, rest: httpx.AsyncClient) -> None:
    headers = await with_tokens(house)
    large, path = b' ' * (1024 * 1024 + 1), '/api/ceilings/oven'
    text = {'Content-Type': 'text/plain'}
    viewer, owner = headers[Role.VIEWER], headers[Role.OWNER]
    for given, error in (
        ({**text, 'Origin': 'http://evil.example', 'Host': 'evil.example'}, 'ForeignHost'),
        ({**text, 'Origin': 'http://evil.example'}, 'ForeignOrigin'),
        (text, 'SignInNeeded'),
        ({**text, **viewer}, 'NotAllowed'),
        ({**text, **owner}, 'PayloadTooLarge'),
    ):
        assert (await rest.put(path, content=large, headers=given)).json()['error'] == error
    assert (await rest.put(path, content=b'x', headers={**text, **owner})).json()['error'] == 'UnsupportedMediaType'
    assert (await rest.put(path, content=b'x', headers={**JSON, **owner})).json()['error'] == 'InvalidCeiling'


async def test_a_websocket_of_a_page_needs_somebody_signed_in(owner: httpx.AsyncClient, house: House) -> None:
    url = f'ws://127.0.0.1:{house.port}/_nicegui_ws/socket.io/?EIO=4&transport=websocket'
    for headers in ({}, {'Cookie': 'home_cpo=guessed'}, bearer('cpo_guessed')):
        with pytest.raises(InvalidStatus) as refusal:
            await connect(url, additional_headers=headers)
        response = refusal.value.response
        assert (response.status_code, response.headers['WWW-Authenticate']) == (401, 'Bearer')
        assert json.loads(response.body or b'')['error'] == 'SignInNeeded'


async def test_an_event_stream_ends_with_the_sign_in(owner: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10), owner.stream('GET', '/api/events') as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == 'retry: 3000'
        await owner.delete('/api/session')
        with contextlib.suppress(httpx.RemoteProtocolError):  # the stream has no other end
            assert [line async for line in lines]


# ---- tokens


async def test_a_token_is_shown_once_and_holds_until_it_is_revoked(owner: httpx.AsyncClient, house: House) -> None:
    made = await owner.post('/api/tokens', json={'name': 'Home Assistant', 'role': 'family'})
    assert (made.status_code, made.headers['Cache-Control']) == (200, 'no-store')
    token = made.json()['token']
    listed = (await owner.get('/api/tokens')).json()['items']
    assert [(each['name'], each['role'], each['last_used']) for each in listed] == [('Home Assistant', 'family', None)]
    assert token not in (await owner.get('/api/tokens')).text
    async with client_of(house) as program:
        assert (await program.put('/api/solar', json={'pv_w': 1}, headers=bearer(token))).status_code == 200
        limit = await program.put('/api/chargepoint/1/chargeLimit', content='10', headers=bearer(token))
        assert limit.status_code == 503  # no charger is connected
        assert (await program.get('/api/tokens', headers=bearer(token))).json()['error'] == 'NotAllowed'
        assert (await owner.get('/api/tokens')).json()['items'][0]['last_used'] is not None
        again = await owner.post('/api/tokens', json={'name': 'home assistant', 'role': 'owner'})
        assert (again.status_code, again.json()['error']) == (409, 'NameTaken')
        assert (await owner.delete('/api/tokens/Home Assistant')).json() == {'name': 'Home Assistant'}
        assert (await program.get('/api/solar', headers=bearer(token))).status_code == 401
    assert (await owner.delete('/api/tokens/Home Assistant')).status_code == 404
    bodies: tuple[Any, ...] = (
        {'name': '', 'role': 'owner'},
        {'name': 'x', 'role': 'king'},
        {'name': 7, 'role': 'owner'},
    )
    for wrong in (*bodies, [], {}):
        assert (await owner.post('/api/tokens', json=wrong)).json()['error'] == 'InvalidToken'


# ---- what is kept


async def test_devices_people_and_tokens_survive_a_restart_and_no_secret_is_on_the_disk(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        await set_up(rest)
        token = (await rest.post('/api/tokens', json={'name': 'backup', 'role': 'owner'})).json()['token']
        cookie = rest.cookies['home_cpo']
        await house.charge_point.journal.flushed()
        backup = (await rest.get('/api/backup')).content
    kept = [backup, *contents(tmp_path)]
    for secret in (PASSWORD, token, cookie):
        assert [secret.encode() in content for content in kept] == [False] * len(kept)
    house.charge_point.journal.close()
    again = await make_house(folder=tmp_path)
    async with client_of(again) as rest:
        for headers in ({'Cookie': f'home_cpo={cookie}'}, bearer(token)):
            assert (await rest.get('/api/people', headers=headers)).status_code == 200
        assert (await rest.get('/api/people')).status_code == 401


def contents(folder: Path) -> list[bytes]:
    """The contents of all files in a folder."""
    return [path.read_bytes() for path in folder.iterdir()]


async def test_where_it_cannot_be_kept_nothing_changes(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path, pragmas={'query_only': 1})
    async with client_of(house) as rest:
        answer = await rest.put('/api/people/Anna', json={'password': PASSWORD, 'role': 'owner'})
        assert (answer.status_code, answer.json()['error']) == (503, 'JournalError')
        assert (await rest.post('/api/tokens', json={'name': 'x', 'role': 'owner'})).status_code == 503
        assert (await rest.get('/api/session')).json()['sign_in_needed'] is False
        assert (await rest.get('/api/tokens')).json()['items'] == []
