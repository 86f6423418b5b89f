"""The configured maximum holds for sessions that nobody limited."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.state import THE_MAXIMUM, Limit, Verdict
from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger

pytestmark = pytest.mark.usefixtures('settled_at_once')

QUESTIONS = ('TriggerMessage', 'GetConfiguration', 'ChangeConfiguration', 'GetCompositeSchedule')


def refusal(action: str) -> dict[str, Any]:
    return {'configurationKey': []} if action == 'GetConfiguration' else {'status': 'Rejected'}


async def next_call(charger: ScriptedCharger, status: str = 'Accepted') -> tuple[str, Any]:
    """The next Call that is no question, answered with this status."""
    while (call := await charger.receive())[2] in QUESTIONS:
        await charger.answer(call[1], refusal(call[2]))
    await charger.answer(call[1], {'status': status})
    return call[2], call[3]


async def ask(charger: ScriptedCharger, action: str, payload: dict[str, Any]) -> Any:
    """The answer to a Call of the charger, before which only questions come."""
    await charger.send([2, action, action, payload])
    while (frame := await charger.receive())[0] == 2:
        assert frame[2] in QUESTIONS
        await charger.answer(frame[1], refusal(frame[2]))
    return frame[2]


async def boot(charger: ScriptedCharger) -> None:
    """The charger says who it is; without that the program waits 5 s before it sends anything."""
    await ask(charger, 'BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'})


async def card_session(charger: ScriptedCharger) -> int:
    """A session that a card starts at the charger."""
    payload = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 1000, 'timestamp': '2026-06-14T12:00:00Z'}
    transaction_id = (await ask(charger, 'StartTransaction', payload))['transactionId']
    assert isinstance(transaction_id, int)
    return transaction_id


def limit_in_force(house: House) -> Limit | None:
    return house.charge_point.state.connector(1).limit


def is_alarming(house: House) -> bool:
    read_back = house.charge_point.state.connector(1).read_back
    return read_back is not None and read_back.verdict is Verdict.ALARM


@pytest.fixture
async def asking_house(make_house: MakeHouse) -> House:
    """A house that sends requests of its own; its maximum is 13 A."""
    return await make_house(startup_requests=True, max_current=13)


async def test_a_card_session_gets_a_profile_with_the_maximum(asking_house: House) -> None:
    async with ScriptedCharger(asking_house.ocpp()) as charger:
        await boot(charger)
        transaction_id = await card_session(charger)
        action, payload = await next_call(charger)
        profile = payload['csChargingProfiles']
        assert (action, profile['transactionId']) == ('SetChargingProfile', transaction_id)
        # no fallback: without this program the maximum still holds
        assert [float(p['limit']) for p in profile['chargingSchedule']['chargingSchedulePeriod']] == [13]
        await asking_house.until(lambda: limit_in_force(asking_house) is not None)
        limit = limit_in_force(asking_house)
        assert limit is not None
        assert (limit.limit_a, limit.by) == (13, THE_MAXIMUM)


async def test_a_lower_limit_of_another_system_is_not_raised_to_the_maximum(asking_house: House) -> None:
    async with ScriptedCharger(asking_house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await card_session(charger)
        while (call := await charger.receive())[2] != 'GetCompositeSchedule':
            await charger.answer(call[1], refusal(call[2]))
        periods = [{'startPeriod': 0, 'limit': 7}]
        schedule = {'chargingRateUnit': 'A', 'chargingSchedulePeriod': periods}
        await charger.answer(call[1], {'status': 'Accepted', 'connectorId': 1, 'chargingSchedule': schedule})
        await asking_house.until(lambda: asking_house.charge_point.state.connector(1).scheduled_a == 7)
        await ask(charger, 'Heartbeat', {})
        assert limit_in_force(asking_house) is None
        drawn = {'measurand': 'Current.Import', 'phase': 'L1', 'unit': 'A', 'value': '20'}
        value = {'timestamp': datetime.now(UTC).isoformat(), 'sampledValue': [drawn]}
        await ask(charger, 'MeterValues', {'connectorId': 1, 'transactionId': transaction_id, 'meterValue': [value]})
        assert (await next_call(charger))[0] == 'SetChargingProfile'  # it gives more than it says


async def test_a_limit_of_somebody_takes_its_place(asking_house: House) -> None:
    async with ScriptedCharger(asking_house.ocpp()) as charger:
        await boot(charger)
        await card_session(charger)
        await next_call(charger)
        await asking_house.until(lambda: limit_in_force(asking_house) is not None)
        async with httpx.AsyncClient(verify=False, base_url=asking_house.http, trust_env=False) as rest:
            setting = asyncio.create_task(rest.put('/api/chargepoint/1/chargeLimit', content='8'))
            _, payload = await next_call(charger)
            assert (await setting).json()['applied'] == 8
        periods = payload['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod']
        assert float(periods[0]['limit']) == 8


async def test_a_charger_that_refuses_is_asked_once_a_session(asking_house: House) -> None:
    async with ScriptedCharger(asking_house.ocpp()) as charger:
        await boot(charger)
        await card_session(charger)
        await next_call(charger, 'NotSupported')
        await next_call(charger, 'NotSupported')  # it had just connected, so it is asked once more
        await asking_house.until(lambda: is_alarming(asking_house))
        assert limit_in_force(asking_house) is None
        await ask(charger, 'Heartbeat', {})


async def test_nothing_is_sent_where_the_owner_wants_nothing_sent(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        await charger.status(1, 'Charging')
        await charger.call('Heartbeat', {})
        assert house.charge_point.state.connector(1).wish is None


async def test_a_profile_that_somebody_sent_is_left_alone(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(startup_requests=True, folder=tmp_path)
    profile = {
        'chargingProfileId': 7,
        'stackLevel': 0,
        'chargingProfilePurpose': 'TxDefaultProfile',
        'chargingProfileKind': 'Relative',
        'chargingSchedule': {'chargingRateUnit': 'A', 'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': 10}]},
    }
    async with ScriptedCharger(house.ocpp()) as charger:
        await boot(charger)
        async with httpx.AsyncClient(verify=False, base_url=house.http, trust_env=False) as rest:
            path = '/api/chargepoint/commands/SetChargingProfile'
            body = {'connectorId': 1, 'csChargingProfiles': profile}
            sending = asyncio.create_task(rest.post(path, json=body))
            _, payload = await next_call(charger)
            assert payload['csChargingProfiles']['chargingProfileId'] == 7
            assert (await sending).status_code == 200
        await card_session(charger)
        await asyncio.sleep(0.1)
        connector = house.charge_point.state.connector(1)
        assert (connector.wish, connector.transaction_id is not None) == (None, True)
        restored = house.charge_point.journal.restored_state(1).connector(1)
        assert restored.wish_end is connector.wish_end
