"""How long the program takes, as ratios to bare servers measured in the same run, beside two other central systems.

The load generator and the servers to compare with are not part of the project: they are looked for in the folder
`shared/speed` beside the checkout, or in the one that is given. The *floor* is Starlette with constant answers, which
runs twice: what its second run shows is the noise of this machine. `ocpp-rpc` (npm, strict) and the PyPI package `ocpp`
are measured where they can be installed. The program keeps its journal on the disk, steers by the sun, and has one
dashboard tab open.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.program import CHECKOUT, Program, clean_environment, free_port, running, wait_until_it_listens

SPEED = CHECKOUT.parent / 'shared' / 'speed'
FLOOR = ('starlette_floor.py', 'ws=websockets-sansio')
BARE_NICEGUI = 'nicegui_floor.py'


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure of a mode of the load generator, and the ratio to reach."""

    words: str
    mode: str
    figure: str
    reach: float


ROWS = (
    Row('MeterValues answered (12 samples)', 'rtt', 'MeterValues', 1.3),
    Row('Heartbeat answered', 'rtt', 'Heartbeat', 1.1),
    Row('CPU per MeterValues, 16 outstanding', 'throughput', 'server_cpu_us_per_msg', 1.5),
    Row('PUT → SetChargingProfile', 'command', 'limit', 1.3),
    Row('PUT above 0 → RemoteStartTransaction', 'command', 'start', 1.3),
    Row('PUT 0 → RemoteStopTransaction', 'command', 'stop', 1.3),
    Row('GET /api/chargepoint', 'rest', 'alone', 1.6),
    Row('GET while MeterValues flow', 'rest', 'loaded', 1.3),
    Row('StatusNotification answered', 'rtt', 'StatusNotification', 1.3),
)
ARGUMENTS = {
    'rtt': ('--count=300',),
    'throughput': ('--window=16',),
    'command': ('--count=60', '--burst=5'),
    'rest': ('--count=300',),
}
PEERS_ANSWER = ('rtt', 'throughput')
"""The modes that need no REST, which the other central systems do not have."""


async def main(speed: Path, rounds: int) -> int:
    """Measure and print the table; the exit status is 0 also where a ratio is not reached."""
    if not (speed / 'ocpp_load').is_file():
        print('There is no load generator beside this checkout, so nothing was measured; --speed says where it is.')
        return 0
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(served('floor', _python(speed, *FLOOR)))
        others = [await stack.enter_async_context(served(*peer)) for peer in await peers(speed, stack)]
        program = await stack.enter_async_context(running('--startup-requests=false'))
        cpo = f'cpo={program.ocpp("CP1")},pid={program.process.pid},tabs=1'
        measured = {}
        for mode, arguments in ARGUMENTS.items():
            await choose_mode(program, 'manual' if mode == 'command' else 'solar')
            targets = (floor, cpo, floor.replace('floor=', 'again='), *(others if mode in PEERS_ANSWER else ()))
            measured[mode] = await measure(speed, mode, targets, f'--rounds={rounds}', *arguments)
        print_table(measured)
        await choose_mode(program, 'solar')
        await print_more(speed, program, rounds)
    await print_start(speed, rounds)
    return 0


async def choose_mode(program: Program, mode: str) -> None:
    """Let the sun steer, with too little of it for a start, or nobody."""
    async with program.client() as rest:
        (await rest.put('/api/solar', json={'mode': mode, 'pv_w': 900})).raise_for_status()


def _python(speed: Path, script: str, *arguments: str) -> tuple[str, ...]:
    """The command that serves a script of the folder; the port comes after the script."""
    return sys.executable, str(speed / 'peers' / script), 'PORT', *arguments


async def peers(speed: Path, stack: AsyncExitStack) -> list[tuple[str, tuple[str, ...]]]:
    """The other central systems that can run here: name and command. npm fetches its package."""
    found = [('PyPI ocpp', _python(speed, 'mobilityhouse.py'))]
    if shutil.which('npm') is None:
        return found
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    npm = await asyncio.create_subprocess_exec('npm', 'install', '--silent', 'ocpp-rpc', cwd=folder)
    if await npm.wait() == 0:
        script = Path(shutil.copy(speed / 'peers' / 'ocpprpc.js', folder))
        found.append(('ocpp-rpc', ('node', str(script), 'PORT')))
    return found


