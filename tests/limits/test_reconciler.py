"""From one wanted limit to what is sent: the corner cases of the REST interface, with a scripted charger."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cpo.clock import utc_now
from cpo.errors import (
    CallErrorReceived,
    CallTimeout,
    ConnectionClosed,
    InvalidConnector,
    InvalidLimit,
    NotConnected,
    Rejected,
    UnknownConnector,
)
from cpo.journal import Journal
from cpo.limits import LimitOutcome
from cpo.ocpp import Direction
from cpo.state import HOME_ASSISTANT, REST, THE_SUN, YOU, Mode, Source
from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for

pytestmark = pytest.mark.turns(1)


def wish(house: House, limit_a: float, connector_id: int = 1, by: Source = YOU) -> asyncio.Task[LimitOutcome]:
    return asyncio.create_task(house.charge_point.set_charging_limit(connector_id, limit_a, by))


def actions(house: House) -> list[str | None]:
    """What was sent to the charger, oldest first."""
    sent = [m.action for m in house.charge_point.messages if m.direction is Direction.TO_CHARGER]
    return sent[::-1]


def limit_in_force(house: House, connector_id: int = 1) -> float | None:
    limit = house.charge_point.state.connector(connector_id).limit
    return None if limit is None else limit.limit_a


def limit_of(payload: Any) -> Decimal:
    """The limit in a RemoteStartTransaction or SetChargingProfile."""
    profile = payload.get('chargingProfile') or payload['csChargingProfiles']
    (period,) = profile['chargingSchedule']['chargingSchedulePeriod']
    return Decimal(period['limit'])


async def remote_start(house: House, charger: ScriptedCharger, limit_a: float = 10) -> None:
    """A remote start that the charger accepted; no transaction yet."""
    started = wish(house, limit_a)
    await charger.expect('RemoteStartTransaction')
    assert (await started).status == 'Accepted'


async def test_wrong_requests_are_refused_in_this_order(house: House) -> None:
    set_limit = house.charge_point.set_charging_limit
    with pytest.raises(InvalidConnector):
        await set_limit(0, 99)
    with pytest.raises(InvalidLimit):
        await set_limit(99, 99)
    with pytest.raises(NotConnected):
        await set_limit(99, 10)
    assert house.charge_point.state.connector(1).last_wish is None
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        with pytest.raises(UnknownConnector):
            await set_limit(99, 10)
        with pytest.raises(InvalidLimit):
            await set_limit(1, 16.1)
        assert actions(house) == []


# ---- what is sent


async def test_a_start_carries_the_limit(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(1, 'Available', timestamp=utc_now().isoformat())  # its clock is right
        started = wish(house, 8.19)
        request = await charger.expect('RemoteStartTransaction')
        begins_at = request['chargingProfile']['chargingSchedule'].pop('startSchedule')
        assert utc_now() - timedelta(minutes=2) < datetime.fromisoformat(begins_at) < utc_now()
        assert request == {
            'connectorId': 1,
            'idTag': 'Tag1',
            'chargingProfile': {
                'chargingProfileId': 1,
                'stackLevel': 0,
                'chargingProfilePurpose': 'TxProfile',
                'chargingProfileKind': 'Absolute',
                'chargingSchedule': {
                    'chargingRateUnit': 'A',
                    'chargingSchedulePeriod': [{'startPeriod': 0, 'limit': Decimal('8.1')}],
                },
            },
        }
        outcome = await started
        assert (outcome.requested_a, outcome.applied_a, outcome.action) == (8.1, 8.1, 'RemoteStartTransaction')


async def test_a_change_replaces_the_same_profile_of_the_running_transaction(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start()
        ids = set()
        for limit_a in (10, 12):
            changed = wish(house, limit_a)
            request = await charger.expect('SetChargingProfile')
            assert request['connectorId'] == 1
            assert request['csChargingProfiles']['transactionId'] == transaction_id
            ids.add(request['csChargingProfiles']['chargingProfileId'])
            assert (await changed).applied_a == limit_a
            assert limit_in_force(house) == limit_a
        assert len(ids) == 1


async def test_below_6_a_is_sent_as_asked_with_advice(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        changed = wish(house, 5.9)
        assert limit_of(await charger.expect('SetChargingProfile')) == Decimal('5.9')
        outcome = await changed
        assert outcome.applied_a == 5.9
        assert '6 A' in outcome.detail


async def test_0_with_nothing_running_sends_nothing(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        outcome = await house.charge_point.set_charging_limit(1, 0)
        assert (outcome.applied_a, outcome.action, outcome.status) == (0, None, None)
        assert actions(house) == []


async def test_0_ends_the_transaction_also_when_its_end_comes_before_the_answer(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start()
        stopped = wish(house, 0)
        message_id, request = await charger.receive_call('RemoteStopTransaction')
        assert request == {'transactionId': transaction_id}
        await charger.stop(transaction_id)
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await stopped).applied_a == 0
        assert house.charge_point.state.running_transaction(1) is None


async def test_a_limit_of_a_transaction_that_ended_meanwhile_is_not_in_force(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start()
        changed = wish(house, 10)
        message_id, _ = await charger.receive_call('SetChargingProfile')
        await charger.stop(transaction_id)
        await charger.answer(message_id, {'status': 'Accepted'})
        await changed
        assert limit_in_force(house) is None


async def test_connectors_have_their_own_limits(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.status(2, 'Preparing')
        await charger.start(connector_id=1)
        first, second = wish(house, 10, 1), wish(house, 7, 2)
        assert (await charger.expect('SetChargingProfile'))['connectorId'] == 1
        assert (await charger.expect('RemoteStartTransaction'))['connectorId'] == 2
        assert [(await task).applied_a for task in (first, second)] == [10, 7]
        await charger.start(connector_id=2)
        assert [limit_in_force(house, 1), limit_in_force(house, 2)] == [10, 7]


async def test_a_person_takes_over_from_the_sun_but_not_the_other_way_round(house: House) -> None:
    charge_point = house.charge_point
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        for by, mode in ((THE_SUN, Mode.SOLAR), (REST, Mode.MANUAL)):
            charge_point.set_mode(1, Mode.SOLAR)
            changed = wish(house, 10, by=by)
            await charger.expect('SetChargingProfile')
            await changed
            assert charge_point.state.connector(1).mode is mode


# ---- a remote start on its way


@pytest.mark.parametrize('by', [YOU, REST, HOME_ASSISTANT])
async def test_a_session_says_for_whom_it_was_started_also_after_a_restart(
    make_house: MakeHouse, tmp_path: Path, by: Source
) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        started = asyncio.create_task(house.charge_point.set_charging_limit(1, 10, by))
        await charger.expect('RemoteStartTransaction')
        await started
        await charger.start()
        assert house.charge_point.state.transactions[0].started_by == by
    house.charge_point.journal.close()
    with closing(Journal(tmp_path)) as journal:
        assert journal.restored_state(phases=1).transactions[0].started_by == by


async def test_the_start_transaction_may_come_before_the_answer_to_the_remote_start(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        started = wish(house, 10)
        message_id, _ = await charger.receive_call('RemoteStartTransaction')
        transaction_id = await charger.start()
        assert limit_in_force(house) == 10
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await started).applied_a == 10
        running = house.charge_point.state.running_transaction(1)
        assert running is not None
        assert running.remote
        changed = wish(house, 11)
        assert (await charger.expect('SetChargingProfile'))['csChargingProfiles']['transactionId'] == transaction_id
        await changed


async def test_a_newer_limit_is_sent_once_the_transaction_exists(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger, 10)
        newer = wish(house, 13)
        await charger.call('Heartbeat', {})  # nothing was sent before its answer
        transaction_id = await charger.start()
        request = await charger.expect('SetChargingProfile')
        assert request['csChargingProfiles']['transactionId'] == transaction_id
        assert limit_of(request) == 13
        assert (await newer).action == 'SetChargingProfile'
        assert limit_in_force(house) == 13
        assert actions(house) == ['RemoteStartTransaction', 'SetChargingProfile']


async def test_a_newer_0_is_a_remote_stop_once_the_transaction_exists(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger)
        newer = wish(house, 0)
        await charger.call('Heartbeat', {})
        transaction_id = await charger.start()
        assert await charger.expect('RemoteStopTransaction') == {'transactionId': transaction_id}
        assert (await newer).action == 'RemoteStopTransaction'


async def test_of_several_newer_limits_only_the_newest_is_sent_and_there_is_no_second_start(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        first = wish(house, 8)
        message_id, request = await charger.receive_call('RemoteStartTransaction')
        assert limit_of(request) == 8
        during_the_call = [wish(house, 9), wish(house, 10)]
        await charger.call('Heartbeat', {})
        await charger.answer(message_id, {'status': 'Accepted'})
        await first
        before_the_transaction = [wish(house, 0), wish(house, 11), wish(house, 12)]
        await charger.call('Heartbeat', {})
        await charger.start()
        assert limit_of(await charger.expect('SetChargingProfile')) == 12
        outcomes = await asyncio.gather(*during_the_call, *before_the_transaction)
        assert [outcome.action for outcome in outcomes] == [None, None, None, None, 'SetChargingProfile']
        assert [outcome.applied_a for outcome in outcomes] == [None, None, None, None, 12]
        assert actions(house) == ['RemoteStartTransaction', 'SetChargingProfile']


async def test_the_limit_the_transaction_began_with_is_not_sent_again(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger, 10)
        same = wish(house, 10)
        await charger.call('Heartbeat', {})
        await charger.start()
        assert (await same).applied_a == 10
        assert actions(house) == ['RemoteStartTransaction']


async def test_a_card_that_is_faster_than_the_remote_start_gets_the_pending_limit(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger, 10)
        newer = wish(house, 12)
        await charger.call('Heartbeat', {})
        await charger.start(id_tag='Tag2')
        assert limit_of(await charger.expect('SetChargingProfile')) == 12
        await newer
        assert limit_in_force(house) == 12


async def test_the_id_tag_of_a_remote_start_is_known_again_in_any_case(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger, 10)
        await charger.start(id_tag='TAG1')
        assert limit_in_force(house) == 10


async def test_a_hang_up_tells_who_waits_for_the_transaction_at_once(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger)
        newer = wish(house, 12)
        await charger.call('Heartbeat', {})
        charger.websocket.transport.abort()
        async with asyncio.timeout(3):  # a pending limit is waited for longer
            with pytest.raises(ConnectionClosed):
                await newer
    await house.until(lambda: not house.charge_point.state.connected)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger, 9)


def test_a_remote_start_nothing_follows_is_given_up() -> None:
    async def play() -> None:
        async with SimulatedHouse() as house:
            await house.settle(5)
            assert (await house.wish(1, 10)).applied_a == 10
            kept = await house.wish(1, 12)
            assert kept.applied_a is None
            assert 'kept' in kept.sentence
            await house.settle(60)
            assert house.charge_point.state.connector(1).remote_start is None
            assert 'no transaction began' in house.sentence
            assert (await house.wish(1, 8)).applied_a == 8
            assert [call.action for call in house.messages_sent].count('RemoteStartTransaction') == 2

    run_simulated(play())


def test_a_pending_limit_is_sent_when_the_transaction_has_begun() -> None:
    async def play() -> None:
        async with SimulatedHouse() as house:
            await house.settle(5)
            await house.wish(1, 10)
            await house.wish(1, 12)
            house.charger.plug_in(1, car_for(house.persona))
            await house.settle(20)
            limit = house.charge_point.state.connector(1).limit
            assert limit is not None
            assert limit.limit_a == 12
            assert house.car_current_a > 11

    run_simulated(play())


# ---- one wish is out


async def test_the_newest_wish_wins_while_a_call_is_out(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await charger.start()
        first = wish(house, 8)
        message_id, _ = await charger.receive_call('SetChargingProfile')
        later = [wish(house, limit_a) for limit_a in (9, 10, 11)]
        await charger.call('Heartbeat', {})
        await charger.answer(message_id, {'status': 'Accepted'})
        assert limit_of(await charger.expect('SetChargingProfile')) == 11
        assert (await first).applied_a == 8
        outcomes = await asyncio.gather(*later)
        assert [outcome.applied_a for outcome in outcomes] == [None, None, 11]
        assert 'A newer limit' in outcomes[0].detail
        assert limit_in_force(house) == 11
        assert actions(house) == ['SetChargingProfile'] * 2


async def test_a_newer_wish_is_sent_although_the_older_one_failed(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        first = wish(house, 8)
        message_id, _ = await charger.receive_call('RemoteStartTransaction')
        newer = wish(house, 9)
        await charger.call('Heartbeat', {})
        await charger.answer(message_id, {'status': 'Rejected'})
        assert limit_of(await charger.expect('RemoteStartTransaction')) == 9
        with pytest.raises(Rejected):
            await first
        assert (await newer).applied_a == 9


# ---- what the charger may answer

ANSWERS: dict[str, tuple[list[Any], type[Exception]]] = {
    'Rejected': ([3, {'status': 'Rejected'}], Rejected),
    'NotSupported': ([3, {'status': 'NotSupported'}], Rejected),
    'an unknown status': ([3, {'status': 'Perhaps'}], Rejected),
    'no status': ([3, {}], Rejected),
    'a list': ([3, []], Rejected),
    'a CallError': ([4, 'PropertyConstraintViolation', 'stackLevel', {}], CallErrorReceived),
    'a CallError of two members': ([4], CallErrorReceived),
    'nothing': ([], CallTimeout),
}


async def fails(task: Coroutine[Any, Any, Any] | asyncio.Task[Any], error: type[Exception]) -> str:
    with pytest.raises(error) as raised:
        await task
    return str(raised.value)


async def test_a_start_that_fails_says_why_and_the_next_one_is_tried_afresh(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for answer, error in ANSWERS.values():
            started = wish(house, 10)
            message_id, _ = await charger.receive_call('RemoteStartTransaction')
            if answer:
                await charger.send([answer[0], message_id, *answer[1:]])
            detail = await fails(started, error)
            assert detail.endswith(('.', '?')) or error is CallErrorReceived
            assert house.charge_point.state.connector(1).remote_start is None
        await remote_start(house, charger)


async def test_a_change_that_fails_leaves_the_limit_in_force(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger, 10)
        await charger.start()
        for name, (answer, error) in ANSWERS.items():
            changed = wish(house, 12)
            while not changed.done():  # in one form after the other
                call = asyncio.create_task(charger.receive_call('SetChargingProfile'))
                await asyncio.wait([call, changed], return_when=asyncio.FIRST_COMPLETED)
                if not call.done():
                    call.cancel()
                    await asyncio.wait([call])
                elif answer:
                    await charger.send([answer[0], call.result()[0], *answer[1:]])
            detail = await fails(changed, error)
            assert limit_in_force(house) == 10
            if error is Rejected:
                assert 'SetChargingProfile' in detail
                assert name in detail or name not in ('Rejected', 'NotSupported')
        changed = wish(house, 12)
        await charger.expect('SetChargingProfile')
        assert (await changed).applied_a == 12


async def test_a_stop_that_fails_leaves_the_transaction_running(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = await charger.start()
        for answer, error in ANSWERS.values():
            stopped = wish(house, 0)
            message_id, _ = await charger.receive_call('RemoteStopTransaction')
            if answer:
                await charger.send([answer[0], message_id, *answer[1:]])
            if error is Rejected:  # a pause is refused as well
                await charger.expect('SetChargingProfile', 'NotSupported')
            await fails(stopped, error)
            running = house.charge_point.state.running_transaction(1)
            assert running is not None
            assert running.transaction_id == str(transaction_id)


@pytest.mark.parametrize('action', ['RemoteStartTransaction', 'SetChargingProfile', 'RemoteStopTransaction'])
async def test_a_hang_up_is_reported_at_once_and_the_next_connection_works(house: House, action: str) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        transaction_id = 0 if action == 'RemoteStartTransaction' else await charger.start()
        waiting = wish(house, 0 if action == 'RemoteStopTransaction' else 10)
        await charger.receive_call(action)
        charger.websocket.transport.abort()
        async with asyncio.timeout(5):
            await fails(waiting, ConnectionClosed)
    await house.until(lambda: not house.charge_point.state.connected)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'})
        again = wish(house, 11)
        await charger.expect('SetChargingProfile' if transaction_id else 'RemoteStartTransaction')
        assert (await again).applied_a == 11


async def test_a_limit_after_an_accepted_stop_waits_for_the_end_and_starts_again(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        await remote_start(house, charger)
        transaction_id = await charger.start()
        stopped = wish(house, 0)
        await charger.expect('RemoteStopTransaction')
        await stopped
        again = wish(house, 8)
        await charger.call('Heartbeat', {})
        assert actions(house)[-1] == 'RemoteStopTransaction'
        await charger.stop(transaction_id)
        assert limit_of(await charger.expect('RemoteStartTransaction')) == 8
        assert (await again).action == 'RemoteStartTransaction'


async def test_a_start_that_comes_after_its_answer_was_due_is_still_ours(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        started = wish(house, 10)
        await charger.receive_call('RemoteStartTransaction')
        with pytest.raises(CallTimeout):
            await started
        await charger.start()
        transaction = house.charge_point.state.running_transaction(1)
        assert transaction is not None
        assert transaction.remote
        assert limit_in_force(house) == 10


async def test_what_the_sun_wanted_is_not_sent_once_the_mode_is_manual(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.set_mode(1, Mode.SOLAR)
        started = wish(house, 10, by=THE_SUN)
        await charger.expect('RemoteStartTransaction')
        await started
        kept = wish(house, 0, by=THE_SUN)
        await charger.call('Heartbeat', {})
        house.charge_point.set_mode(1, Mode.MANUAL)
        await charger.start()
        assert (await kept).action is None
        assert actions(house) == ['RemoteStartTransaction']
