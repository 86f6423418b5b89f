"""People set a password, sign in and out, and each sees and may do what their role says."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.async_api import Page, expect

from cpo.dashboard.words.waiting import BY_CARD
from simulator import Car, Charger
from tests.browser.conftest import Complaints, OpenPage
from tests.program import Program, running

PASSWORD = 'correct horse battery'
CATCH = """() => {
  window.sent = [];
  const emit = window.socket.emit;
  window.socket.emit = function (...message) { window.sent.push(message); return emit.apply(this, message); };
}"""
"""Note what the page sends by its websocket."""
REPEAT = '(messages) => messages.forEach((message) => window.socket.emit(...message))'


async def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Sign in on the page that asks for it, by keyboard alone."""
    await expect(page.get_by_label('Name')).to_be_focused()
    await page.keyboard.type(name)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')


async def mode(program: Program, cookie: dict[str, str]) -> str:
    """The mode of connector 1."""
    async with program.client() as rest:
        document = (await rest.get('/api/chargepoint', headers=cookie)).json()
    return str(document['connectors']['1']['mode'])


async def cookie_of(page: Page) -> dict[str, str]:
    """The header with the cookie of a page."""
    (cookie,) = await page.context.cookies()
    assert (cookie['httpOnly'], cookie['sameSite']) == (True, 'Lax')
    return {'Cookie': f'{cookie["name"]}={cookie["value"]}'}


async def test_the_first_password_is_set_and_people_sign_in(open_page: OpenPage, complaints: Complaints) -> None:
    async with running(environment={'CPO_DEMO': 'true'}) as program:
        other = await open_page(program.http)
        page = await open_page(f'{program.http}/connect')
        await expect(page.get_by_test_id('people-sentence')).to_contain_text('Nobody has a password')
        await page.get_by_test_id('people-link').click()
        await expect(page.get_by_test_id('nobody')).to_contain_text('everyone in this network can see and change')
        await page.get_by_label('Name').fill('Anna')
        await page.get_by_label('Password').fill(PASSWORD)
        await page.get_by_role('button', name='Set the first password').click()
        await expect(page.get_by_test_id('device')).to_contain_text('Chrome on Linux')
        await expect(page.get_by_test_id('device')).to_contain_text('this device')
        await expect(other.get_by_role('heading', name='Sign in')).to_be_visible(
            timeout=15_000
        )  # it was open, and is cut
        await expect(other.locator('body')).to_contain_text('home-cpo password NAME')
        await sign_in(other, 'anna', 'a wrong one')
        await expect(other.get_by_role('alert')).to_have_text('Nobody has this name with this password.')
        await other.keyboard.type(PASSWORD)
        await other.keyboard.press('Enter')
        await expect(other.get_by_test_id('start-stop')).to_be_visible()
        await page.get_by_role('button', name='Sign out').last.click()
        await expect(page.get_by_role('heading', name='Sign in')).to_be_visible()
        complaints.forget()  # the browser says that it was refused


