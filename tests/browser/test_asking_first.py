"""What ends or lowers a session by a slip of the hand: the page asks first, or offers to undo it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.program import Program, running
from tests.scripted_charger import TIMESTAMP, ScriptedCharger

WITHIN = 20_000


@dataclass
class Session:
    """A page in front of a session limited to 12 A."""

    page: Page
    charger: ScriptedCharger
    program: Program
    transaction_id: int

    def part(self, name: str) -> Locator:
        """The element with this test id."""
        return self.page.get_by_test_id(name)

    async def says(self, name: str, text: str | re.Pattern[str]) -> None:
        """Wait until the element has this text."""
        await expect(self.part(name)).to_have_text(text, timeout=WITHIN)

    async def limit_sent(self) -> float:
        """The limit of the next SetChargingProfile; a question before it is refused."""
        while (call := await self.charger.receive())[2] != 'SetChargingProfile':
            await self.charger.answer(call[1], {'status': 'Rejected'})
        await self.charger.answer(call[1], {'status': 'Accepted'})
        return float(call[3]['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod'][0]['limit'])

    async def nothing_was_sent(self) -> None:
        """The next message is the answer to the charger's own Heartbeat."""
        await self.charger.call('Heartbeat', {})


@pytest_asyncio.fixture(loop_scope='session')
async def session(open_page: OpenPage) -> AsyncIterator[Session]:
    """A session that the page started with 12 A."""
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.boot()
        await expect(page.get_by_test_id('pill')).to_have_text(re.compile('Ready'), timeout=WITHIN)
        await page.get_by_test_id('limit-slider').fill('12')
        await charger.expect('RemoteStartTransaction')
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        await charger.meter(transaction_id, power=2760, current=12)
        session = Session(page, charger, program, transaction_id)
        await session.says('limit-value', '12.0')
        yield session


async def press_stop(session: Session) -> None:
    await session.part('start-stop').click()


async def set_zero(session: Session) -> None:
    await session.part('limit-slider').fill('5')


async def press_home(session: Session) -> None:
    await session.part('limit-slider').focus()
    await session.page.keyboard.press('Home')


@pytest.mark.parametrize('by_hand', [press_stop, set_zero, press_home])
async def test_the_end_of_a_session_is_asked_for_in_place(
    session: Session, by_hand: Callable[[Session], Awaitable[None]]
) -> None:
    await by_hand(session)
    await expect(session.part('question')).to_contain_text('This ends the session.', timeout=WITHIN)
    await session.says('limit-value', '12.0')
    await session.nothing_was_sent()
    await session.page.get_by_role('button', name='Keep charging').click()
    await expect(session.part('question')).to_be_hidden(timeout=WITHIN)
    await session.nothing_was_sent()
    await by_hand(session)
    await session.part('yes').click()
    assert await session.charger.expect('RemoteStopTransaction') == {'transactionId': session.transaction_id}


async def test_rest_is_never_asked(session: Session) -> None:
    async with session.program.client() as rest:
        answer = asyncio.create_task(rest.put('/api/chargepoint/1/chargeLimit', content='8'))
        assert await session.limit_sent() == 8
        assert (await answer).json()['applied'] == 8
    await session.says('limit-value', '8.0')
    await expect(session.part('message')).to_be_hidden()


async def test_a_lowered_limit_can_be_undone_for_ten_seconds(session: Session) -> None:
    await session.part('limit-slider').fill('7')
    assert await session.limit_sent() == 7
    await expect(session.part('message')).to_contain_text('Lowered from 12.0', timeout=WITHIN)
    await session.page.get_by_role('button', name='Undo').click()
    assert await session.limit_sent() == 12
    await session.says('limit-value', '12.0')
    await expect(session.part('message')).to_be_hidden(timeout=WITHIN)

    await session.part('limit-slider').fill('7')
    assert await session.limit_sent() == 7
    await expect(session.part('message')).to_be_visible(timeout=WITHIN)
    await expect(session.part('message')).to_be_hidden(timeout=12_000)


async def test_a_raised_limit_needs_no_undo(session: Session) -> None:
    await session.part('limit-slider').fill('14')
    assert await session.limit_sent() == 14
    await session.says('limit-value', '14.0')
    await expect(session.part('message')).to_be_hidden()


async def test_undo_gives_the_limit_back_to_the_sun(session: Session) -> None:
    async with session.program.client() as rest:
        await session.part('mode-solar').click()
        await rest.put('/api/solar', json={'pv_w': 2350})
        assert await session.limit_sent() == 10
        await session.says('limit-value', '10.0')
        await session.part('limit-slider').fill('7')
        assert await session.limit_sent() == 7
        await expect(session.part('message')).to_contain_text('The sun no longer changes it.', timeout=WITHIN)
        await session.page.get_by_role('button', name='Undo').click()
        await expect(session.part('mode-solar')).to_have_attribute('aria-pressed', 'true', timeout=WITHIN)
        assert await session.limit_sent() == 10


async def test_keys_begin_at_what_the_charger_offers_where_no_limit_is_known(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.boot()
        transaction_id = await charger.start()
        await charger.status(1, 'Charging')
        offered = {'value': '10.0', 'measurand': 'Current.Offered', 'unit': 'A'}
        taken = {'value': '2250', 'measurand': 'Power.Active.Import', 'unit': 'W'}
        value = {'timestamp': TIMESTAMP, 'sampledValue': [offered, taken]}
        await charger.call('MeterValues', {'connectorId': 1, 'transactionId': transaction_id, 'meterValue': [value]})
        await expect(page.get_by_test_id('power-kw')).to_contain_text('2.25', timeout=WITHIN)
        await expect(page.get_by_test_id('limit-value')).to_have_text('–')
        await page.get_by_test_id('limit-slider').focus()
        await page.keyboard.press('PageDown')
        request = await charger.expect('SetChargingProfile')
        assert float(request['csChargingProfiles']['chargingSchedule']['chargingSchedulePeriod'][0]['limit']) == 9
