"""A page without its server, and a browser whose clock is wrong."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.program import free_port, running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
TWO_HOURS_AHEAD = """
    const real = Date;
    globalThis.Date = class extends real {
      constructor(...given) { given.length ? super(...given) : super(real.now() + 7200000); }
      static now() { return real.now() + 7200000; }
    };
"""
# what the headline says as soon as the page has noticed; the line can be back before anybody looks from outside
CLOSE_THE_LINE = """
    () => new Promise(resolve => {
      const headline = () => resolve(document.querySelector('[data-testid=headline]').textContent);
      new MutationObserver(headline).observe(document.documentElement, { attributeFilter: ['data-lost'] });
      window.socket.io.engine.close();
    })
"""


async def controls_are_disabled(page: Page) -> None:
    await expect(page.get_by_test_id('limit-slider')).to_be_disabled(timeout=WITHIN)
    await expect(page.get_by_test_id('start-stop')).to_be_disabled()
    await expect(page.locator('.cpo-content')).to_have_css('filter', 'grayscale(1)')


async def nothing_is_covered(page: Page) -> None:
    """The popup stands above the first card on a phone."""
    popup, pill = [await each.bounding_box() for each in (page.locator('#popup'), page.get_by_test_id('pill'))]
    assert popup is not None
    assert pill is not None
    assert popup['y'] + popup['height'] < pill['y']


async def test_a_page_that_lost_its_server_says_so_takes_no_input_and_comes_back(
    open_page: OpenPage, complaints: Complaints, tmp_path: Path
) -> None:
    environment, port = {'CPO_DATA_DIR': str(tmp_path)}, free_port()
    async with running(environment=environment, port=port) as program:
        async with ScriptedCharger(program.ocpp('CP1')) as charger:
            await charger.boot()
            page = await open_page(program.http)
            await expect(page.get_by_test_id('headline')).to_have_text('Ready for a car', timeout=WITHIN)
            await expect(page.get_by_test_id('limit-slider')).to_be_enabled()
            await expect(page.get_by_text('Move it or press Start to charge.')).to_be_visible()
            await page.set_viewport_size({'width': 390, 'height': 844})
            await program.stop()
        await expect(page.get_by_test_id('headline')).to_have_text('No answer from the server', timeout=WITHIN)
        await expect(page.get_by_test_id('sentence')).to_contain_text(re.compile(r'What stands here is from \d\d:\d\d'))
        await expect(page.get_by_test_id('connection')).to_have_text('No server')
        await controls_are_disabled(page)
        await expect(page.get_by_text('Move it or press Start to charge.')).to_be_hidden()
        await expect(page.locator('#popup')).to_be_visible(timeout=WITHIN)
        await expect(page.get_by_text('Drag the sun’s slider to try one.')).to_be_hidden()
        await nothing_is_covered(page)
    async with running(environment=environment, port=port) as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await expect(page.get_by_test_id('headline')).to_have_text('Ready for a car', timeout=60_000)
        await expect(page.get_by_test_id('limit-slider')).to_be_enabled()
        await expect(page.get_by_test_id('start-stop')).to_be_enabled()
    complaints.forget()


async def test_a_lost_line_to_a_server_that_runs_on_is_found_again(open_page: OpenPage, complaints: Complaints) -> None:
    async with running() as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await open_page(program.http)
        await expect(page.get_by_test_id('headline')).to_have_text('Ready for a car', timeout=WITHIN)
        assert await page.evaluate(CLOSE_THE_LINE) == 'No answer from the server'
        await expect(page.get_by_test_id('headline')).to_have_text('Ready for a car', timeout=WITHIN)
        await expect(page.get_by_test_id('connection')).to_have_text('Connected')
        await expect(page.get_by_test_id('limit-slider')).to_be_enabled()
    complaints.forget()


async def test_a_browser_whose_clock_is_wrong_counts_by_the_clock_of_the_server(open_page: OpenPage) -> None:
    async with running() as program:
        async with ScriptedCharger(program.ocpp('CP1')) as charger:
            await charger.boot()
        page = await open_page(program.http)
        await page.add_init_script(TWO_HOURS_AHEAD)
        await page.reload()
        headline = page.get_by_test_id('headline')
        await expect(headline).to_have_text(re.compile(r'^No contact for \d+\ss$'), timeout=WITHIN)
        before = await headline.inner_text()
        await asyncio.sleep(2.5)
        assert await headline.inner_text() != before
        await expect(headline).to_have_text(re.compile(r'^No contact for \d+\ss$'))
