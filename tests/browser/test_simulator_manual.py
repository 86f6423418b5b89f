"""The manual simulator in a real browser, connected to the real program; the schemas validate all it sends."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.manual_simulator import (
    CONNECTOR,
    PAGE,
    URL,
    WITHIN,
    Place,
    as_file,
    assert_all_is_valid,
    button,
    connect,
    field,
    logged,
    messages,
    open_all,
    press,
    served,
)
from tests.program import document_when, running

HANGS_UP = 'Huge frame (5 MiB, servers may hang up)'


@pytest.mark.parametrize('place', [served, as_file])
async def test_the_walk_through_of_the_demo(open_page: OpenPage, place: Place) -> None:
    async with running('--startup-requests=false', '--allow-file-pages') as program, program.client() as rest:
        page, dashboard = await open_page(place(program)), await open_page(program.http)
        await connect(page)
        await press(page, 'Boot Notification')
        await field(page, 'Tag').fill('Tag1')
        await press(page, 'Authorize')
        await field(page, CONNECTOR).fill('1')
        await field(page, 'Status').select_option('Preparing')
        await press(page, 'Status Notification')
        await expect(dashboard.get_by_test_id('pill')).to_contain_text('Plugged in', timeout=WITHIN)

        await dashboard.get_by_test_id('limit-slider').fill('12')
        await expect(logged(page, 'RemoteStartTransaction: Accepted')).to_have_count(1, timeout=WITHIN)
        await press(page, 'Start Transaction')
        document = await document_when(rest, lambda d: d['connectors']['1']['attributes'].get('txId') is not None)
        transaction_id = document['connectors']['1']['attributes']['txId']
        await expect(field(page, 'Transaction id')).to_have_value(str(transaction_id))
        await field(page, 'Status').select_option('Charging')
        await press(page, 'Status Notification')
        await expect(dashboard.get_by_test_id('limit-value')).to_have_text('12.0', timeout=WITHIN)

        await dashboard.get_by_test_id('limit-slider').fill('8')
        await expect(logged(page, 'SetChargingProfile: Accepted')).to_have_count(1, timeout=WITHIN)
        await expect(dashboard.get_by_test_id('limit-value')).to_have_text('8.0', timeout=WITHIN)
        for label, value in (('Meter value, Wh', '450'), ('Current, A', '8'), ('Power, W', '1840.5')):
            await field(page, label).fill(value)
        await press(page, 'Meter Values')
        await expect(dashboard.get_by_test_id('power-kw')).to_contain_text('1.84', timeout=WITHIN)

        await dashboard.get_by_test_id('start-stop').click()
        await dashboard.get_by_test_id('yes').click()
        await expect(logged(page, 'RemoteStopTransaction: Accepted')).to_have_count(1, timeout=WITHIN)
        await field(page, 'Reason to stop').select_option('Remote')
        await press(page, 'Stop Transaction')
        document = await document_when(rest, lambda d: d['connectors']['1']['attributes']['txStopTimestamp'])
        assert document['connectors']['1']['attributes']['totalCharged'] == 450
        await expect(field(page, 'Transaction id')).to_have_value('')
        await assert_all_is_valid(rest)


@pytest.mark.parametrize('place', [served, as_file])
async def test_every_button_and_every_status_sends_a_valid_frame(open_page: OpenPage, place: Place) -> None:
    async with running('--allow-file-pages') as program, program.client() as rest:
        page = await open_page(place(program))
        await open_all(page)
        await connect(page)
        names = await page.locator('[data-send]').all_inner_texts()
        assert len(names) == 10
        for name in sorted(names, key=lambda name: (name.startswith('Stop'), not name.startswith('Boot'))):
            await press(page, name)
        for labels, name in (
            (('Status', 'Error code'), 'Status Notification'),
            (('Diagnostics status',), 'Diagnostics Status Notification'),
            (('Firmware status',), 'Firmware Status Notification'),
        ):
            for label in labels:
                select = field(page, label)
                for value in await select.locator('option').all_inner_texts():
                    await select.select_option(value)
                    await press(page, name)
        await field(page, 'Message id').fill('Greeting')
        await field(page, 'Data').fill('{"a": [1, "ü€😀"]}')
        await press(page, 'Data Transfer')
        await expect(logged(page, 'GetConfiguration: Some keys')).to_have_count(1, timeout=WITHIN)
        sent = await assert_all_is_valid(rest)
        assert {name.replace(' ', '') for name in names} == set(sent)
        assert sent.count('StatusNotification') == 1 + 9 + 16


async def test_a_field_without_its_value_sends_nothing_and_says_so(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, program.client() as rest:
        page = await open_page(served(program))
        await connect(page)
        for label, name in (
            ('Transaction id', 'Stop Transaction'),
            ('Tag', 'Authorize'),
            (CONNECTOR, 'Status Notification'),
            ('Meter value, Wh', 'Meter Values'),
        ):
            await field(page, label).fill('')
            await button(page, name).click()
            await expect(field(page, label)).to_be_focused()
            await field(page, label).fill('1')
        await field(page, 'Meter value, Wh').fill('1.5')
        await button(page, 'Meter Values').click()
        await press(page, 'Heartbeat')
        assert [item['action'] for item in await messages(rest)] == ['Heartbeat']


async def test_whatever_is_broken_is_seen_by_the_server_and_ends_nothing(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, program.client() as rest:
        page = await open_page(served(program))
        await open_all(page)
        await connect(page)
        menu = field(page, 'What is broken')
        names = await menu.locator('option').all_inner_texts()
        assert len(names) > 20
        for name in names:
            if name == HANGS_UP:
                continue
            await press(page, 'Heartbeat')
            before = (await messages(rest))[-1]['number']
            await menu.select_option(name)
            await button(page, 'Send it').click()
            await press(page, 'Heartbeat')  # it continues
            broken, heartbeat = [item for item in await messages(rest) if item['number'] > before]
            assert heartbeat['violations'] == []
            assert broken['violations'] or str(broken['status']).startswith('CallError'), name
        await menu.select_option(HANGS_UP)
        await button(page, 'Send it').click()
        await expect(page.get_by_role('status')).to_contain_text('Trying again in', timeout=WITHIN)
        assert '1009' in (await messages(rest))[-1]['violations'][0]


async def test_the_log_copies_one_frame_or_all_and_can_be_cleared(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program:
        page = await open_page(served(program))
        await page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
        await connect(page)
        await press(page, 'Heartbeat')
        await press(page, 'Authorize')
        await button(page, 'Copy Authorize').click()
        await expect(logged(page, 'Copied')).to_have_count(1)
        assert json.loads(await page.evaluate('navigator.clipboard.readText()'))[2:] == ['Authorize', {'idTag': 'Tag1'}]
        await button(page, 'Copy all').click()
        await expect(page.locator('#copy-all')).to_have_text('Copied')
        lines = str(await page.evaluate('navigator.clipboard.readText()')).splitlines()
        assert [line.split()[1] for line in lines] == ['note', 'sent', 'received', 'sent', 'received']
        await button(page, 'Clear').click()
        await expect(page.locator('#log li')).to_have_count(0)


async def test_a_served_page_knows_its_server_and_a_wrong_url_is_explained(open_page: OpenPage) -> None:
    async with running() as program:
        page = await open_page(f'{program.http}/simulator/{PAGE}')
        await expect(field(page, URL)).to_have_value(program.ocpp('STATION1'))
        await expect(page.get_by_role('link', name='dashboard')).to_be_visible()
        await field(page, URL).fill('ftp://nowhere')
        await button(page, 'Connect').click()
        await expect(page.get_by_role('alert')).to_contain_text('This URL cannot be used')
        await expect(page.get_by_role('status')).to_have_text('Not connected')


async def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program:
        page = await open_page(served(program))
        await field(page, 'Tag').focus()
        await page.keyboard.press('Enter')
        await expect(page.get_by_role('status')).to_have_text('Connected', timeout=WITHIN)
        for _ in range(4):
            await page.keyboard.press('Tab')
        await expect(button(page, 'Heartbeat')).to_be_focused()
        outline = "document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outline"
        assert '3px' in str(await page.evaluate(outline))
        for presses in (1, 2):
            await page.keyboard.press('Space')
            await expect(logged(page, 'Heartbeat: answer')).to_have_count(presses)
        await expect(button(page, 'Heartbeat')).to_be_focused()


SIZES = [(390, 844), (1024, 768), (1440, 900)]


@pytest.mark.parametrize('scheme', ['light', 'dark'])
async def test_the_page_fits_every_screen(
    open_page: OpenPage, tmp_path: Path, scheme: Literal['light', 'dark']
) -> None:
    async with running('--startup-requests=false') as program, program.client() as rest:
        page = await open_page(served(program), scheme=scheme)
        await connect(page)
        for name in ('Boot Notification', 'Status Notification', 'Start Transaction', 'Meter Values'):
            await press(page, name)
        for width, height in SIZES:
            await page.set_viewport_size({'width': width, 'height': height})
            await page.screenshot(path=tmp_path / f'manual-{width}-{scheme}.png')
        await open_all(page)
        await field(page, 'TriggerMessage').select_option('Ask me each time')
        await field(page, 'What is broken').select_option('Large frame (1 MiB)')
        await button(page, 'Send it').click()
        trigger = {'requestedMessage': 'Heartbeat'}
        asking = asyncio.create_task(rest.post('/api/chargepoint/commands/TriggerMessage', json=trigger))
        question = page.get_by_role('article')
        await expect(question).to_contain_text('TriggerMessage')
        for width, height in SIZES:
            await page.set_viewport_size({'width': width, 'height': height})
            await page.screenshot(path=tmp_path / f'manual-all-{width}-{scheme}.png', full_page=True)
            await assert_fits(page, width, scheme)
        await question.get_by_role('button', name='Accepted').click()
        assert (await asking).json()['status'] == 'Accepted'


async def assert_fits(page: Page, width: int, scheme: str) -> None:
    assert await page.evaluate('document.documentElement.scrollWidth') <= width
    unnamed = "[...document.querySelectorAll('input, select')].filter((f) => !f.labels.length && !f.ariaLabel)"
    assert await page.evaluate(f'{unnamed}.length') == 0
    small = (
        "[...document.querySelectorAll('button, summary')].filter((b) => b.checkVisibility() && b.offsetHeight < 44)"
    )
    assert await page.evaluate(f'{small}.length') == 0
    background = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    assert (sum(map(int, re.findall(r'\d+', background)[:3])) > 384) is (scheme == 'light')
