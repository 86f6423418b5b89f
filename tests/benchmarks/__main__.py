"""`python -m tests.benchmarks`: how long the program takes, as ratios to a bare server measured in the same run.

The load generator and the bare server (Starlette with constant answers, the floor of the framework) are not part of
the project: they are looked for in the folder `shared/speed` beside the checkout, or in the one that is given. The
floor runs twice; what its second run shows is the noise of this machine. One dashboard tab is open on the program.

`python -m tests.benchmarks journal` measures the journal alone and needs nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks import journal
from tests.program import CHECKOUT, clean_environment, free_port, running

SPEED = CHECKOUT.parent / 'shared' / 'speed'


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One figure of a mode of the load generator, and the ratio to reach."""

    words: str
    mode: str
    figure: str
    reach: float


BENCHMARKS = (
    Benchmark('Heartbeat answered', 'rtt', 'Heartbeat', 1.1),
    Benchmark('MeterValues answered (12 samples)', 'rtt', 'MeterValues', 1.3),
    Benchmark('server CPU per MeterValues', 'rtt', 'cpu_MeterValues_us', 1.5),
    Benchmark('PUT above 0 → RemoteStartTransaction', 'command', 'start', 1.3),
    Benchmark('PUT → SetChargingProfile', 'command', 'limit', 1.3),
    Benchmark('PUT 0 → RemoteStopTransaction', 'command', 'stop', 1.3),
    Benchmark('GET /api/chargepoint', 'rest', 'alone', 1.6),
    Benchmark('GET while MeterValues flow', 'rest', 'loaded', 1.3),
)
COUNTS = {'rtt': 300, 'command': 60, 'rest': 300}


async def main() -> int:
    """Measure and print a table; the exit status is 0 also where a ratio is not reached."""
    parser = argparse.ArgumentParser(prog='python -m tests.benchmarks', description=__doc__)
    parser.add_argument('what', nargs='?', choices=('speed', 'journal'), default='speed', help='what to measure')
    parser.add_argument('--speed', type=Path, default=SPEED, help='the folder with ocpp_load and peers/')
    parser.add_argument('--rounds', type=int, default=5, help='interleaved rounds; more of them, less noise')
    options = parser.parse_args()
    if options.what == 'journal':
        return await journal.main()
    if not (options.speed / 'ocpp_load').is_file():
        print('There is no load generator beside this checkout, so nothing was measured; --speed says where it is.')
        return 0
    async with floor(options.speed) as (floor_url, floor_pid), running('--startup-requests=false') as program:
        targets = (
            f'floor={floor_url},pid={floor_pid}',
            f'cpo={program.ocpp("CP1")},pid={program.process.pid},tabs=1',
            f'again={floor_url},pid={floor_pid}',
        )
        measured = {mode: await measure(options.speed, mode, targets, options.rounds) for mode in COUNTS}
    print(f'{"":38}{"floor":>8}{"program":>9}{"ratio":>8}{"noise":>8}{"reach":>8}')
    for benchmark in BENCHMARKS:
        print(row(benchmark, measured[benchmark.mode]))
    return 0


@asynccontextmanager
async def floor(speed: Path) -> AsyncIterator[tuple[str, int]]:
    """The bare server, served as the program is; its websocket URL and process id."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(speed / 'peers' / 'starlette_floor.py'), str(port), 'ws=websockets-sansio'
    )
    try:
        async with asyncio.timeout(30):
            await _wait_until_it_listens(port)
        yield f'ws://127.0.0.1:{port}/ocpp/CP1', process.pid
    finally:
        process.terminate()
        await process.wait()


async def _wait_until_it_listens(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection('127.0.0.1', port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return await writer.wait_closed()


async def measure(speed: Path, mode: str, targets: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """Run one mode of the load generator on all targets; its results by target."""
    with tempfile.NamedTemporaryFile() as results:
        arguments = [f'--rounds={rounds}', f'--count={COUNTS[mode]}', '--json', results.name]
        for target in targets:
            arguments += ['--target', target]
        load = await asyncio.create_subprocess_exec(
            sys.executable,
            str(speed / 'ocpp_load'),
            mode,
            *arguments,
            env=clean_environment({}),
            stderr=asyncio.subprocess.PIPE,
        )
        _, table = await load.communicate()
        if load.returncode:
            sys.exit(f'The load generator saw wrong answers:\n{table.decode()}')
        by_target: dict[str, Any] = json.load(results)['targets']
        return by_target


def row(benchmark: Benchmark, measured: dict[str, Any]) -> str:
    """One line of the table; the times are medians in µs."""
    values = {name: measured[name][benchmark.figure] for name in ('floor', 'cpo', 'again')}
    if isinstance(values['floor'], dict):
        medians = {name: value['p50_us'] for name, value in values.items()}
        ratio, noise = values['cpo']['ratio_p50'], values['again']['ratio_p50']
    else:
        medians = values
        ratio, noise = values['cpo'] / values['floor'], values['again'] / values['floor']
    return (
        f'{benchmark.words:38}{medians["floor"]:>8.0f}{medians["cpo"]:>9.0f}{ratio:>8.2f}{noise:>8.2f}'
        f'{benchmark.reach:>8.1f}{"" if ratio <= benchmark.reach else "  not reached"}'
    )


if __name__ == '__main__':
    sys.exit(asyncio.run(main()))
