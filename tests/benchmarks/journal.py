"""`python -m tests.benchmarks journal`: how fast, how small and how patient the journal is, as a table in Markdown.

It needs some 600 MB in the folder for temporary files and a few minutes; the slow disk needs a C compiler.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter

from cpo.journal import Journal
from cpo.journal.files import FILE_NAME
from cpo.state import (
    CURRENT,
    ENERGY,
    OFFERED,
    POWER,
    VOLTAGE,
    ChargePointState,
    Connected,
    Entry,
    MeterRead,
    MeterSample,
    SessionEnergy,
    Transaction,
    TransactionStarted,
)
from cpo.state.meter import SOC, TEMPERATURE
from tests.journal.slow_disk import pauses_s, slow_disk
from tests.program import Program, running
from tests.scripted_charger import ScriptedCharger

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(seconds=10)
SETS_PER_YEAR = int(timedelta(days=365) / EVERY)
APPENDED = 5_000
KEPT_SETS = 20_000
SAMPLES = 10_000_000
TRANSACTIONS = 5_000
STARTS = 7
SLOW_S = 1.0
PHASES = ('L1', 'L2', 'L3')
SERIES = (
    (ENERGY, ''),
    (POWER, ''),
    *((measurand, phase) for measurand in (CURRENT, VOLTAGE) for phase in PHASES),
    (OFFERED, ''),
    (SOC, ''),
    (TEMPERATURE, ''),
    (POWER, 'L1'),
)

Step = tuple[Entry, ChargePointState, ChargePointState]


async def main() -> int:
    """Measure and print."""
    print('| what | measured |\n|---|---|')
    for series in (SERIES, SERIES[:1]):
        await with_folder(partial(appends, series))
        await with_folder(partial(bytes_per_sample, series))
    await with_folder(transactions)
    await with_folder(start_up)
    await with_folder(pause_on_a_slow_disk)
    return 0


async def with_folder(measure: Callable[[Path], Awaitable[None]]) -> None:
    """Run a measurement in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        await measure(Path(folder))


async def appends(series: Sequence[tuple[str, str]], folder: Path) -> None:
    """MeterValues as fast as they can be queued, until the last one is on the disk."""
    steps = list(day(series, APPENDED))
    with contextlib.closing(Journal(folder)) as journal:
        began = perf_counter()
        for step in steps:
            journal.record(*step)
        queued_s = perf_counter() - began
        await journal.flushed()
        took_s = perf_counter() - began
    row(f'MeterValues of {len(series)} samples appended per second', f'{APPENDED / took_s:,.0f}')
    row('… of which the event loop spends on each', f'{queued_s / APPENDED * 1e6:.0f} µs')


async def bytes_per_sample(series: Sequence[tuple[str, str]], folder: Path) -> None:
    """Report the bytes a sample takes in the file, with its share of everything else."""
    with contextlib.closing(Journal(folder)) as journal:
        await journal.flushed()
        empty = size(folder)
        for number, step in enumerate(day(series, KEPT_SETS)):
            journal.record(*step)
            if number % 100 == 0:
                await journal.flushed()
        await journal.flushed()
        bytes_per_set = (size(folder) - empty) / KEPT_SETS
    row(f'bytes per sample, {len(series)} at a time', f'{bytes_per_set / len(series):.1f}')
    row(
        f'… per year, one set of {len(series)} every 10 s day and night',
        f'{bytes_per_set * SETS_PER_YEAR / 1e6:.0f} MB',
    )


async def transactions(folder: Path) -> None:
    """Report how long a charger waits for its StartTransaction to be persisted, at best."""
    steps = list(day(SERIES[:1], 300))
    took = []
    with contextlib.closing(Journal(folder)) as journal:
        for step in steps:
            began = perf_counter()
            journal.record(*step)
            await journal.flushed()
            took.append(perf_counter() - began)
    row('recorded and on the disk (one fsync), median', f'{statistics.median(took) * 1000:.1f} ms')
    row('… 99 of 100', f'{sorted(took)[-len(took) // 100] * 1000:.1f} ms')


async def start_up(folder: Path) -> None:
    """The program from its start until it listens, with years of samples and with none."""
    empty, full = folder / 'empty', folder / 'full'
    Journal(empty).close()
    with contextlib.closing(Journal(full)) as journal:
        for step in day(SERIES, 1):
            journal.record(*step)
        await journal.flushed()
    fill(full)
    figures: dict[Path, list[tuple[float, float, float]]] = {empty: [], full: []}
    for _ in range(STARTS):
        for each, measured in figures.items():
            measured.append((restored_s(each), *await program_starts(each)))
    for name, each in (('an empty journal', empty), (f'{SAMPLES:,} samples, {TRANSACTIONS:,} transactions', full)):
        journal_s, program_s, memory_mb = (statistics.median(m[i] for m in figures[each]) for i in range(3))
        row(f'{name}: file', f'{size(each) / 1e6:.1f} MB')
        row(f'{name}: opened and restored', f'{journal_s * 1000:.1f} ms')
        row(f'{name}: program listens after', f'{program_s:.2f} s')
        row(f'{name}: memory of the program', f'{memory_mb:.0f} MB')
    ratio = statistics.median(m[1] for m in figures[full]) / statistics.median(m[1] for m in figures[empty])
    row('start-up, full to empty', f'{ratio:.2f} (to reach: 1.2)')


