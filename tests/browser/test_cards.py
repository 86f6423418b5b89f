"""The page Cards: the card just held to the charger is allowed, named, blocked and deleted; each can be undone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.browser.test_accessibility import violations
from tests.browser.test_people import set_up, sign_in
from tests.program import Program, running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
SCREENS = {'phone': (390, 844, 'dark'), 'desk': (1280, 900, 'light')}
STRANGER = '04A291C3'


@pytest_asyncio.fixture(loop_scope='session')
async def program() -> AsyncIterator[Program]:
    async with running('--memory', '--startup-requests=false') as program:
        yield program


def row(page: Page, words: str) -> Locator:
    return page.get_by_test_id('card').filter(has_text=words)


async def answer_to(charger: ScriptedCharger, id_tag: str) -> str:
    answer = await charger.call('Authorize', {'idTag': id_tag})
    return str(answer['idTagInfo']['status'])


@pytest.mark.parametrize('screen', SCREENS)
async def test_the_card_just_held_to_the_charger_is_allowed_and_named(
    open_page: OpenPage, program: Program, screen: str
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await open_page(program.http, *SCREENS[screen])
        await expect(page.get_by_test_id('headline')).to_have_text('Ready for a car', timeout=WITHIN)
        assert await answer_to(charger, STRANGER) == 'Invalid'
        await expect(page.get_by_test_id('headline')).to_have_text('This card is not known')
        await page.get_by_test_id('sentence').get_by_role('link', name='Cards').click()
        unknown = page.get_by_test_id('unknown-card')
        await expect(unknown).to_contain_text(f'Card {STRANGER}', timeout=WITHIN)
        assert await answer_to(charger, '<i>x</i>') == 'Invalid'  # one more shows up by itself
        await expect(unknown).to_have_count(2)
        await unknown.filter(has_text=STRANGER).get_by_role('button', name='Allow').click()
        await expect(page.get_by_label('Name')).to_be_focused()
        assert await answer_to(charger, STRANGER) == 'Accepted'
        await page.keyboard.type('Blue card')
        await page.get_by_label('Person').fill('Anna')
        await page.keyboard.press('Enter')
        await expect(row(page, 'Blue card')).to_contain_text(f'Anna · {STRANGER} · seen')
        await expect(unknown).to_have_count(1)
        await charger.stop(await charger.start(STRANGER))
        await expect(row(page, 'Blue card')).to_contain_text('1.0\u202fkWh')
        assert await page.evaluate('document.documentElement.scrollWidth') <= SCREENS[screen][0]
        await page.goto(f'{program.http}/sessions')
        await expect(page.get_by_test_id('session-row')).to_contain_text('Anna')


async def test_a_card_is_blocked_changed_and_deleted_and_each_is_undone(
    open_page: OpenPage, program: Program, complaints: Complaints
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger, program.client() as rest:
        await charger.boot()
        card = {'status': 'Accepted', 'name': 'Blue card', 'person': 'Anna', 'expiryDate': '2099-01-01T12:00:00Z'}
        before = (await rest.put('/api/idtags/Tag1', json=card)).json()
        page = await open_page(f'{program.http}/tags')
        blue, undo = row(page, 'Blue card'), page.get_by_test_id('done').get_by_role('button', name='Undo')
        await blue.get_by_role('button', name='Block').click(timeout=WITHIN)
        await expect(blue).to_contain_text('blocked')
        assert await answer_to(charger, 'Tag1') == 'Blocked'
        await answer_to(charger, STRANGER)
        await expect(page.get_by_test_id('unknown-card')).to_be_visible()
        await undo.click()
        await expect(blue).not_to_contain_text('blocked')
        await blue.get_by_role('button', name='Change').click()
        await page.get_by_label('Name').fill('Red card')
        await page.get_by_label('Group').fill('x' * 20)
        await page.get_by_label('Last day').fill('2020-02-29')
        await page.get_by_label('Begin in').select_option('manual')
        await page.get_by_label('Limit in A').fill('32')
        await page.get_by_label('May charge from').fill('22:00')
        assert await violations(page) == []
        await page.get_by_label('kWh a month').fill('50')
        await page.get_by_label('After that').select_option('refuse')
        await page.get_by_role('button', name='Save').click()
        await expect(page.get_by_role('alert').filter(has_text='limit')).to_contain_text('from 6 to 16 A')
        await page.get_by_label('Limit in A').fill('10')
        await page.get_by_role('button', name='Save').click()
        await expect(row(page, 'Red card')).to_contain_text('expired')
        await expect(row(page, 'Red card')).to_contain_text(
            'Manual · 10\u202fA · 22:00 to 00:00 · 50\u202fkWh a month, then no new sessions'
        )
        assert await answer_to(charger, 'Tag1') == 'Expired'
        await undo.click()
        await expect(blue).to_contain_text('until 1 Jan 2099')
        goal = {'ready_by': '07:00', 'energy_kwh': 18, 'soc': 80, 'cost': 5}
        await rest.put('/api/idtags/Tag1', json={'goal': goal})
        await expect(blue).to_contain_text('ready at 07:00: 18\u202fkWh and 80\u202f%, stops at 5\u202fEUR')
        await rest.put('/api/idtags/Tag1', json={'goal': {'soc': 80, 'minutes': 90}})
        await expect(blue).to_contain_text('stops at 80\u202f% or 90\u202fmin')
        await rest.put('/api/idtags/Tag1', json={'goal': None})
        await expect(blue).not_to_contain_text('stops at')
        await blue.get_by_role('button', name='Change').click()
        await page.get_by_role('button', name='Delete this card').click()
        await expect(blue).to_have_count(0)
        assert await answer_to(charger, 'Tag1') == 'Invalid'
        await undo.click()
        await expect(blue).to_have_count(1)
        seen = {'last_seen': (after := (await rest.get('/api/idtags/Tag1')).json())['last_seen']}
        assert after == before | seen
        for id_tag in ('Tag1', 'Tag2'):
            await rest.delete(f'/api/idtags/{id_tag}')
        await expect(page.get_by_test_id('cards')).to_contain_text('No cards yet.')
    complaints.forget()  # the browser says that a limit was refused


async def test_who_may_not_change_cards_sees_the_own_ones_and_own_sessions_first(
    open_page: OpenPage, program: Program, complaints: Complaints
) -> None:
    async with ScriptedCharger(program.ocpp('CP1')) as charger, program.client() as rest:
        await charger.boot()
        assert await answer_to(charger, STRANGER) == 'Invalid'
        await rest.put('/api/idtags/Tag1', json={'name': 'Ant'})
        await rest.put('/api/idtags/Tag2', json={'person': 'ben', 'name': 'Zebra'})
        await set_up(rest)
        for name in ('Ben', 'Guest'):
            page = await open_page(f'{program.http}/tags', 390, 844)
            await sign_in(page, name)
            await expect(page.get_by_test_id('unknown-card')).to_contain_text('An owner can allow it.', timeout=WITHIN)
            await expect(page.locator('.cpo-content :is(button, input, select)')).to_have_count(0)
            first = 'Zebra' if name == 'Ben' else 'Ant'
            await expect(page.get_by_test_id('card').first).to_contain_text(first)
            await expect(page.get_by_text('Your cards')).to_have_count(1 if name == 'Ben' else 0)
        for id_tag in ('Tag1', 'Tag2'):
            await charger.stop(await charger.start(id_tag))
        sessions = page.get_by_test_id('session-row')
        await page.goto(f'{program.http}/sessions')
        await expect(sessions).to_have_count(2, timeout=WITHIN)
        await expect(page.get_by_test_id('whose-True')).to_be_hidden()
        page = await open_page(f'{program.http}/sessions')
        await sign_in(page, 'Ben')
        sessions = page.get_by_test_id('session-row')
        await expect(sessions).to_contain_text('ben', timeout=WITHIN)
        await page.get_by_test_id('whose-False').click()
        await expect(sessions).to_have_count(2)
        await page.get_by_test_id('whose-True').click()
        await expect(sessions).to_have_count(1)
        assert await page.get_by_test_id('month').get_by_text('1', exact=True).count() == 1
    complaints.forget()
