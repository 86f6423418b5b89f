"""`python -m tests.benchmarks pages`: what open pages cost the program and the browser, as a table in Markdown.

The first paint is compared with a page of one label by bare NiceGUI, which is not part of the project (see `--speed`).
The browser is a real Chromium, which `CHROMIUM` may name; what a tab costs the program is measured without one.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from playwright.async_api import Browser
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.browser.conftest import chromium
from tests.program import Program, clean_environment, free_port, open_page, running, wait_until_it_listens
from tests.scripted_charger import ScriptedCharger

TABS = 5
UPDATES = 24
EVERY_S = 0.25  # longer than pages wait between two updates
QUIET_S = 1.0
SESSIONS = 700
ROUNDS = 5
OPTIONS = ('--memory', '--startup-requests=false')
CHART_LIBRARY = '/esm/'
LARGEST_PAINT = """new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true }))"""
LOADED = 'performance.getEntries().map((entry) => [entry.name, entry.startTime, entry.transferSize ?? 0])'


async def main(speed: Path) -> int:
    """Measure and print."""
    print('| what | measured | reach |\n|---|---|---|')
    async with running(*OPTIONS) as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(1, 'Charging')
        source = Source(charger, await _transaction_after_others(charger))
        for path in ('/', '/sessions', '/messages', '/connect'):
            print(
                f'| CPU of the program per tab of {path} and update | {await cpu_ms(program, source, path):.2f} ms | |'
            )
        print(
            f'| change → frame at a tab after a quiet time | {await first_update_ms(program, source):.1f} ms | 5 ms |'
        )
        async with chromium() as browser:
            print(f'| MeterValues p50, {TABS} tabs / none | {await with_tabs(browser, program, source):.2f} | 1.25 |')
            print(f'| browser while power flows | {await browser_share(browser, program, source):.1%} of a core | |')
            await _cold(browser, program, speed)
    return 0


async def _cold(browser: Browser, program: Program, speed: Path) -> None:
    homes = [await cold(browser, program.http) for _ in range(ROUNDS)]
    print(f'| Home cold, without the library of the chart | {homes[0].transferred_kb:.0f} kB | 500 kB |')
    if not (speed / 'peers' / 'nicegui_floor.py').is_file():
        return
    async with bare_nicegui(speed) as url:
        pairs = [(await cold(browser, program.http), await cold(browser, url)) for _ in range(ROUNDS)]
    first = statistics.median(own.painted_ms / bare.painted_ms for own, bare in pairs)
    largest = statistics.median(own.largest_ms / bare.painted_ms for own, bare in pairs)
    print(f'| first contentful paint (the name) / that of a bare NiceGUI page | {first:.2f} | 1.25 |')
    print(f'| largest contentful paint (the content) / the same | {largest:.2f} | |')


@dataclass
class Source:
    """A session whose meter values change with every message."""

    charger: ScriptedCharger
    transaction_id: int
    sent: int = 0

    async def send(self) -> None:
        """Send MeterValues and wait for the answer."""
        self.sent += 1
        power = 3000 + self.sent * 37 % 900
        await self.charger.meter(self.transaction_id, energy=SESSIONS + self.sent, power=power, current=power / 230)

    async def flow(self, messages: int, every_s: float = EVERY_S) -> list[float]:
        """Send this many messages at a steady pace; how long each answer took, in s."""
        took = []
        for _ in range(messages):
            began = perf_counter()
            await self.send()
            took.append(perf_counter() - began)
            await asyncio.sleep(every_s)
        return took


async def _transaction_after_others(charger: ScriptedCharger) -> int:
    """A running transaction, after so many that Sessions is long."""
    for number in range(SESSIONS):
        await charger.stop(await charger.start(meter_start=number), meter_stop=number + 1000)
    return await charger.start(meter_start=SESSIONS)


@asynccontextmanager
async def tabs(program: Program, path: str, count: int) -> AsyncIterator[list[asyncio.Queue[float]]]:
    """Open tabs that read all they are sent; the times of the updates each has got."""
    async with AsyncExitStack() as stack:
        arrivals: list[asyncio.Queue[float]] = [asyncio.Queue() for _ in range(count)]
        for arrived in arrivals:
            reading = asyncio.create_task(_read(await stack.enter_async_context(open_page(program, path)), arrived))
            stack.callback(reading.cancel)
        await asyncio.sleep(QUIET_S)
        yield arrivals


async def _read(page: ClientConnection, arrived: asyncio.Queue[float]) -> None:
    with suppress(ConnectionClosed):
        async for text in page:
            if text == '2':  # engine.io: ping
                await page.send('3')
            elif '"update"' in str(text[:20]):
                arrived.put_nowait(perf_counter())


async def cpu_ms(program: Program, source: Source, path: str) -> float:
    """What one tab of a page costs the program for one update, in ms: the difference between many tabs and none."""

    async def of(count: int) -> float:
        async with tabs(program, path, count):
            before = _cpu_s(program.process.pid)
            await source.flow(UPDATES)
            return _cpu_s(program.process.pid) - before

    differences = [await of(TABS) - await of(0) for _ in range(2)]
    return min(differences) / TABS / UPDATES * 1000


async def first_update_ms(program: Program, source: Source) -> float:
    """From the charger's message until a tab on which nothing had changed for a second is sent the change; a median."""
    took = []
    async with tabs(program, '/', 1) as (arrived,):
        for _ in range(10):
            await asyncio.sleep(QUIET_S)
            while not arrived.empty():
                arrived.get_nowait()
            began = perf_counter()
            await source.send()
            took.append(await arrived.get() - began)
    return statistics.median(took) * 1000


