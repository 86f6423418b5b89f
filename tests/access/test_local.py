"""While nobody has a password, the addresses of the house may do everything, and no others anything."""

from __future__ import annotations

import json

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from cpo.access import LocalRule
from tests.access.people import ABROAD
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of

LOCAL = [
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.178.20',
    '169.254.1.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd12:3456::1',
    '::ffff:192.168.1.1',
    '2001:db8:1:2:aaaa::9',
    '203.0.113.9',
    '2001:db8:77::1',
]
FOREIGN = [
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '11.0.0.1',
    '100.64.0.1',
    '203.0.114.9',
    '2001:db8:1:3::9',
    '::ffff:8.8.8.8',
    'fec0::1',
    'testclient',
    'somebody',
    '',
    'unknown',
    '192.168.1',
    '0.0.0.0',
    '::',
    '::2',
    '192.168.1.1, 8.8.8.8',
]
OWN = ['::1', '192.168.178.2', '2001:db8:1:2:3:4:5:6', '198.51.100.4', 'fe80::9%eth0']


def test_addresses_of_the_house_are_let_in_and_others_are_not() -> None:
    rule = LocalRule(lambda: ('203.0.113.0/24', '2001:db8:77::/48'), lambda: OWN)
    for _ in range(2):
        assert [address for address in LOCAL if not rule.lets_in(address)] == []
        assert [address for address in FOREIGN if rule.lets_in(address)] == []


def test_another_network_of_the_provider_is_known_within_a_minute() -> None:
    now, own = 0.0, ['2001:db8:1:2::5']
    rule = LocalRule(tuple, lambda: own, lambda: now)
    assert (rule.lets_in('2001:db8:1:2::7'), rule.lets_in('2001:db8:9:9::7')) == (True, False)
    own[:] = ['2001:db8:9:9::5']
    now = 61.0
    assert (rule.lets_in('2001:db8:1:2::7'), rule.lets_in('2001:db8:9:9::7')) == (False, True)


async def test_a_stranger_gets_nowhere_and_is_told_how_to_set_a_password(rest: httpx.AsyncClient) -> None:
    for method, path in (
        ('GET', '/api/chargepoint'),
        ('PUT', '/api/chargepoint/1/chargeLimit'),
        ('GET', '/api/people'),
    ):
        answer = await rest.request(method, path, headers={**ABROAD, 'Content-Type': 'application/json'})
        assert (answer.status_code, answer.json()['error']) == (403, 'NotAllowed')
        assert 'home-cpo password NAME' in answer.json()['detail']
    page = await rest.get('/', headers={**ABROAD, 'Accept': 'text/html'})
    assert page.status_code == 403
    assert 'home-cpo password NAME' in page.text
    health = await rest.get('/api/health', headers=ABROAD)
    assert (health.status_code, health.json().keys()) == (200, {'status', 'detail'})
    assert 'version' in (await rest.get('/api/health')).json()


@pytest.mark.parametrize('forwarded', ['', 'unknown', '203.0.113.7:80', '192.168.1.5, 203.0.113.7', '_hidden', '::'])
async def test_what_a_proxy_says_of_its_client_is_no_way_in(rest: httpx.AsyncClient, forwarded: str) -> None:
    answer = await rest.get('/api/chargepoint', headers={'X-Forwarded-For': forwarded})
    assert answer.status_code == (200 if forwarded == '' else 403)


async def test_a_page_of_a_stranger_gets_no_websocket_and_a_charger_does(house: House) -> None:
    url = f'ws://127.0.0.1:{house.port}/_nicegui_ws/socket.io/?EIO=4&transport=websocket'
    with pytest.raises(InvalidStatus) as refusal:
        await connect(url, additional_headers=ABROAD)
    assert refusal.value.response.status_code == 403
    assert json.loads(refusal.value.response.body or b'')['error'] == 'NotAllowed'
    async with connect(house.ocpp(), subprotocols=[Subprotocol('ocpp1.6')], additional_headers=ABROAD):
        await house.until(lambda: house.charge_point.state.connected)


async def test_a_network_of_ones_own_can_be_added(make_house: MakeHouse) -> None:
    house = await make_house(trusted_networks=('203.0.113.0/24',))
    async with client_of(house) as rest:
        assert (await rest.get('/api/chargepoint', headers=ABROAD)).status_code == 200
