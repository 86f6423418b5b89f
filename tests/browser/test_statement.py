"""The statement on Sessions in a real browser: chosen, shown as a page, printed on A4."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from cpo.statement import Finding, verified
from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000


async def test_a_statement_is_chosen_shown_and_printed(open_page: OpenPage, tmp_path: Path) -> None:
    async with (
        running(f'--data-dir={tmp_path}', '--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
    ):
        await charger.boot()
        for tag in ('Tag1', 'Tag2'):
            await charger.stop(await charger.start(id_tag=tag, meter_start=0), 4000)
        page = await open_page(f'{program.http}/sessions')
        form = page.get_by_test_id('statement')
        await form.get_by_label('Whose').select_option('Tag2', timeout=WITHIN)
        async with page.context.expect_page() as opened:
            await form.get_by_role('button', name='Print').click()
        paper = await opened.value
        await expect(paper.get_by_role('heading', level=1)).to_have_text('Charging statement')
        await expect(paper.get_by_role('table').first).to_contain_text('Together14.0001.20 EUR')
        await expect(paper.locator('body')).not_to_contain_text('Tag1')
        assert await paper.evaluate('document.documentElement.scrollWidth <= innerWidth')
        await paper.evaluate('window.print = () => { document.title = "printed" }')
        await paper.get_by_role('button', name='Print').click()
        await expect(paper).to_have_title('printed')
        pdf = await paper.pdf(prefer_css_page_size=True)
        sizes = re.findall(rb'/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]', pdf)
        assert [tuple(round(float(side)) for side in size) for size in sizes] == [(595, 842)]  # A4, one page
        async with page.context.expect_page() as opened, page.expect_download() as downloading:
            await form.get_by_role('button', name='CSV').click()
        await (await downloading.value).save_as(tmp_path / 'statement.csv')
        assert verified((tmp_path / 'statement.csv').read_bytes()).finding is Finding.WHOLE
        await page.set_viewport_size({'width': 390, 'height': 844})
        await page.get_by_role('link', name='Statement').click()
        await expect(form.get_by_role('button', name='JSON')).to_be_in_viewport()
