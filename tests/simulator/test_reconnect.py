"""Boot, loss of the connection, and reset."""

import asyncio
from datetime import datetime

import pytest
from ocpp.v16 import call

from simulator import Car, Charger
from simulator.demo import run_demo
from tests.simulator.central_system import CentralSystem, remote_start

SPEED = 50


def a_charger(central_system: CentralSystem, boot_timeout_s: float | None = 10) -> Charger:
    return Charger(central_system.url, meter_interval_s=10, speed=SPEED, boot_timeout_s=boot_timeout_s)


async def test_boot_is_repeated_until_it_is_accepted(central_system: CentralSystem) -> None:
    central_system.registrations = ['Pending', 'Rejected']
    async with a_charger(central_system, boot_timeout_s=None) as charger:
        await central_system.wait_for('BootNotification')
        assert (await central_system.ask(remote_start())).status == 'Rejected'
        assert (await central_system.ask(call.TriggerMessage('BootNotification'))).status == 'Accepted'
        await charger.wait_until_online()
    assert len(central_system.seen('BootNotification')) == 3


async def test_a_transaction_outlives_a_lost_connection(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues')
        await central_system.hang_up()
        await central_system.wait_for('MeterValues', count=4, transactionId=101)
    assert central_system.connections == 2
    assert len(central_system.seen('BootNotification')) == 1
    assert not central_system.seen('StopTransaction')


async def test_what_ends_offline_is_sent_later_with_its_own_time(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues')
        await central_system.stop_listening()
        charger.unplug(1)
        await charger.wait_for(1, 'Available')
        unplugged_at = charger.clock.now()
        await central_system.listen()
        stop = await central_system.wait_for('StopTransaction', reason='EVDisconnected')
        await central_system.wait_for('StatusNotification', status='Available', connectorId=1)
    assert datetime.fromisoformat(stop['timestamp']) <= unplugged_at
    assert stop['transactionId'] == 101
    assert len(central_system.seen('StopTransaction')) == 1


async def test_a_whole_session_offline_is_sent_in_order(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        entry = {'id_tag': 'Tag1', 'id_tag_info': {'status': 'Accepted'}}
        await central_system.ask(call.SendLocalList(1, 'Full', [entry]))
        await central_system.stop_listening()
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        await charger.wait_for(1, 'Charging')
        charger.unplug(1)
        begin = len(central_system.calls)
        await central_system.listen()
        await central_system.wait_for('StopTransaction', transactionId=101)
    transaction = [name for name, _ in central_system.calls[begin:] if name in ('StartTransaction', 'StopTransaction')]
    assert transaction == ['StartTransaction', 'StopTransaction']


@pytest.mark.parametrize('kind', ['Soft', 'Hard'])
async def test_reset_closes_and_boots_again(central_system: CentralSystem, kind: str) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues')
        assert (await central_system.ask(call.Reset(kind))).status == 'Accepted'
        await central_system.wait_for('BootNotification', count=2)
        stop = await central_system.wait_for('StopTransaction')
        await central_system.wait_for('StatusNotification', count=2, status='Preparing')
    assert stop['reason'] == f'{kind}Reset'
    assert central_system.connections == 2


async def test_without_reconnect_the_end_of_the_connection_ends_the_charger(central_system: CentralSystem) -> None:
    charger = Charger(central_system.url, reconnect=False)
    running = asyncio.create_task(charger.run())
    await charger.wait_until_online()
    await central_system.hang_up()
    await asyncio.wait_for(running, 5)
    with pytest.raises(ConnectionError):
        await charger.wait_for(1, 'Charging')


async def test_without_reconnect_a_refused_connection_is_an_error(central_system: CentralSystem) -> None:
    await central_system.stop_listening()
    with pytest.raises(ConnectionError):
        await Charger(central_system.url, reconnect=False).run()


async def test_the_demo_plugs_a_car_in_and_says_goodbye_when_cancelled(central_system: CentralSystem) -> None:
    demo = asyncio.create_task(run_demo(central_system.url))
    boot = await central_system.wait_for('BootNotification')
    await central_system.wait_for('StatusNotification', status='Preparing')
    await central_system.ask(remote_start(10))
    await central_system.wait_for('StatusNotification', status='Charging')
    demo.cancel()
    with pytest.raises(asyncio.CancelledError):
        await demo
    assert boot['chargePointModel'] == 'Demo charger'
    assert central_system.seen('StopTransaction', reason='EVDisconnected')


async def test_the_demo_ends_with_the_connection(central_system: CentralSystem) -> None:
    demo = asyncio.create_task(run_demo(central_system.url))
    await central_system.wait_for('BootNotification')
    await central_system.hang_up()
    await asyncio.wait_for(demo, 5)
