"""Sessions: at the charge point, from afar, offline, with cards that may not (cases 001 to 012, 023 to 039)."""

from __future__ import annotations

from typing import Any

import httpx

from simulator import Car, Charger
from tests.conftest import House
from tests.oca.conftest import Operator
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

CARD = 'Tag1'


async def sessions(rest: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The sessions as REST lists them, newest first."""
    items: list[dict[str, Any]] = (await rest.get('/api/transactions')).json()['items']
    return items


async def status_of(charger: ScriptedCharger, card: str) -> str:
    status: str = (await charger.call('Authorize', {'idTag': card}))['idTagInfo']['status']
    return status


async def began(charger: ScriptedCharger, card: str = CARD, at: str = TIMESTAMP) -> dict[str, Any]:
    """The answer to a StartTransaction on connector 1."""
    start = {'connectorId': 1, 'idTag': card, 'meterStart': 1000, 'timestamp': at}
    answer: dict[str, Any] = await charger.call('StartTransaction', start)
    return answer


async def ends(charger: ScriptedCharger, transaction_id: int, reason: str, **more: Any) -> Any:
    """The answer to a StopTransaction."""
    stop = {'transactionId': transaction_id, 'meterStop': 2000, 'timestamp': TIMESTAMP, 'reason': reason, **more}
    return await charger.call('StopTransaction', stop)


# ---- at the charge point


async def test_tc_001_a_charge_point_boots(operator: Operator) -> None:
    boot = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'}
    answer = await operator.charger.call('BootNotification', boot)
    assert (answer['status'], answer['interval'] > 0) == ('Accepted', True)
    for connector_id in (0, 1):
        await operator.charger.status(connector_id, 'Available')
    assert 'currentTime' in await operator.charger.call('Heartbeat', {})
    document = await operator.document()
    assert (document['status'], document['connectors']['1']['status']) == ('Available', 'Available')


async def test_tc_003_a_session_begins_with_the_plug(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.plug_in(1, Car())
    await simulator.wait_for(1, 'Preparing')
    simulator.tap(CARD, 1)
    await simulator.wait_for(1, 'Charging')
    await simulator.wait_until_answered()
    simulator.tap(CARD, 1)
    await simulator.wait_for(1, 'Finishing')
    simulator.unplug(1)
    await simulator.wait_until_answered()
    (session,) = await sessions(rest)
    assert (session['idTag'], session['stopReason']) == (CARD, 'Local')


async def test_tc_004_1_a_session_begins_with_the_card(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.tap(CARD, 1)
    await simulator.wait_for(1, 'Preparing')
    simulator.plug_in(1, Car())
    await simulator.wait_for(1, 'Charging')
    await simulator.wait_until_answered()
    (session,) = await sessions(rest)
    assert (session['idTag'], session['stopTimestamp']) == (CARD, None)


async def test_tc_004_2_a_card_without_a_car_begins_nothing(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.configuration.change('ConnectionTimeOut', '5')
    simulator.tap(CARD, 1)
    await simulator.wait_for(1, 'Preparing')
    await simulator.wait_for(1, 'Available')
    await simulator.wait_until_answered()
    assert await sessions(rest) == []
    assert (await rest.get('/api/chargepoint')).json()['connectors']['1']['status'] == 'Available'


async def test_tc_005_1_a_session_ends_as_the_car_is_unplugged(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.plug_in(1, Car())
    simulator.tap(CARD, 1)
    await simulator.wait_for(1, 'Charging')
    simulator.unplug(1)
    await simulator.wait_until_answered()
    (session,) = await sessions(rest)
    assert session['stopReason'] == 'EVDisconnected'


async def test_tc_007_a_card_that_the_charge_point_remembers_needs_no_authorize(operator: Operator) -> None:
    await operator.charger.status(1, 'Preparing')
    answer = await began(operator.charger)
    await operator.charger.status(1, 'Charging')
    assert (answer['idTagInfo']['status'], answer['transactionId'] > 0) == ('Accepted', True)


async def test_tc_023_1_an_unknown_card_is_invalid(operator: Operator) -> None:
    assert await status_of(operator.charger, 'Stranger') == 'Invalid'


async def test_tc_023_2_a_card_whose_time_is_over_is_expired(operator: Operator) -> None:
    await operator.rest.put('/api/idtags/Guest', json={'status': 'Accepted', 'expiryDate': '2020-01-01T00:00:00Z'})
    assert await status_of(operator.charger, 'Guest') == 'Expired'


async def test_tc_023_3_a_card_that_was_lost_is_blocked(operator: Operator) -> None:
    await operator.rest.put('/api/idtags/Lost', json={'status': 'Blocked'})
    assert await status_of(operator.charger, 'Lost') == 'Blocked'


async def test_tc_024_a_plug_that_does_not_lock_is_a_fault(operator: Operator) -> None:
    assert await status_of(operator.charger, CARD) == 'Accepted'
    await operator.charger.status(1, 'Preparing')
    await operator.charger.status(1, 'Faulted', 'ConnectorLockFailure')
    connector = (await operator.document())['connectors']['1']
    assert (connector['status'], connector['errorCode']) == ('Faulted', 'ConnectorLockFailure')


# ---- from afar


async def test_tc_010_a_session_begins_from_afar(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.plug_in(1, Car())
    answer = await rest.post('/api/chargepoint/commands/RemoteStartTransaction', json={'connectorId': 1, 'idTag': CARD})
    assert answer.json()['status'] == 'Accepted'
    await simulator.wait_for(1, 'Charging')
    await simulator.wait_until_answered()
    assert (await sessions(rest))[0]['idTag'] == CARD


async def test_tc_011_1_a_session_begins_and_ends_from_afar(simulator: Charger, rest: httpx.AsyncClient) -> None:
    """By the limit, as the page does it."""
    simulator.plug_in(1, Car())
    assert (await rest.put('/api/chargepoint/1/chargeLimit', json=10)).json()['action'] == 'RemoteStartTransaction'
    await simulator.wait_for(1, 'Charging')
    await simulator.wait_until_answered()
    assert (await rest.put('/api/chargepoint/1/chargeLimit', json=0)).json()['action'] == 'RemoteStopTransaction'
    await simulator.wait_for(1, 'Finishing')
    await simulator.wait_until_answered()
    assert (await sessions(rest))[0]['stopReason'] == 'Remote'


async def test_tc_011_2_a_start_from_afar_without_a_car_begins_nothing(operator: Operator) -> None:
    await operator.sends('RemoteStartTransaction', {'connectorId': 1, 'idTag': CARD}, {'status': 'Accepted'})
    assert await status_of(operator.charger, CARD) == 'Accepted'
    await operator.charger.status(1, 'Preparing')
    await operator.charger.status(1, 'Available')
    assert 'currentTime' in await operator.charger.call('Heartbeat', {})  # nothing else was sent
    assert await sessions(operator.rest) == []


async def test_tc_012_a_session_of_a_card_ends_from_afar(operator: Operator) -> None:
    transaction_id = (await began(operator.charger))['transactionId']
    await operator.sends('RemoteStopTransaction', {'transactionId': transaction_id}, {'status': 'Accepted'})
    assert 'idTagInfo' not in await ends(operator.charger, transaction_id, 'Remote')
    assert (await sessions(operator.rest))[0]['stopReason'] == 'Remote'


async def test_tc_026_a_start_that_the_charge_point_refuses_begins_nothing(operator: Operator) -> None:
    await operator.sends('RemoteStartTransaction', {'connectorId': 1, 'idTag': CARD}, {'status': 'Rejected'})
    assert await sessions(operator.rest) == []


async def test_tc_028_a_stop_that_the_charge_point_refuses_ends_nothing(operator: Operator) -> None:
    transaction_id = (await began(operator.charger))['transactionId']
    await operator.sends('RemoteStopTransaction', {'transactionId': transaction_id}, {'status': 'Rejected'})
    assert (await sessions(operator.rest))[0]['stopTimestamp'] is None
    await ends(operator.charger, transaction_id, 'Local')
    assert (await sessions(operator.rest))[0]['stopReason'] == 'Local'


# ---- offline


async def test_tc_032_1_a_session_that_a_power_failure_ended_is_closed_at_the_boot(
    house: House, rest: httpx.AsyncClient
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = (await began(charger))['transactionId']
        await charger.status(1, 'Charging')
    async with ScriptedCharger(house.ocpp()) as charger:
        boot = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'}
        assert (await charger.call('BootNotification', boot))['status'] == 'Accepted'
        await charger.status(0, 'Available')
        await charger.status(1, 'Finishing')
        answer = await ends(charger, transaction_id, 'PowerLoss', idTag=CARD)
        assert answer['idTagInfo']['status'] == 'Accepted'
    assert (await sessions(rest))[0]['stopReason'] == 'PowerLoss'


async def test_tc_037_1_a_session_that_began_offline_keeps_its_time(operator: Operator) -> None:
    answer = await began(operator.charger, at='2026-06-14T11:48:00Z')
    await operator.charger.status(1, 'Charging')
    assert answer['idTagInfo']['status'] == 'Accepted'
    assert (await sessions(operator.rest))[0]['startTimestamp'] == '2026-06-14T11:48:00Z'


async def test_tc_037_3_a_session_that_began_offline_with_a_bad_card_is_recorded(operator: Operator) -> None:
    answer = await began(operator.charger, 'Stranger', '2026-06-14T11:48:00Z')
    assert (answer['idTagInfo']['status'], answer['transactionId'] > 0) == ('Invalid', True)
    await operator.charger.status(1, 'Charging')
    await ends(operator.charger, answer['transactionId'], 'DeAuthorized')
    await operator.charger.status(1, 'Finishing')
    session = (await sessions(operator.rest))[0]
    assert (session['idTagStatus'], session['stopReason']) == ('Invalid', 'DeAuthorized')


async def test_tc_039_a_session_that_was_all_offline_is_recorded(simulator: Charger, rest: httpx.AsyncClient) -> None:
    simulator.configuration.change('AllowOfflineTxForUnknownId', 'true')
    simulator.go_offline()
    simulator.plug_in(1, Car())
    simulator.tap(CARD, 1)
    await simulator.wait_for(1, 'Charging')
    simulator.tap(CARD, 1)
    await simulator.wait_for(1, 'Finishing')
    simulator.go_online()
    await simulator.wait_until_online(10)
    await simulator.wait_until_answered(10)
    (session,) = await sessions(rest)
    assert (session['idTag'], session['stopReason']) == (CARD, 'Local')
