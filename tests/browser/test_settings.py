"""The page Settings: each kind of field, wrong values, what is locked, undo, one file; by mouse and by keyboard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.browser.test_people import PASSWORD, set_up, sign_in
from tests.program import running


async def value(rest: httpx.AsyncClient, name: str, headers: dict[str, str] | None = None) -> Any:
    """The value of a setting."""
    items = (await rest.get('/api/settings', headers=headers)).json()['items']
    return next(item['value'] for item in items if item['name'] == name)


def field(page: Page, name: str) -> Locator:
    """The input of a setting."""
    return page.get_by_test_id(name).locator('input, select')


async def test_each_kind_of_field_holds_at_once_and_can_be_undone(open_page: OpenPage) -> None:
    async with running() as program, program.client() as rest:
        page, home = await open_page(f'{program.http}/settings'), await open_page(program.http)
        await expect(page.get_by_label('Maximum current')).to_have_value('16')
        await page.get_by_label('Maximum current').fill('10')
        await page.keyboard.press('Tab')
        row = page.get_by_test_id('max_current')
        await expect(row).to_contain_text('Back to 16 A')
        assert await value(rest, 'max_current') == 10
        await page.get_by_label('Free charging').check()
        await page.get_by_label('How much of the sun').select_option('all of the sun')
        await page.get_by_label('Name of the charger').fill('Garage <b>')
        await page.get_by_label('More names of this server').fill('cpo.example.org, *.example.net')
        await page.get_by_label('Names of its connectors').fill('Left')
        await page.keyboard.press('Enter')
        await expect(page.get_by_test_id('connector_names')).to_contain_text('Back to none')
        await expect(page.get_by_test_id('free_charging')).to_contain_text('Back to off')
        await expect(home.get_by_role('heading', level=1)).to_have_text('Garage <b>')
        settings = {name: await value(rest, name) for name in ('free_charging', 'solar_preset', 'allowed_hosts')}
        assert settings == {
            'free_charging': True,
            'solar_preset': 'eager',
            'allowed_hosts': ['cpo.example.org', '*.example.net'],
        }
        await row.get_by_role('button', name='Back to 16 A').click()
        await expect(page.get_by_label('Maximum current')).to_have_value('16')
        await expect(row).to_contain_text('Back to 10 A')
        await page.get_by_label('Proxies that are believed').fill('172.18.0.0/16')
        await page.keyboard.press('Tab')
        await expect(page.get_by_test_id('trusted_proxies')).to_contain_text('Holds after the next start')


async def test_a_wrong_value_stays_beside_what_it_must_be(open_page: OpenPage, complaints: Complaints) -> None:
    async with running() as program, program.client() as rest:
        page = await open_page(f'{program.http}/settings', 390, 844, 'dark')
        row = page.get_by_test_id('max_current')
        await page.get_by_label('Maximum current').fill('160')
        await page.keyboard.press('Enter')
        await expect(row.get_by_role('alert')).to_have_text('Maximum current: this must be a number from 1 to 80 A.')
        await expect(page.get_by_label('Maximum current')).to_have_attribute('aria-invalid', 'true')
        await expect(page.get_by_label('Maximum current')).to_have_value('160')
        assert (await rest.put('/api/settings', json={'phases': 3})).status_code == 200  # somebody else
        await expect(page.get_by_label('Phases', exact=True)).to_have_value('3')
        await expect(page.get_by_label('Maximum current')).to_have_value('160')
        await page.get_by_label('Maximum current').press('Escape')
        await expect(page.get_by_label('Maximum current')).to_have_value('16')
        await expect(row.get_by_role('alert')).to_have_count(0)
        await page.get_by_label('Maximum current').press('Control+a')
        await page.keyboard.type('1e')
        await page.keyboard.press('Enter')
        await expect(row.get_by_role('alert')).to_contain_text('this must be a number')
        await page.get_by_label('Maximum current').press('Escape')
        await rest.put('/api/settings', json={'max_current': 10})
        await expect(page.get_by_label('Maximum current')).to_have_value('10')
        await page.get_by_label('Maximum current').fill('')
        await page.keyboard.press('Tab')
        await expect(row.get_by_role('alert')).to_contain_text('this must be a number')
        assert await value(rest, 'max_current') == 10
        await page.get_by_label('Address people use').fill('cpo.example')
        await page.keyboard.press('Enter')
        await expect(page.get_by_test_id('public_url').get_by_role('alert')).to_contain_text('write it as https://')
        assert await value(rest, 'public_url') is None
        await page.get_by_label('Main fuse').fill('25')
        await page.keyboard.press('Enter')
        await expect(page.get_by_test_id('fuse')).to_contain_text('Back to none')
        await page.get_by_label('Main fuse').fill('')
        await page.keyboard.press('Enter')
        await expect(page.get_by_test_id('fuse')).to_contain_text('Back to 25 A')
        assert await value(rest, 'fuse') is None
        assert await page.evaluate('document.documentElement.scrollWidth') <= 390
        complaints.forget()


async def test_what_environment_and_options_have_is_shown_locked(open_page: OpenPage) -> None:
    async with running('--fuse', '35', environment={'CPO_PHASES': '3'}) as program:
        page = await open_page(f'{program.http}/settings')
        for name, words in (('fuse', 'Locked: --fuse sets it.'), ('phases', 'Locked: CPO_PHASES sets it.')):
            await expect(page.get_by_test_id(name)).to_contain_text(words)
            await expect(field(page, name)).to_have_count(0)
        await expect(page.get_by_test_id('fuse').get_by_test_id('locked')).to_have_text('35 A')
        await expect(field(page, 'data_dir')).to_have_count(0)


async def test_the_keyboard_alone_is_enough(open_page: OpenPage) -> None:
    async with running() as program, program.client() as rest:
        page = await open_page(f'{program.http}/settings')
        await page.get_by_label('Maximum current').focus()
        await page.keyboard.press('ArrowDown')
        await page.keyboard.press('Tab')
        await expect(page.get_by_role('button', name='Back to 16 A')).to_be_visible()
        assert await value(rest, 'max_current') == 15
        await page.get_by_role('button', name='Back to 16 A').focus()
        await page.keyboard.press('Enter')
        await expect(page.get_by_label('Maximum current')).to_have_value('16')
        await page.get_by_label('Pause at 0 A').focus()
        await page.keyboard.press('Space')
        await expect(page.get_by_test_id('pause_at_zero')).to_contain_text('Back to off')


async def test_one_file_is_saved_shown_and_taken_back(
    open_page: OpenPage, tmp_path: Path, complaints: Complaints
) -> None:
    async with running() as program, program.client() as rest:
        await rest.put('/api/settings', json={'max_current': 10, 'fuse': 25})
        page = await open_page(f'{program.http}/settings')
        async with page.expect_download() as downloading:
            await page.get_by_role('link', name='Save as a file').click()
        saved = tmp_path / 'settings.json'
        await (await downloading.value).save_as(saved)
        assert json.loads(saved.read_text())['settings']['max_current'] == 10
        await rest.put('/api/settings', json={'max_current': 20, 'fuse': None})
        await expect(page.get_by_label('Maximum current')).to_have_value('20')
        await page.get_by_label('Take from a file').set_input_files(saved)
        await expect(page.get_by_test_id('differences').get_by_role('listitem')).to_have_text(
            ['Maximum current: 10 A, here 20 A', 'Main fuse: 25 A, here none']
        )
        await page.get_by_role('button', name='Take these').click()
        await expect(page.get_by_label('Main fuse')).to_have_value('25')
        assert await value(rest, 'max_current') == 10
        saved.write_text('no file of ours')
        await page.get_by_label('Take from a file').set_input_files(saved)
        await expect(page.get_by_test_id('file').get_by_role('alert')).to_contain_text('This is no file of settings')
        complaints.forget()


async def test_only_an_owner_has_the_page(open_page: OpenPage, complaints: Complaints) -> None:
    async with running() as program, program.client() as rest:
        token = await set_up(rest)
        owner, ben = [await open_page(f'{program.http}/connect') for _ in range(2)]
        await sign_in(owner, 'Anna')
        await sign_in(ben, 'Ben')
        for page in (owner, ben):
            await expect(page.get_by_test_id('people-link')).to_be_visible(timeout=15_000)
        await expect(ben.get_by_role('link', name='Settings')).to_have_count(0)
        await expect(ben.get_by_test_id('settings-link')).to_have_count(0)
        await owner.get_by_role('link', name='Settings', exact=True).click()
        await owner.get_by_label('Maximum current').fill('10')
        await owner.keyboard.press('Enter')
        await expect(owner.get_by_test_id('max_current')).to_contain_text('by Anna')
        answer = await ben.goto(f'{program.http}/settings')
        assert answer is not None
        assert answer.status == 403
        assert await value(rest, 'max_current', token) == 10
        assert PASSWORD not in (await rest.get('/api/settings/file', headers=token)).text
        complaints.forget()


async def test_the_first_start_asks_three_things(open_page: OpenPage) -> None:
    async with running() as program, program.client() as rest:
        page = await open_page(program.http, 390, 844)
        questions = page.get_by_test_id('first-questions')
        await questions.get_by_label('Fuse of the wallbox').fill('20')
        await questions.get_by_label('Phases').select_option('three')
        await questions.get_by_label('Name').fill('Garage')
        await page.keyboard.press('Enter')
        await expect(questions).to_have_count(0)
        await expect(page.get_by_role('heading', level=1)).to_have_text('Garage')
        assert [await value(rest, name) for name in ('max_current', 'phases', 'name')] == [20, 3, 'Garage']
        await page.reload()
        await expect(page.get_by_test_id('headline')).to_be_visible()
        await expect(questions).to_have_count(0)


async def test_the_first_start_leaves_out_what_is_given_and_can_be_skipped(open_page: OpenPage) -> None:
    async with running('--phases', '3') as program, program.client() as rest:
        page = await open_page(program.http)
        questions = page.get_by_test_id('first-questions')
        await expect(questions.get_by_label('Name')).to_be_visible()
        await expect(questions.get_by_label('Phases')).to_have_count(0)
        await questions.get_by_role('button', name='Skip').click()
        await expect(questions).to_have_count(0)
        assert await value(rest, 'max_current') == 16
        assert (await rest.get('/api/history?kind=setting')).json()['items'] == []
        await page.reload()
        await expect(page.get_by_test_id('headline')).to_be_visible()
        await expect(questions).to_have_count(0)
