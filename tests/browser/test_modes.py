"""Modes on Home in a real browser: a Stop in Solar counts for this session, Off can be chosen and seen."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def test_a_stop_in_solar_says_that_solar_returns_and_now_brings_it_back(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.boot()
        await charger.status(1, 'Preparing')
        await page.get_by_test_id('mode-solar').click()
        await expect(page.get_by_test_id('mode-line')).to_contain_text('Follows the sun', timeout=WITHIN)
        await page.get_by_test_id('limit-slider').fill('9')
        await charger.expect('RemoteStartTransaction')
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await page.get_by_test_id('start-stop').click()
        await page.get_by_test_id('yes').click()
        await charger.expect('RemoteStopTransaction')
        await charger.stop(transaction_id)
        await charger.status(1, 'Finishing')
        line = page.get_by_test_id('mode-line')
        await expect(line).to_contain_text('Stopped by you. Solar again at the next plug-in.', timeout=WITHIN)
        await page.get_by_test_id('start-stop').click()
        request = await charger.expect('RemoteStartTransaction')
        periods = request['chargingProfile']['chargingSchedule']['chargingSchedulePeriod']
        assert float(periods[0]['limit']) == 9
        await page.get_by_test_id('mode-now').click()
        await expect(page.get_by_test_id('mode-solar')).to_have_attribute('aria-pressed', 'true', timeout=WITHIN)
        await expect(page.get_by_test_id('mode-now')).to_be_hidden()


async def test_off_asks_before_it_ends_a_session(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.boot()
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await expect(page.get_by_test_id('pill')).to_have_text(re.compile('Charging'), timeout=WITHIN)
        await page.get_by_test_id('mode-off').click()
        await expect(page.get_by_test_id('question')).to_contain_text('This ends the session.', timeout=WITHIN)
        await page.get_by_test_id('yes').click()
        await charger.expect('RemoteStopTransaction')
        await charger.stop(transaction_id)
        await charger.status(1, 'Available')
        await charger.status(1, 'Preparing')
        await expect(page.get_by_test_id('headline')).to_have_text('Plugged in, charging is off', timeout=WITHIN)
        await expect(page.get_by_test_id('mode-off')).to_have_attribute('aria-pressed', 'true', timeout=WITHIN)
