"""The demo view in a real Chromium, logged in as demo, at a desk and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import chromium
from tests.home_assistant.conftest import House

WITHIN = 30_000
SHOWN = ('Charge point', 'Connector 1', 'Id tag', 'Transaction', 'Started', 'Who sets the limit', 'Solar production')
# what Home Assistant writes where a card, its configuration or an entity is missing
BROKEN = "Custom element doesn't exist|Configuration error|Entity not (found|available)|Unknown type|Error"


async def test_the_view_shows_and_steers_the_charger_and_nothing_on_it_is_broken(house: House, tmp_path: Path) -> None:
    await house.press(10)
    await house.home.until('sensor.connector_1', 'Charging')
    async with chromium() as browser:
        for width, height, part in ((1280, 900, 0.5), (390, 844, 0.75)):
            page = await open_view(browser, house, width, height)
            await expect(page.locator('hui-markdown-card')).to_contain_text('Charging at your limit')
            await expect(tile(page, 'In force')).to_contain_text('A')
            await page.screenshot(path=tmp_path / f'demo-view-{width}.png', full_page=True)
            assert await page.evaluate('document.documentElement.scrollWidth') <= width
            await first_the_state_then_the_control(page, height)
            await set_limit_by_hand(page, house, part)


async def first_the_state_then_the_control(page: Page, height: int) -> None:
    """The headline is the topmost card; mode, slider, button and switch are seen without scrolling, also on a phone."""
    headline = await page.locator('hui-markdown-card').bounding_box()
    assert headline is not None
    for control in (
        *(tile(page, name) for name in ('Charging', 'Who sets the limit', 'New charge limit')),
        page.get_by_text('Set this limit'),
    ):
        box = await control.bounding_box()
        assert box is not None
        assert headline['y'] < box['y'] < box['y'] + box['height'] <= height


async def open_view(browser: Browser, house: House, width: int, height: int) -> Page:
    """Log in as a person does, and wait until all of the view is there; no card may say that it is broken."""
    page = await (await browser.new_context(viewport={'width': width, 'height': height})).new_page()
    page.set_default_timeout(WITHIN)
    await page.goto(f'{house.home.http}/ev-charger')
    await page.locator('input[name=username]').fill('demo')
    await page.locator('input[name=password]').fill('demo')
    await page.locator('input[name=password]').press('Enter')
    for text in SHOWN:
        await expect(page.get_by_text(text, exact=True).first).to_be_visible(timeout=WITHIN)
    for kind in ('history-graph', 'statistics-graph'):
        await expect(page.locator(f'hui-{kind}-card').first).to_be_attached(timeout=WITHIN)
    broken = await page.locator('hui-error-card, hui-warning').evaluate_all('all => all.map(it => it._config || {})')
    assert not broken, broken
    assert await page.get_by_text(re.compile(BROKEN)).count() == 0
    return page


def tile(page: Page, name: str) -> Locator:
    """The tile with this name."""
    return page.locator('hui-tile-card').filter(has=page.get_by_text(name, exact=True)).first


async def set_limit_by_hand(page: Page, house: House, part: float) -> None:
    """Click into the slider of the new limit at this part of its width, then on the button."""
    slider = page.locator('hui-numeric-input-card-feature ha-control-slider').first
    await slider.scroll_into_view_if_needed()
    box = await slider.bounding_box()
    assert box is not None
    await page.mouse.click(box['x'] + box['width'] * part, box['y'] + box['height'] / 2)
    await house.home.until('input_number.new_charge_limit', lambda value: abs(float(value) - 16 * part) <= 1)
    chosen = float(house.home.value('input_number.new_charge_limit') or 0)
    await page.get_by_text('Set this limit').click()
    await house.limit_is(chosen)