async def test_each_role_has_its_own_controls_and_no_others_are_obeyed(
    open_page: OpenPage, complaints: Complaints
) -> None:
    async with running(environment={'CPO_DEMO': 'true'}) as program, program.client() as rest:
        token = await set_up(rest)
        await expect_connected(rest, token)
        owner, ben, guest = [await open_page(program.http) for _ in range(3)]
        for page, name in ((owner, 'Anna'), (ben, 'Ben'), (guest, 'Guest')):
            await sign_in(page, name)
            await expect(page.get_by_test_id('headline')).to_be_visible()
        await expect(ben.get_by_test_id('start-stop')).to_be_visible()
        await expect(ben.get_by_role('slider', name='Limit')).to_be_visible()
        await expect(guest.locator('.cpo-content :is(button, input, select):not(.cpo-range):visible')).to_have_count(0)
        await expect(guest.get_by_test_id('sentence')).to_have_text(BY_CARD)
        await expect(guest.get_by_test_id('as-set')).to_contain_text('Manual')
        await expect(guest.get_by_test_id('as-set')).to_contain_text('You may look')
        await expect(guest.locator('.cpo-content')).not_to_contain_text('slider')
        sent = await what_is_sent(owner)
        await expect_mode(program, token, 'off')
        await ben.get_by_test_id('mode-manual').click()
        await expect_mode(program, token, 'manual')
        for page in (guest, ben):  # an owner's own messages, from another's socket
            await page.evaluate(REPEAT, sent)
            await page.wait_for_timeout(500)
            await expect_mode(program, token, 'manual')
        await owner.evaluate(REPEAT, sent)
        await expect_mode(program, token, 'off')
        await guest.goto(f'{program.http}/connect')
        await expect(guest.get_by_test_id('forget')).to_have_count(0)
        await guest.goto(f'{program.http}/people')
        await expect(guest.get_by_test_id('you')).to_contain_text('You may look')
        await expect(guest.get_by_test_id('people')).to_have_count(0)
        await guest.goto(program.http)
        await expect(guest.get_by_test_id('start-stop')).to_have_count(0)
        assert (await rest.put('/api/people/Guest', json={'role': 'family'}, headers=token)).status_code == 200
        await expect(guest.get_by_test_id('start-stop')).to_be_visible(timeout=20_000)  # the page loads again by itself
        assert (await rest.delete('/api/people/Guest', headers=token)).status_code == 200
        await expect(guest.get_by_role('heading', name='Sign in')).to_be_visible(timeout=15_000)
        complaints.forget()


async def test_an_owner_adds_people_and_tokens(open_page: OpenPage, complaints: Complaints) -> None:
    async with running() as program, program.client() as rest:
        await set_up(rest)
        page = await open_page(f'{program.http}/people', 390, 844, 'dark')
        await sign_in(page, 'Anna')
        people = page.get_by_test_id('people')
        await people.get_by_label('Name').fill('<b>Carl</b>')
        await people.get_by_label('Password').fill(PASSWORD)
        await people.get_by_role('button', name='Add').click()
        await expect(people.get_by_text('<b>Carl</b>')).to_be_visible()
        await people.get_by_label('Role of Anna').select_option('viewer')
        await expect(people.get_by_role('alert')).to_have_text(
            'Anna is the last owner; make somebody else an owner first.'
        )
        await expect(people.get_by_label('Role of Anna')).to_have_value('owner')
        await page.get_by_label('What uses it').fill('Home Assistant')
        await page.get_by_role('button', name='Make a token').click()
        token = await page.get_by_test_id('made').locator('code').inner_text()
        shown = {'Authorization': f'Bearer {token}'}
        assert (await rest.put('/api/solar', json={'pv_w': 1}, headers=shown)).status_code == 200
        row = page.get_by_test_id('token').filter(has_text='Home Assistant')
        await row.get_by_role('button', name='Revoke').click()
        await row.get_by_role('group').get_by_role('button', name='Revoke').click()
        await expect(row).to_have_count(0)
        assert (await rest.get('/api/solar', headers=shown)).status_code == 401
        assert await page.evaluate('document.documentElement.scrollWidth') <= 390
        complaints.forget()


async def test_a_guest_changes_the_own_password(open_page: OpenPage, complaints: Complaints) -> None:
    async with running() as program, program.client() as rest:
        await set_up(rest)
        page = await open_page(f'{program.http}/people', 390, 844)
        await sign_in(page, 'Guest')
        await page.get_by_role('button', name='New password').click()
        await expect(page.get_by_label('Old password')).to_be_focused()
        await page.keyboard.type('a wrong one')
        await page.keyboard.press('Tab')
        await page.keyboard.type('a new one at last')
        await page.keyboard.press('Enter')
        you = page.get_by_test_id('you')
        await expect(you.get_by_role('alert')).to_contain_text('The old password is another one')
        await page.get_by_label('Old password').fill(PASSWORD)
        await page.keyboard.press('Enter')
        await expect(you.get_by_role('status')).to_contain_text('The new password holds')
        assert await page.evaluate('document.documentElement.scrollWidth') <= 390
        body = {'name': 'Guest', 'password': 'a new one at last'}
        assert (await rest.post('/api/session', json=body)).status_code == 200
        complaints.forget()


