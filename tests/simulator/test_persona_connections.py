"""Personas' peculiarities that need a real connection to show."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from ocpp.v16 import call
from ocpp.v16.enums import RegistrationStatus

from simulator import Car, Charger, Persona
from tests.simulator.central_system import CentralSystem, remote_start, set_limit

SPEED = 50


class Connections:
    """Counts a charger's connections, as its `on_event`."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Condition()

    def __call__(self, line: str) -> None:
        if line.startswith('connected'):
            self._count += 1
            self._notifying = asyncio.get_running_loop().create_task(self._notify())

    async def reach(self, count: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self._count >= count)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def a_charger(
    central_system: CentralSystem, speed: float = SPEED, on_event: Callable[[str], None] = print, **members: Any
) -> Charger:
    persona = Persona.read('odd', {'source': 'this test'} | members)
    return Charger(central_system.url, persona=persona, speed=speed, on_event=on_event)


async def test_silence_is_no_answer_at_all_and_nothing_else_suffers(central_system: CentralSystem) -> None:
    async with a_charger(central_system, answers={'ChangeAvailability': 'silence'}) as charger:
        await charger.wait_until_online()
        asking = asyncio.create_task(central_system.ask(call.ChangeAvailability(0, 'Operative')))
        await central_system.wait_for('StatusNotification')
        await central_system.send_text('[2,"other","ClearCache",{}]')
        await charger.wait_until_answered()
        assert not asking.done()
        asking.cancel()


async def test_a_question_that_makes_it_restart_ends_the_transaction_and_boots(central_system: CentralSystem) -> None:
    question = call.GetConfiguration(['MeterValuesSampledData'])
    async with a_charger(central_system, answers={'GetConfiguration MeterValuesSampledData': 'reboot'}) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        asking = asyncio.create_task(central_system.ask(question))
        await central_system.wait_for('BootNotification', count=2)
        await central_system.wait_for('StopTransaction', reason='HardReset')
        asking.cancel()
    assert central_system.connections == 2


async def test_a_call_before_the_boot_was_accepted_makes_it_restart(central_system: CentralSystem) -> None:
    central_system.registrations = [RegistrationStatus.pending]
    connections = Connections()
    persona = Persona.read('odd', {'source': 'this test', 'reboots_when_called_early': True})
    charger = Charger(central_system.url, persona=persona, speed=SPEED, on_event=connections, boot_timeout_s=None)
    async with charger:
        await central_system.wait_for('BootNotification')
        await central_system.send_text('[2,"early","GetConfiguration",{}]')
        await connections.reach(2)
        await charger.wait_until_online()
        assert (await central_system.ask(call.ClearCache())).status == 'Accepted'
    assert central_system.connections == 2


async def test_a_broken_connection_comes_back_without_a_boot(central_system: CentralSystem) -> None:
    connections = Connections()
    async with a_charger(central_system, on_event=connections, drops_every_s=25):
        await connections.reach(3)
    assert len(central_system.seen('BootNotification')) == 1


async def test_a_box_that_takes_its_time_to_connect_again(central_system: CentralSystem) -> None:
    connections = Connections()
    async with a_charger(central_system, speed=1000, on_event=connections, reconnects_after_s=600) as charger:
        await charger.wait_until_online()
        before = charger.clock.now()
        await central_system.hang_up()
        await connections.reach(2)
        assert (charger.clock.now() - before).total_seconds() >= 600


@pytest.mark.parametrize(('drift_s', 'offered_a'), [(7200, 6), (0, 16)])
async def test_a_wrong_clock_misreads_an_absolute_schedule(
    central_system: CentralSystem, drift_s: int, offered_a: float
) -> None:
    async with a_charger(central_system, clock_drift_s=drift_s, ignores_time=True) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start())
        await charger.wait_for(1, 'Charging')
        await charger.wait_until_answered()
        profile = set_limit(16, charging_profile_kind='Absolute')
        schedule = profile.cs_charging_profiles['charging_schedule']  # type: ignore[attr-defined]  # of the package
        schedule['start_schedule'] = datetime.now(UTC).isoformat()
        schedule['charging_schedule_period'].append({'start_period': 1200, 'limit': 6})
        assert (await central_system.ask(profile)).status == 'Accepted'
        assert charger.station.connectors[1].offered_a == offered_a
