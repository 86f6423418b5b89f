"""A charger's password on Connect: what the wallbox has, or a new one sent to it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.browser.conftest import OpenPage
from tests.program import Program, running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
PASSWORD = 'as typed into it'


@pytest_asyncio.fixture(loop_scope='session')
async def program() -> AsyncIterator[Program]:
    async with running('--memory', '--adopt=first', '--startup-requests=false') as program:
        yield program


def basic(password: str) -> dict[str, str]:
    return {'Authorization': f'Basic {base64.b64encode(b"garage:" + password.encode()).decode()}'}


async def status(program: Program, headers: dict[str, str] | None = None) -> int:
    try:
        async with connect(program.ocpp('garage'), additional_headers=headers):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


@pytest.mark.parametrize(('width', 'height'), [(390, 844), (1280, 900)])
async def test_a_password_is_set_refuses_a_stranger_and_is_taken_away(
    open_page: OpenPage, program: Program, width: int, height: int
) -> None:
    page = await open_page(f'{program.http}/connect', width, height)
    await expect(page.get_by_test_id('chargers')).to_contain_text('The first charger that connects', timeout=WITHIN)
    assert await status(program) == 101
    row = page.get_by_test_id('known-charger')
    await expect(row).to_contain_text('garage', timeout=WITHIN)
    await row.get_by_role('button', name='Password').click()
    await expect(page.get_by_label('The password in the wallbox')).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await expect(row.get_by_role('combobox')).to_have_value('1', timeout=WITHIN)
    assert await page.evaluate('document.documentElement.scrollWidth - innerWidth') <= 0
    assert await status(program) == 401
    attempts = page.get_by_test_id('attempt-row')
    await expect(attempts.first).to_contain_text('sends no password', timeout=WITHIN)
    assert await status(program, basic('a wrong one')) == 401
    await expect(attempts.first).to_contain_text('another password than the one set here', timeout=WITHIN)
    assert await status(program, basic(PASSWORD)) == 101
    await row.get_by_role('combobox').select_option('0')
    await row.get_by_role('button', name='Remove').click()
    await row.get_by_role('button', name='Remove').last.click()
    await expect(row).to_have_count(0, timeout=WITHIN)
    assert await status(program) == 403
    await expect(page.get_by_test_id('newcomers')).to_contain_text('knocks', timeout=WITHIN)


async def test_a_new_password_is_sent_to_the_wallbox_and_shown_once(open_page: OpenPage, program: Program) -> None:
    async with ScriptedCharger(program.ocpp('garage')) as charger:
        await charger.boot()
        page = await open_page(f'{program.http}/connect')
        await page.get_by_role('button', name='Password').click(timeout=WITHIN)
        await page.get_by_role('button', name='Make one and send it').click(timeout=WITHIN)
        message_id, payload = await charger.receive_call('ChangeConfiguration')
        await charger.send([3, message_id, {'status': 'Accepted'}])
        await expect(page.get_by_test_id('made-key')).to_contain_text(payload['value'], timeout=WITHIN)
    assert len(payload['value']) == 40
    assert await status(program, basic(payload['value'])) == 101
    await expect(page.get_by_role('combobox')).to_have_value('1', timeout=WITHIN)
    assert await status(program) == 401
