"""A house with a real Home Assistant, a real broker and this program, each of which can end and begin again."""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.home_assistant.home import ADDRESS, CONFIG, Home, home
from tests.home_assistant.releases import Release
from tests.mosquitto import Mosquitto
from tests.program import Program, document_when, free_port, running

CONFIGURATION = """
homeassistant:
  name: Home
  country: DE
  currency: EUR
  time_zone: Europe/Berlin
  packages: !include_dir_named packages
template:
  - sensor:
      - name: My electricity price
        state: '0.2'
        attributes:
          data: >-
            {{ [{'start_time': '2035-01-01T00:00:00+01:00', 'end_time': '2035-01-01T01:00:00+01:00', 'price': 0.07}] }}
config:
energy:
frontend:
history:
logbook:
recorder:
logger:
  default: warning
statistics_now:
"""
NOTHING = ('unavailable', 'unknown')


@dataclass
class MqttHouse:
    """All three; what charges is the demo charger, as long as no other one comes."""

    release: Release
    folder: Path
    broker: Mosquitto
    port: int = field(default_factory=free_port)
    rest: httpx.AsyncClient = field(init=False)
    _home: Home | None = None
    _program: Program | None = None
    _home_stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _program_stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def home(self) -> Home:
        """Home Assistant, while it runs."""
        assert self._home is not None
        return self._home

    @property
    def has_program(self) -> bool:
        """True once the program was started."""
        return self._program is not None

    @property
    def program(self) -> Program:
        """This program, while it runs."""
        assert self._program is not None
        return self._program

    async def start_home(self) -> None:
        """Start Home Assistant with the configuration of a person who has moved to MQTT, and pushes prices by REST."""
        (self.folder / 'packages').mkdir(parents=True, exist_ok=True)
        prices = (CONFIG / 'packages' / 'prices.yaml').read_text(encoding='utf-8')
        here = prices.replace(ADDRESS, f'http://127.0.0.1:{self.port}')
        (self.folder / 'packages' / 'prices.yaml').write_text(here, encoding='utf-8')
        for name, source in (('.storage', CONFIG), ('custom_components', Path(__file__).parent)):
            if not (self.folder / name).exists():
                shutil.copytree(source / name, self.folder / name)
        (self.folder / 'configuration.yaml').write_text(CONFIGURATION, encoding='utf-8')
        self._home = await self._home_stack.enter_async_context(home(self.release, self.folder))

    async def stop_home(self) -> None:
        """End Home Assistant."""
        await self._home_stack.aclose()

    async def start_program(self) -> None:
        """Start this program, with the demo charger until a real one was there."""
        environment = {
            'CPO_MQTT': self.broker.address,
            'CPO_DEMO': 'true',
            'CPO_DATA_DIR': str(self.folder.parent / 'data'),
        }
        self._program = await self._program_stack.enter_async_context(running(environment=environment, port=self.port))
        self.rest = await self._program_stack.enter_async_context(self._program.client())

    async def kill_program(self) -> None:
        """End this program with a kill -9."""
        self.program.process.kill()
        await self._program_stack.aclose()

    async def close(self) -> None:
        """End what runs."""
        await self._home_stack.aclose()
        await self._program_stack.aclose()

    async def connector(self) -> dict[str, Any]:
        """Connector 1 as REST tells it."""
        found: dict[str, Any] = (await self.rest.get('/api/chargepoint')).json()['connectors']['1']
        return found

    async def plugged_in(self) -> None:
        """Wait for the demo charger's car."""
        await document_when(self.rest, lambda it: it['connectors']['1']['status'] != 'Available' and it['connected'])

    async def sent(self) -> list[tuple[str, Any]]:
        """The Calls to the charger, oldest first: action and payload."""
        items = (await self.rest.get('/api/messages', params={'limit': 300})).json()['items']
        frames = [json.loads(item['frame']) for item in reversed(items) if item['direction'] == 'out']
        return [(frame[2], frame[3]) for frame in frames if frame[0] == 2]

    async def until_sent(self, action: str) -> None:
        """Wait until the charger was sent such a Call; REST can only be asked again and again."""
        async with asyncio.timeout(20):
            while action not in [sent for sent, _ in await self.sent()]:  # noqa: ASYNC110 (as above)
                await asyncio.sleep(0.1)

    async def alive(self, entity_id: str, within_s: float = 60) -> float:
        """Wait until an entity has a value, and return how long it took."""
        return await self.home.until(entity_id, lambda value: value not in NOTHING, within_s)
