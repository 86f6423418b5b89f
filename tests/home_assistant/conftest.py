"""Houses with a real Home Assistant, this program and a simulated charger in them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from simulator.car import Car
from simulator.charger import Charger
from tests.home_assistant.home import Home, copy_of_config, home
from tests.home_assistant.releases import Release, ready
from tests.program import Program, document_when, running

LIMIT = re.compile(r'"chargingSchedulePeriod":\[\{"startPeriod":0,"limit":([0-9.]+)')


@dataclass
class House:
    """All three, running. `rest` is a client of the program."""

    home: Home
    program: Program
    rest: httpx.AsyncClient
    charger: Charger

    async def connector(self, condition: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """Connector 1 as the program tells it, once the condition holds."""
        document = await document_when(self.rest, lambda it: condition(it['connectors']['1']))
        found: dict[str, Any] = document['connectors']['1']
        return found

    async def choose(self, mode: str) -> None:
        """Manual or Solar."""
        await self.home.act('input_select.select_option', 'input_select.charging_mode', option=mode)

    async def sun(self, production_w: float) -> None:
        """Drag the slider of the sun."""
        await self.home.act('input_number.set_value', 'input_number.solar_production', value=production_w)

    async def press(self, limit_a: float) -> None:
        """Drag the slider of the limit and press the button."""
        await self.home.act('input_number.set_value', 'input_number.new_charge_limit', value=limit_a)
        await self.home.act('script.put_new_charging_limit')

    async def limit_is(self, limit_a: float) -> None:
        """Wait until Home Assistant and the program agree that this limit is in force."""
        await self.home.until('input_number.charge_limit', lambda value: float(value) == limit_a)
        await self.connector(lambda it: it['limit'] == limit_a)

    async def agreed(self, condition: Callable[[dict[str, Any]], bool] = lambda _: True) -> None:
        """Wait until the condition holds in the program and Home Assistant has read the very same."""
        async with asyncio.timeout(60):
            while True:
                connector = await self.connector(condition)
                with suppress(TimeoutError):  # the program may have changed meanwhile
                    await self.home.until_so(partial(self._shows, connector), 5)
                    return

    def _shows(self, connector: dict[str, Any]) -> bool:
        shown = self.home.states['sensor.connector_1']
        known = all(shown['attributes'].get(name) == value for name, value in connector['attributes'].items())
        return known and shown['state'] == connector['status']

    async def quiet(self) -> None:
        """No sun, Manual, no car, nothing charging: where every test begins."""
        await self.choose('Manual')
        await self.connector(lambda it: it['mode'] == 'manual')
        await self.sun(0)
        if self.charger.station.connectors[1].car is not None:
            self.charger.unplug(1)
        await self.agreed(lambda it: it['status'] == 'Available')
        await self.press(0)
        await self.home.until('input_number.charge_limit', '0.0')

    async def sent_limits(self) -> list[float]:
        """The limits in the last requests to the charger, in their order."""
        items = (await self.rest.get('/api/messages', params={'limit': 200})).json()['items']
        frames = [item['frame'] for item in reversed(items) if item['direction'] == 'out']
        return [float(found[1]) for frame in frames if (found := LIMIT.search(frame))]


def releases() -> list[Release]:
    """The releases there is an environment for, newest first; the test is skipped where there is none."""
    found = ready()
    if not found:
        pytest.skip('there is no Home Assistant; python -m tests.home_assistant.releases')
    return found


@asynccontextmanager
async def a_house(
    release: Release,
    folder: Path,
    fill_in: Callable[[Path], None] = lambda folder: None,
    **charger: Any,
) -> AsyncIterator[House]:
    """Start all three; `fill_in` changes the copy of the configuration as its user would."""
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(running())
        fill_in(copy_of_config(folder, program.http))
        it = await stack.enter_async_context(home(release, folder))
        options = {'meter_interval_s': 2, 'max_current_a': 16, **charger}
        simulated = await stack.enter_async_context(Charger(program.ocpp('garage'), **options))
        rest = await stack.enter_async_context(program.client())
        await simulated.wait_until_online()
        await it.until('sensor.connector_1', 'Available')
        await it.until('sensor.house_readings', lambda value: value not in ('unavailable', 'unknown'))
        yield House(it, program, rest, simulated)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the copy of the configuration will lie."""
    return tmp_path / 'config'


@pytest_asyncio.fixture(scope='session', loop_scope='session')
async def shared_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The newest release with the configuration as it comes, for all tests that change nothing in that."""
    async with a_house(releases()[0], tmp_path_factory.mktemp('home-assistant') / 'config') as house:
        yield house


@pytest_asyncio.fixture(loop_scope='session')
async def house(shared_house: House) -> House:
    """The shared house with a car that has just been plugged in, and nothing else."""
    await shared_house.quiet()
    shared_house.charger.plug_in(1, Car(soc=40))
    await shared_house.agreed(lambda it: it['status'] == 'Preparing')
    return shared_house
