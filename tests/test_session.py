"""A charging session from boot to stop, with a scripted charger."""

from __future__ import annotations

import asyncio

from tests.conftest import House
from tests.scripted_charger import ScriptedCharger


async def test_a_limit_starts_changes_and_ends_a_transaction(house: House) -> None:
    charge_point = house.charge_point
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        started = asyncio.create_task(charge_point.set_charging_limit(1, 10))
        request = await charger.expect('RemoteStartTransaction')
        assert request['idTag'] == 'Tag1'
        assert request['connectorId'] == 1
        profile = request['chargingProfile']
        assert profile['chargingProfilePurpose'] == 'TxProfile'
        assert profile['chargingSchedule']['chargingSchedulePeriod'] == [{'startPeriod': 0, 'limit': 10}]
        assert (await started).action == 'RemoteStartTransaction'
        transaction_id = await charger.start()
        limit = charge_point.state.connector(1).limit
        assert limit is not None
        assert limit.limit_a == 10

        changed = asyncio.create_task(charge_point.set_charging_limit(1, 12.5))
        request = await charger.expect('SetChargingProfile')
        assert request['csChargingProfiles']['transactionId'] == transaction_id
        assert (await changed).applied_a == 12.5

        await charger.meter(transaction_id, energy=1500, power=2300, current=10)
        transaction = charge_point.state.running_transaction(1)
        assert transaction is not None
        assert transaction.energy_wh == 500

        stopped = asyncio.create_task(charge_point.set_charging_limit(1, 0))
        request = await charger.expect('RemoteStopTransaction')
        assert request == {'transactionId': transaction_id}
        assert (await stopped).status == 'Accepted'
        await charger.stop(transaction_id, 1800)
        assert charge_point.state.running_transaction(1) is None
        assert charge_point.state.transactions[0].energy_wh == 800

        limit = charge_point.state.connector(1).limit
        assert limit is not None
        assert limit.limit_a == 0  # it says why nothing flows
        await charger.status(1, 'Finishing')
        assert charge_point.state.connector(1).limit is limit
        await charger.status(1, 'Available')
        assert charge_point.state.connector(1).limit is None  # the next car is not held by it
