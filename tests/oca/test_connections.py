"""How a charge point gets in: its password and the version it speaks (cases 073, 085 and 088)."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from cpo.connection import ChargerChange
from tests.conftest import House
from tests.oca.conftest import Operator
from tests.scripted_charger import ScriptedCharger

OLD, NEW = 'sixteen bytes or more', bytes(range(16, 36)).hex()


def basic(password: str | bytes) -> dict[str, Any]:
    """The header of a charge point with this password."""
    secret = password.encode() if isinstance(password, str) else password
    return {'additional_headers': {'Authorization': f'Basic {base64.b64encode(b"CP1:" + secret).decode()}'}}


async def status(house: House, **options: Any) -> int:
    """The status of the handshake."""
    try:
        async with ScriptedCharger(house.ocpp(), **options) as charger:
            await charger.boot()
            return 101
    except InvalidStatus as error:
        return error.response.status_code


async def has_password(house: House) -> None:
    await house.charge_point.connections.change_known('CP1', ChargerChange(adopted=True, password=OLD))


async def test_tc_085_a_charge_point_without_its_password_is_refused(house: House) -> None:
    await has_password(house)
    with pytest.raises(InvalidStatus) as refused:
        async with ScriptedCharger(house.ocpp()):
            pass
    assert refused.value.response.status_code == 401
    assert refused.value.response.headers['WWW-Authenticate'].startswith('Basic')
    assert await status(house, **basic('wrong password, wrong')) == 401
    assert await status(house, **basic(OLD)) == 101


@pytest.mark.parametrize('answer', ['Accepted', 'Rejected', 'NotSupported'])
async def test_tc_073_a_new_password_holds_once_it_is_accepted(
    house: House, rest: httpx.AsyncClient, answer: str
) -> None:
    await has_password(house)
    async with ScriptedCharger(house.ocpp(), **basic(OLD)) as charger:
        await charger.boot()
        operator = Operator(house, rest, charger)
        await operator.sends('ChangeConfiguration', {'key': 'AuthorizationKey', 'value': NEW}, {'status': answer})
    holds, refused = (bytes.fromhex(NEW), OLD) if answer == 'Accepted' else (OLD, bytes.fromhex(NEW))
    assert await status(house, **basic(refused)) == 401
    assert await status(house, **basic(holds)) == 101
    assert NEW not in (await rest.get('/api/messages')).text


async def test_tc_088_the_version_is_one_that_both_speak(house: House) -> None:
    """Without one in common the handshake is completed and the connection closed at once (OCPP-J 1.6 §3.2)."""
    async with ScriptedCharger(house.ocpp(), ('ocpp0.1',)) as charger:
        assert charger.websocket.subprotocol is None
        with pytest.raises(ConnectionClosed):
            await charger.websocket.recv()
        assert charger.websocket.close_code == 1002
    async with ScriptedCharger(house.ocpp(), ('ocpp0.1', 'ocpp1.6')) as charger:
        assert charger.websocket.subprotocol == 'ocpp1.6'
        await charger.boot()
