"""The sun on Home in a real browser: simulated only where there is no real reading."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def test_a_real_reading_is_read_only_with_source_and_age(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await open_page(program.http)
        await expect(page.get_by_text('Simulated sun')).to_be_visible(timeout=WITHIN)
        async with program.client() as rest:
            await rest.put('/api/solar', json={'pv_w': 2450, 'by': 'inverter'})
        source = page.get_by_test_id('sun-source')
        await expect(source).to_have_text(re.compile(r'^Sun, (now|\d+\ss ago), from inverter$'), timeout=WITHIN)
        await expect(page.get_by_test_id('sun-power')).to_contain_text('2.5', timeout=WITHIN)
        await expect(page.get_by_test_id('sun-slider')).to_be_hidden()


async def test_the_simulated_sun_leaves_a_session_limited_by_hand(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await open_page(program.http)
        await page.get_by_test_id('limit-slider').fill('8')
        await charger.expect('RemoteStartTransaction')
        await charger.start()
        await charger.status(1, 'Charging')
        await page.get_by_test_id('sun-slider').fill('6')
        await expect(page.get_by_test_id('sun-value')).to_have_text('6.0', timeout=WITHIN)
        await expect(page.get_by_test_id('mode-manual')).to_have_attribute('aria-pressed', 'true')
        await charger.call('Heartbeat', {})
        await expect(page.get_by_test_id('limit-value')).to_have_text('8.0')
