"""Free charging: a plug is enough, once; and everybody may charge who is not forbidden to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cpo.controllers.free_charging import PLUG_AND_CHARGE
from cpo.ocpp import Context
from cpo.ocpp.v16 import core
from cpo.ocpp.v16.handlers import on_authorize
from cpo.state import ChargePointState, IdTag, Mode, TagRefused
from tests.conftest import House, MakeHouse
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    return await make_house(free_charging=True, max_current=13)


async def test_plugging_in_starts_with_the_maximum(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        profile = (await charger.expect('RemoteStartTransaction'))['chargingProfile']
        assert profile['chargingSchedule']['chargingSchedulePeriod'][0]['limit'] == 13
        await charger.start()
        limit = house.charge_point.state.connector(1).limit
        assert limit is not None
        assert (limit.limit_a, limit.by) == (13, PLUG_AND_CHARGE)


async def test_every_connector_starts_by_itself(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(2, 'Preparing')
        assert (await charger.expect('RemoteStartTransaction'))['connectorId'] == 2


async def test_without_the_setting_plugging_in_sends_nothing(make_house: MakeHouse) -> None:
    house = await make_house(free_charging=False)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        await nothing_is_sent(charger)


async def test_a_refusal_is_logged_and_not_repeated_before_the_next_plug(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await plug_in_and_refuse(house, charger)
        assert 'A car was plugged in, but does not charge: The charger refused' in caplog.text
        await charger.status(1, 'Preparing')
        await charger.status(1, 'Preparing', 'OtherError')
        await nothing_is_sent(charger)
        await charger.status(1, 'Available')
        await charger.status(1, 'Preparing')
        await charger.expect('RemoteStartTransaction')


async def test_a_car_that_was_there_before_the_program_started_does_not_start(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
    house.charge_point.journal.close()
    house = await make_house(folder=tmp_path, free_charging=True)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.status(1, 'Preparing')
        await nothing_is_sent(charger)


async def test_a_car_that_was_there_before_the_connection_does_not_start_again(make_house: MakeHouse) -> None:
    house = await make_house(free_charging=True, demo=True, memory=True)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await plug_in_and_refuse(house, charger)
    for url in (house.ocpp(), house.demo, house.ocpp()):
        async with ScriptedCharger(url) as charger:
            await charger.call('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'})
            await charger.status(1, 'Available' if url == house.demo else 'Preparing')
            await nothing_is_sent(charger)


async def test_in_mode_solar_the_plug_leaves_the_start_to_the_sun(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        await charger.status(1, 'Preparing')
        await nothing_is_sent(charger)
        assert house.charge_point.state.connector(1).mode is Mode.SOLAR
        house.charge_point.set_mode(1, Mode.MANUAL)
        await nothing_is_sent(charger)


async def test_a_start_with_a_limit_of_its_own_keeps_its_limit(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        asked = asyncio.create_task(house.charge_point.set_charging_limit(1, 8))
        await charger.expect('RemoteStartTransaction')
        assert (await asked).applied_a == 8
        await charger.status(1, 'Preparing')
        await charger.start()
        await nothing_is_sent(charger)
        limit = house.charge_point.state.connector(1).limit
        assert limit is not None
        assert limit.limit_a == 8


async def test_a_transaction_that_began_before_its_status_is_left_alone(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start()
        await charger.status(1, 'Preparing')
        await charger.stop(transaction_id)
        await nothing_is_sent(charger)


@pytest.mark.parametrize('after', [('Preparing',), ('Finishing', 'Preparing'), ('Finishing', 'Faulted', 'Preparing')])
async def test_a_session_somebody_ended_starts_again_only_after_the_plug_was_out(
    house: House, after: tuple[str, ...]
) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charge(charger)
        await stop(house, charger, 'Local')
        for status in after:
            await charger.status(1, status)
        await nothing_is_sent(charger)
        await charger.status(1, 'Available')
        await charger.status(1, 'Preparing')
        await charger.expect('RemoteStartTransaction')


@pytest.mark.usefixtures('settled_at_once')
@pytest.mark.parametrize('status_first', [False, True])
async def test_after_a_power_cut_the_car_continues_to_charge(house: House, status_first: bool) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charge(charger)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'})
        await charger.expect('SetChargingProfile')  # the session that was cut may still run
        if status_first:
            await charger.status(1, 'Preparing')
            await stop(house, charger, 'PowerLoss')
        else:
            await stop(house, charger, 'PowerLoss')
            await charger.status(1, 'Preparing')
        await charger.expect('RemoteStartTransaction')


@pytest.mark.parametrize('free_charging', [False, True])
@pytest.mark.parametrize(
    ('id_tag', 'with_free_charging'),
    [
        ('Known', 'Accepted'),
        ('UNKNOWN', 'Accepted'),
        ('blocked', 'Blocked'),
        ('Old', 'Expired'),
        ('Over', 'Expired'),
        ('Wrong', 'Invalid'),
    ],
)
def test_free_charging_accepts_unknown_tags_and_no_forbidden_ones(
    id_tag: str, with_free_charging: str, free_charging: bool
) -> None:
    tags = (
        IdTag('Known'),
        IdTag('Blocked', 'Blocked'),
        IdTag('Old', 'Expired'),
        IdTag('Over', expiry_date=NOW - timedelta(days=1)),
        IdTag('Wrong', 'Invalid'),
    )
    state = ChargePointState(id_tags={tag.id_tag.casefold(): tag for tag in tags})
    context = Context(state, NOW, 60, 'Known', 1, free_charging=free_charging)
    response, entries = on_authorize(core.Authorize(id_tag=id_tag), context)
    assert isinstance(response, core.AuthorizeResponse)
    expected = 'Invalid' if id_tag == 'UNKNOWN' and not free_charging else with_free_charging
    assert response.id_tag_info.status == expected
    assert any(isinstance(entry, TagRefused) for entry in entries) == (expected != 'Accepted')


async def test_the_setting_lets_an_unknown_card_charge(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        assert await charger.call('Authorize', {'idTag': 'Nobody'}) == {'idTagInfo': {'status': 'Accepted'}}
        payload = {'connectorId': 1, 'idTag': 'Nobody', 'meterStart': 0, 'timestamp': TIMESTAMP}
        assert (await charger.call('StartTransaction', payload))['idTagInfo'] == {'status': 'Accepted'}


async def nothing_is_sent(charger: ScriptedCharger) -> None:
    """The next frames are the answers to these Calls."""
    for _ in range(2):
        assert 'currentTime' in await charger.call('Heartbeat', {})


async def plug_in_and_refuse(house: House, charger: ScriptedCharger) -> None:
    """`Preparing`, and no to all that follows, until nothing is wished any more."""
    await charger.status(1, 'Preparing')
    await house.until(lambda: house.charge_point.state.connector(1).wish is not None)
    over = asyncio.create_task(house.until(lambda: house.charge_point.state.connector(1).wish is None))
    while not over.done():
        frame: asyncio.Task[Any] = asyncio.create_task(charger.receive())
        await asyncio.wait((frame, over), return_when=asyncio.FIRST_COMPLETED)
        if frame.done():
            await charger.answer(frame.result()[1], {'status': 'Rejected'})
        frame.cancel()
        await asyncio.gather(frame, return_exceptions=True)  # only one may receive
    await over


async def charge(charger: ScriptedCharger) -> None:
    """A session that a plug began."""
    await charger.status(1, 'Preparing')
    await charger.expect('RemoteStartTransaction')
    await charger.start()
    await charger.status(1, 'Charging')


async def stop(house: House, charger: ScriptedCharger, reason: str) -> None:
    """StopTransaction of the session that runs."""
    transaction_id = house.charge_point.state.connector(1).transaction_id
    payload = {'transactionId': transaction_id, 'meterStop': 2000, 'timestamp': TIMESTAMP, 'reason': reason}
    await charger.call('StopTransaction', payload)
