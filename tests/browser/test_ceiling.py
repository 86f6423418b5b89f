"""What Home says of the configured maximum in a session that a card started."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def obey(charger: ScriptedCharger, profiles: list[Any]) -> None:
    """Accept every limit and refuse every question."""
    while True:
        frame = await charger.receive(timeout_s=60)
        if frame[0] == 2 and frame[2] == 'SetChargingProfile':
            profiles.append(frame[3])
            await charger.answer(frame[1], {'status': 'Accepted'})
        elif frame[0] == 2:
            refusal: Any = {'configurationKey': []} if frame[2] == 'GetConfiguration' else {'status': 'Rejected'}
            await charger.answer(frame[1], refusal)


async def test_a_card_session_is_held_at_the_maximum_and_home_says_so(open_page: OpenPage) -> None:
    async with running('--max-current=13') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        profiles: list[Any] = []
        obeying = asyncio.create_task(obey(charger, profiles))
        now = '2026-06-14T12:00:00Z'
        start = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 0, 'timestamp': now}
        await charger.send([2, 's1', 'StartTransaction', start])
        status = {'connectorId': 1, 'status': 'Charging', 'errorCode': 'NoError', 'timestamp': now}
        await charger.send([2, 's2', 'StatusNotification', status])
        message = page.get_by_test_id('message')
        await expect(message).to_contain_text('Held at 13.0\u00a0A, the configured maximum.', timeout=WITHIN)
        await expect(page.get_by_test_id('headline')).to_have_text('Charging')  # nothing is measured
        await page.get_by_role('button', name='Change').click()
        await expect(page.get_by_test_id('limit-slider')).to_be_focused()
        await page.keyboard.press('PageDown')
        await expect(page.get_by_test_id('limit-value')).to_have_text('12.0', timeout=WITHIN)
        await expect(message).not_to_contain_text('Held at', timeout=WITHIN)
        assert len(profiles) == 2
        obeying.cancel()


async def test_where_nothing_may_be_sent_home_says_that_the_maximum_does_not_hold(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.boot()
        await charger.start()
        await charger.status(1, 'Charging')
        alert = page.get_by_test_id('message').and_(page.get_by_role('alert'))
        await expect(alert).to_contain_text('does not hold for this session', timeout=WITHIN)
        await charger.call('Heartbeat', {})
