"""A charger's day at a central system, over a real websocket, fifty times as fast."""

import pytest
from ocpp.v16 import call
from ocpp.v16.enums import AuthorizationStatus

from simulator import Car, Charger
from tests.simulator.central_system import CentralSystem, reading, remote_start, set_limit

SPEED = 50
CURRENT, OFFERED, ENERGY = 'Current.Import', 'Current.Offered', 'Energy.Active.Import.Register'


def a_charger(central_system: CentralSystem, meter_interval_s: int = 10) -> Charger:
    return Charger(central_system.url, meter_interval_s=meter_interval_s, speed=SPEED)


def statuses(central_system: CentralSystem, connector_id: int = 1) -> list[str]:
    return [payload['status'] for payload in central_system.seen('StatusNotification', connectorId=connector_id)]


async def test_a_remote_session_follows_its_limits(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        charger.plug_in(1, Car(soc=40))
        await central_system.wait_for('StatusNotification', status='Preparing')
        assert (await central_system.ask(remote_start(10))).status == 'Accepted'
        await central_system.wait_for('StatusNotification', status='Charging')
        first = await central_system.wait_for_reading(CURRENT, 9.8, 10)
        assert (await central_system.ask(set_limit(16, transaction_id=101))).status == 'Accepted'
        await central_system.wait_for_reading(CURRENT, 15.8, 16)
        assert (await central_system.ask(set_limit(6.5, transaction_id=101))).status == 'Accepted'
        last = await central_system.wait_for_reading(CURRENT, 6.3, 6.5)
        assert (await central_system.ask(call.RemoteStopTransaction(101))).status == 'Accepted'
        stop = await central_system.wait_for('StopTransaction')
        await central_system.wait_for('StatusNotification', status='Finishing')
        charger.unplug(1)
        await central_system.wait_for('StatusNotification', count=2, status='Available', connectorId=1)
    assert first['transactionId'] == last['transactionId'] == stop['transactionId'] == 101
    assert reading(last, OFFERED) == 6.5
    assert reading(first, ENERGY) < reading(last, ENERGY) <= stop['meterStop']
    assert stop['reason'] == 'Remote'
    assert stop['timestamp'].endswith('Z')
    assert statuses(central_system) == ['Available', 'Preparing', 'Charging', 'Finishing', 'Available']
    assert [action for action, _ in central_system.calls[:3]] == ['BootNotification', *['StatusNotification'] * 2]


async def test_energy_is_power_over_time(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start(10))
        first = await central_system.wait_for_reading(CURRENT, 9.8, 10)
        later = await central_system.wait_for('MeterValues', count=6)
    # 50 s of 230 V × 9.9 A are 31.6 Wh; a tick is a second and its readings are rounded to 1 Wh
    assert reading(later, ENERGY) - reading(first, ENERGY) == pytest.approx(31.6, abs=4)


async def test_a_tap_starts_and_stops(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        await charger.wait_for(1, 'Charging')
        charger.tap('Tag1', 1)
        assert (await central_system.wait_for('StopTransaction'))['reason'] == 'Local'
    assert central_system.seen('Authorize', idTag='Tag1')


async def test_a_refused_tag_starts_nothing(central_system: CentralSystem) -> None:
    central_system.tag_status = AuthorizationStatus.invalid
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        charger.plug_in(1, Car())
        charger.tap('Stranger', 1)
        await central_system.wait_for('Authorize')
        await charger.wait_until_answered()
    assert not central_system.seen('StartTransaction')


async def test_a_transaction_whose_tag_is_refused_ends_at_once(central_system: CentralSystem) -> None:
    central_system.tag_status = AuthorizationStatus.blocked
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        assert (await central_system.wait_for('StopTransaction'))['reason'] == 'DeAuthorized'


async def test_a_remote_start_waits_for_the_car(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        assert (await central_system.ask(remote_start(8, connector_id=None))).status == 'Accepted'
        await central_system.wait_for('StatusNotification', status='Preparing')
        assert not central_system.seen('StartTransaction')
        charger.plug_in(1, Car())
        await central_system.wait_for_reading(CURRENT, 7.8, 8)


async def test_a_remote_start_without_a_car_expires(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        await central_system.ask(call.ChangeConfiguration('ConnectionTimeOut', '5'))
        await central_system.ask(remote_start())
        await central_system.wait_for('StatusNotification', count=2, status='Available', connectorId=1)
    assert not central_system.seen('StartTransaction')


async def test_no_offer_and_a_full_car_suspend(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car(battery_kwh=1, soc=99))
        await charger.wait_until_online()
        await central_system.ask(remote_start(0))
        await central_system.wait_for('StatusNotification', status='SuspendedEVSE')
        await central_system.ask(set_limit(16))
        await central_system.wait_for('StatusNotification', status='Charging')
        await central_system.wait_for('StatusNotification', status='SuspendedEV')


async def test_unplugging_ends_the_transaction(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await charger.wait_for(1, 'Charging')
        charger.unplug(1)
        assert (await central_system.wait_for('StopTransaction'))['reason'] == 'EVDisconnected'


async def test_a_fault_is_reported_with_its_error_code(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        charger.fault(1, 'GroundFailure')
        await central_system.wait_for('StatusNotification', status='Faulted', errorCode='GroundFailure')
        assert (await central_system.ask(remote_start())).status == 'Rejected'
        charger.fault(1, 'NoError')
        await central_system.wait_for('StatusNotification', count=2, status='Available', connectorId=1)


async def test_a_three_phase_charger_shows_a_one_phase_car_on_l1(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, phases=3, meter_interval_s=10, speed=SPEED) as charger:
        charger.plug_in(1, Car(phases=1))
        await charger.wait_until_online()
        await central_system.ask(remote_start(10))
        payload = await central_system.wait_for_reading(CURRENT, 9.8, 10)
    assert reading(payload, CURRENT, 'L2') == 0
    assert reading(payload, 'Voltage', 'L3-N') == 230
    assert reading(payload, 'Power.Active.Import') == pytest.approx(2277)


async def test_heartbeats_follow_the_configuration(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        await central_system.ask(call.ChangeConfiguration('HeartbeatInterval', '2'))
        await central_system.wait_for('Heartbeat', count=3)
