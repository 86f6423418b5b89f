"""The charger offline, without power, and with a wrong clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ocpp.v16 import call
from ocpp.v16.enums import AuthorizationStatus

from simulator import Car, Charger, Persona
from simulator.clock import Clock, from_wire
from tests.simulator.central_system import CentralSystem, remote_start

SPEED = 50


def a_charger(central_system: CentralSystem, **options: Any) -> Charger:
    return Charger(central_system.url, meter_interval_s=10, speed=SPEED, **options)


def times(central_system: CentralSystem, action: str = 'MeterValues') -> list[datetime]:
    return [from_wire(payload['meterValue'][0]['timestamp']) for payload in central_system.seen(action)]


async def test_what_was_queued_offline_comes_in_order_with_its_own_times(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues')
        await charger.wait_until_answered()
        charger.go_offline()
        await charger.clock.sleep(45)
        before, waiting = len(times(central_system)), charger.waiting_messages
        charger.unplug(1)
        back_at = charger.clock.now()
        charger.go_online()
        stop = await central_system.wait_for('StopTransaction')
    assert waiting >= 3
    offline = times(central_system)[before:]
    assert offline == sorted(offline)
    assert len(offline) == waiting
    assert offline[-1] < from_wire(stop['timestamp']) <= back_at
    assert len(central_system.seen('BootNotification')) == 1


@pytest.mark.parametrize('same', [True, False])
async def test_an_unanswered_start_is_sent_again_with_the_same_or_a_new_id(
    central_system: CentralSystem, same: bool
) -> None:
    central_system.ignored = ['StartTransaction']
    async with a_charger(central_system, retries_with_same_id=same, call_timeout_s=0.2) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues', transactionId=102)
    ids = central_system.message_ids('StartTransaction')
    assert len(ids) == 2
    assert len(set(ids)) == (1 if same else 2)
    first, second = central_system.seen('StartTransaction')
    assert first == second


@pytest.mark.parametrize('same', [True, False])
async def test_a_start_that_the_network_lost_keeps_its_id_or_not(central_system: CentralSystem, same: bool) -> None:
    central_system.ignored = ['StartTransaction']
    async with a_charger(central_system, retries_with_same_id=same) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('StartTransaction')
        charger.go_offline()
        charger.go_online()
        await central_system.wait_for('MeterValues', transactionId=102)
    assert len(set(central_system.message_ids('StartTransaction'))) == (1 if same else 2)


async def tapped_offline(central_system: CentralSystem, *keys: tuple[str, str], known: str = '') -> bool:
    """Whether Tag1 starts a transaction while offline, with these configuration keys.

    `known`: '' for an unknown tag, 'list' for one in the local list, otherwise its AuthorizationStatus in the cache.
    """
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        for key, value in keys:
            assert (await central_system.ask(call.ChangeConfiguration(key, value))).status == 'Accepted'
        charger.plug_in(1, Car())
        if known == 'list':
            entry = {'id_tag': 'Tag1', 'id_tag_info': {'status': 'Accepted'}}
            await central_system.ask(call.SendLocalList(1, 'Full', [entry]))
        elif known:
            central_system.tag_status = AuthorizationStatus(known)
            charger.tap('Tag1', 1)
            await central_system.wait_for('Authorize')
            await charger.wait_until_answered()
            if charger.station.connectors[1].transaction:
                charger.tap('Tag1', 1)
            await charger.wait_until_answered()
        charger.go_offline()
        charger.tap('Tag1', 1)
        return charger.station.connectors[1].transaction is not None


@pytest.mark.parametrize(
    ('known', 'keys', 'starts'),
    [
        ('', {}, False),
        ('', {'AllowOfflineTxForUnknownId': 'true'}, True),
        ('list', {}, True),
        ('list', {'LocalAuthorizeOffline': 'false'}, False),
        ('Accepted', {}, True),  # the cache knows it
        ('Accepted', {'AuthorizationCacheEnabled': 'false'}, False),
        ('Blocked', {'AllowOfflineTxForUnknownId': 'true'}, False),  # it is not unknown
    ],
)
async def test_who_may_start_offline(
    central_system: CentralSystem, known: str, keys: dict[str, str], starts: bool
) -> None:
    assert await tapped_offline(central_system, *keys.items(), known=known) is starts


async def test_local_pre_authorize_starts_without_asking(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_online()
        await central_system.ask(call.ChangeConfiguration('LocalPreAuthorize', 'true'))
        entry = {'id_tag': 'Tag1', 'id_tag_info': {'status': 'Accepted'}}
        await central_system.ask(call.SendLocalList(1, 'Full', [entry]))
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        await central_system.wait_for('StartTransaction', idTag='Tag1')
    assert not central_system.seen('Authorize')


@pytest.mark.parametrize(('power_loss', 'stops'), [('stop', ['PowerLoss']), ('resume', [])])
async def test_a_power_cut_ends_the_transaction_or_not(
    central_system: CentralSystem, power_loss: str, stops: list[str]
) -> None:
    persona = Persona(power_loss=power_loss)
    async with a_charger(central_system, persona=persona) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues')
        await charger.wait_until_answered()
        cut_at = charger.clock.now()
        charger.cut_power()
        energy_wh = charger.station.connectors[1].energy_wh
        charger.tap('Tag2', 1)
        await charger.clock.sleep(30)
        assert charger.station.connectors[1].energy_wh == energy_wh
        back_at = charger.clock.now()
        charger.restore_power()
        await central_system.wait_for('BootNotification', count=2)
        await central_system.wait_for('StatusNotification', status='Finishing' if stops else 'Charging')
        await charger.wait_until_answered()
    assert [stop['reason'] for stop in central_system.seen('StopTransaction')] == stops
    for stop in central_system.seen('StopTransaction'):
        assert from_wire(stop['timestamp']) - cut_at < timedelta(seconds=1)
    assert not [moment for moment in times(central_system) if cut_at + timedelta(seconds=1) < moment < back_at]


async def test_a_car_unplugged_in_a_power_cut_has_ended_its_transaction(central_system: CentralSystem) -> None:
    async with a_charger(central_system, persona=Persona(power_loss='resume')) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await central_system.wait_for('MeterValues')
        charger.cut_power()
        charger.unplug(1)
        charger.restore_power()
        await central_system.wait_for('StopTransaction', reason='PowerLoss')
        await charger.wait_for(1, 'Available')


async def test_a_wrong_clock_is_set_by_the_boot(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, clock_drift_s=7200, boot_timeout_s=None) as charger:
        assert from_wire(charger.clock.stamp(charger.clock.now())) - datetime.now(UTC) > timedelta(hours=1.9)
        await charger.wait_until_online()
        status = await central_system.wait_for('StatusNotification')
    assert abs(from_wire(status['timestamp']) - datetime.now(UTC)) < timedelta(seconds=5)


async def test_a_power_cut_makes_the_clock_wrong_again(central_system: CentralSystem) -> None:
    async with Charger(central_system.url, clock_drift_s=-7200) as charger:
        await charger.wait_until_online()
        charger.cut_power()
        charger.restore_power()
        stamped = from_wire(charger.clock.stamp(charger.clock.now()))
    assert datetime.now(UTC) - stamped > timedelta(hours=1.9)


def test_a_time_lapse_never_shows_the_future() -> None:
    clock = Clock(speed=1e9)
    for _ in range(1000):
        assert clock.now() <= datetime.now(UTC)
    assert clock.speed == 1  # it has caught up


def test_in_a_time_lapse_the_present_of_the_server_is_the_chargers() -> None:
    clock = Clock(speed=60)
    now = datetime.now(UTC)
    payload = {'csChargingProfiles': {'validFrom': now.isoformat(), 'stackLevel': 0}, 'list': [{'expiryDate': 'soon'}]}
    localized = clock.localize(payload)
    assert abs(from_wire(localized['csChargingProfiles']['validFrom']) - clock.now()) < timedelta(seconds=5)
    assert localized['list'] == [{'expiryDate': 'soon'}]


def test_a_second_is_no_reason_to_set_the_clock() -> None:
    clock = Clock()
    clock.set((datetime.now(UTC) + timedelta(seconds=0.8)).isoformat())
    clock.set('noon')
    assert abs(from_wire(clock.stamp(clock.now())) - datetime.now(UTC)) < timedelta(seconds=0.3)