async def test_one_button_apart_from_the_other_signs_out_everywhere(
    open_page: OpenPage, complaints: Complaints
) -> None:
    async with running() as program, program.client() as other_device:
        await other_device.put('/api/people/Anna', json={'role': 'owner', 'password': PASSWORD})
        await other_device.post('/api/session', json={'name': 'Anna', 'password': PASSWORD})
        assert (await other_device.get('/api/settings')).status_code == 200
        page = await open_page(f'{program.http}/people', 390, 844)
        await sign_in(page, 'Anna')
        everywhere = page.get_by_role('button', name='Sign out everywhere')
        own = await page.get_by_test_id('you').get_by_role('button', name='New password').bounding_box()
        box = await everywhere.bounding_box()
        assert own is not None
        assert box is not None
        assert box['x'] - (own['x'] + own['width']) >= 8
        await everywhere.click()
        await expect(page.get_by_role('heading', name='Sign in')).to_be_visible()
        assert (await other_device.get('/api/settings')).status_code == 401
        complaints.forget()


async def test_the_history_and_the_sessions_name_who_pressed_start(open_page: OpenPage, complaints: Complaints) -> None:
    async with running('--memory') as program, program.client() as rest, Charger(program.ocpp('CP1')) as charger:
        token = await set_up(rest)
        charger.plug_in(1, Car())
        page = await open_page(program.http)
        await sign_in(page, 'Ben')
        await expect(page.get_by_test_id('headline')).to_have_text('Plugged in, ready to start')
        await page.get_by_test_id('start-stop').click()
        await charger.wait_for(1, 'Charging')
        await expect(page.get_by_text('Limit, set by Ben')).to_be_visible()
        begun = (await rest.get('/api/history?kind=session_begun', headers=token)).json()['items'][0]
        assert begun['what'].endswith('started by Ben.')
        assert (begun['details']['by'], begun['details']['name']) == ('person', 'Ben')
        complaints.forget()


async def set_up(rest: httpx.AsyncClient) -> dict[str, str]:
    """Give the house an owner, one of the family and a guest; the header of a token for an owner."""
    made = await rest.post('/api/tokens', json={'name': 'test', 'role': 'owner'})
    token = {'Authorization': f'Bearer {made.json()["token"]}'}
    for name, role in (('Anna', 'owner'), ('Ben', 'family'), ('Guest', 'viewer')):
        body = {'password': PASSWORD, 'role': role}
        assert (await rest.put(f'/api/people/{name}', json=body, headers=token)).status_code == 200
    return token


async def what_is_sent(owner: Page) -> list[Any]:
    """What the owner's page sends by its websocket when Off is chosen."""
    await owner.evaluate(CATCH)
    await owner.get_by_test_id('mode-off').click()
    await owner.wait_for_function('window.sent.some(([name]) => name === "event")')
    sent: list[Any] = await owner.evaluate('window.sent.filter(([name]) => name === "event")')
    return sent


async def expect_connected(rest: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Wait until the demo charger is connected."""
    for _ in range(100):
        if (await rest.get('/api/chargepoint', headers=headers)).json()['connected']:
            return
    raise AssertionError('no charger is connected')


async def expect_mode(program: Program, headers: dict[str, str], expected: str) -> None:
    """Wait until connector 1 has this mode."""
    found = ''
    for _ in range(40):
        found = await mode(program, headers)
        if found == expected:
            return
    assert found == expected
