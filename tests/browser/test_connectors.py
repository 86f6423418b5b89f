"""A charger with two connectors on Home, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


@pytest.mark.parametrize('width', [390, 1280])
async def test_each_connector_says_its_state_where_it_is_chosen(open_page: OpenPage, width: int) -> None:
    async with (
        running('--memory', '--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        await charger.status(1, 'Available')
        await charger.status(2, 'Faulted')
        page = await open_page(program.http, width, 844)
        for connector_id, state in ((1, 'Ready'), (2, 'Fault')):
            button = page.get_by_test_id(f'connector-{connector_id}')
            await expect(button).to_have_text(re.compile(rf'^{state}\s+Connector {connector_id}$'), timeout=WITHIN)
        await charger.status(1, 'Preparing')
        await expect(page.get_by_test_id('connector-1')).to_contain_text('Plugged in', timeout=WITHIN)
        assert await page.evaluate('document.documentElement.scrollWidth - innerWidth') <= 0
