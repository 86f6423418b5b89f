"""The page Connect in a real browser: attempts of every kind, live."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.browser.conftest import OpenPage
from tests.program import Program, running

WITHIN = 20_000
SOAP = {'Content-Type': 'application/soap+xml; charset=utf-8'}
WIDTHS = {'phone': (390, 844), 'desk': (1280, 900)}


@pytest_asyncio.fixture(loop_scope='session')
async def program() -> AsyncIterator[Program]:
    async with running('--memory', '--charge-box-id=garage', '--startup-requests=false') as program:
        yield program


async def try_everything(program: Program) -> None:
    """As five owners who typed something wrong, and a charger that hangs up."""
    ws = program.ocpp('garage')
    with pytest.raises(ssl.SSLError):
        await connect(ws.replace('ws:', 'wss:'), ssl=ssl._create_unverified_context())
    async with httpx.AsyncClient(verify=False, base_url=program.http) as client:
        await client.post('/ocpp/garage', headers=SOAP, content='<x/>')
        await client.get('/ocpp/garage')
    for wrong in (program.ocpp('other'), program.ocpp('')):
        with pytest.raises(InvalidStatus):
            await connect(wrong)
    async with connect(ws, subprotocols=['ocpp2.0.1']):  # type: ignore[list-item]
        pass
    async with connect(ws, subprotocols=['ocpp1.6']):  # type: ignore[list-item]
        pass


def rows(page: Page) -> Locator:
    return page.get_by_test_id('attempt-row')


@pytest.mark.parametrize('screen', WIDTHS)
async def test_each_kind_of_attempt_has_a_row_with_its_remedy_and_the_second(
    open_page: OpenPage, program: Program, screen: str
) -> None:
    page = await open_page(f'{program.http}/connect', *WIDTHS[screen])
    await try_everything(program)
    for words in (
        'Somebody at 127.0.0.1 tries wss://. Write ws:// instead.',
        'It speaks SOAP. Choose OCPP 1.6 JSON in the charger.',
        'It asked by plain HTTP (GET), not for a websocket.',
        'It calls itself other; this program only knows garage.',
        f'It gives no name. Use ws://127.0.0.1:{program.port}/ocpp/garage instead.',
        'It offers only ocpp2.0.1. Choose OCPP 1.6 JSON in the charger.',
        'garage was let in, but hung up without a word.',
    ):
        await expect(rows(page).filter(has_text=words)).to_have_count(1, timeout=WITHIN)
    await expect(rows(page).first.locator('time').first).to_have_text(re.compile(r'^\d\d:\d\d:\d\d$'))
    await expect(page.get_by_role('status').first).to_contain_text('garage connects, but hangs up at once')
    attempts = await page.get_by_text('Attempts to connect', exact=True).bounding_box()
    simulators = await page.get_by_text('Simulated chargers', exact=True).bounding_box()
    assert attempts is not None
    assert simulators is not None
    assert screen == 'desk' or attempts['y'] < simulators['y']
    assert await page.evaluate('document.documentElement.scrollWidth - innerWidth') <= 0


async def test_a_connection_that_says_nothing_shows_when_it_is_cut(open_page: OpenPage, program: Program) -> None:
    page = await open_page(f'{program.http}/connect')
    reader, writer = await asyncio.open_connection('127.0.0.1', program.port)
    assert await reader.read() == b''
    writer.close()
    words = 'It opened a connection and sent no whole request for 10 s; it was cut.'
    await expect(rows(page)).to_contain_text(words, timeout=WITHIN)
