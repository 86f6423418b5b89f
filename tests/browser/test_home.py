"""The page Home in a real browser, served by the real program."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.program import document_when, running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


async def say(page: Page, name: str, text: str | re.Pattern[str]) -> None:
    await expect(part(page, name)).to_have_text(text, timeout=WITHIN)


async def drag_limit_to(page: Page, amperes: float) -> None:
    """Drag the slider's thumb with the mouse to this limit."""
    slider = part(page, 'limit-slider')
    box = await slider.bounding_box()
    assert box is not None
    low, high = [float(await slider.get_attribute(name) or 0) for name in ('min', 'max')]
    now = float(await slider.input_value())
    inset = 12

    def x_of(value: float) -> float:
        return float(box['x'] + inset + (box['width'] - 2 * inset) * (value - low) / (high - low))

    y = box['y'] + box['height'] / 2
    await page.mouse.move(x_of(max(now, low)), y)
    await page.mouse.down()
    await page.mouse.move(x_of((now + amperes) / 2), y, steps=4)
    await page.mouse.move(x_of(amperes), y, steps=4)
    await page.mouse.up()


async def refuse_everything(charger: ScriptedCharger) -> None:
    """Answer every form of a limit with Rejected."""
    while True:
        message_id = (await charger.receive(timeout_s=60))[1]
        await charger.answer(message_id, {'status': 'Rejected'})


async def connector(rest: httpx.AsyncClient) -> dict[str, object]:
    found = (await rest.get('/api/chargepoint')).json()['connectors']['1']
    assert isinstance(found, dict)
    return found


async def test_a_stranger_charges_the_demo_car_from_the_empty_page(open_page: OpenPage) -> None:
    async with running() as program, program.client() as rest:
        page, second = await open_page(program.http), await open_page(program.http, 390, 844)
        await say(page, 'headline', 'Connect your wallbox')
        await part(page, 'start-demo').click()
        for each in (page, second):
            await say(each, 'pill', re.compile('Plugged in'))
        await drag_limit_to(page, 10)
        for each in (page, second):
            await say(each, 'pill', re.compile('Charging'))
            await say(each, 'power-kw', re.compile(r'2\.[23]\d'))
        shown = float(await part(page, 'limit-value').inner_text())
        assert 9.5 <= shown <= 10.5
        assert (await connector(rest))['limit'] == shown
        await expect(part(page, 'session-energy')).not_to_have_text(re.compile(r'^(–|0\.00)'), timeout=60_000)

        await part(page, 'limit-slider').fill('6')
        await say(second, 'limit-value', '6.0')
        await say(second, 'power-kw', re.compile(r'1\.3\d'))

        await part(page, 'mode-solar').click()
        await part(page, 'sun-slider').fill('2.4')
        await say(second, 'next-step', re.compile('10.2'))
        await say(second, 'limit-value', '10.2')
        await say(page, 'sun-value', '2.4')
        assert (await connector(rest))['mode'] == 'solar'

        await part(page, 'start-stop').click()
        await part(page, 'yes').click()
        for each in (page, second):
            await expect(part(each, 'pill')).not_to_have_text(re.compile('Charging'), timeout=WITHIN)
            await say(each, 'power-kw', re.compile('^0'))
        document = await document_when(rest, lambda d: d['connectors']['1']['attributes']['txStopTimestamp'])
        assert document['connectors']['1']['attributes']['totalCharged'] > 0


async def test_the_empty_page_leads_to_a_charger_that_plays_in_another_tab(open_page: OpenPage) -> None:
    async with running('--id-tags=Anna,Tag1') as program:
        page = await open_page(program.http)
        links = part(page, 'simulator')
        await expect(links).to_have_count(2)
        async with page.context.expect_page() as opened:
            await links.first.click()
        simulator = await opened.value
        await part(simulator, 'connect').click()
        await say(page, 'connection', 'Connected')
        async with program.client() as rest:
            assert (await rest.get('/api/chargepoint')).json()['chargePointId'] == 'STATION1'
            assert (await rest.get('/simulator/charger.py')).status_code == 404
        await page.goto(f'{program.http}/connect')
        await expect(links).to_have_count(2)


