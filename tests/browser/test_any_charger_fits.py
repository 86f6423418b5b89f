"""Home and Connect fit every screen, with any number of connectors, any name and any number that a charger sends."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from cpo.state import MOST_HOUSE_W
from cpo.state.register import MAX_POWER_W
from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
WIDTHS = (390, 600, 800, 1280)
LEFT_OUT_BELOW = 960  # from there on rows without room are left out
SESSIONS = 3
LONG_NAME = 'garage' * 500


async def edges(found: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of an element in CSS pixels."""
    box = await found.bounding_box()
    assert box is not None
    return box['x'], box['y'], box['x'] + box['width'], box['y'] + box['height']


async def assert_no_sideways_scroll(page: Page, width: int) -> None:
    wide = await page.evaluate('document.documentElement.scrollWidth')
    assert wide <= width, f'{page.url} is {wide} px wide on {width} px'


async def assert_last_sessions_are_seen(page: Page, width: int) -> None:
    left, top, right, bottom = await edges(page.locator('.cpo-last-sessions'))
    rows = page.locator('.cpo-session-lines > li')
    await expect(rows).to_have_count(SESSIONS)
    boxes = [await edges(row) for row in await rows.all()]
    seen = [b for b in boxes if left <= b[0] and top < b[1] < b[3] <= bottom and b[2] <= right]
    assert len(seen) == SESSIONS if width < LEFT_OUT_BELOW else seen, f'{boxes} in {top} … {bottom} at {width} px'


OUTSIDE = """([inner, outer]) => {
  const card = document.querySelector(outer);
  const [style, box] = [getComputedStyle(card), card.getBoundingClientRect()];
  const [low, high] = [box.left + parseFloat(style.paddingLeft), box.right - parseFloat(style.paddingRight)];
  const texts = [...document.querySelectorAll(inner)];
  const seen = texts.filter((node) => node.checkVisibility({ visibilityProperty: true }));
  return seen.map((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    return [node.textContent, text.left, text.right];
  }).filter(([, left, right]) => left < low - 1 || right > high + 1);
}"""


async def assert_inside(page: Page, inner: str, outer: str, width: int) -> None:
    """No visible text of `inner` reaches into the padding of `outer`."""
    assert await page.evaluate(OUTSIDE, [inner, outer]) == [], f'{inner} in {outer} at {width} px'


async def begin_the_third_session(charger: ScriptedCharger) -> int:
    for meter_start in (1000, 2000):
        await charger.stop(await charger.start(meter_start=meter_start), meter_start + 900)
    return await charger.start(meter_start=3000)


async def test_home_fits_with_eight_connectors_and_any_power(open_page: OpenPage) -> None:
    async with (
        running('--memory', '--startup-requests=false') as program,
        ScriptedCharger(program.ocpp(LONG_NAME)) as charger,
        program.client() as rest,
    ):
        await charger.boot()
        for connector_id in range(2, 9):
            await charger.status(connector_id, 'Preparing')
        transaction_id = await begin_the_third_session(charger)
        await charger.status(1, 'Charging')
        page = await open_page(program.http)
        for power_w, grid_w in ((2760, 3000), (2 * MAX_POWER_W, MOST_HOUSE_W), (99_999_000, -MOST_HOUSE_W)):
            await charger.meter(transaction_id, power=power_w, current=power_w)
            await rest.put('/api/solar', json={'pv_w': MOST_HOUSE_W, 'grid_w': grid_w})
            await page.goto(program.http)
            await expect(page.get_by_test_id('pill')).to_have_text(re.compile('Charging'), timeout=WITHIN)
            await expect(page.locator('.cpo-chart-drawing svg text').first).to_be_visible(timeout=WITHIN)
            for width in WIDTHS:
                await page.set_viewport_size({'width': width, 'height': 844})
                await assert_no_sideways_scroll(page, width)
                await assert_last_sessions_are_seen(page, width)
                await assert_inside(page, '.cpo-power-number, .cpo-headline', '.cpo-status', width)
                await assert_inside(page, '.cpo-river-words > *', '.cpo-status', width)
                await assert_inside(page, '.cpo-chart-drawing svg text', '.cpo-chart', width)
                await assert_inside(page, '.cpo-connector-choice .cpo-segment', '.cpo-controls', width)
        await rest.put('/api/solar', json={'pv_w': 1000, 'grid_w': None})
        await page.get_by_test_id('connector-2').click()
        await page.get_by_test_id('mode-solar').click()
        await expect(page.locator('.cpo-node-car')).to_contain_text('needs', timeout=WITHIN)
        for width in WIDTHS:
            await page.set_viewport_size({'width': width, 'height': 844})
            await assert_inside(page, '.cpo-river-words > *', '.cpo-status', width)
        await page.goto(f'{program.http}/connect')
        await expect(page.get_by_test_id('charger-facts')).to_contain_text('Scripted', timeout=WITHIN)
        assert LONG_NAME[:101] not in await page.locator('body').inner_text()
        for width in WIDTHS:
            await page.set_viewport_size({'width': width, 'height': 844})
            await assert_no_sideways_scroll(page, width)
