"""[Let this one in] and its undo, on Home and Connect, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.browser.conftest import OpenPage
from tests.program import Program, running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
WIDTHS = {'phone': (390, 844), 'desk': (1280, 900)}


@pytest_asyncio.fixture(loop_scope='session')
async def program() -> AsyncIterator[Program]:
    async with running('--memory', '--adopt=first', '--startup-requests=false') as program:
        yield program


async def knock(program: Program, charge_box_id: str) -> int:
    """Try to connect once; the status with which the server answers."""
    try:
        async with connect(program.ocpp(charge_box_id)):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


async def no_overflow(page: Page) -> None:
    assert await page.evaluate('document.documentElement.scrollWidth - innerWidth') <= 0


@pytest.mark.parametrize('screen', WIDTHS)
@pytest.mark.parametrize('path', ['/', '/connect'])
async def test_a_wallbox_after_a_simulator_is_let_in_by_one_click_and_out_by_another(
    open_page: OpenPage, program: Program, path: str, screen: str
) -> None:
    async with ScriptedCharger(program.ocpp('SIMULATOR')) as simulator:
        await simulator.boot()
    page = await open_page(f'{program.http}{path}', *WIDTHS[screen])
    card = page.get_by_test_id('newcomers')
    await expect(page.locator('h1, h2').first).to_be_visible(timeout=WITHIN)
    await expect(card).to_be_hidden()
    name = f'wallbox-with-a-rather-long-name-{"x" * 60}'
    assert await knock(program, name) == 403
    await expect(card).to_contain_text('knocks', timeout=WITHIN)
    await no_overflow(page)
    await page.get_by_role('button', name='Let this one in').click()
    await expect(card).to_contain_text('is let in from now on.', timeout=WITHIN)
    await no_overflow(page)
    assert await knock(program, name) == 101
    await page.get_by_role('button', name='Undo').click()
    await expect(card).to_contain_text('knocks', timeout=WITHIN)
    assert await knock(program, name) == 403
    await page.get_by_role('button', name='Let this one in').focus()
    await page.keyboard.press('Enter')
    await expect(page.get_by_role('button', name='Undo')).to_be_visible(timeout=WITHIN)


async def test_before_any_charger_the_first_steps_are_there_and_the_one_that_waits(open_page: OpenPage) -> None:
    async with running('--memory', '--adopt=ask', '--startup-requests=false') as program:
        page = await open_page(program.http, 390, 844)
        await expect(page.get_by_text('Enter this address')).to_be_visible(timeout=WITHIN)
        assert await knock(program, 'wallbox') == 403
        await page.get_by_role('button', name='Let this one in').click()
        async with ScriptedCharger(program.ocpp('wallbox')) as wallbox:
            await wallbox.boot()
            await expect(page.get_by_text('Enter this address')).to_be_hidden(timeout=WITHIN)


async def test_with_the_defaults_demo_and_simulator_work_without_a_click(open_page: OpenPage, tmp_path: Path) -> None:
    async with running(f'--data-dir={tmp_path}', '--demo', environment={'CPO_ADOPT': ''}) as program:
        page = await open_page(program.http)
        await expect(page.get_by_test_id('headline')).to_be_visible(timeout=WITHIN)
        await expect(page.get_by_test_id('pill')).not_to_contain_text('Not connected', timeout=WITHIN)
        async with ScriptedCharger(program.ocpp('STATION1')) as simulator:
            await simulator.boot()


async def test_several_are_one_line_on_home_and_are_dismissed_on_connect(open_page: OpenPage, program: Program) -> None:
    async with ScriptedCharger(program.ocpp('SIMULATOR')) as simulator:
        await simulator.boot()
    for name in ('left', 'right'):
        assert await knock(program, name) == 403
    page = await open_page(f'{program.http}/', *WIDTHS['phone'])
    card = page.get_by_test_id('newcomers')
    await expect(card.get_by_role('listitem')).to_have_count(1, timeout=WITHIN)
    await expect(card).to_contain_text('2 chargers knock')
    await card.get_by_test_id('newcomers-link').click()
    await expect(card.get_by_role('listitem')).to_have_count(2, timeout=WITHIN)
    await no_overflow(page)
    await card.get_by_role('button', name='Dismiss').first.click()
    await expect(card.get_by_role('listitem')).to_have_count(1, timeout=WITHIN)
    await card.get_by_role('button', name='Dismiss').click()
    await expect(card).to_be_hidden(timeout=WITHIN)
