"""What `/api/history` says of people, tokens and chargers: who changed them and when, and no secret."""

from __future__ import annotations

from pathlib import Path

import httpx

from cpo.access import Role
from cpo.state import Source, SourceKind
from cpo.statement.starter import starter_name
from simulator import Car, Charger
from tests.access.people import PASSWORD, bearer
from tests.commands.test_password import NEW, run
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of

SECRET = 'a secret of the charger'


async def said(rest: httpx.AsyncClient, kinds: str, headers: dict[str, str]) -> list[str]:
    """The sentences of the history, oldest first."""
    items = (await rest.get(f'/api/history?kind={kinds}', headers=headers)).json()['items']
    return [item['what'] for item in reversed(items)]


async def test_who_changed_people_and_tokens(rest: httpx.AsyncClient) -> None:
    await rest.put('/api/people/Anna', json={'password': PASSWORD, 'role': 'owner'})
    await rest.post('/api/session', json={'name': 'Anna', 'password': PASSWORD})
    await rest.put('/api/people/Ben', json={'password': PASSWORD, 'role': 'family'})
    await rest.put('/api/people/ben', json={'password': NEW, 'role': 'viewer'})
    await rest.put('/api/people/Ben', json={'role': 'viewer'})
    await rest.put('/api/people/Ben', json={'role': 'king'})
    secret = (await rest.post('/api/tokens', json={'name': 'HA', 'role': 'viewer'})).json()['token']
    await rest.delete('/api/tokens/HA')
    await rest.put('/api/session', json={'old_password': PASSWORD, 'password': NEW})
    await rest.delete('/api/people/Ben')
    assert await said(rest, 'person,token', {}) == [
        'Anna was added as owner by anybody in this network.',
        'Ben was added as family by Anna.',
        'Ben is viewer now, changed by Anna.',
        'Ben has a new password, set by Anna.',
        'The token HA (viewer) was made by Anna.',
        'The token HA (viewer) was revoked by Anna.',
        'Anna has a new password, set by Anna.',
        'Ben was removed by Anna.',
    ]
    history = (await rest.get('/api/history')).text
    assert not any(word in history for word in (PASSWORD, NEW, secret, 'argon2'))


async def test_who_changed_a_charger(house: House, rest: httpx.AsyncClient) -> None:
    token = bearer(await house.people.create_token('app', Role.OWNER))
    await house.people.put('Anna', Role.OWNER, PASSWORD)
    for body in ({'adopted': True, 'name': 'Garage', 'password': SECRET}, {'security_profile': 0, 'name': ''}):
        assert (await rest.put('/api/chargers/CP9', json=body, headers=token)).status_code == 200
    await rest.put('/api/chargers/CP9', json={'adopted': False}, headers=token)
    assert await said(rest, 'charger,adopted,released', token) == [
        'CP9 is one of the chargers that are let in, by app.',
        'CP9 is called Garage now and has security profile 1 now and has a new password, by app.',
        'CP9 has no name any more and has security profile 0 now, by app.',
        'CP9 is no longer let in, by app.',
    ]
    assert SECRET not in (await rest.get('/api/history', headers=token)).text


async def test_who_changed_a_card(house: House, rest: httpx.AsyncClient) -> None:
    token = bearer(await house.people.create_token('app', Role.OWNER))
    await house.people.put('Anna', Role.OWNER, PASSWORD)
    for body in ({'status': 'Accepted'}, {'status': 'Blocked', 'name': 'Blue card'}, {'limit': 'much'}):
        await rest.put('/api/idtags/04A2', json=body, headers=token)
    await rest.delete('/api/idtags/04a2', headers=token)
    assert await said(rest, 'card', token) == [
        'Card 04A2 was added (Accepted), by app.',
        'Blue card was changed (Blocked), by app.',
        'Card 04A2 was deleted, by app.',
    ]


async def test_what_the_command_on_the_machine_changed(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    run(tmp_path, 'Anna')
    await house.people.read_store()
    token = bearer(await house.people.create_token('app', Role.OWNER))
    run(tmp_path, 'Anna', typed=(PASSWORD, PASSWORD))
    await house.people.read_store()
    await house.people.read_store()
    async with client_of(house) as rest:
        assert await said(rest, 'person', token) == ['Anna has a new password, set by home-cpo password.'] * 2


async def test_a_session_is_of_the_person_who_started_it_also_after_a_restart(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with Charger(house.ocpp(), speed=50) as charger, client_of(house) as rest:
        charger.plug_in(1, Car())
        await charger.wait_until_answered()
        await house.charge_point.set_charging_limit(1, 10, Source(SourceKind.PERSON, 'Ben'))
        await house.until(lambda: house.charge_point.state.connector(1).limit_shown is not None)
        (begun,) = await said(rest, 'session_begun', {})
        assert begun.endswith(', started by Ben.')
        assert (await rest.get('/api/chargepoint')).json()['connectors']['1']['limitSetBy'] == 'Ben'
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    house = await make_house(folder=tmp_path)
    assert starter_name(house.charge_point.state.transactions[0]) == 'Ben'


async def test_who_is_signed_in_and_sets_a_limit_by_rest_is_named(house: House, rest: httpx.AsyncClient) -> None:
    await rest.put('/api/people/Anna', json={'password': PASSWORD, 'role': 'owner'})
    await rest.post('/api/session', json={'name': 'Anna', 'password': PASSWORD})
    token = bearer(await house.people.create_token('app', Role.OWNER))
    async with Charger(house.ocpp(), speed=50) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_answered()
        assert (await rest.put('/api/chargepoint/1/chargeLimit', content='10')).status_code == 200
        await house.until(lambda: house.charge_point.state.running_transaction(1) is not None)
        (begun,) = await said(rest, 'session_begun', {})
        assert begun.endswith(', started by Anna.')
        assert (await rest.put('/api/ceilings/oven', json={'limit_a': 8})).json()['source'] == 'Anna'
        assert (await rest.put('/api/solar', json={'pv_w': 900})).json()['by'] == 'REST'  # no simulated sun
        async with client_of(house) as program:
            await program.put('/api/chargepoint/1/chargeLimit', content='9', headers=token)
            connector = (await program.get('/api/chargepoint', headers=token)).json()['connectors']['1']
        assert connector['limitSetBy'] == 'REST'
