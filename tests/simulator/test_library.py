"""`from simulator import Charger`, as other projects use it: it comes online, sends everything, and never hangs."""

import asyncio
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

import simulator
from simulator import Car, Charger, RecordingError
from tests.simulator.central_system import CentralSystem

FULL = Path('/dev/full')


def a_charger(central_system: CentralSystem, **options: Any) -> Charger:
    return Charger(central_system.url, speed=50, meter_interval_s=10, **options)


async def test_the_example_of_the_documentation_works(central_system: CentralSystem) -> None:
    example = dedent((simulator.__doc__ or '').split('\n\n')[2])
    names: dict[str, Any] = {'Charger': Charger, 'Car': Car}
    exec(
        'async def run():\n' + indent(example.replace('ws://localhost:8080/ocpp/SIM1', central_system.url), '    '),
        names,
    )
    async with asyncio.timeout(10):
        await names['run']()
    assert central_system.seen('StopTransaction', reason='EVDisconnected')
    assert len(example.splitlines()) == 5


# Leaving


async def test_what_ended_just_before_leaving_is_sent(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        await charger.wait_for(1, 'Charging')
        charger.unplug(1)
        await charger.wait_for(1, 'Available')
    assert central_system.seen('StopTransaction', reason='EVDisconnected', transactionId=101)
    assert charger.waiting_messages == 0


async def test_it_is_sent_also_when_the_block_ends_with_an_error(central_system: CentralSystem) -> None:
    async def fail() -> None:
        async with a_charger(central_system) as charger:
            charger.plug_in(1, Car())
            charger.plug_in(1, Car())

    with pytest.raises(ValueError, match='has a car already'):
        await fail()
    assert central_system.seen('StatusNotification', status='Preparing')


async def test_leaving_does_not_wait_for_an_answer_for_ever(central_system: CentralSystem) -> None:
    central_system.ignored = ['Authorize']
    async with asyncio.timeout(8):
        async with a_charger(central_system) as charger:
            charger.plug_in(1, Car())
            charger.tap('Tag1', 1)
            await central_system.wait_for('Authorize')
    assert charger.waiting_messages == 0  # an Authorize is worth nothing once the connection is closed


async def test_leaving_offline_does_not_wait(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        charger.go_offline()
        charger.unplug(1)
        loop = asyncio.get_running_loop()
        left_at_s = loop.time()
    assert loop.time() - left_at_s < 1.5
    assert charger.waiting_messages
    assert not central_system.seen('StopTransaction')


async def test_a_cancelled_block_is_left_at_once(central_system: CentralSystem) -> None:
    async def stay() -> None:
        async with a_charger(central_system) as charger:
            await charger.wait_until_answered()
            central_system.ignored = ['Authorize']
            charger.tap('Tag1', 1)
            await asyncio.Event().wait()

    staying = asyncio.create_task(stay())
    await central_system.wait_for('Authorize')
    staying.cancel()
    await asyncio.wait([staying], timeout=2)
    assert staying.cancelled()


# Coming online


async def test_entering_without_a_central_system_says_so(central_system: CentralSystem) -> None:
    await central_system.stop_listening()
    with pytest.raises(
        TimeoutError, match=r'^the charger is not online at \S+ after 0\.3 s; last event: no connection to '
    ):
        async with a_charger(central_system, boot_timeout_s=0.3):
            pass


async def test_entering_where_the_boot_is_not_accepted_says_so(central_system: CentralSystem) -> None:
    central_system.registrations = ['Pending']
    with pytest.raises(TimeoutError, match=r'after 0\.3 s; last event: BootNotification: Pending'):
        async with a_charger(central_system, boot_timeout_s=0.3):
            pass


async def test_entering_without_reconnect_raises_why_there_is_no_connection(central_system: CentralSystem) -> None:
    await central_system.stop_listening()
    with pytest.raises(ConnectionError, match=central_system.url):
        async with a_charger(central_system, reconnect=False):
            pass


# Waiting


async def test_a_wait_that_times_out_names_the_state_and_what_happened_last(central_system: CentralSystem) -> None:
    central_system.tag_status = 'Invalid'
    async with a_charger(central_system) as charger:
        charger.plug_in(1, Car())
        charger.tap('Tag1', 1)
        with pytest.raises(TimeoutError) as raised:
            await charger.wait_for(1, 'Charging', timeout_s=0.5)
    assert str(raised.value) == (
        'connector 1 is Preparing and not Charging after 0.5 s; '
        'last event: connector 1: Tag1 may not start here (Invalid)'
    )


async def test_a_wait_that_times_out_offline_says_that_it_is_offline(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        charger.go_offline()
        with pytest.raises(TimeoutError, match=r'^connector 1 is Available and not Charging, offline, after 0\.1 s'):
            await charger.wait_for(1, 'Charging', timeout_s=0.1)
        with pytest.raises(
            TimeoutError, match=r'^the charger is not online at \S+ after 0\.1 s; last event: connection lost'
        ):
            await charger.wait_until_online(0.1)


async def test_what_is_not_answered_in_time_is_counted(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        await charger.wait_until_answered()
        central_system.ignored = ['Authorize']
        charger.tap('Tag1', 1)
        with pytest.raises(TimeoutError, match=r'^1 messages have no answer after 0\.1 s'):
            await charger.wait_until_answered(0.1)
        charger.go_offline()


async def test_there_is_no_waiting_for_a_connector_that_does_not_exist(central_system: CentralSystem) -> None:
    async with a_charger(central_system) as charger:
        with pytest.raises(ValueError, match='there is no connector 2'):
            await charger.wait_for(2, 'Charging')
        with pytest.raises(ValueError, match='there is no connector 2'):
            charger.fault(2, 'GroundFailure')


# Invalid arguments


@pytest.mark.parametrize('id_tag', ['', 'x' * 21, 'Zoë', 'Tag\n1'])
def test_a_card_without_an_id_token_is_refused(id_tag: str) -> None:
    with pytest.raises(ValueError, match=r'no idTag: 1 to 20 printable ASCII characters'):
        Charger('ws://localhost/ocpp/SIM1').tap(id_tag, 1)


@pytest.mark.parametrize('drift_s', [1e18, float('nan'), float('-inf')])
def test_a_clock_that_wrong_is_refused(drift_s: float) -> None:
    with pytest.raises(ValueError, match='clock drift'):
        Charger('ws://localhost/ocpp/SIM1', clock_drift_s=drift_s)


@pytest.mark.parametrize('speed', [0, -1, float('nan'), float('inf')])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match='speed'):
        Charger('ws://localhost/ocpp/SIM1', speed=speed)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match='http://localhost/ocpp/SIM1'):
        Charger('http://localhost/ocpp', 'SIM1')


async def test_a_recording_that_cannot_be_written_is_an_error_at_once(
    central_system: CentralSystem, tmp_path: Path
) -> None:
    with pytest.raises(RecordingError, match=r'day\.jsonl cannot be written: No such file or directory'):
        async with a_charger(central_system, record=tmp_path / 'nowhere' / 'day.jsonl'):
            pass
    assert central_system.connections == 0


@pytest.mark.skipif(not FULL.exists(), reason='no full disk to write to')
async def test_a_disk_that_is_full_ends_the_charger(central_system: CentralSystem) -> None:
    with pytest.raises(RecordingError, match='/dev/full cannot be written: No space left'):
        async with asyncio.timeout(5), a_charger(central_system, record=FULL) as charger:
            await charger.wait_until_ended()
    assert central_system.connections <= 1


# Repeatable


async def test_how_often_it_had_to_connect_does_not_change_its_message_ids(central_system: CentralSystem) -> None:
    refused = asyncio.Event()

    def hear(line: str) -> None:
        if line.startswith('no connection'):
            refused.set()

    async with a_charger(central_system, seed=7):
        pass
    await central_system.stop_listening()
    async with a_charger(central_system, seed=7, boot_timeout_s=None, on_event=hear) as charger:
        await refused.wait()
        await central_system.listen()
        await charger.wait_until_online(5)
    for action in ('BootNotification', 'StatusNotification'):
        ids = central_system.message_ids(action)
        assert ids[: len(ids) // 2] == ids[len(ids) // 2 :]
