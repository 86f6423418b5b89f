"""On a phone every page of the rail is in the bottom bar or behind *More*."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import violations
from tests.program import running

WITHIN = 20_000
FURTHER = ('Connect', 'Charger', 'Cards', 'Settings', 'People')


async def test_each_page_is_two_taps_away(open_page: OpenPage) -> None:
    async with running('--memory') as program:
        page = await open_page(program.http, 390, 844, 'dark')
        more, charger = page.get_by_test_id('more'), page.get_by_role('link', name='Charger', exact=True)
        await expect(more).to_be_visible(timeout=WITHIN)
        await expect(charger).to_be_hidden()
        await more.click()
        await expect(charger).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press('Escape')
        await expect(charger).to_be_hidden()
        for name in FURTHER:
            await more.click()
            await page.get_by_role('link', name=name, exact=True).click()
            await expect(page.get_by_role('heading', level=1)).to_have_text(name, timeout=WITHIN)
            await expect(more).to_have_attribute('aria-current', 'true')
            assert await page.evaluate('document.documentElement.scrollWidth') <= 390
        await page.set_viewport_size({'width': 1280, 'height': 900})
        rail = page.locator('.cpo-rail').get_by_role('link')
        assert {*await rail.all_inner_texts()} == {'Home', 'Sessions', 'Why', 'Messages', *FURTHER} - {'People'}