@asynccontextmanager
async def served(name: str, command: Sequence[str]) -> AsyncIterator[str]:
    """Run a server, in whose command PORT stands for a free port; the target for the load generator."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(str(port) if argument == 'PORT' else argument for argument in command),
        env=clean_environment({}),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            await wait_until_it_listens(port)
        yield f'{name}=ws://127.0.0.1:{port}/ocpp/CP1,pid={process.pid}'
    finally:
        process.terminate()
        await process.wait()


async def measure(speed: Path, mode: str, targets: Sequence[str], *arguments: str) -> dict[str, Any]:
    """Run one mode of the load generator on all targets; its results by target."""
    with tempfile.NamedTemporaryFile() as results:
        load = await asyncio.create_subprocess_exec(
            sys.executable,
            str(speed / 'ocpp_load'),
            mode,
            *(part for target in targets for part in ('--target', target)),
            *arguments,
            f'--json={results.name}',
            env=clean_environment({}),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, table = await load.communicate()
        if load.returncode:
            sys.exit(f'The load generator saw wrong answers:\n{table.decode()}')
        by_target: dict[str, Any] = json.load(results)['targets']
        return by_target


def print_table(measured: Mapping[str, Mapping[str, Any]]) -> None:
    """The rows that have a floor; medians, p99 and the longest of all in µs, the others as ratios to the floor."""
    print(f'{"":38}{"floor":>7}{"program":>9}{"p99":>8}{"longest":>9}', end='')
    print(f'{"ratio":>8}{"noise":>7}{"ocpp-rpc":>10}{"PyPI ocpp":>11}{"reach":>7}')
    for row in ROWS:
        by_target = {name: target[row.figure] for name, target in measured[row.mode].items()}
        floor, own = by_target['floor'], by_target['cpo']
        times = own if isinstance(own, dict) else {'p50_us': own}
        tail = ''.join(f'{times[key]:>{width}.0f}' if key in times else ' ' * width for key, width in TAIL)
        ratios = [
            f'{ratio(by_target[name], floor):>{width}.2f}' if name in by_target else ' ' * width
            for name, width in (('cpo', 8), ('again', 7), ('ocpp-rpc', 10), ('PyPI ocpp', 11))
        ]
        missed = '' if ratio(own, floor) <= row.reach else '  not reached'
        base = floor['p50_us'] if isinstance(floor, dict) else floor
        print(f'{row.words:38}{base:>7.0f}{tail}{"".join(ratios)}{row.reach:>7.1f}{missed}')


TAIL = (('p50_us', 9), ('p99_us', 8), ('max_us', 9))


def ratio(figure: Any, floor: Any) -> float:
    """The median over rounds of the ratio inside a round, as the load generator has it; else that of the figures."""
    return float(figure['ratio_p50'] if isinstance(figure, dict) else figure / floor)


async def print_more(speed: Path, program: Program, rounds: int) -> None:
    """What five tabs cost a charger, how long a tab waits for an update, and what a MeterValues leaves in memory."""
    url, pid = program.ocpp('CP1'), program.process.pid
    pair = (f'alone={url},pid={pid}', f'five={url},pid={pid},tabs=5')
    tabs = await measure(speed, 'rtt', pair, f'--rounds={rounds}', '--count=300', '--kinds=MeterValues')
    print_figure('MeterValues with five tabs, to none', tabs['five']['MeterValues']['ratio_p50'], 1.25)
    page = await measure(speed, 'ui', (f'cpo={url},page={program.http}/,pid={pid}',), '--rounds=1', '--count=30')
    print_figure('first update at a tab, ms', page['cpo']['tab']['p50_us'] / 1000, 5.0)
    soak = await measure(speed, 'soak', (f'cpo={url},pid={pid}',), '--count=100000', '--window=8')
    print_figure('memory per MeterValues, second half, B', soak['cpo']['bytes_per_msg_second_half'], 1.0)


async def print_start(speed: Path, rounds: int) -> None:
    """Start and idle memory, beside a NiceGUI application of one label."""
    starts: dict[str, list[dict[str, float]]] = {'bare': [], 'cpo': []}
    for _ in range(rounds):
        for name, rows in starts.items():
            rows.append(await start(speed, name))
    for words, key in (
        ('start until a websocket is accepted', 'accepted_ms'),
        ('memory of an idle program', 'idle_pss'),
    ):
        bare, own = (sorted(row[key] for row in rows)[rounds // 2] for rows in starts.values())
        print_figure(f'{words}, to bare', own / bare, 1.1)


async def start(speed: Path, name: str) -> dict[str, float]:
    """Start the program or the bare application once; what the load generator measured."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        own = f'CPO_PORT={port} CPO_HOST=127.0.0.1 CPO_DATA_DIR={folder} {sys.executable} {CHECKOUT / "main.py"}'
        command = own if name == 'cpo' else f'{sys.executable} {speed / "peers" / BARE_NICEGUI} {port}'
        target = f'server=ws://127.0.0.1:{port}/ocpp/CP1'
        found = await measure(speed, 'startup', (target,), f'--cmd=exec env {command}', '--rounds=1', '--idle=1')
    median: dict[str, float] = found['server']['median']
    return median


def print_figure(words: str, value: float, reach: float) -> None:
    """One line without a floor in µs."""
    print(f'{words:71}{value:>8.2f}{"":28}{reach:>7.2f}{"" if value <= reach else "  not reached"}')
