"""The energy river on Home, in a real browser."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def test_its_light_moves_without_a_layout_for_each_frame(open_page: OpenPage) -> None:
    async with (
        running('--memory', '--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        page = await open_page(program.http, motion='no-preference')
        await charger.status(1, 'Charging')
        await charger.meter(await charger.start(), power=3700)
        await expect(page.locator('.cpo-river-light')).to_have_count(1, timeout=WITHIN)
        session = await page.context.new_cdp_session(page)
        await session.send('Performance.enable')

        running_now = "document.getAnimations().filter((each) => each.playState === 'running').length"
        await page.wait_for_function(f'{running_now} === 1', timeout=WITHIN)

        async def layouts() -> float:
            metrics = (await session.send('Performance.getMetrics'))['metrics']
            return next(float(metric['value']) for metric in metrics if metric['name'] == 'LayoutCount')

        await asyncio.sleep(1)  # what the power changed is drawn
        before = await layouts()
        await asyncio.sleep(1)
        assert await layouts() - before < 15
        await page.wait_for_function(f'{running_now} === 0', timeout=WITHIN)  # it rests, though power flows
