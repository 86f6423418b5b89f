"""The mode buttons and the presets on Home in a real browser, on a phone and on a desk."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
LINES = {
    'off': 'Nothing starts by itself.',
    'solar': 'Follows the sun above 1.5 kW.',
    'solar+min': 'At least 6 A while plugged in',
    'fast': 'The most that is allowed',
    'manual': 'Your limit.',
}
METER = {'pv_w': 3100, 'grid_w': -900, 'grid_a': [-4.1, 0.2, 0], 'battery_w': -600, 'battery_soc': 64, 'by': 'meter'}


@pytest.mark.parametrize('width', [390, 1280])
async def test_each_mode_says_what_it_does_and_a_meter_changes_the_rule(open_page: OpenPage, width: int) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(1, 'Available')
        page = await open_page(program.http, width, 844)
        line, preset = page.get_by_test_id('mode-line'), page.get_by_test_id('preset')
        for mode, words in LINES.items():
            button = page.get_by_test_id(f'mode-{mode}')
            await button.click()
            await expect(button).to_have_attribute('aria-pressed', 'true', timeout=WITHIN)
            await expect(line).to_contain_text(words, timeout=WITHIN)
            box = await button.bounding_box()
            assert box is not None
            assert box['height'] >= 44  # room for a thumb
            await expect(preset).to_be_visible(visible=mode.startswith('solar'))
        await page.get_by_test_id('mode-solar').click()
        await expect(preset).to_have_value('demo', timeout=WITHIN)
        await preset.select_option('eager')
        await expect(line).to_contain_text('By production until a reading of the grid comes.', timeout=WITHIN)
        async with program.client() as rest:
            await rest.put('/api/solar', json=METER)
            await expect(line).to_contain_text('All that is left over, more bought for it.', timeout=WITHIN)
            document = (await rest.get('/api/solar')).json()
        assert (document['mode'], document['preset'], document['presetInForce']) == ('solar', 'eager', 'eager')
        await expect(page.get_by_test_id('battery-source')).to_have_text(re.compile(r'Battery 64\s%, .*, from meter'))
        await expect(page.get_by_test_id('grid-power')).to_have_text(re.compile(r'0\.9\skW sold'))
        await expect(page.locator('.cpo-node-stored')).to_contain_text('0.6')
        assert await page.evaluate('document.documentElement.scrollWidth <= innerWidth')


async def test_fast_charges_the_car_that_is_plugged_in_and_off_ends_it(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        page = await open_page(program.http)
        await page.get_by_test_id('mode-fast').click()
        request = await charger.expect('RemoteStartTransaction')
        periods = request['chargingProfile']['chargingSchedule']['chargingSchedulePeriod']
        assert float(periods[0]['limit']) == 16
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await charger.meter(transaction_id, power=3600, current=15.7)
        await expect(page.get_by_test_id('headline')).to_have_text('Charging at full speed', timeout=WITHIN)
        async with program.client() as rest:
            await rest.put('/api/solar', json=METER)
        await expect(page.get_by_test_id('phases-power')).to_contain_text('0.2', timeout=WITHIN)
        for width, height in ((1024, 768), (1440, 900)):
            await page.set_viewport_size({'width': width, 'height': height})
            assert await page.evaluate('document.documentElement.scrollHeight') <= height
        await page.get_by_test_id('mode-off').click()
        await page.get_by_test_id('yes').click()
        await charger.expect('RemoteStopTransaction')
        await charger.stop(transaction_id)


async def test_the_chart_shows_today_with_house_and_grid_also_after_a_restart(
    open_page: OpenPage, tmp_path: Path
) -> None:
    at = datetime.now(UTC).replace(second=0, microsecond=0)
    async with running(f'--data-dir={tmp_path}') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(1, 'Available')
        await program.stop()
    with closing(sqlite3.connect(tmp_path / 'journal.db')) as journal, journal:
        for minutes in range(1, 40):
            row = (int((at - timedelta(minutes=minutes)).timestamp() * 1000), 3000.0, 0.0, None, -2200.0, 800.0)
            journal.execute('INSERT OR REPLACE INTO minutes VALUES (?, ?, ?, ?, ?, ?)', row)
    async with running(f'--data-dir={tmp_path}') as program:
        page = await open_page(program.http)
        await expect(page.locator('.cpo-legend-grid')).to_be_visible(timeout=WITHIN)
        await page.get_by_test_id('range-today').click()
        await expect(page.get_by_test_id('range-today')).to_have_attribute('aria-pressed', 'true', timeout=WITHIN)
        await expect(page.locator('.cpo-legend-house')).to_be_visible()
        await page.reload()
        await expect(page.locator('.cpo-legend-house')).to_be_visible(timeout=WITHIN)
        await expect(page.locator('.cpo-chart-drawing svg')).to_contain_text('−3', timeout=WITHIN)
