"""HTML and script in all that a charger, a card, a stranger and a person can write, looked at on every page."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.browser.conftest import Complaints, OpenPage
from tests.browser.test_content_policy import PAGES, WITHIN
from tests.program import Program, running
from tests.scripted_charger import CALL_ERROR, ScriptedCharger

HOSTILE = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>{{7*7}}${7*7}`\'"'
SHORT = '<b onclick=harm()>x'
"""At most 20 characters, as an id tag has."""
HARM = """() => !!window.harmed || !!document.querySelector('img[src=x], b[onclick]')
    || [...document.scripts].some((each) => !each.nonce && each.textContent.includes('harmed'))"""
"""Whether something hostile ran, or became a part of the page."""


async def told(program: Program, charger: ScriptedCharger) -> None:
    """Let the charger, and one that is refused, say it everywhere."""
    boot = {'chargePointVendor': SHORT, 'chargePointModel': SHORT, 'firmwareVersion': HOSTILE[:50]}
    await charger.call('BootNotification', {**boot, 'chargePointSerialNumber': SHORT, 'meterType': SHORT})
    transaction_id = await charger.start(id_tag=SHORT)
    fault = {'connectorId': 1, 'status': 'Faulted', 'errorCode': 'OtherError', 'info': HOSTILE[:50]}
    await charger.call('StatusNotification', {**fault, 'vendorId': SHORT, 'vendorErrorCode': HOSTILE[:50]})
    await charger.call('DataTransfer', {'vendorId': HOSTILE, 'messageId': SHORT, 'data': HOSTILE})
    await charger.call(SHORT, {HOSTILE: HOSTILE})
    await charger.stop(transaction_id)
    with pytest.raises(InvalidStatus):
        await connect(f'ws://127.0.0.1:{program.port}/%3Cimg%20src=x%20onerror=window.harmed=1%3E', proxy=None)


async def test_it_is_text_everywhere(open_page: OpenPage, complaints: Complaints) -> None:
    async with (
        running('--memory', '--free-charging', '--startup-requests=false') as program,
        program.client() as rest,
        ScriptedCharger(program.ocpp('%3Cimg%20src=x%20onerror=window.harmed=1%3E')) as charger,
    ):
        await told(program, charger)
        names = {'name': HOSTILE[:40], 'connector_names': [HOSTILE[:40]]}
        assert (await rest.put('/api/settings', json=names)).status_code == 200
        assert (await rest.post('/api/tokens', json={'name': HOSTILE[:40], 'role': 'viewer'})).status_code == 200
        await rest.put(f'/api/idtags/{SHORT}', json={'status': 'Blocked', 'name': HOSTILE[:40]})
        asked = asyncio.create_task(rest.post('/api/chargepoint/commands/ClearCache', json={}))
        message_id, _ = await charger.receive_call('ClearCache')
        await charger.send([CALL_ERROR, message_id, 'InternalError', HOSTILE, {HOSTILE: HOSTILE}])
        assert (await asked).status_code == 502
        first = (await rest.get('/api/messages')).json()['items'][0]['number']
        for path in (*PAGES, '/messages?number=1', f'/messages?number={first}', '/%3Cimg%20src=x%3E'):
            page = await open_page(f'{program.http}{path}')
            shown = PAGES.get(path) or PAGES.get(path.partition('?')[0], 'h1')
            await expect(page.locator(shown).first).to_be_attached(timeout=WITHIN)
            assert await page.evaluate(HARM) is False, path
            if path not in ('/nothing', '/%3Cimg%20src=x%3E'):
                assert await complaints.settled() == [], path
            complaints.forget()
            await page.context.close()
