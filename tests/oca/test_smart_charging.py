"""Limits as charging profiles (cases 056 to 067), in W as the cases write them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from simulator import Car, Charger
from tests.oca.conftest import Operator


def profile(purpose: str, **members: Any) -> dict[str, Any]:
    """A profile that allows 11 kW, without a number of phases."""
    schedule = {'chargingRateUnit': 'W', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 11000}]}
    return {
        'chargingProfileId': 1,
        'stackLevel': 1,
        'chargingProfilePurpose': purpose,
        'chargingProfileKind': 'Relative',
        'chargingSchedule': schedule,
        **members,
    }


async def test_tc_056_a_limit_for_every_session_is_installed(simulator: Charger, rest: httpx.AsyncClient) -> None:
    payload = {'connectorId': 1, 'csChargingProfiles': profile('TxDefaultProfile')}
    answer = await rest.post('/api/chargepoint/commands/SetChargingProfile', json=payload)
    assert (answer.json()['status'], answer.json()['request']) == ('Accepted', payload)


async def test_tc_057_a_limit_for_the_session_is_installed(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.plug_in(1, Car())
    simulator.tap('Tag1', 1)
    await simulator.wait_for(1, 'Charging')
    await simulator.wait_until_answered()
    transaction_id = simulator.station.connectors[1].transaction.transaction_id  # type: ignore[union-attr]
    limit = profile('TxProfile', transactionId=transaction_id)
    payload = {'connectorId': 1, 'csChargingProfiles': limit}
    answer = await rest.post('/api/chargepoint/commands/SetChargingProfile', json=payload)
    assert answer.json()['status'] == 'Accepted'


async def test_tc_059_a_session_begins_from_afar_with_a_limit(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.plug_in(1, Car())
    payload = {'connectorId': 1, 'idTag': 'Tag1', 'chargingProfile': profile('TxProfile')}
    answer = await rest.post('/api/chargepoint/commands/RemoteStartTransaction', json=payload)
    assert (answer.json()['status'], answer.json()['request']) == ('Accepted', payload)
    await simulator.wait_for(1, 'Charging')
    await simulator.wait_until_answered()
    assert (await rest.get('/api/transactions')).json()['items'][0]['idTag'] == 'Tag1'


async def test_tc_066_the_schedule_that_is_in_force_is_read(simulator: Charger, rest: httpx.AsyncClient) -> None:
    payload = {'connectorId': 1, 'csChargingProfiles': profile('TxDefaultProfile')}
    await rest.post('/api/chargepoint/commands/SetChargingProfile', json=payload)
    asked = {'connectorId': 1, 'duration': 300, 'chargingRateUnit': 'W'}
    answer = await rest.post('/api/chargepoint/commands/GetCompositeSchedule', json=asked)
    assert answer.json()['status'] == 'Accepted'
    assert answer.json()['response']['chargingSchedule']['chargingSchedulePeriod'][0]['limit'] <= 11000


@pytest.mark.parametrize('which', [{'id': 1}, {'chargingProfilePurpose': 'TxDefaultProfile', 'stackLevel': 1}, {}])
async def test_tc_067_limits_are_cleared(simulator: Charger, rest: httpx.AsyncClient, which: dict[str, Any]) -> None:
    payload = {'connectorId': 1, 'csChargingProfiles': profile('TxDefaultProfile')}
    await rest.post('/api/chargepoint/commands/SetChargingProfile', json=payload)
    for status in ('Accepted', 'Unknown'):
        answer = await rest.post('/api/chargepoint/commands/ClearChargingProfile', json=which)
        assert (answer.json()['status'], answer.json()['request']) == (status, which)


async def test_a_limit_above_the_maximum_is_not_sent_whatever_its_unit(operator: Operator) -> None:
    too_much = profile('TxDefaultProfile')
    too_much['chargingSchedule']['chargingSchedulePeriod'][0]['limit'] = 11100
    payload = {'connectorId': 1, 'csChargingProfiles': too_much}
    refused = await operator.rest.post('/api/chargepoint/commands/SetChargingProfile', json=payload)
    assert refused.status_code == 400
    assert 'on 3 phases is 16.1 A' in refused.json()['detail']
    assert 'currentTime' in await operator.charger.call('Heartbeat', {})