async def charge_with_12_a(page: Page, charger: ScriptedCharger) -> int:
    """Start a transaction with 12 A on the page; returns its id."""
    await charger.boot()
    await say(page, 'pill', re.compile('Ready'))
    await part(page, 'limit-slider').fill('12')
    await charger.expect('RemoteStartTransaction')
    transaction_id = await charger.start()
    await charger.status(1, 'Charging')
    await charger.meter(transaction_id, power=2760, current=12)
    return transaction_id


async def test_a_refused_limit_is_said_where_it_was_asked_and_the_thumb_goes_back(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        transaction_id = await charge_with_12_a(page, charger)
        await say(page, 'limit-value', '12.0')
        await part(page, 'limit-slider').fill('16')
        refusing = asyncio.create_task(refuse_everything(charger))
        await expect(part(page, 'message')).to_contain_text('refused', timeout=WITHIN)
        await expect(part(page, 'message')).to_contain_text('12.0', timeout=WITHIN)
        refusing.cancel()
        await say(page, 'limit-value', '12.0')
        await part(page, 'start-stop').click()
        await part(page, 'yes').click()
        await say(page, 'start-stop', re.compile('Stopping'))
        await charger.expect('RemoteStopTransaction')
        await charger.stop(transaction_id)
        await charger.status(1, 'Finishing')
        await say(page, 'pill', re.compile('Finished'))


async def test_a_paused_session_continues_after_one_press_with_its_earlier_limit(open_page: OpenPage) -> None:
    async with (
        running('--startup-requests=false', '--pause-at-zero=true') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        page = await open_page(program.http)
        await charge_with_12_a(page, charger)
        await part(page, 'start-stop').click()
        await part(page, 'yes').click()
        assert limit_of(await charger.expect('SetChargingProfile')) == 0
        await charger.status(1, 'SuspendedEVSE')
        await say(page, 'headline', 'Paused by you')
        second = await open_page(program.http, 390, 844)
        await say(second, 'start-stop', re.compile('Start charging'))
        await part(second, 'start-stop').click()
        assert limit_of(await charger.expect('SetChargingProfile')) == 12
        await charger.status(1, 'Charging')
        for each in (page, second):
            await say(each, 'start-stop', re.compile('Stop charging'))


def limit_of(request: Any) -> float:
    """The limit in A of a request's first period; a second one is the fallback."""
    periods = request['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod']
    return float(periods[0]['limit'])


async def test_a_refused_start_says_what_to_do(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(1, 'Finishing')
        page = await open_page(program.http)
        await say(page, 'pill', re.compile('Finished'))
        await part(page, 'start-stop').click()
        refusing = asyncio.create_task(refuse_everything(charger))
        await expect(part(page, 'message')).to_contain_text('Unplug the car and plug it in again.', timeout=WITHIN)
        refusing.cancel()


async def test_a_lost_charger_and_a_fault_are_said_in_words(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program:
        page = await open_page(program.http)
        async with ScriptedCharger(program.ocpp('CP1')) as charger:
            await charger.boot()
            await charger.status(1, 'Faulted', 'GroundFailure')
            await say(page, 'headline', 'Ground fault')
            await expect(part(page, 'start-stop')).to_contain_text('Restart the charger', timeout=WITHIN)
            await part(page, 'start-stop').click()
            await part(page, 'yes').click()
            assert await charger.expect('Reset') == {'type': 'Soft'}
        await say(page, 'pill', re.compile('Not connected'))
        await expect(part(page, 'limit-slider')).to_be_disabled()
        await page.set_viewport_size({'width': 390, 'height': 640})
        why, start = page.get_by_role('link', name='Why is it away?'), part(page, 'start-stop')
        above, below = await why.bounding_box(), await start.bounding_box()
        assert above is not None
        assert below is not None
        assert above['y'] + above['height'] <= below['y']


async def test_the_keyboard_sets_the_limit_once_the_keys_rest(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        page = await open_page(program.http)
        await say(page, 'pill', re.compile('Ready'))
        await part(page, 'limit-slider').focus()
        for key in ('End', 'PageDown', 'PageDown', 'ArrowLeft'):
            await page.keyboard.press(key)
        request = await charger.expect('RemoteStartTransaction')
        periods = request['chargingProfile']['chargingSchedule']['chargingSchedulePeriod']
        assert float(periods[0]['limit']) == 13.9


async def test_pages_report_a_stopped_server_and_recover_with_it(open_page: OpenPage) -> None:
    async with running() as program:
        page = await open_page(program.http)
        await say(page, 'headline', 'Connect your wallbox')
        await program.stop()
        await expect(page.get_by_text('No contact with the server')).to_be_visible(timeout=WITHIN)


SIZES = [(390, 844), (1024, 768), (1440, 900)]


@pytest.mark.parametrize('scheme', ['light', 'dark'])
async def test_every_page_fits_every_screen(
    open_page: OpenPage, tmp_path: Path, scheme: Literal['light', 'dark']
) -> None:
    async with running('--demo') as program, program.client() as rest:
        await document_when(rest, lambda d: d['connectors']['1']['status'] == 'Preparing')
        await rest.put('/api/chargepoint/1/chargeLimit', content='10')
        await document_when(rest, lambda d: d['connectors']['1'].get('power', 0) > 2000)
        await rest.put('/api/solar', json={'pv_w': 3000, 'mode': 'solar'})
        page = await open_page(program.http, scheme=scheme)
        for path in ('/', '/sessions', '/why', '/messages', '/connect'):
            await page.goto(program.http + path)
            await expect(part(page, 'connection')).to_have_text('Connected', timeout=WITHIN)
            for width, height in SIZES:
                await page.set_viewport_size({'width': width, 'height': height})
                await page.screenshot(path=tmp_path / f'{path[1:] or "home"}-{width}-{scheme}.png')
                await assert_fits(page, width, height, path)


async def assert_fits(page: Page, width: int, height: int, path: str) -> None:
    wide, high = await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.scrollHeight]')
    assert wide <= width, f'{path} scrolls sideways at {width} px'
    if path == '/' and width >= 768:
        assert high <= height, f'Home scrolls at {width} x {height}'
    background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    bright = sum(int(v) for v in re.findall(r'\d+', background)[:3]) > 384
    is_dark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert bright is not is_dark


async def test_two_connectors_give_a_choice_that_the_controls_follow(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        await charger.status(2, 'Preparing')
        page = await open_page(program.http)
        await page.get_by_role('radio', name='2').or_(page.get_by_role('button', name=re.compile('2$'))).first.click()
        await say(page, 'pill', re.compile('Plugged in'))
        await part(page, 'start-stop').click()
        assert (await charger.expect('RemoteStartTransaction'))['connectorId'] == 2
        await charger.start(connector_id=2)


async def test_a_fault_stays_on_home_until_it_is_dismissed_and_in_sessions(open_page: OpenPage, tmp_path: Path) -> None:
    options = ('--startup-requests=false', f'--data-dir={tmp_path}')
    async with running(*options) as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.boot()
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await charger.status(1, 'Faulted', 'GroundFailure')
        await charger.stop(transaction_id)
        await charger.status(1, 'Finishing')
        await say(page, 'headline', 'Stopped by a fault')
        await program.stop()
    async with running(*options) as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.status(1, 'Available')
        await expect(part(page, 'message')).to_contain_text('Stopped by a ground fault', timeout=WITHIN)
        await page.get_by_role('button', name='Dismiss').click()
        await expect(part(page, 'message')).to_be_hidden(timeout=WITHIN)
        await page.goto(f'{program.http}/sessions')
        await expect(part(page, 'session-row')).to_contain_text('a ground fault', timeout=WITHIN)
