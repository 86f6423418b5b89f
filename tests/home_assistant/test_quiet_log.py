"""Without a charger, and without the program, Home Assistant has nothing to complain about."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.home_assistant.conftest import releases
from tests.home_assistant.home import copy_of_config, home
from tests.home_assistant.releases import Release
from tests.program import running

QUIET_S = 120  # the demo complained three times every 2 s
SOME_POLLS_S = 12


async def test_no_warning_and_no_error_in_two_minutes_without_a_charger(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as tasks:
        for release in releases():
            tasks.create_task(stays_quiet(release, tmp_path / release.version))


async def stays_quiet(release: Release, folder: Path) -> None:
    """Look at a house without a charger for two minutes, and a little at one without the program."""
    async with running() as program, home(release, copy_of_config(folder, program.http)) as it:
        await it.until('sensor.chargepoint', 'Not connected')
        await it.until('sensor.connector_1', 'Unknown')
        for name in ('metervalue', 'energy_charged', 'power', 'limit', 'transaction'):
            await it.until(f'sensor.connector_1_{name}', 'unavailable')
        # the automations have something to decide, and nobody to send it to
        await it.act('input_select.select_option', 'input_select.charging_mode', option='Solar')
        await it.act('input_number.set_value', 'input_number.solar_production', value=2400)
        await asyncio.sleep(QUIET_S)  # that nothing happens can only be waited for
        assert not it.complaints(), it.complaints()
        await program.stop()
        for entity_id in ('sensor.chargepoint', 'sensor.connector_1', 'binary_sensor.charger_connected'):
            await it.until(entity_id, 'unavailable')
        await asyncio.sleep(SOME_POLLS_S)  # likewise
        assert not it.complaints(), it.complaints()
