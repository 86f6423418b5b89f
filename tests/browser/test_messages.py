"""The page Messages: a message of another day says so, in the list and in its detail."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def test_a_message_of_another_day_has_its_date(open_page: OpenPage) -> None:
    async with (
        running('--memory', '--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        page = await open_page(f'{program.http}/messages', 390, 844, 'dark')
        boot = page.get_by_test_id('message-row').filter(has_text='BootNotification')
        await expect(boot.locator('time')).to_have_text(re.compile(r'^\d\d:\d\d:\d\d$'), timeout=WITHIN)
        await page.evaluate('cpo.setClock(cpo.now() + 2 * 86400e3)')
        await charger.call('Heartbeat', {})
        await expect(boot.locator('time')).to_have_text(re.compile(r'^\d+ \w{3}\s\d\d:\d\d:\d\d$'), timeout=WITHIN)
        assert await page.evaluate('document.documentElement.scrollWidth') <= 390
        await boot.click()
        detail = page.get_by_role('heading', name='BootNotification').locator('..').locator('time')
        await expect(detail).to_have_text(re.compile(r'^\w{3} \d+ \w{3} \d\d:\d\d:\d\d$'))
