"""The charger's own list of cards, in step with the id tags."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cpo.chargers import ChargerQuirks
from cpo.state import ConfigurationRead
from cpo.upkeep import CardListKeeper, card_list_sentence
from simulator import Car, Charger
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

AT_ONCE = -ChargerQuirks().settle_s
"""Takes away the pause after a connection."""
FAMILY = {'status': 'Accepted', 'expiryDate': '2040-01-01T00:00:00Z', 'parentIdTag': 'Family'}


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    """A house that sends lists as soon as its charger has connected."""
    house = await make_house(local_list=True, id_tags='Tag1')
    return replace(house, card_list=CardListKeeper(house.charge_point, settled_s=AT_ONCE))


def said(house: House) -> str:
    """What the page Charger says of the list, as far as that is known at once."""
    return card_list_sentence(house.card_list.report)


@asynccontextmanager
async def charger_of(house: House) -> AsyncIterator[ScriptedCharger]:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'})
        yield charger


async def says_version(charger: ScriptedCharger, version: int) -> None:
    message_id, _ = await charger.receive_call('GetLocalListVersion')
    await charger.answer(message_id, {'listVersion': version})


def cards(payload: dict[str, Any]) -> dict[str, Any]:
    """The entries of a list by their idTag; None for one that is taken away."""
    return {each['idTag']: each.get('idTagInfo') for each in payload['localAuthorizationList']}


async def test_the_whole_list_is_sent_and_then_what_changes(house: House, rest: httpx.AsyncClient) -> None:
    async with charger_of(house) as charger:
        await says_version(charger, 3)
        full = await charger.expect('SendLocalList')
        assert (full['listVersion'], full['updateType']) == (4, 'Full')
        assert cards(full) == {'Tag1': {'status': 'Accepted'}}
        await rest.put('/api/idtags/Mum', json=FAMILY | {'name': 'the red one'})
        await says_version(charger, 4)
        added = await charger.expect('SendLocalList')
        assert (added['listVersion'], added['updateType'], cards(added)) == (5, 'Differential', {'Mum': FAMILY})
        await rest.put('/api/idtags/Mum', json=FAMILY | {'name': 'the blue one'})  # a charger needs no names
        await rest.delete('/api/idtags/Tag1')
        await says_version(charger, 5)
        gone = await charger.expect('SendLocalList')
        assert (gone['listVersion'], cards(gone)) == (6, {'Tag1': None})
        await rest.put('/api/idtags/Mum', json={'hours': '22-6'})  # the charger would let it charge at any time
        await says_version(charger, 6)
        assert cards(await charger.expect('SendLocalList')) == {'Mum': None}
        assert '1 card is not in it, as only this program knows hours and allowances.' in said(house)
        await rest.put('/api/idtags/Mum', json={'hours': None, 'mode': 'solar', 'allowance_kwh': 50})
        await says_version(charger, 7)
        assert cards(await charger.expect('SendLocalList')) == {'Mum': FAMILY}
        await charger.call('Heartbeat', {})  # the answer has been read
    async with charger_of(house) as charger:
        await says_version(charger, 8)
        assert 'currentTime' in await charger.call('Heartbeat', {})  # nothing is sent, as nothing has changed


async def test_a_list_of_another_version_is_sent_as_a_whole(house: House, rest: httpx.AsyncClient) -> None:
    async with charger_of(house) as charger:
        await says_version(charger, 0)
        await charger.expect('SendLocalList')
        await rest.put('/api/idtags/Mum', json=FAMILY)
        await says_version(charger, 1)
        assert (await charger.expect('SendLocalList', 'VersionMismatch'))['updateType'] == 'Differential'
        await says_version(charger, 7)
        again = await charger.expect('SendLocalList')
        assert (again['listVersion'], again['updateType'], [*cards(again)]) == (8, 'Full', ['Mum', 'Tag1'])
    async with charger_of(house) as charger:
        await says_version(charger, 0)  # it lost its memory
        assert (await charger.expect('SendLocalList'))['updateType'] == 'Full'


async def test_a_list_that_another_system_has_changed_is_sent_as_a_whole(house: House, rest: httpx.AsyncClient) -> None:
    async with charger_of(house) as charger:
        await says_version(charger, 0)
        await charger.expect('SendLocalList')
        await rest.put('/api/idtags/Mum', json=FAMILY)
        await says_version(charger, 0)  # it was cleared, and would take a change of it: Tag1 were not in it
        full = await charger.expect('SendLocalList')
        assert (full['listVersion'], full['updateType'], [*cards(full)]) == (1, 'Full', ['Mum', 'Tag1'])


async def test_what_somebody_clears_is_put_back_even_where_the_version_is_the_same(
    house: House, rest: httpx.AsyncClient
) -> None:
    async with charger_of(house) as charger:
        await says_version(charger, 0)
        await charger.expect('SendLocalList')
        assert 'what is cleared comes back at once' in (await shown(rest))['sentence']
        clear = {'listVersion': 1, 'updateType': 'Full'}
        for status, comes_back in (('Failed', False), ('Accepted', True)):
            clearing = asyncio.create_task(rest.post('/api/chargepoint/commands/SendLocalList', json=clear))
            assert await charger.expect('SendLocalList', status) == clear
            assert (await clearing).json()['status'] == status
            if comes_back:
                await says_version(charger, 1)
                full = await charger.expect('SendLocalList')
                assert (full['listVersion'], full['updateType'], [*cards(full)]) == (2, 'Full', ['Tag1'])
            assert 'currentTime' in await charger.call('Heartbeat', {})


async def test_without_the_setting_what_somebody_clears_stays_cleared(make_house: MakeHouse) -> None:
    house = await make_house(id_tags='Tag1')
    CardListKeeper(house.charge_point, settled_s=AT_ONCE)
    async with charger_of(house) as charger, client_of(house) as rest:
        clear = {'listVersion': 1, 'updateType': 'Full'}
        clearing = asyncio.create_task(rest.post('/api/chargepoint/commands/SendLocalList', json=clear))
        await charger.expect('SendLocalList')
        await clearing
        assert 'currentTime' in await charger.call('Heartbeat', {})
        assert await shown(rest) == {
            'kept': False,
            'cards': None,
            'leftOut': 0,
            'sentence': 'This program leaves it as it is: “Cards in the wallbox” is off in the settings.',
        }


@pytest.mark.parametrize('answer', ['Failed', 'NotSupported'])
async def test_what_is_refused_is_not_sent_again_until_the_cards_change(
    house: House, rest: httpx.AsyncClient, answer: str
) -> None:
    async with charger_of(house) as charger:
        await says_version(charger, 0)
        await charger.expect('SendLocalList', answer)
        assert 'currentTime' in await charger.call('Heartbeat', {})
        assert 'did not take the newest list' in said(house)
        await rest.put('/api/idtags/Mum', json=FAMILY)
        await says_version(charger, 0)
        assert (await charger.expect('SendLocalList'))['updateType'] == 'Full'


async def test_a_charger_without_a_list_is_sent_none(house: House, rest: httpx.AsyncClient) -> None:
    async with charger_of(house) as charger:
        await says_version(charger, -1)
        await charger.call('Heartbeat', {})
        assert said(house) == 'The charger says nothing of a list of its own, so no cards are sent.'
        await rest.put('/api/idtags/Mum', json=FAMILY)
        assert 'currentTime' in await charger.call('Heartbeat', {})


async def test_without_the_setting_no_charger_is_asked(make_house: MakeHouse) -> None:
    house = await make_house()
    CardListKeeper(house.charge_point, settled_s=AT_ONCE)
    async with charger_of(house) as charger:
        assert 'currentTime' in await charger.call('Heartbeat', {})


async def test_a_long_list_comes_in_parts_and_is_cut_at_what_fits(house: House, rest: httpx.AsyncClient) -> None:
    for number in range(6):
        status = 'Blocked' if number == 0 else 'Accepted'
        await rest.put(f'/api/idtags/Card{number}', json={'status': status})
    async with charger_of(house) as charger:
        keys = {'LocalAuthListMaxLength': '5', 'SendLocalListMaxLength': '3'}
        house.charge_point.record(ConfigurationRead(keys, house.charge_point.now()))
        await says_version(charger, 0)
        first, second = [await charger.expect('SendLocalList') for _ in range(2)]
    assert [(part['listVersion'], part['updateType']) for part in (first, second)] == [(1, 'Full'), (2, 'Differential')]
    assert [*cards(first), *cards(second)] == ['Card1', 'Card2', 'Card3', 'Card4', 'Card5']  # not the blocked one


async def test_cards_that_may_not_charge_leave_their_places_and_what_does_not_fit_is_said(
    house: House, rest: httpx.AsyncClient
) -> None:
    await rest.put('/api/idtags/Dad', json={'status': 'Accepted', 'expiryDate': '2020-01-01T00:00:00Z'})
    await rest.put('/api/idtags/Mum', json=FAMILY)
    async with charger_of(house) as charger:
        house.charge_point.record(ConfigurationRead({'LocalAuthListMaxLength': '2'}, house.charge_point.now()))
        await says_version(charger, 0)
        assert [*cards(await charger.expect('SendLocalList'))] == ['Mum', 'Tag1']  # Dad’s has ended
        soon = datetime.now(UTC) + timedelta(seconds=0.4)
        await rest.put('/api/idtags/Guest', json={'status': 'Accepted', 'expiryDate': soon.isoformat()})
        await says_version(charger, 1)
        assert [*cards(await charger.expect('SendLocalList'))] == ['Tag1', 'Guest']  # the one that goes makes room
        assert (await shown(rest))['leftOut'] == 2
        assert '2 cards do not fit, as it has room for 2; cards that may charge come first.' in said(house)
        await says_version(charger, 2)  # the guest’s card has ended
        assert cards(await charger.expect('SendLocalList')) == {'Guest': None, 'Tag1': {'status': 'Accepted'}}


async def shown(rest: httpx.AsyncClient) -> Any:
    """What REST says of the list."""
    return (await rest.get('/api/chargepoint')).json()['cardList']


async def test_a_card_of_the_list_charges_while_the_charger_is_offline(house: House, rest: httpx.AsyncClient) -> None:
    await rest.put('/api/idtags/Mum', json=FAMILY)
    async with Charger(house.ocpp(), speed=50) as charger:
        await house.until(lambda: charger.station.local_authorization.list_version > 0)
        charger.go_offline()
        charger.plug_in(1, Car())
        charger.tap('Stranger', 1)
        assert charger.station.connectors[1].transaction is None
        charger.tap('Mum', 1)
        await charger.wait_for(1, 'Charging')
        charger.go_online()
        await charger.wait_until_online(10)
        await charger.wait_until_answered(10)
    (session,) = (await rest.get('/api/transactions')).json()['items']
    assert (session['idTag'], session['idTagStatus']) == ('Mum', 'Accepted')
