"""`signed` in `/api/transactions/{id}`: what the check of the meter's signed values found."""

from __future__ import annotations

import httpx

from cpo.state import ConfigurationRead
from tests.conftest import House
from tests.scripted_charger import TIMESTAMP, ScriptedCharger
from tests.statement.test_ocmf import SPECIFICATION, public_der, record


async def send_signed(charger: ScriptedCharger, transaction_id: int, *texts: str) -> None:
    values = [
        {'value': text, 'format': 'SignedData', 'context': context}
        for text, context in zip(texts, ('Transaction.Begin', 'Transaction.End'), strict=True)
    ]
    payload = {
        'transactionId': transaction_id,
        'meterStop': 8480,
        'timestamp': TIMESTAMP,
        'transactionData': [{'timestamp': TIMESTAMP, 'sampledValue': values}],
    }
    await charger.call('StopTransaction', payload)


async def test_signed_values_are_checked_and_kept_verbatim(house: House, rest: httpx.AsyncClient) -> None:
    begin, end = record('1', 'B'), record('8.480', 'E')
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        await send_signed(charger, transaction_id, begin, end)
    path = f'/api/transactions/{transaction_id}'
    assert (await rest.get(path)).json()['signed']['verdict'] == 'no_key'
    keys = {'MeterPublicKey': public_der(SPECIFICATION).hex()}
    house.charge_point.record(ConfigurationRead(keys, house.charge_point.now()))
    signed = (await rest.get(path)).json()['signed']
    assert signed.pop('sentence') == 'The meter signed this, checked with the key in the charger’s configuration.'
    expected = {'verdict': 'good', 'key': 'charger', 'values': 2, 'meterSerial': '21070006'}
    assert signed == expected | {'beginWh': 1000.0, 'endWh': 8480.0}
    kept = (await rest.get(f'{path}/meterValues')).json()['signed']
    assert {each['value'] for each in kept} == {begin, end}


async def test_a_changed_value_and_another_meters_key_are_told(house: House, rest: httpx.AsyncClient) -> None:
    await rest.put('/api/settings', json={'meter_public_key': public_der(SPECIFICATION).hex()})
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start(meter_start=1000)
        await send_signed(charger, transaction_id, record('1', 'B'), record('8.480', 'E').replace('8.480', '9.480'))
    signed = (await rest.get(f'/api/transactions/{transaction_id}')).json()['signed']
    assert (signed['verdict'], signed['key'], signed['endWh']) == ('bad', 'owner', None)
    assert signed['sentence'].startswith('The signature does not fit')
