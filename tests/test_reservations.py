"""What becomes of reservations: what has ended stays as it ended, and nobody else uses them."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.scripted_charger import ScriptedCharger

RESERVE = {'connectorId': 1, 'expiryDate': '2099-01-01T12:00:00Z', 'idTag': 'Mum', 'reservationId': 5}
FIRST, LATER = '2026-06-14T12:00:00Z', '2026-06-14T13:00:00Z'


async def command(rest: httpx.AsyncClient, charger: ScriptedCharger, action: str, payload: dict[str, Any]) -> None:
    """The charger accepts this."""
    sending = asyncio.create_task(rest.post(f'/api/chargepoint/commands/{action}', json=payload))
    await charger.expect(action)
    assert (await sending).json()['status'] == 'Accepted'


async def start(charger: ScriptedCharger, id_tag: str = 'Mum', at: str = FIRST, **more: Any) -> int:
    asked = {'connectorId': 1, 'idTag': id_tag, 'meterStart': 0, 'timestamp': at, 'reservationId': 5} | more
    number: int = (await charger.call('StartTransaction', asked))['transactionId']
    return number


async def shown(house: House) -> tuple[str, int | None]:
    """What became of the reservation, as REST says."""
    async with client_of(house) as rest:
        (found,) = (await rest.get('/api/reservations')).json()['items']
    return found['status'], found['transactionId']


@pytest.mark.parametrize('ended', ['Used', 'Cancelled', 'Expired'])
async def test_what_has_ended_stays_as_it_ended(make_house: MakeHouse, tmp_path: Path, ended: str) -> None:
    """Also in the journal: the reservation is read again by another program."""
    house = await make_house(folder=tmp_path)
    expires_at = datetime.now(UTC) + timedelta(seconds=0.3)
    used_by = None
    async with client_of(house) as rest, ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        until = {'expiryDate': expires_at.isoformat()} if ended == 'Expired' else {}
        await command(rest, charger, 'ReserveNow', RESERVE | until)
        if ended == 'Used':
            used_by = await start(charger)
        elif ended == 'Cancelled':
            await command(rest, charger, 'CancelReservation', {'reservationId': 5})
        else:
            await asyncio.sleep((expires_at - datetime.now(UTC)).total_seconds())
        await command(rest, charger, 'CancelReservation', {'reservationId': 5})
        assert await shown(house) == (ended, used_by)
        now = datetime.now(UTC).isoformat()
        await start(charger, at=now)
        assert await shown(house) == (ended, used_by)
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    assert await shown(await make_house(folder=tmp_path)) == (ended, used_by)


async def test_a_start_before_the_end_that_is_told_later_has_used_it(house: House, rest: httpx.AsyncClient) -> None:
    """As a charger tells it that was offline."""
    expires_at = datetime.now(UTC) + timedelta(seconds=0.3)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await command(rest, charger, 'ReserveNow', RESERVE | {'expiryDate': expires_at.isoformat()})
        began_at = datetime.now(UTC).isoformat()
        await asyncio.sleep((expires_at - datetime.now(UTC)).total_seconds())
        assert await shown(house) == ('Expired', None)
        used_by = await start(charger, at=began_at)
        assert await shown(house) == ('Used', used_by)


@pytest.mark.parametrize('named', [5, 0])
async def test_the_card_of_another_uses_no_reservation_and_it_is_said_whose_it_is(
    house: House, rest: httpx.AsyncClient, named: int
) -> None:
    await rest.put('/api/idtags/Mum', json={'status': 'Accepted', 'name': 'the red card'})
    await rest.put('/api/idtags/Neighbour', json={'status': 'Accepted', 'parentIdTag': 'Next door'})
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await command(rest, charger, 'ReserveNow', RESERVE | {'parentIdTag': 'Family'})
        await start(charger, 'Neighbour', reservationId=named)
        assert await shown(house) == ('Accepted', None)
        (begun,) = (await rest.get('/api/history?kind=session_begun')).json()['items']
        assert begun['what'].endswith('began with Neighbour, although the connector is reserved for the red card.')
        used_by = await start(charger, 'MUM', at=LATER)
        assert await shown(house) == ('Used', used_by)
        begun = (await rest.get('/api/history?kind=session_begun')).json()['items'][0]
        assert 'reserved' not in begun['what']


async def test_what_the_charger_accepted_is_on_the_disk_when_that_is_answered(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    """A power cut after the answer loses neither the reservation, whose id would be given away again, nor a key."""
    house = await make_house(folder=tmp_path / 'house')
    async with client_of(house) as rest, ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await house.charge_point.flushed()
        await command(rest, charger, 'ReserveNow', RESERVE)
        await command(rest, charger, 'ChangeConfiguration', {'key': 'HeartbeatInterval', 'value': '77'})
        shutil.copytree(tmp_path / 'house', tmp_path / 'after')
    house = await make_house(folder=tmp_path / 'after')
    assert await shown(house) == ('Accepted', None)
    async with client_of(house) as rest:
        (key,) = (await rest.get('/api/chargepoint/configuration')).json()['items']
    assert (key['key'], key['value'], key['changed']['by']) == ('HeartbeatInterval', '77', 'anybody in this network')
