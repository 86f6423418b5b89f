"""`/api/transactions`, `/api/messages` and `/api/connections`."""

from __future__ import annotations

import httpx

from cpo.rest_api.connections import ATTEMPT
from tests.conftest import House
from tests.scripted_charger import TIMESTAMP, ScriptedCharger


async def test_a_transaction_is_shown_while_it_runs_and_after(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        running = {
            'transactionId': transaction_id,
            'connectorId': 1,
            'idTag': 'Tag1',
            'person': None,
            'card': None,
            'meterStart': 1000,
            'meterStop': None,
            'startTimestamp': TIMESTAMP,
            'stopTimestamp': None,
            'stopReason': None,
            'energyWh': 0,
            'energyEstimated': False,
            'sunWh': None,
            'sun_wh': None,
            'cost': 0.0,
            'price_per_kwh': None,
            'currency': 'EUR',
            'idTagStatus': 'Accepted',
            'chargeBoxId': 'CP1',
            'number': transaction_id,
            'demo': False,
            'noContactSince': None,
            'note': None,
        }
        assert (await rest.get('/api/transactions')).json() == {'items': [running], 'next': None}
        await charger.stop(transaction_id, 1800)
        ended = {'meterStop': 1800, 'stopTimestamp': TIMESTAMP, 'stopReason': 'Local', 'energyWh': 800}
        ended |= {'cost': 0.24, 'price_per_kwh': 0.3}
        found = (await rest.get(f'/api/transactions/{transaction_id}')).json()
        (part,) = found.pop('prices')
        assert found == running | ended | {'signed': None, 'stop': 'it was ended at the charger', 'plan': None}
        known = {'price': 0.3, 'feed_in_price': 0.08, 'energyWh': 800.0, 'sun_wh': 0.0, 'cost': 0.24}
        assert part == {'from': part['from'], 'fallback': False} | known


async def test_a_fault_that_stopped_a_transaction_is_in_it_for_good(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        assert 'fault' not in (await rest.get(f'/api/transactions/{transaction_id}')).json()
        fault = {'connectorId': 1, 'status': 'Faulted', 'errorCode': 'GroundFailure', 'vendorErrorCode': 'E17'}
        await charger.call('StatusNotification', fault)
        await charger.stop(transaction_id, 1800)
        await charger.status(1, 'Available')
        (found,) = (await rest.get('/api/transactions')).json()['items']
        assert found['fault'].pop('timestamp')
        assert found['fault'] == {'errorCode': 'GroundFailure', 'vendorErrorCode': 'E17'}


async def test_transactions_are_paged_newest_first(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        ids = []
        for meter_start in range(5):
            ids.append(await charger.start(meter_start=meter_start))
            await charger.stop(ids[-1])
        pages, path = [], '/api/transactions?limit=2'
        while path:
            page = (await rest.get(path)).json()
            pages.append([item['transactionId'] for item in page['items']])
            path = page['next']
            if len(pages) == 1:
                await charger.start(meter_start=9)  # a new one must not shift the pages
    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]


async def test_an_unknown_transaction_is_404(rest: httpx.AsyncClient) -> None:
    for transaction_id in ('1', 'x', '-1', '9' * 40, '1.0'):
        answer = await rest.get(f'/api/transactions/{transaction_id}')
        assert (answer.status_code, answer.json()['error']) == (404, 'UnknownTransaction'), transaction_id


async def test_a_page_that_cannot_be_names_the_member(rest: httpx.AsyncClient) -> None:
    for resource, member, value in (
        ('transactions', 'limit', '0'),
        ('transactions', 'limit', 'x'),
        ('transactions', 'limit', '1001'),
        ('transactions', 'before', 'nothing'),
        ('transactions', 'before', '9' * 30),
        ('reservations', 'before', 'x'),
        ('idtags', 'limit', '0'),
        ('messages', 'limit', '-1'),
        ('messages', 'before', 'x'),
    ):
        answer = await rest.get(f'/api/{resource}?{member}={value}')
        assert (answer.status_code, answer.json()['error']) == (400, 'InvalidQuery'), (resource, value)
        assert answer.json()['detail'].startswith(f'{member}:')


async def test_messages_are_shown_newest_first_with_their_answers(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.call('Heartbeat', {})
        await charger.call('Explode', {})
    explode, heartbeat = (await rest.get('/api/messages?limit=2')).json()['items']
    assert (explode['action'], explode['status']) == ('Explode', 'CallError NotImplemented')
    assert heartbeat.keys() == {
        'number',
        'timestamp',
        'direction',
        'action',
        'messageId',
        'frame',
        'answer',
        'latencyMs',
        'status',
        'violations',
    }
    assert (heartbeat['action'], heartbeat['direction'], heartbeat['violations']) == ('Heartbeat', 'in', [])
    assert heartbeat['frame'] == '[2, "c4", "Heartbeat", {}]'
    assert heartbeat['answer'].startswith('[3,"c4",{"currentTime":"')
    assert heartbeat['timestamp'].endswith('Z')
    assert heartbeat['latencyMs'] > 0


async def test_messages_are_paged_by_their_number(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        numbers, path = [], '/api/messages?limit=2'
        while path:
            page = (await rest.get(path)).json()
            numbers += [item['number'] for item in page['items']]
            path = page['next']
            await charger.call('Heartbeat', {})
    assert numbers == [3, 2, 1]


async def test_a_number_beyond_64_bits_breaks_no_list(house: House, rest: httpx.AsyncClient) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.stop(2**70, 2**99)  # an id that no charger can mean, and a register that no meter shows
        (item,) = (await rest.get('/api/transactions')).json()['items']
        assert (item['transactionId'], item['meterStop'], item['stopTimestamp']) == (-1, None, TIMESTAMP)
        assert (await rest.get('/api/chargepoint')).status_code == 200
        assert (await rest.get('/api/transactions/-1')).json()['transactionId'] == -1


async def test_each_attempt_to_connect_is_listed_with_its_reason(house: House, rest: httpx.AsyncClient) -> None:
    assert (await rest.get('/api/connections')).json() == {'items': [], 'next': None}
    assert (await rest.get('/ocpp/CP1')).status_code == 426
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
    page = (await rest.get('/api/connections?limit=1')).json()
    older = (await rest.get(page['next'])).json()
    newest, oldest = page['items'][0], older['items'][0]
    assert newest.keys() == ATTEMPT.keys()
    assert (newest['verdict'], newest['accepted'], newest['chargePointId']) == ('connected', True, 'CP1')
    assert (oldest['verdict'], oldest['accepted'], oldest['address']) == ('no_websocket', False, '127.0.0.1')
    assert 'GET' in oldest['detail']
    assert older['next'] is None
    assert (await rest.get('/api/connections?before=yesterday')).json()['error'] == 'InvalidQuery'
