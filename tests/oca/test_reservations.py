"""Reservations (cases 046 to 053)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from simulator import Car, Charger
from tests.conftest import House
from tests.oca.conftest import Operator
from tests.scripted_charger import TIMESTAMP

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec='seconds').replace('+00:00', 'Z')
RESERVE = {'connectorId': 1, 'expiryDate': TOMORROW, 'idTag': 'Tag1', 'reservationId': 5}


async def newest(rest: httpx.AsyncClient) -> dict[str, Any]:
    """The newest reservation, as REST lists it."""
    item: dict[str, Any] = (await rest.get('/api/reservations')).json()['items'][0]
    return item


async def reserves(operator: Operator, status: str = 'Accepted', **changes: Any) -> None:
    await operator.sends('ReserveNow', RESERVE | changes, {'status': status})


async def test_tc_046_a_reserved_connector_is_used_by_its_card(operator: Operator) -> None:
    await reserves(operator)
    await operator.charger.status(1, 'Reserved')
    assert (await newest(operator.rest))['status'] == 'Accepted'
    assert (await operator.charger.call('Authorize', {'idTag': 'Tag1'}))['idTagInfo']['status'] == 'Accepted'
    await operator.charger.status(1, 'Preparing')
    start = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 0, 'timestamp': TIMESTAMP, 'reservationId': 5}
    started = await operator.charger.call('StartTransaction', start)
    await operator.charger.status(1, 'Charging')
    used = await newest(operator.rest)
    assert (used['status'], used['transactionId']) == ('Used', started['transactionId'])


async def test_tc_047_a_reservation_that_nobody_uses_expires(operator: Operator) -> None:
    soon = (datetime.now(UTC) + timedelta(milliseconds=300)).isoformat(timespec='milliseconds').replace('+00:00', 'Z')
    await reserves(operator, expiryDate=soon)
    await operator.charger.status(1, 'Reserved')
    await operator.charger.status(1, 'Available')
    await asyncio.sleep(0.3)
    reservation = await newest(operator.rest)
    assert (reservation['status'], reservation['transactionId']) == ('Expired', None)


async def is_not_made(operator: Operator, status: str) -> None:
    """The charge point says why it reserves nothing, and REST lists nothing."""
    await reserves(operator, status)
    assert (await operator.rest.get('/api/reservations')).json()['items'] == []


async def test_tc_048_1_a_faulted_connector_is_not_reserved(operator: Operator) -> None:
    await operator.charger.status(1, 'Faulted')
    await is_not_made(operator, 'Faulted')


async def test_tc_048_2_an_occupied_connector_is_not_reserved(operator: Operator) -> None:
    await operator.charger.status(1, 'Charging')
    await is_not_made(operator, 'Occupied')


async def test_tc_048_3_an_unavailable_connector_is_not_reserved(operator: Operator) -> None:
    change = {'connectorId': 1, 'type': 'Inoperative'}
    await operator.sends('ChangeAvailability', change, {'status': 'Accepted'})
    await operator.charger.status(1, 'Unavailable')
    await is_not_made(operator, 'Unavailable')


async def test_tc_048_4_a_charge_point_that_takes_no_reservation_refuses_it(operator: Operator) -> None:
    await is_not_made(operator, 'Rejected')


async def test_tc_049_the_whole_charge_point_is_reserved(operator: Operator) -> None:
    await reserves(operator, connectorId=0)
    await operator.charger.status(1, 'Reserved')
    reservation = await newest(operator.rest)
    assert (reservation['connectorId'], reservation['status']) == (0, 'Accepted')


async def test_tc_051_a_reservation_is_cancelled(operator: Operator) -> None:
    await reserves(operator)
    await operator.charger.status(1, 'Reserved')
    await operator.sends('CancelReservation', {'reservationId': 5}, {'status': 'Accepted'})
    await operator.charger.status(1, 'Available')
    assert (await newest(operator.rest))['status'] == 'Cancelled'


async def test_tc_052_a_reservation_that_the_charge_point_does_not_know_is_not_cancelled(operator: Operator) -> None:
    await reserves(operator)
    await operator.sends('CancelReservation', {'reservationId': 6}, {'status': 'Rejected'})
    assert (await newest(operator.rest))['status'] == 'Accepted'


async def test_tc_053_another_card_of_the_group_uses_the_reservation(house: House, rest: httpx.AsyncClient) -> None:
    """Played by our simulator, which lets the other card in by nothing but the answer to its Authorize."""
    for card in ('Child1', 'Child2'):
        await rest.put(f'/api/idtags/{card}', json={'status': 'Accepted', 'parentIdTag': 'Family'})
    async with Charger(house.ocpp(), speed=50) as charger:
        command = RESERVE | {'idTag': 'Child1', 'parentIdTag': 'Family'}
        sent = await rest.post('/api/chargepoint/commands/ReserveNow', json=command)
        assert (sent.json()['request'], sent.json()['status']) == (command, 'Accepted')
        await charger.wait_for(1, 'Reserved')
        charger.tap('Stranger', 1)
        await charger.wait_until_answered()
        assert charger.station.connectors[1].reservation is not None
        charger.plug_in(1, Car())
        charger.tap('Child2', 1)
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        used = await newest(rest)
        session = (await rest.get('/api/transactions')).json()['items'][0]
    assert (used['status'], used['transactionId']) == ('Used', session['transactionId'])
    assert session['idTag'] == 'Child2'
