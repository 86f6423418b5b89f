"""A stop does not wait long behind a message that gets no answer."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from cpo.errors import CallTimeout
from cpo.state import REST, Ceiling
from tests.conftest import House
from tests.scripted_charger import ScriptedCharger


async def put_limit(house: House, limit_a: float) -> tuple[int, Any]:
    async with httpx.AsyncClient(verify=False, base_url=house.http, trust_env=False, timeout=30) as rest:
        answer = await rest.put('/api/chargepoint/1/chargeLimit', content=f'{limit_a:g}')
        return answer.status_code, answer.json()


async def test_a_stop_overtakes_a_profile_whose_answer_is_still_awaited(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        await charger.status(1, 'Charging')
        lowering = asyncio.create_task(put_limit(house, 8))
        late, _ = await charger.receive_call('SetChargingProfile')
        stopping, began = asyncio.create_task(put_limit(house, 0)), asyncio.get_running_loop().time()
        message_id, _ = await charger.receive_call('RemoteStopTransaction')
        assert 1.5 < asyncio.get_running_loop().time() - began < 5  # most chargers answer sooner
        await charger.answer(late, {'status': 'Accepted'})  # belongs to nothing any more
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await stopping)[1]['status'] == 'Accepted'
        status, failure = await lowering
        assert (status, failure['detail']) == (504, 'No answer within 2 s. It may still happen.')


async def test_an_answer_that_comes_in_time_is_waited_for(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        await charger.status(1, 'Charging')
        lowering = asyncio.create_task(put_limit(house, 8))
        first, _ = await charger.receive_call('SetChargingProfile')
        stopping = asyncio.create_task(put_limit(house, 0))
        await asyncio.sleep(0.2)
        await charger.answer(first, {'status': 'Accepted'})
        message_id, _ = await charger.receive_call('RemoteStopTransaction')
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await stopping)[0] == (await lowering)[0] == 200


async def test_a_ceiling_overtakes_a_command_whose_answer_is_still_awaited(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        await charger.status(1, 'Charging')
        setting = asyncio.create_task(put_limit(house, 14))
        message_id, _ = await charger.receive_call('SetChargingProfile')
        await charger.answer(message_id, {'status': 'Accepted'})
        await setting
        asking = asyncio.create_task(house.charge_point.command('GetLocalListVersion', {}))
        await charger.receive_call('GetLocalListVersion')
        began = asyncio.get_running_loop().time()
        await house.charge_point.ceilings.put(Ceiling('oven', 8.0, None, REST, house.charge_point.now()))
        message_id, payload = await charger.receive_call('SetChargingProfile')
        assert asyncio.get_running_loop().time() - began < 5
        periods = payload['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod']
        assert periods[0]['limit'] == 8
        await charger.answer(message_id, {'status': 'Accepted'})
        with pytest.raises(CallTimeout):
            await asking
