"""The program as its owner starts it: a process of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from time import perf_counter
from typing import IO, Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.judge import faults_of_log

CHECKOUT = Path(__file__).resolve().parent.parent
FROM_CHECKOUT = (sys.executable, str(CHECKOUT / 'main.py'))
STARTS_WITHIN_S = 60
NOT_INHERITED = ('CPO_', 'NICEGUI', 'PYTEST')
DATA_HOMES = tempfile.TemporaryDirectory()


@dataclass(frozen=True)
class Ended:
    """How the program ended: exit status, all it printed, and how long it took from the signal."""

    status: int
    output: str
    errors: str
    took_s: float = 0


@dataclass
class Program:
    """A program that has printed its addresses and listens; `output` is what it has printed."""

    process: asyncio.subprocess.Process
    port: int
    errors: IO[str]
    output: list[str] = field(default_factory=list)

    @property
    def http(self) -> str:
        """Where dashboard and REST are, without a path."""
        return f'http://127.0.0.1:{self.port}'

    def ocpp(self, charge_box_id: str) -> str:
        """The websocket URL of a charger."""
        return f'ws://127.0.0.1:{self.port}/ocpp/{charge_box_id}'

    def client(self) -> httpx.AsyncClient:
        """A REST client."""
        return httpx.AsyncClient(verify=False, base_url=self.http, timeout=30, trust_env=False)

    async def judge(self) -> None:
        """Raise AssertionError where a frame that it sent, of those it still lists, is none of OCPP's schemas."""
        with suppress(httpx.HTTPError):
            async with self.client() as rest:
                answer = await rest.get('/api/messages', params={'limit': 1000}, timeout=5)
                faults = faults_of_log(answer.json()['items']) if answer.status_code == 200 else []
                assert faults == []

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> Ended:
        """Send a signal and wait for the end, 10 s at most."""
        if number == signal.SIGTERM:
            await self.judge()
        started = perf_counter()
        self.process.send_signal(number)
        async with asyncio.timeout(10):
            status = await self.process.wait()
        took_s = perf_counter() - started
        assert self.process.stdout is not None
        rest = (await self.process.stdout.read()).decode()
        self.errors.seek(0)
        return Ended(status, ''.join(self.output) + rest, self.errors.read(), took_s)


@asynccontextmanager
async def running(
    *options: str,
    command: Sequence[str] = FROM_CHECKOUT,
    cwd: Path = CHECKOUT,
    environment: Mapping[str, str] | None = None,
    within_s: float = STARTS_WITHIN_S,
    port: int | None = None,
) -> AsyncIterator[Program]:
    """Start the program, on a free port unless one is given, and wait until it has printed its addresses.

    Chargers of any id are let in, unless an option says otherwise.
    """
    port = port or free_port()
    with tempfile.TemporaryFile('w+') as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            *options,
            cwd=cwd,
            env=clean_environment({'CPO_PORT': str(port), 'CPO_ADOPT': 'any', **(environment or {})}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        try:
            program = Program(process, port, errors)
            await _read_addresses(program, within_s)
            yield program
            if process.returncode is None:
                await program.judge()
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def run_to_end(*options: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Start the program and wait for its end, 30 s at most."""
    process = await asyncio.create_subprocess_exec(
        *FROM_CHECKOUT,
        *options,
        cwd=CHECKOUT,
        env=clean_environment(environment or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ended(process.returncode, output.decode(), errors.decode())


async def document_when(
    rest: httpx.AsyncClient, condition: Callable[[dict[str, Any]], bool], timeout_s: float = 30
) -> dict[str, Any]:
    """`GET /api/chargepoint` once the condition holds for it; REST can only be asked again and again."""
    document: dict[str, Any] = {}
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                document = (await rest.get('/api/chargepoint')).json()
                if condition(document):
                    return document
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f'still not so after {timeout_s:g} s: {document}') from None


@asynccontextmanager
async def open_page(program: Program, path: str = '/') -> AsyncIterator[ClientConnection]:
    """A dashboard page with its websocket, as a browser tab holds it (without drawing anything)."""
    async with program.client() as rest:
        html = (await rest.get(path, headers={'Accept': 'text/html'})).text
    found = re.search(r'client_id[\'"]?\s*:\s*[\'"]([0-9a-f-]{36})', html)
    assert found is not None, html
    query = f'client_id={found[1]}&tab_id=t1&document_id=d1&next_message_id=0&implicit_handshake=true'
    url = f'ws://127.0.0.1:{program.port}/_nicegui_ws/socket.io/?{query}&EIO=4&transport=websocket'
    async with connect(url, proxy=None) as page, asyncio.timeout(30):
        assert str(await page.recv()).startswith('0{')  # engine.io: open
        await page.send('40')
        assert str(await page.recv()).startswith('40')  # socket.io: connected
        yield page


def free_port() -> int:
    """A port nobody listens on, below those of outgoing connections, as one of these could take it meanwhile."""
    while True:
        port = SystemRandom().randrange(10_000, 32_000)  # hypothesis makes all workers draw the same from `random`
        with suppress(OSError), socket.create_server(('127.0.0.1', port)):
            return port


async def wait_until_it_listens(port: int) -> None:
    """Return once a server on this machine accepts connections on the port."""
    while True:
        try:
            _, writer = await asyncio.open_connection('127.0.0.1', port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return await writer.wait_closed()


def clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of the program, and without what tells NiceGUI of pytest.

    Each gets a data folder of its own: two programs cannot share one.
    """
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(NOT_INHERITED)}
    return {**kept, 'XDG_DATA_HOME': tempfile.mkdtemp(dir=DATA_HOMES.name), **more}


async def _read_addresses(program: Program, within_s: float) -> None:
    assert program.process.stdout is not None
    async with asyncio.timeout(within_s):
        while line := (await program.process.stdout.readline()).decode():
            program.output.append(line)
            if line.startswith(('  ws://', '  wss://')):
                return
    program.errors.seek(0)
    raise AssertionError(f'It did not start: {"".join(program.output)}{program.errors.read()}')
