"""What opening Home transfers, and what open pages are sent."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any
from urllib.parse import quote

from playwright.async_api import Browser, Route, expect
from websockets.asyncio.client import ClientConnection

from tests.program import open_page as open_tab
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
NOTE_WHEN_CONTENT_IS_PAINTED = """
const look = () => requestAnimationFrame(document.querySelector('.cpo-content') ? note : look);
const note = () => { window.paintedAt = performance.now(); };
look();
"""
EARLY_NAME = 'getComputedStyle(document.body, "::before").content'
MOST_BYTES = 500_000
CHART_LIBRARY = '/esm/'
LOADED = 'performance.getEntries().map((entry) => [entry.name, entry.startTime, entry.transferSize ?? 0])'


async def test_home_is_small_and_paints_before_it_loads_the_library_of_its_chart(browser: Browser) -> None:
    page = await browser.new_page()
    await page.add_init_script(NOTE_WHEN_CONTENT_IS_PAINTED)
    async with (
        running('--memory', '--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        await page.goto(program.http)
        await expect(page.locator('.cpo-chart-drawing svg path').first).to_be_attached(timeout=WITHIN)
        await page.wait_for_load_state('networkidle')
        loaded = await page.evaluate(LOADED)
        painted_at = await page.evaluate('paintedAt')
    await page.close()
    library = [(at, size) for name, at, size in loaded if CHART_LIBRARY in name]
    assert library
    assert min(at for at, _ in library) >= painted_at
    assert sum(size for _, _, size in loaded) - sum(size for _, size in library) <= MOST_BYTES


async def test_a_page_has_its_name_before_the_scripts_are_loaded_that_build_it(browser: Browser) -> None:
    page, name = await browser.new_page(), '<b> "a" }'
    scripts_may_load = asyncio.Event()

    async def hold(route: Route) -> None:
        await scripts_may_load.wait()
        await route.continue_()

    await page.route('**/quasar*.js', hold)
    async with running('--memory', '--startup-requests=false') as program:
        async with ScriptedCharger(program.ocpp(quote(name))) as charger:
            await charger.boot()
            opening = asyncio.create_task(page.goto(program.http))
            await page.wait_for_function(f'(name) => document.body && {EARLY_NAME} === JSON.stringify(name)', arg=name)
            scripts_may_load.set()
            await opening
        await expect(page.locator('.cpo-page-name')).to_have_text(name, timeout=WITHIN)
        assert await page.evaluate(EARLY_NAME) == 'none'
        await page.close()


async def test_a_page_is_sent_only_the_elements_whose_words_have_changed() -> None:
    async with (
        running('--memory', '--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        await charger.stop(await charger.start())
        transaction = await charger.start(meter_start=0)
        await charger.meter(transaction, energy=1000)
        async with open_tab(program) as home, open_tab(program, '/sessions') as sessions:
            await asyncio.gather(sent_to(home), sent_to(sessions))
            for _ in range(2):
                await charger.call('Heartbeat', {})
                assert [await sent_to(home), await sent_to(sessions)] == [[], []]
            await charger.meter(transaction, energy=1010)
            drawn = {'nicegui-chart'}  # once a minute
            assert texts(await sent_to(home)) - drawn == {'1.01\u00a0kWh · 0.00\u00a0€'}
            assert texts(await sent_to(sessions)) == {'1.01\u00a0kWh'}


async def sent_to(tab: ClientConnection) -> list[dict[str, Any]]:
    """The elements a tab is sent until it is sent nothing for a while."""
    elements: list[dict[str, Any]] = []
    with contextlib.suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.7):
                frame = str(await tab.recv())
            if frame.startswith('42["update"'):
                elements += json.loads(frame[2:])[1].values()
    return elements


def texts(elements: list[Any]) -> set[str]:
    """What these elements show; what is no text counts as its tag."""
    shown = [each for each in elements if isinstance(each, dict)]
    return {each.get('text') or each.get('props', {}).get('innerHTML') or each['tag'] for each in shown}