def fill(folder: Path) -> None:
    """Put years into a journal, without going through the program."""
    count = SAMPLES // len(SERIES) + 1
    first = int(BEGAN.timestamp() * 1000) - count * int(EVERY / timedelta(milliseconds=1))
    numbers = 'WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n LIMIT ?)'
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        for (series_id,) in connection.execute('SELECT series_id FROM series').fetchall():
            connection.execute(
                f'INSERT INTO meter_samples (series_id, at, value) {numbers} SELECT ?, ? + 10000 * n, n FROM n',
                (count, series_id, first),
            )
        connection.execute(
            'INSERT INTO transactions (number, transaction_id, charge_box_id, connector_id, id_tag, id_tag_status, '
            'remote, meter_start_wh, start_timestamp, meter_stop_wh, stop_timestamp, stop_reason, energy_wh, '
            f"energy_estimated) {numbers} SELECT n + 2, n + 2, 'CP1', 1, 'Tag1', 'Accepted', 0, n * 1000, "
            "? + n * 3600000, n * 1000 + 1000, ? + n * 3600000 + 1800000, 'Local', 1000, 0 FROM n",
            (TRANSACTIONS, first, first),
        )
        connection.commit()


def restored_s(folder: Path) -> float:
    """How long the journal takes to open and restore the state, in s."""
    began = perf_counter()
    journal = Journal(folder)
    journal.restored_state(1)
    took = perf_counter() - began
    journal.close()
    return took


async def program_starts(folder: Path) -> tuple[float, float]:
    """How long the program takes until it listens, in s, and its memory then, in MB."""
    began = perf_counter()
    async with running(environment={'CPO_DATA_DIR': str(folder)}) as program, program.client() as rest:
        assert (await rest.get('/api/health')).status_code == 200
        return perf_counter() - began, memory_mb(program)


def memory_mb(program: Program) -> float:
    """The resident memory of the program."""
    status = Path(f'/proc/{program.process.pid}/status').read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith('VmRSS'))) / 1000


async def pause_on_a_slow_disk(folder: Path) -> None:
    """The longest time an answer took that needs only the event loop, while every fsync takes a second more."""
    environment = slow_disk(folder, SLOW_S)
    if environment is None:
        row('longest pause of the event loop on a slow disk', 'no C compiler here')
        return
    for words, more in (('as it is', {}), (f'with {SLOW_S:g} s more for each fsync', environment)):
        took, longest = await pauses_while_charging(folder / words, more)
        row(f'disk {words}: StartTransaction answered after', f'{took * 1000:.0f} ms')
        row(f'disk {words}: longest pause seen from outside', f'{longest * 1000:.0f} ms')


async def pauses_while_charging(folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """How long StartTransaction took, and the longest answer of `/api/health`."""
    more = {'CPO_DATA_DIR': str(folder), 'CPO_STARTUP_REQUESTS': 'false', **environment}
    over = asyncio.Event()
    async with (
        running(environment=more) as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
        program.client() as rest,
    ):
        await charger.boot()
        watching = asyncio.create_task(pauses_s(rest, over))
        began = perf_counter()
        transaction_id = await charger.start()
        took = perf_counter() - began
        for energy_wh in range(1000, 3000):
            await charger.meter(transaction_id, energy=energy_wh, power=3600, voltage=230)
        await charger.stop(transaction_id, 3000)
        over.set()
        return took, max(await watching)


def day(series: Sequence[tuple[str, str]], sets: int) -> Iterator[Step]:
    """A session with so many MeterValues, and the states before and after each."""
    state = ChargePointState()
    transaction = Transaction(
        '1',
        'CP1',
        1,
        'Tag1',
        number=1,
        meter_start_wh=0,
        start_timestamp=BEGAN,
        energy=SessionEnergy.started(0, BEGAN),
    )
    for entry in (Connected(BEGAN, 'CP1', '192.0.2.7'), TransactionStarted(transaction, BEGAN)):
        before, state = state, entry.apply(state)
        yield entry, before, state
    random = Random(1)
    for number in range(1, sets + 1):
        at = BEGAN + number * EVERY
        samples = tuple(MeterSample(m, p, value_of(m, number, random)) for m, p in series)
        read = MeterRead(1, '1', at, samples, at)
        before, state = state, read.apply(state)
        yield read, before, state


def value_of(measurand: str, number: int, random: Random) -> float:
    """As chargers send them: the register in whole Wh, the others with a digit or two."""
    values = {
        ENERGY: number * 30,
        POWER: round(random.gauss(11_000, 40), 1),
        CURRENT: round(random.gauss(15.9, 0.05), 2),
        VOLTAGE: round(random.gauss(231, 1), 1),
        OFFERED: 16,
        SOC: min(100, number // 200),
    }
    return values.get(measurand, round(random.gauss(31, 1), 1))


def size(folder: Path) -> int:
    """The size of the journal's file with all that still stood in its log."""
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    return (folder / FILE_NAME).stat().st_size


def row(what: str, measured: str) -> None:
    """One line of the table."""
    print(f'| {what} | {measured} |', flush=True)
