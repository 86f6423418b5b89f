"""Without a charger, and without the program, Home Assistant has nothing to complain about."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.home_assistant.conftest import releases
from tests.home_assistant.home import Home, copy_of_config, home
from tests.home_assistant.releases import Release
from tests.program import Program, free_port, running

QUIET_S = 120  # the demo complained three times every 2 s
SOME_POLLS_S = 12
LATE_S = 10
ALIVE_WITHIN_S = 180  # one of them after a minute, the others 90 s later: that is for Home Assistant to say
BY_REST = (
    *('sensor.chargepoint', 'sensor.connector_1', 'sensor.connector_1_mode', 'sensor.connector_1_goal'),
    *('sensor.connector_1_why', 'sensor.house_readings', 'binary_sensor.charger_connected'),
    'binary_sensor.session_running',
)
OF_THE_CHARGER = ('metervalue', 'meter', 'energy_charged', 'power', 'limit', 'transaction')
NOT_THERE_YET = 'Platform rest not ready yet'


async def test_no_warning_and_no_error_without_a_charger_whoever_starts_first(tmp_path: Path) -> None:
    """All at once, as there is little else to do than to wait."""
    newest, oldest = releases()[0], releases()[-1]
    async with asyncio.TaskGroup() as tasks:
        for release in {newest, oldest}:
            tasks.create_task(stays_quiet(release, tmp_path / release.version))
        tasks.create_task(the_program_comes_late(newest, tmp_path / 'late'))


async def stays_quiet(release: Release, folder: Path) -> None:
    """Look at a house without a charger for two minutes, and a little at one without the program."""
    async with running() as program, home(release, copy_of_config(folder, program.http)) as it:
        await knows_of_no_charger(it)
        # the automations have something to decide, and nobody to send it to
        await it.act('input_select.select_option', 'input_select.charging_mode', option='Solar')
        await it.act('input_number.set_value', 'input_number.solar_production', value=2400)
        await asyncio.sleep(QUIET_S)  # that nothing happens can only be waited for
        assert not it.complaints(), it.complaints()
        await goes_without_a_word(it, program)


async def the_program_comes_late(release: Release, folder: Path) -> None:
    """Start Home Assistant 10 s before the program: it says once that nothing is there, and then knows it by itself."""
    port = free_port()
    async with home(release, copy_of_config(folder, f'http://127.0.0.1:{port}')) as it, AsyncExitStack() as later:
        await asyncio.sleep(LATE_S)
        program = await later.enter_async_context(running(port=port))
        await it.until_so(lambda: all(it.value(each) not in (None, 'unavailable') for each in BY_REST), ALIVE_WITHIN_S)
        await knows_of_no_charger(it)
        await goes_without_a_word(it, program)


async def knows_of_no_charger(it: Home) -> None:
    """Wait until all entities say so."""
    await it.until('sensor.chargepoint', 'Not connected')
    await it.until('sensor.connector_1', 'Unknown')
    for name in OF_THE_CHARGER:
        await it.until(f'sensor.connector_1_{name}', 'unavailable')


async def goes_without_a_word(it: Home, program: Program) -> None:
    """End the program: its entities are unavailable, and nothing more is said of that."""
    await program.stop()
    for entity_id in BY_REST:
        await it.until(entity_id, 'unavailable')
    await asyncio.sleep(SOME_POLLS_S)  # likewise
    others = [line for line in it.complaints() if NOT_THERE_YET not in line]
    assert others == []
