"""The page Why and what Home says of a decision, in a real browser."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.program import Program, running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def measure(program: Program, **readings: object) -> None:
    """A reading of the house meter."""
    async with program.client() as rest:
        answer = await rest.put('/api/solar', json={'by': 'house meter', **readings})
        assert answer.status_code == 200


async def is_not_wide(page: Page) -> bool:
    return bool(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'))


@pytest.mark.parametrize('scheme', ['light', 'dark'])
async def test_why_is_empty_at_first_and_then_tells_each_decision(
    open_page: OpenPage, scheme: Literal['light', 'dark']
) -> None:
    async with (
        running('--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        await charger.status(1, 'Preparing')
        pages = [await open_page(f'{program.http}/why', *size, scheme) for size in ((1280, 900), (390, 844))]
        for page in pages:
            await expect(page.get_by_test_id('no-decisions')).to_contain_text('Nothing has been decided yet')
            await expect(page.get_by_test_id('readings')).to_contain_text('No reading of the house has come yet')
            await expect(page.get_by_test_id('tried')).to_contain_text('No limit has been tried')
            assert await is_not_wide(page)
        home = await open_page(program.http, 390, 844, scheme)
        await measure(program, grid_w=-412, pv_w=900, mode='solar')
        for page in pages:
            row = page.get_by_test_id('decision')
            await expect(row).to_have_count(1, timeout=WITHIN)
            await expect(row).to_contain_text('Too little is left over to charge.')
            await expect(row).to_contain_text(re.compile(r'grid −412\sW, sun 900\sW \(house meter, \d+\ss\)'))
            await expect(row).to_contain_text(re.compile(r'Charges when [\d.]+\skW are left over.*now 0\.4\skW'))
            await expect(page.get_by_test_id('now')).to_contain_text('Too little is left over to charge.')
            await expect(page.get_by_test_id('readings')).to_contain_text(re.compile(r'House meter−412\sW|−0\.4\skW'))
            await expect(page.get_by_test_id('no-decisions')).to_be_hidden()
            assert await is_not_wide(page)
        await expect(home.get_by_test_id('headline')).to_have_text('Plugged in, waiting for sun', timeout=WITHIN)
        await expect(home.get_by_text(re.compile(r'0\.4\skW to spare, [\d.]+\skW needed'))).to_be_visible()


async def test_why_is_one_tap_away_on_every_screen(open_page: OpenPage) -> None:
    async with running() as program:
        for size in ((1280, 900), (390, 844)):
            page = await open_page(program.http, *size)
            await page.get_by_role('link', name='Why').click()
            await expect(page.get_by_role('heading', level=1)).to_have_text('Why')
            now = page.get_by_test_id('now')
            await expect(now).to_contain_text('The sun sets no limit in mode Manual.')
            await now.get_by_role('link', name='Home').click()
            await expect(page).to_have_url(f'{program.http}/')


async def test_why_names_the_ceiling_that_holds_and_what_it_leaves(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(1, 'Preparing')
        page = await open_page(f'{program.http}/why', 390, 844)
        async with program.client() as rest:
            body = {'limit_a': 0, 'reason': '§14a EnWG'}
            assert (await rest.put('/api/ceilings/grid-operator', json=body)).status_code == 200
            await measure(program, grid_w=-6000, pv_w=6900, mode='solar')
            await expect(page.get_by_test_id('now')).to_contain_text('Paused for the grid operator.', timeout=WITHIN)
            await expect(page.get_by_test_id('now')).to_contain_text('§14a EnWG. Starts by itself.')
            asked = page.get_by_test_id('currents').get_by_role('listitem').first
            await expect(asked).to_contain_text(re.compile(r'We asked0\sA'))
            await expect(asked).to_contain_text('the grid operator leaves too little')
            decisions = page.get_by_test_id('decisions')
            await expect(decisions).to_contain_text('A ceiling of the grid operator holds.')
            await rest.delete('/api/ceilings/grid-operator')
            await expect(decisions).to_contain_text('The ceiling of the grid operator was lifted.', timeout=WITHIN)
            await expect(page.get_by_test_id('now')).not_to_contain_text('Paused', timeout=WITHIN)
        assert await is_not_wide(page)


async def test_why_shows_what_was_before_a_restart(open_page: OpenPage, tmp_path: Path) -> None:
    folder = ('--startup-requests=false', '--data-dir', str(tmp_path))
    async with running(*folder) as program, ScriptedCharger(program.ocpp('CP1')) as charger, program.client() as rest:
        await charger.boot()
        await charger.status(1, 'Preparing')
        await measure(program, grid_w=-412, pv_w=900, mode='solar')
        for name in ('grid-operator', 'the oven'):
            assert (await rest.put(f'/api/ceilings/{name}', json={'limit_a': 8, 'for_s': 900})).status_code == 200
        assert (await rest.delete('/api/ceilings/the oven')).status_code == 200
        assert (await program.stop()).status == 0
    async with running(*folder) as program:
        page = await open_page(f'{program.http}/why', 390, 844)
        decisions = page.get_by_test_id('decisions')
        for text in (
            'A ceiling of the grid operator holds.',
            'The ceiling of the oven was lifted.',
            'Too little is left',
        ):
            await expect(decisions).to_contain_text(text, timeout=WITHIN)
        await expect(page.get_by_test_id('no-decisions')).to_be_hidden()
        await expect(decisions.get_by_text('A ceiling of the grid operator holds.')).to_have_count(1)


async def test_the_chart_has_round_ticks_with_a_minus(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(1, 'Available')
        await measure(program, grid_w=-6300, pv_w=7700)
        page = await open_page(program.http, 390, 844)
        await expect(page.locator('.cpo-chart-drawing svg text').first).to_be_attached(timeout=WITHIN)
        texts = await page.locator('.cpo-chart-drawing svg text').all_text_contents()
        ticks = sorted(int(text.replace('−', '-')) for text in texts if re.fullmatch('[-−]?\\d+', text))
        assert len({b - a for a, b in itertools.pairwise(ticks)}) == 1, ticks
        assert ticks[0] <= -6.3
        assert not any('-' in text for text in texts)