async def with_tabs(browser: Browser, program: Program, source: Source) -> float:
    """The median time until MeterValues are answered with browser tabs of Home open, as a ratio to none."""
    ratios = []
    for _ in range(ROUNDS):
        alone = statistics.median(await source.flow(UPDATES, 0.05))
        async with await browser.new_context() as context:
            for _ in range(TABS):
                await (await context.new_page()).goto(program.http)
            await asyncio.sleep(2 * QUIET_S)
            ratios.append(statistics.median(await source.flow(UPDATES, 0.05)) / alone)
    return statistics.median(ratios)


async def browser_share(browser: Browser, program: Program, source: Source) -> float:
    """The share of a core that Chromium takes for a tab of Home, in which power flows, while values come seldom."""
    async with await browser.new_context() as context:
        await (await context.new_page()).goto(program.http)
        await asyncio.sleep(2 * QUIET_S)
        before, began = chromium_cpu_s(), perf_counter()
        await source.flow(2, 10)
        return (chromium_cpu_s() - before) / (perf_counter() - began)


def chromium_cpu_s() -> float:
    """The CPU time of all processes of Chromium so far, in s."""
    return sum(_cpu_s(pid) for pid in _descendants(os.getpid()) if b'--type=' in _command(pid))


def _descendants(pid: int) -> Iterator[int]:
    for children in Path(f'/proc/{pid}/task').glob('*/children'):
        for child in map(int, children.read_text().split()):
            yield child
            yield from _descendants(child)


def _command(pid: int) -> bytes:
    return Path(f'/proc/{pid}/cmdline').read_bytes()


def _cpu_s(pid: int) -> float:
    """The CPU time of all threads of a process so far, in s."""
    return sum(int(task.read_text().split()[0]) for task in Path(f'/proc/{pid}/task').glob('*/schedstat')) / 1e9


@dataclass(frozen=True, slots=True)
class ColdPage:
    """What a page transferred in an empty browser, without the library of its chart, and when it was painted.

    `painted_ms` is when anything was, `largest_ms` when its largest part was.
    """

    transferred_kb: float
    painted_ms: float
    largest_ms: float


async def cold(browser: Browser, url: str) -> ColdPage:
    """Open a page in an empty browser."""
    async with await browser.new_context() as context:
        page = await context.new_page()
        await page.goto(url, wait_until='networkidle')
        largest = await page.evaluate(LARGEST_PAINT)
        loaded = await page.evaluate(LOADED)
    painted = next(at for name, at, _ in loaded if name == 'first-contentful-paint')
    return ColdPage(sum(size for name, _, size in loaded if CHART_LIBRARY not in name) / 1000, painted, largest)


@asynccontextmanager
async def bare_nicegui(speed: Path) -> AsyncIterator[str]:
    """A page with one label, served by NiceGUI alone; its URL."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(speed / 'peers' / 'nicegui_floor.py'), str(port), env=clean_environment({})
    )
    try:
        async with asyncio.timeout(30):
            await wait_until_it_listens(port)
        yield f'http://127.0.0.1:{port}/'
    finally:
        process.terminate()
        await process.wait()
