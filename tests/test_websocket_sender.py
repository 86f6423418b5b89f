"""Calls to the charger: one at a time, paired with their answers, and every wait ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from cpo.charge_point import ChargePoint
from cpo.errors import CallErrorReceived, CallTimeout, ConnectionClosed, NotConnected
from cpo.journal import Journal
from cpo.ocpp import Direction, LoggedMessage, SentCommand
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.settings import Settings
from tests.conftest import House, MakeHouse
from tests.scripted_charger import ScriptedCharger

VENDOR = {'chargePointVendor': 'Test', 'chargePointModel': 'Scripted'}


def send(house: House, action: str = 'ClearCache', **payload: Any) -> asyncio.Task[SentCommand]:
    return asyncio.create_task(house.charge_point.command(action, payload))


def sent(house: House) -> list[LoggedMessage]:
    """Our own Calls, newest first."""
    return [message for message in house.charge_point.messages if message.direction is Direction.TO_CHARGER]


async def test_one_call_is_outstanding_at_a_time(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        first, second = send(house, 'ClearCache'), send(house, 'GetLocalListVersion')
        message_id, _ = await charger.receive_call('ClearCache')
        await charger.call('Heartbeat', {})  # its answer is the next frame: the second Call still waits
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await first).response == {'status': 'Accepted'}
        message_id, _ = await charger.receive_call('GetLocalListVersion')
        await charger.answer(message_id, {'listVersion': 3})
        assert (await second).response == {'listVersion': 3}


async def test_answers_are_matched_by_message_id(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        command = send(house)
        message_id, _ = await charger.receive_call('ClearCache')
        await charger.answer('somebody else', {'status': 'Rejected'})
        await charger.call('Heartbeat', {})
        assert not command.done()
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await command).response == {'status': 'Accepted'}
    stray = next(message for message in house.charge_point.messages if 'somebody else' in message.frame)
    assert 'no request of ours' in stray.violations[0]


async def test_each_call_has_its_own_message_id(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        ids = set()
        for _ in range(5):
            command = send(house)
            message_id, _ = await charger.receive_call('ClearCache')
            ids.add(message_id)
            assert len(message_id) <= 36
            await charger.answer(message_id, {'status': 'Accepted'})
            await command
        assert len(ids) == 5


async def test_a_call_of_the_charger_may_come_before_its_answer(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        command = send(house, 'TriggerMessage', requestedMessage='StatusNotification', connectorId=1)
        message_id, _ = await charger.receive_call('TriggerMessage')
        await charger.status(1, 'Preparing')
        assert house.charge_point.state.connector(1).status == 'Preparing'
        await charger.answer(message_id, {'status': 'Accepted'})
        assert (await command).response == {'status': 'Accepted'}


async def test_a_call_without_an_answer_times_out_and_the_late_answer_is_dropped(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        command = send(house)
        message_id, _ = await charger.receive_call('ClearCache')
        with pytest.raises(CallTimeout):
            await command
        assert sent(house)[0].status == 'no answer'
        await charger.answer(message_id, {'status': 'Accepted'})
        next_command = send(house, 'GetLocalListVersion')
        next_id, _ = await charger.receive_call('GetLocalListVersion')
        await charger.answer(next_id, {'listVersion': 0})
        assert (await next_command).response == {'listVersion': 0}
        assert sent(house)[1].answer is None
        late = [m for m in house.charge_point.messages if message_id in m.frame and m.direction == 'in']
        assert ['too late' in violation for message in late for violation in message.violations] == [True]


CALL_ERRORS: list[tuple[list[Any], tuple[str, str, Any]]] = [
    ([], ('', '', {})),
    (['GenericError'], ('GenericError', '', {})),
    (['NotSupported', 'No cache', {'a': 1}], ('NotSupported', 'No cache', {'a': 1})),
    (['MadeUp', None, None], ('MadeUp', '', {})),
]


async def test_a_call_error_reaches_the_caller(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for members, expected in CALL_ERRORS:
            command = send(house)
            message_id, _ = await charger.receive_call('ClearCache')
            await charger.send([4, message_id, *members])
            with pytest.raises(CallErrorReceived) as raised:
                await command
            assert (raised.value.code, raised.value.description, raised.value.details) == expected
            assert str(raised.value)
            assert sent(house)[0].status == f'CallError {expected[0]}'.strip()


async def test_a_second_answer_to_the_same_call_is_dropped(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        command = send(house)
        message_id, _ = await charger.receive_call('ClearCache')
        for status in ('Accepted', 'Rejected'):
            await charger.answer(message_id, {'status': status})
        assert (await command).response == {'status': 'Accepted'}
        await charger.call('Heartbeat', {})
        assert sent(house)[0].status == 'Accepted'


ODD_ANSWERS: list[Any] = [{'status': 'Maybe'}, {}, [], None, 'Accepted', {'status': 'Accepted', 'more': 1}]


async def test_an_answer_that_breaks_the_schema_is_passed_on_and_recorded(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        for answer in ODD_ANSWERS:
            command = send(house)
            message_id, _ = await charger.receive_call('ClearCache')
            await charger.send([3, message_id, answer])
            assert (await command).response == answer
            assert sent(house)[0].violations, answer


async def test_a_hang_up_fails_the_outstanding_call_and_the_waiting_ones_at_once(house: House) -> None:
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        commands = [send(house), send(house), send(house)]
        await charger.receive_call('ClearCache')
        charger.websocket.transport.abort()
        async with asyncio.timeout(5):  # the answer would be waited for much longer
            results = await asyncio.gather(*commands, return_exceptions=True)
        assert [type(result) for result in results] == [ConnectionClosed] * 3
    assert len(sent(house)) == 1
    assert sent(house)[0].status == 'connection closed'


async def test_without_a_charger_a_command_fails_at_once(house: House) -> None:
    with pytest.raises(NotConnected):
        await house.charge_point.command('ClearCache', {})


async def test_listeners_are_notified_of_a_call_that_is_sent_and_of_its_end(make_house: MakeHouse) -> None:
    house = await make_house(call_timeout=0.2)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        command = send(house)
        await house.until(lambda: len(sent(house)) == 1)
        await house.until(lambda: sent(house)[0].status == 'no answer')
        with pytest.raises(CallTimeout):
            await command
        command = send(house)
        notified = asyncio.create_task(house.until(lambda: sent(house)[0].status == 'Accepted'))
        await charger.receive_call('ClearCache')
        await charger.expect('ClearCache')
        await notified
        await command


# ---- before and after the boot


async def test_nothing_is_sent_before_the_boot_is_answered(make_house: MakeHouse) -> None:
    house = await make_house(startup_requests=True)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.status(1, 'Available')  # may come before the boot
        command = send(house)
        for _ in range(3):
            await charger.call('Heartbeat', {})
        assert (await charger.call('BootNotification', VENDOR))['status'] == 'Accepted'
        await charger.expect('ClearCache')
        await command


@asynccontextmanager
async def back_again(house: House) -> AsyncIterator[ScriptedCharger]:
    """A charger that booted, left, and has connected again."""
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', VENDOR)
    await house.until(lambda: not house.charge_point.state.connected)
    async with ScriptedCharger(house.ocpp()) as charger:
        yield charger


@pytest.mark.parametrize('action', ['Heartbeat', 'StatusNotification', 'MeterValues'])
async def test_a_charger_that_comes_back_with_another_call_than_its_boot_may_be_called_at_once(
    make_house: MakeHouse, action: str
) -> None:
    payloads: dict[str, Any] = {
        'Heartbeat': {},
        'StatusNotification': {'connectorId': 1, 'status': 'Available', 'errorCode': 'NoError'},
        'MeterValues': {
            'connectorId': 1,
            'meterValue': [{'timestamp': '2026-06-14T12:00:00Z', 'sampledValue': [{'value': '1'}]}],
        },
    }
    house = await make_house(startup_requests=True)
    async with back_again(house) as charger:
        command = send(house)
        await charger.call(action, payloads[action])
        async with asyncio.timeout(1):
            await charger.expect('ClearCache')
            await command


async def test_a_charger_that_was_gone_too_shortly_for_a_restart_may_soon_be_called(make_house: MakeHouse) -> None:
    house = await make_house(startup_requests=True)
    async with back_again(house) as charger:
        command = send(house)
        async with asyncio.timeout(2.5):  # and not after the 3 s of a longer absence
            await charger.expect('ClearCache')
            await command


async def test_a_charger_that_comes_back_with_its_boot_or_a_transaction_is_called_after_that(house: House) -> None:
    async with back_again(house) as charger:
        command = send(house)
        await charger.start()
        await charger.call('BootNotification', VENDOR)
        await charger.expect('ClearCache')
        await command


async def test_a_charger_that_comes_back_without_a_word_is_asked_who_it_is(make_house: MakeHouse) -> None:
    house = await make_house(startup_requests=True)
    async with ScriptedCharger(house.ocpp()) as charger:
        command = send(house)
        # a person's command waits at most 5 s for a boot that does not come
        await charger.expect('ClearCache')
        await command
        assert (await charger.expect('TriggerMessage', 'Rejected'))['requestedMessage'] == 'BootNotification'
        assert (await charger.receive_call('GetConfiguration'))[1] == {}


async def test_a_persons_command_overtakes_start_up_requests_that_wait(make_house: MakeHouse) -> None:
    house = await make_house(startup_requests=True)
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.call('BootNotification', VENDOR)
        message_id, _ = await charger.receive_call('GetConfiguration')
        command = send(house)
        await charger.call('Heartbeat', {})
        key = {'key': 'MeterValueSampleInterval', 'readonly': False, 'value': '600'}
        await charger.answer(message_id, {'configurationKey': [key]})
        await charger.expect('ClearCache')
        await command
        request = await charger.expect('ChangeConfiguration')
        assert request['key'] == 'MeterValueSampleInterval'
        # nothing was heard of the connectors yet
        assert (await charger.expect('TriggerMessage'))['requestedMessage'] == 'StatusNotification'


async def test_a_socket_that_is_gone_is_a_closed_connection() -> None:
    async def send_text(text: str) -> None:
        raise ConnectionClosed(was_sent=False)

    async def close(code: int, reason: str) -> None:
        pass

    charge_point = ChargePoint(Settings(startup_requests=False), (Ocpp16Dialect(),), Journal(None))
    connection = charge_point.connections.connect('CP1', '127.0.0.1', send_text, close)
    connection.sender.open_gate()
    for _ in range(2):
        with pytest.raises(ConnectionClosed):
            await charge_point.command('ClearCache', {})
    charge_point.connections.disconnect(connection)
