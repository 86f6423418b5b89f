"""A real MQTT broker: Debian's mosquitto as a process of its own, and a client that follows what it has."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiomqtt import Client, MqttError, ProtocolVersion

from tests.program import free_port, wait_until_it_listens

PROGRAM = shutil.which('mosquitto') or shutil.which('mosquitto', path='/usr/sbin:/usr/local/sbin')


@dataclass
class Mosquitto:
    """A broker on a port of this machine. It keeps what is retained only as long as it runs."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str | None = None
    certificate: Path | None = None
    _process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        """As the setting has it."""
        return f'127.0.0.1:{self.port}'

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        assert PROGRAM is not None
        lines = [f'listener {self.port} 127.0.0.1', 'persistence false', 'user root']
        if self.password is None:
            lines.append('allow_anonymous true')
        else:
            users = self.folder / 'users'
            users.write_text(f'cpo:{self.password}\n', encoding='utf-8')
            hash_passwords = Path(PROGRAM).parents[1] / 'bin' / 'mosquitto_passwd'
            hashing = await asyncio.create_subprocess_exec(str(hash_passwords), '-U', str(users))
            assert await hashing.wait() == 0
            lines += ['allow_anonymous false', f'password_file {users}']
        if self.certificate is not None:
            lines += [f'{name} {self.certificate}' for name in ('certfile', 'keyfile')]
        (self.folder / 'mosquitto.conf').write_text('\n'.join(lines) + '\n', encoding='utf-8')
        self._process = await asyncio.create_subprocess_exec(
            PROGRAM, '-c', str(self.folder / 'mosquitto.conf'), stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(10):
            await wait_until_it_listens(self.port)

    async def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    @asynccontextmanager
    async def listener(
        self, topic: str = 'homecpo/#', password: str | None = None, authority: Path | None = None
    ) -> AsyncIterator[Listener]:
        """A client that follows these topics, and sends."""
        who = None if password is None else 'cpo'
        v5 = ProtocolVersion.V5
        tls = None if authority is None else ssl.create_default_context(cafile=authority)
        async with Client(
            '127.0.0.1', self.port, username=who, password=password, protocol=v5, tls_context=tls
        ) as client:
            it = Listener(client)
            following = asyncio.create_task(it.follow())
            await client.subscribe(topic, qos=1)
            try:
                yield it
            finally:
                following.cancel()


@dataclass
class Listener:
    """What came by topic, each the newest, and all that came in its order."""

    client: Client
    newest: dict[str, str] = field(default_factory=dict)
    all: list[tuple[str, str]] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """Take in what comes, until the connection ends."""
        with suppress(MqttError):
            async for message in self.client.messages:
                text = message.payload.decode() if isinstance(message.payload, bytes) else ''
                self.newest[str(message.topic)] = text
                self.all.append((str(message.topic), text))
                self._changed.set()

    def document(self, topic: str) -> dict[str, Any]:
        """The newest JSON of a topic, empty before one came or after it was removed."""
        found: dict[str, Any] = json.loads(self.newest.get(topic) or '{}')
        return found

    async def until(self, condition: Callable[[], bool], timeout_s: float = 10) -> None:
        """Wait until a condition on what came holds."""
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f'still not so after {timeout_s:g} s: {self.newest}') from None

    async def until_text(self, topic: str, text: str, timeout_s: float = 10) -> None:
        """Wait until a topic has this text."""
        await self.until(lambda: self.newest.get(topic) == text, timeout_s)

    async def send(self, topic: str, payload: str, retain: bool = False) -> None:
        """Publish as another program does."""
        await self.client.publish(topic, payload, qos=1, retain=retain)


@asynccontextmanager
async def mosquitto(
    folder: Path, password: str | None = None, certificate: Path | None = None
) -> AsyncIterator[Mosquitto]:
    """A broker that has started, with TLS where a file has its certificate and key; skipped without one here."""
    if PROGRAM is None:
        pytest.skip('there is no mosquitto')
    broker = Mosquitto(folder, password=password, certificate=certificate)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.kill()
