"""A real Home Assistant as a process of its own, and a client that logs in and talks to it as its pages do."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.home_assistant.releases import Release
from tests.program import CHECKOUT, clean_environment, free_port

CONFIG = CHECKOUT / 'home-assistant' / 'config'
ADDRESS = 'http://cpo:8080'
STARTS_WITHIN_S = 120
LOG_LINE = re.compile(r'^\S+ \S+ (?P<level>WARNING|ERROR|CRITICAL) \(\S+\) \[(?P<logger>\S+)\] (?P<message>.*)$', re.M)
# what this release says about where it runs, whatever the configuration, and about how slow that is
OF_ITS_OWN = {'homeassistant.bootstrap', 'homeassistant.loader', 'aiohttp_fast_zlib'}
SLOW = re.compile('is taking over')

State = dict[str, Any]


@dataclass
class Home:
    """A Home Assistant that has started, seen by the user demo. `states` follows every change."""

    release: Release
    port: int
    folder: Path
    socket: ClientConnection
    token: str = ''
    states: dict[str, State] = field(default_factory=dict)
    _answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: count(1))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def http(self) -> str:
        """Where its pages are, without a path."""
        return f'http://127.0.0.1:{self.port}'

    async def ask(self, kind: str, **members: Any) -> Any:
        """A websocket command and its result. Raises AssertionError where it is refused."""
        number = next(self._ids)
        coming = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({'id': number, 'type': kind, **members}))
        async with asyncio.timeout(60):
            answer = await coming
        assert answer['success'], answer
        return answer['result']

    async def add_mqtt(self, port: int) -> str:
        """Add the integration MQTT with a broker on this machine, as a person does; the answer is how that ended."""
        headers, path = {'Authorization': f'Bearer {self.token}'}, '/api/config/config_entries/flow'
        async with httpx.AsyncClient(
            verify=False, base_url=self.http, headers=headers, timeout=60, trust_env=False
        ) as client:
            flow = (await client.post(path, json={'handler': 'mqtt'})).json()
            broker = {'broker': '127.0.0.1', 'port': port}
            done = (await client.post(f'{path}/{flow["flow_id"]}', json=broker)).json()
        return str(done['type'])

    async def act(self, action: str, entity_id: str | None = None, **data: Any) -> None:
        """Call an action, as a button on a page does."""
        domain, service = action.split('.')
        target = {'entity_id': entity_id} if entity_id else {}
        await self.ask('call_service', domain=domain, service=service, service_data=data, target=target)

    def value(self, entity_id: str) -> str | None:
        """The state of an entity now; None where there is no such entity."""
        state = self.states.get(entity_id)
        return None if state is None else str(state['state'])

    def attribute(self, entity_id: str, name: str) -> Any:
        """An attribute of an entity now; None where there is no such entity, or it has none."""
        return self.states.get(entity_id, {}).get('attributes', {}).get(name)

    async def until(self, entity_id: str, wanted: str | Callable[[str], bool], timeout_s: float = 60) -> float:
        """Wait for a state; looked at after every change. Returns how long it took.

        Where `wanted` wants a number, words like `unavailable` are not it.
        """

        def so() -> bool:
            value = self.value(entity_id)
            with suppress(ValueError):
                return value is not None and (value == wanted if isinstance(wanted, str) else wanted(value))
            return False

        try:
            return await self.until_so(so, timeout_s)
        except TimeoutError:
            raise AssertionError(f'{entity_id} is still {self.value(entity_id)!r} after {timeout_s:g} s') from None

    async def until_so(self, condition: Callable[[], bool], timeout_s: float = 60) -> float:
        """Wait until a condition on the states holds, and return how long it took. Raises TimeoutError."""
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()
        return asyncio.get_running_loop().time() - began

    def complaints(self) -> list[str]:
        """What stands in its log at WARNING or above and is not of its own."""
        lines = LOG_LINE.finditer((self.folder / 'home-assistant.log').read_text(encoding='utf-8'))
        return [line[0] for line in lines if line['level'] != 'WARNING' or not _is_of_its_own(line)]

    async def follow(self) -> None:
        """Take in what it sends, until the connection ends."""
        async for text in self.socket:
            message = json.loads(text)
            if message['type'] == 'result' and message['id'] in self._answers:
                self._answers.pop(message['id']).set_result(message)
            elif message['type'] == 'event' and message['event'].get('event_type') == 'state_changed':
                data = message['event']['data']
                if data['new_state'] is None:
                    self.states.pop(data['entity_id'], None)
                else:
                    self.states[data['entity_id']] = data['new_state']
                self._changed.set()


def _is_of_its_own(line: re.Match[str]) -> bool:
    return line['logger'] in OF_ITS_OWN or SLOW.search(line['message']) is not None


def copy_of_config(folder: Path, cpo_http: str) -> Path:
    """The folder as its user has it after he has put in the address of the program."""
    shutil.copytree(CONFIG, folder)
    for path in folder.rglob('*.yaml'):
        path.write_text(path.read_text(encoding='utf-8').replace(ADDRESS, cpo_http), encoding='utf-8')
    return folder


@asynccontextmanager
async def home(release: Release, folder: Path) -> AsyncIterator[Home]:
    """Start it with the configuration of this folder, and log in as demo."""
    port = free_port()
    with (folder / 'configuration.yaml').open('a', encoding='utf-8') as configuration:
        configuration.write(f'\nhttp:\n  server_host: 127.0.0.1\n  server_port: {port}\n')
    release.respell(folder)
    with (folder / 'output.txt').open('wb') as output:
        process = await asyncio.create_subprocess_exec(
            str(release.hass),
            *('--config', str(folder), '--skip-pip'),
            env=clean_environment({}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        token = await _log_in(f'http://127.0.0.1:{port}', process, folder)
        async with connect(f'ws://127.0.0.1:{port}/api/websocket', proxy=None, max_size=None) as socket:
            await socket.recv()
            await socket.send(json.dumps({'type': 'auth', 'access_token': token}))
            assert json.loads(await socket.recv())['type'] == 'auth_ok'
            it = Home(release, port, folder, socket, token)
            following = asyncio.create_task(it.follow())
            try:
                await it.ask('subscribe_events', event_type='state_changed')
                # what changed since the subscription is newer than this answer, and may have been followed already
                it.states = {state['entity_id']: state for state in await it.ask('get_states')} | it.states
                await _until_running(it)
                yield it
            finally:
                following.cancel()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _log_in(http: str, process: asyncio.subprocess.Process, folder: Path) -> str:
    """The real flow of the login page; the answer is an access token."""
    client_id = f'{http}/'
    async with httpx.AsyncClient(verify=False, base_url=http, timeout=30, trust_env=False) as client:
        await _until_it_answers(client, process, folder)
        begin = {'client_id': client_id, 'handler': ['homeassistant', None], 'redirect_uri': client_id}
        flow = (await client.post('/auth/login_flow', json=begin)).json()
        assert flow['type'] == 'form', flow
        who = {'client_id': client_id, 'username': 'demo', 'password': 'demo'}
        done = (await client.post(f'/auth/login_flow/{flow["flow_id"]}', json=who)).json()
        assert done['type'] == 'create_entry', done
        code = {'grant_type': 'authorization_code', 'code': done['result'], 'client_id': client_id}
        return str((await client.post('/auth/token', data=code)).json()['access_token'])


async def _until_it_answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process, folder: Path) -> None:
    """A process that starts can only be asked again and again."""
    async with asyncio.timeout(STARTS_WITHIN_S):
        while True:
            assert process.returncode is None, (folder / 'output.txt').read_text(encoding='utf-8')
            try:
                if (await client.get('/auth/providers')).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)


async def _until_running(it: Home) -> None:
    async with asyncio.timeout(STARTS_WITHIN_S):
        while (await it.ask('get_config'))['state'] != 'RUNNING':  # noqa: ASYNC110 (it can only be asked)
            await asyncio.sleep(0.2)
