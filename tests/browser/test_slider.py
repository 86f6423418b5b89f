"""The slider under a finger: a page that is scrolled changes no limit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product

import pytest
import pytest_asyncio
from playwright.async_api import CDPSession, Page, expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


@dataclass
class Phone:
    """A page on a phone, with one finger on its glass, in front of a session limited to 12 A."""

    page: Page
    charger: ScriptedCharger
    glass: CDPSession

    async def thumb(self, name: str = 'limit') -> tuple[float, float]:
        """Where the thumb of this slider rests, in CSS pixels: lines that come and go above it have moved it."""
        slider = self.page.get_by_test_id(f'{name}-slider')
        box, before = await slider.bounding_box(), None
        while box is None or box != before:
            await asyncio.sleep(0.5)
            box, before = await slider.bounding_box(), box
        low, high = [float(await slider.get_attribute(name) or 0) for name in ('min', 'max')]
        share = (float(await slider.input_value()) - low) / (high - low)
        return box['x'] + 12 + (box['width'] - 24) * share, box['y'] + box['height'] / 2

    async def swipe(self, x: float, y: float, right: float = 0, down: float = 0, steps: int = 12) -> None:
        """Put the finger down, move it and lift it."""
        await self._touch('touchStart', x, y)
        for step in range(1, steps + 1):
            await self._touch('touchMove', x + right * step / steps, y + down * step / steps)
        await self._touch('touchEnd')

    async def cancel(self, x: float, y: float, right: float) -> None:
        """Put the finger down and move it; then the system takes the gesture away."""
        await self._touch('touchStart', x, y)
        await self._touch('touchMove', x + right / 2, y)
        await self._touch('touchMove', x + right, y)
        await self._touch('touchCancel')

    async def limit_is(self, amperes: str) -> None:
        """Wait until this is the limit shown."""
        await expect(self.page.get_by_test_id('limit-value')).to_have_text(amperes, timeout=WITHIN)

    async def limit_sent(self) -> float:
        """The limit in A of the next charging profile, which is accepted; questions about limits are not supported."""
        while (frame := await self.charger.receive(30))[2] != 'SetChargingProfile':
            await self.charger.send([4, frame[1], 'NotSupported', '', {}])
        await self.charger.answer(frame[1], {'status': 'Accepted'})
        return float(frame[3]['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod'][0]['limit'])

    async def nothing_was_sent(self) -> None:
        """The answer to the charger's own Heartbeat is not preceded by a limit or a stop."""
        await self.charger.send([2, 'heartbeat', 'Heartbeat', {}])
        while (message := await self.charger.receive())[1] != 'heartbeat':
            assert message[2] == 'GetCompositeSchedule'  # asked some time after each limit
            await self.charger.answer(message[1], {'status': 'Rejected'})

    async def _touch(self, kind: str, *at: float) -> None:
        points = [{'x': at[0], 'y': at[1]}] if at else []
        await self.glass.send('Input.dispatchTouchEvent', {'type': kind, 'touchPoints': points})


@pytest_asyncio.fixture(loop_scope='session')
async def phone(open_page: OpenPage) -> AsyncIterator[Phone]:
    """A phone in front of a running session."""
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http, 390, 844)
        glass = await page.context.new_cdp_session(page)
        await glass.send('Emulation.setTouchEmulationEnabled', {'enabled': True})
        await charger.boot()
        await expect(page.get_by_test_id('pill')).to_have_text(re.compile('Ready'), timeout=WITHIN)
        await page.get_by_test_id('limit-slider').fill('12')
        await charger.expect('RemoteStartTransaction')
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await charger.meter(transaction_id, power=2760, current=12)
        phone = Phone(page, charger, glass)
        await phone.limit_is('12.0')
        await page.get_by_test_id('limit-slider').scroll_into_view_if_needed()
        yield phone


async def test_a_page_scrolled_from_the_slider_changes_nothing(phone: Phone) -> None:
    for on_the_track, drift in product((0, -80), (0, 8, -8)):
        await phone.thumb()  # the swipe before has come to rest
        await phone.page.evaluate('scrollTo(0, 0)')
        await phone.page.get_by_test_id('limit-slider').scroll_into_view_if_needed()
        x, y = await phone.thumb()
        before = await phone.page.evaluate('scrollY')
        await phone.swipe(x + on_the_track, y, right=drift, down=-200)
        await phone.limit_is('12.0')
        await phone.nothing_was_sent()
        await phone.page.wait_for_function('(before) => scrollY > before', arg=before)


async def test_a_limit_in_kw_is_set_in_amperes(phone: Phone) -> None:
    change = "(units) => cpo.change('PUT', '/api/settings', { units })"
    await phone.page.evaluate(change, 'kW')
    await phone.limit_is('2.8')
    slider = phone.page.get_by_test_id('limit-slider')
    await expect(slider).to_have_attribute('aria-valuetext', '2.8 kW')
    await slider.fill('10')
    assert await phone.limit_sent() == 10
    await phone.limit_is('2.3')
    await phone.page.evaluate(change, 'A')
    await phone.limit_is('10.0')


async def test_a_tap_on_the_track_changes_nothing(phone: Phone) -> None:
    x, y = await phone.thumb()
    await phone.swipe(x - 100, y, steps=1)
    await phone.limit_is('12.0')
    await phone.nothing_was_sent()


@pytest.mark.parametrize('start', [0, -60])
async def test_a_finger_that_goes_sideways_sets_the_limit(phone: Phone, start: float) -> None:
    x, y = await phone.thumb()
    await phone.swipe(x + start, y, right=-60)
    assert 6 <= await phone.limit_sent() < 11


async def test_a_gesture_the_system_takes_away_restores_the_limit(phone: Phone) -> None:
    x, y = await phone.thumb()
    await phone.cancel(x, y, right=-60)
    await phone.limit_is('12.0')
    await phone.nothing_was_sent()


async def test_the_whole_thumb_can_be_grabbed_at_both_ends(phone: Phone) -> None:
    """Half of it is outside of its track there."""
    slider, value, mouse = (*map(phone.page.get_by_test_id, ('sun-slider', 'sun-value')), phone.page.mouse)
    sun = phone.page.locator('.cpo-node-sun b')
    for end, power, outer, moved in (('10', '10.0', 10, r'8\.[2-6]'), ('0', '0', -10, r'1\.[4-8]')):
        for is_finger in (True, False):
            await slider.fill(end)
            await expect(sun).to_have_text(f'{power} kW', timeout=WITHIN)
            await slider.evaluate('(node) => node.scrollIntoView({ block: "center" })')  # not behind the bottom bar
            x, y = await phone.thumb('sun')
            if is_finger:
                await phone.swipe(x + outer, y, right=-5 * outer)
            else:
                await mouse.move(x + outer, y)
                await mouse.down()
                await mouse.move(x - 4 * outer, y, steps=4)
                await mouse.up()
            await expect(value).to_have_text(re.compile(moved), timeout=5000)
            await expect(sun).to_have_text(re.compile(moved), timeout=WITHIN)


async def test_the_outer_half_of_the_thumb_lowers_the_maximum(phone: Phone) -> None:
    await phone.page.get_by_test_id('limit-slider').fill('16')
    assert await phone.limit_sent() == 16
    await phone.limit_is('16.0')
    x, y = await phone.thumb()
    await phone.swipe(x + 10, y, right=-60)
    assert 13 < await phone.limit_sent() < 15
