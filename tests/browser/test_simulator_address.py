"""Both simulators read `?url=…&cp=…` by the same rule, tested by the address they connect to."""

from __future__ import annotations

import asyncio
from types import ModuleType
from urllib.parse import urlencode

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser import manual_simulator, smart_simulator
from tests.browser.conftest import OpenPage
from tests.browser.manual_simulator import button
from tests.program import running

ADDRESSES = [
    ({}, 'ws://localhost:8080/ocpp/STATION1'),
    ({'url': ''}, 'ws://localhost:8080/ocpp/STATION1'),
    ({'url': '', 'cp': ''}, 'ws://localhost:8080/ocpp/STATION1'),
    ({'cp': 'Garage 1'}, 'ws://localhost:8080/ocpp/Garage%201'),
    ({'url': 'wss://h.example/ocpp'}, 'wss://h.example/ocpp/STATION1'),
    ({'url': 'wss://h.example/ocpp/'}, 'wss://h.example/ocpp/STATION1'),
    ({'url': 'ws://h.example/ocpp', 'cp': 'CP7'}, 'ws://h.example/ocpp/CP7'),
    ({'url': 'ws://h.example/ocpp/', 'cp': 'CP7'}, 'ws://h.example/ocpp/CP7'),
    ({'url': 'ws://h.example/ocpp/CP7'}, 'ws://h.example/ocpp/CP7'),
    ({'url': 'ws://h.example/ocpp/CP7/'}, 'ws://h.example/ocpp/CP7'),
    ({'url': 'ws://h.example/ocpp/Garage%201'}, 'ws://h.example/ocpp/Garage%201'),
    ({'url': 'ws://h.example/ocpp/CP7', 'cp': 'CP7'}, 'ws://h.example/ocpp/CP7'),
    ({'url': 'ws://h.example/ocpp/CP7', 'cp': 'CP8'}, 'ws://h.example/ocpp/CP8'),
    ({'url': 'ws://h.example/ocpp/CP7/', 'cp': 'CP8'}, 'ws://h.example/ocpp/CP8'),
    ({'url': 'ws://h.example'}, 'ws://h.example/STATION1'),
    ({'url': 'ws://h.example', 'cp': 'CP7'}, 'ws://h.example/CP7'),
    ({'url': 'ws://h.example/steve/CP7'}, 'ws://h.example/steve/CP7'),
    ({'url': 'ws://h.example/steve/'}, 'ws://h.example/steve/STATION1'),
    ({'url': 'ws://h.example/steve', 'cp': 'CP7'}, 'ws://h.example/steve/CP7'),
    ({'url': 'ws://h.example/steve/', 'cp': 'CP7'}, 'ws://h.example/steve/CP7'),
    ({'url': 'ws://h.example/steve/CP7', 'cp': 'CP7'}, 'ws://h.example/steve/CP7'),
    ({'url': 'ws://h.example/ocpp?key=1', 'cp': 'CP7'}, 'ws://h.example/ocpp/CP7?key=1'),
]


@pytest.mark.parametrize('file', [manual_simulator.FILE, smart_simulator.FILE], ids=['manual', 'smart'])
async def test_both_simulators_connect_where_the_address_says(open_page: OpenPage, file: str) -> None:
    page = await open_page(file)
    connected: asyncio.Queue[str] = asyncio.Queue()

    def take(route: WebSocketRoute) -> None:
        connected.put_nowait(route.url)

    await page.route_web_socket('**', take)
    found = []
    for query, _ in ADDRESSES:
        await page.goto(f'{file}?{urlencode(query)}')
        await button(page, 'Connect').click()
        found.append((query, await asyncio.wait_for(connected.get(), 10)))
    assert found == ADDRESSES


@pytest.mark.parametrize('file', [manual_simulator.FILE, smart_simulator.FILE], ids=['manual', 'smart'])
async def test_the_address_names_the_card_and_an_empty_one_is_the_usual(open_page: OpenPage, file: str) -> None:
    for query, tag in (({}, 'Tag1'), ({'tag': ''}, 'Tag1'), ({'tag': 'Blue', 'url': 'nonsense'}, 'Blue')):
        page = await open_page(f'{file}?{urlencode(query)}')
        assert await page.locator('#tag').input_value() == tag


@pytest.mark.parametrize('simulator', [manual_simulator, smart_simulator], ids=['manual', 'smart'])
async def test_a_page_from_a_file_says_what_lets_it_in(open_page: OpenPage, simulator: ModuleType) -> None:
    note = (await open_page(simulator.FILE)).locator('#from-file')
    await expect(note).to_contain_text('CPO_ALLOW_FILE_PAGES=true')
    async with running() as program:
        await expect((await open_page(simulator.served(program))).locator('#from-file')).to_be_hidden()
