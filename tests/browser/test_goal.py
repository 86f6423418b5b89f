"""The goal on Home in a real browser: set, repeated, changed for the next time only, skipped and cleared."""

from __future__ import annotations

import re

import httpx
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def test_a_goal_is_set_changed_for_once_and_cleared(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        page = await open_page(program.http)
        await charger.boot()
        line, form = page.get_by_test_id('goal-line'), page.get_by_test_id('goal-form')
        await expect(line).to_have_text('No goal: it does what the mode says.', timeout=WITHIN)
        await page.get_by_test_id('goal-open').click()
        await page.get_by_test_id('goal-time').fill('06:30')
        await page.get_by_test_id('goal-energy_kwh').fill('18')
        await form.get_by_role('button', name='Monday').click()
        await form.get_by_role('button', name='Tuesday').click()
        await form.get_by_role('button', name='Monday').click()
        await page.get_by_test_id('goal-save').click()
        await expect(line).to_have_text(
            re.compile('Ready at .*06:30: 18 kWh, once a car is plugged in'), timeout=WITHIN
        )
        async with httpx.AsyncClient(base_url=program.http) as rest:
            goal = (await rest.get('/api/chargepoint/1/goal')).json()
            assert (goal['goal']['ready_by'], goal['goal']['repeat']) == ('06:30', ['tue'])
            await page.get_by_test_id('goal-open').click()
            await page.get_by_test_id('goal-tonight').check()
            await page.get_by_test_id('goal-soc').fill('80')
            await page.get_by_test_id('goal-save').click()
            await expect(line).to_have_text(re.compile('18 kWh and 80 %, once'), timeout=WITHIN)
            assert (await rest.get('/api/chargepoint/1/goal')).json()['goal']['soc'] is None
            await page.get_by_test_id('goal-open').click()
            await expect(page.get_by_test_id('goal-tonight')).to_be_checked()
            await expect(page.get_by_test_id('goal-soc')).to_have_value('80')
            await page.get_by_test_id('goal-skip').click()
            await expect(line).to_have_text(re.compile('The goal is skipped until'), timeout=WITHIN)
            await page.get_by_test_id('goal-open').click()
            await expect(page.get_by_test_id('goal-energy_kwh')).to_have_value('18')
            await expect(page.get_by_test_id('goal-soc')).to_have_value('')
            await expect(page.get_by_test_id('goal-time')).to_have_value('06:30')
            await page.get_by_test_id('goal-clear').click()
            await expect(line).to_have_text(re.compile('No goal'), timeout=WITHIN)
            await page.get_by_test_id('goal-open').click()
            await page.get_by_test_id('goal-kind-stop').click()
            await page.get_by_test_id('goal-energy_kwh').fill('')
            await page.get_by_test_id('goal-save').click()
            await expect(form.get_by_role('alert')).to_have_text('Say where charging stops.')
            await page.get_by_test_id('goal-minutes').fill('90')
            await page.get_by_test_id('goal-save').click()
            await expect(line).to_have_text('Stops at 90 min; 0.00 kWh so far.', timeout=WITHIN)


async def test_the_form_opens_with_all_of_the_goal_that_is_set(open_page: OpenPage) -> None:
    async with running('--startup-requests=false') as program, ScriptedCharger(program.ocpp('CP1')) as charger:
        await charger.boot()
        goal = {'ready_by': '06:30', 'energy_kwh': 18, 'soc': 80, 'cost': 5, 'repeat': ['tue']}
        async with httpx.AsyncClient(base_url=program.http) as rest:
            assert (await rest.put('/api/chargepoint/1/goal', json=goal)).status_code == 200
            page = await open_page(program.http)
            await page.get_by_test_id('goal-open').click()
            for name, shown in {'time': '06:30', 'energy_kwh': '18', 'soc': '80', 'cost': '5', 'minutes': ''}.items():
                await expect(page.get_by_test_id(f'goal-{name}')).to_have_value(shown)
            await page.get_by_test_id('goal-energy_kwh').fill('20')
            await page.get_by_test_id('goal-save').click()
            await expect(page.get_by_test_id('goal-line')).to_have_text(re.compile('20 kWh and 80 %'), timeout=WITHIN)
            stored = (await rest.get('/api/chargepoint/1/goal')).json()['goal']
            assert {name: stored[name] for name in goal} == goal | {'energy_kwh': 20}
