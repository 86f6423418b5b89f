"""A charger that ignores its limit, and what was learned of it, in a real browser."""

from __future__ import annotations

import re
import sys
from typing import Literal

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
DISOBEDIENT = (sys.executable, '-m', 'tests.browser.disobedient_house')


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


@pytest.mark.parametrize('scheme', ['light', 'dark'])
async def test_a_charger_that_ignores_its_limit_is_a_notice_then_an_alert_on_every_screen(
    open_page: OpenPage, scheme: Literal['light', 'dark']
) -> None:
    async with (
        running('--startup-requests=false', command=DISOBEDIENT) as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        pages = [await open_page(program.http, *size, scheme) for size in ((1440, 900), (390, 844))]
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await charger.meter(transaction_id, current=12)
        for page in pages:
            await expect(part(page, 'currents')).to_contain_text(re.compile(r'Car takes\s*12.0'), timeout=WITHIN)
            await expect(part(page, 'message')).to_contain_text('does not hold for this session')  # nobody limited it
        await charger.meter(transaction_id, current=13)
        for page in pages:
            await expect(page.get_by_role('status').get_by_text('draw 13.0 A')).to_be_visible(timeout=WITHIN)
            await expect(part(page, 'headline')).to_have_text('The limit is not followed yet', timeout=WITHIN)
        await charger.meter(transaction_id, current=15)
        for page in pages:
            await expect(page.get_by_role('alert')).to_contain_text('draw 15.0 A', timeout=WITHIN)
            await expect(part(page, 'headline')).to_have_text('The charger does not obey', timeout=WITHIN)
            wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
            assert wide <= 0
        await charger.meter(transaction_id, current=8)
        for page in pages:
            await expect(part(page, 'message')).to_contain_text('does not hold for this session', timeout=WITHIN)


async def test_what_was_learned_is_forgotten_by_a_button_that_asks_first(open_page: OpenPage) -> None:
    async with (
        running('--startup-requests=false', command=DISOBEDIENT) as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        page = await open_page(f'{program.http}/connect', 390, 844)
        await expect(part(page, 'learned')).to_be_hidden()
        await charger.boot()
        learned = part(page, 'learned')
        await expect(learned).to_contain_text('TxProfile, Absolute, stack level 0, in\u00a0A', timeout=WITHIN)
        await expect(learned).to_contain_text('It starts anew when asked for all configuration keys at once')
        await part(page, 'forget').click()
        await part(page, 'forget-no').click()
        await part(page, 'forget').click()
        await part(page, 'forget-yes').click()
        await expect(learned).to_be_hidden(timeout=WITHIN)


async def test_all_profiles_in_the_charger_are_cleared_by_a_button_that_asks_first(open_page: OpenPage) -> None:
    async with (
        running('--startup-requests=false', command=DISOBEDIENT) as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        page = await open_page(f'{program.http}/connect', 390, 844)
        await part(page, 'clear').click(timeout=WITHIN)
        await part(page, 'clear-yes').click()
        assert await charger.expect('ClearChargingProfile') == {}
        await expect(part(page, 'cleared')).to_have_text('All its profiles are gone.', timeout=WITHIN)
