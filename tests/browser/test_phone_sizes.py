"""On a phone of any size Start and Stop lie above the bottom bar, whatever else Home has to say."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_ceiling import obey
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
WIDTHS, HEIGHTS = (320, 360, 390, 430), (640, 740, 844, 932)
FOCUS = """() => {
    scrollTo(0, 0);
    document.activeElement.blur();
    document.querySelector('[data-testid=yes]').focus();
}"""
COVERED = """() => {
    const bar = document.querySelector('.cpo-bottom-bar').getBoundingClientRect().top;
    const controls = document.querySelector('.cpo-controls');
    const buttons = [...controls.querySelectorAll(':scope > .cpo-button, :scope > .cpo-question .cpo-button')];
    const isSeen = (button) => {
        const { left, right, top, bottom } = button.getBoundingClientRect();
        const points = [[left + 20, top + 3], [right - 20, top + 3], [left + 20, bottom - 3], [right - 20, bottom - 3]];
        return bottom < bar && points.every(([x, y]) => button.contains(document.elementFromPoint(x, y)));
    };
    return buttons.filter((button) => button.checkVisibility() && !isSeen(button)).map((button) => button.innerText);
}"""


async def covered(page: Page, begin: str = 'scrollTo(0, 0)') -> list[str]:
    """The sizes at which a button of the controls does not lie above the bar in full, on a page as it is opened."""
    found = []
    for width in WIDTHS:
        for height in HEIGHTS:
            await page.set_viewport_size({'width': width, 'height': height})
            await page.evaluate(begin)
            found += [f'{words} at {width} x {height}' for words in await page.evaluate(COVERED)]
    return found


async def test_start_and_stop_lie_above_the_bar_on_every_phone(open_page: OpenPage) -> None:
    async with running() as program, ScriptedCharger(program.ocpp('CP1')) as charger, program.client() as rest:
        page = await open_page(program.http, 390, 844)
        obeying = asyncio.create_task(obey(charger, []))
        now = '2026-06-14T12:00:00Z'

        async def status(connector: int, word: str) -> None:
            more = {'errorCode': 'NoError', 'timestamp': now}
            await charger.send(
                [2, f's{connector}{word}', 'StatusNotification', {'connectorId': connector, 'status': word, **more}]
            )

        await status(1, 'Preparing')
        await expect(page.get_by_test_id('start-stop')).to_contain_text('Start', timeout=WITHIN)
        assert await covered(page) == []
        start = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 0, 'timestamp': now}
        await charger.send([2, 't1', 'StartTransaction', start])
        await status(1, 'Charging')
        await expect(page.get_by_test_id('message')).to_contain_text('the configured maximum', timeout=WITHIN)
        values = [
            {'measurand': name, 'value': value, 'unit': unit}
            for name, value, unit in (('Current.Offered', '12', 'A'), ('Current.Import', '8', 'A'))
        ]
        meter = {'connectorId': 1, 'meterValue': [{'timestamp': now, 'sampledValue': values}]}
        await charger.send([2, 'm1', 'MeterValues', meter])
        await expect(page.get_by_test_id('currents')).to_be_visible(timeout=WITHIN)
        assert await covered(page) == []
        readings = {'grid_w': 900, 'pv_w': 2400, 'battery_w': -300, 'battery_soc': 40, 'by': 'house meter'}
        assert (await rest.put('/api/solar', json={**readings, 'mode': 'solar+min'})).status_code == 200
        await status(2, 'Available')
        await expect(page.get_by_role('button', name='Connector 2')).to_be_visible(timeout=WITHIN)
        assert await covered(page) == []
        await page.get_by_test_id('start-stop').click()
        await expect(page.get_by_test_id('question')).to_be_visible(timeout=WITHIN)
        assert await covered(page, FOCUS) == []
        obeying.cancel()
