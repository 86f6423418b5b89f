"""Every page shows an alert while the journal cannot be written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.async_api import expect

from cpo.dashboard.parts.layout import JOURNAL_ALERT
from tests.browser.conftest import OpenPage
from tests.program import running

WITHIN = 20_000


async def test_the_line_comes_and_goes_by_itself_on_every_page(open_page: OpenPage, tmp_path: Path) -> None:
    async with running('--data-dir', str(tmp_path)) as program:
        home = await open_page(program.http)
        sessions = await open_page(f'{program.http}/sessions', width=390, height=844)
        alerts = [page.get_by_role('alert') for page in (home, sessions)]
        for alert in alerts:
            await expect(alert).to_have_count(0)
        with closing(sqlite3.connect(tmp_path / 'journal.db', isolation_level=None)) as another_program:
            another_program.execute('BEGIN IMMEDIATE')
            async with program.client() as rest:
                await rest.put('/api/solar', json={'pv_w': 3000})
                for alert in alerts:
                    await expect(alert).to_contain_text(JOURNAL_ALERT, timeout=WITHIN)
                assert (await rest.get('/api/health')).status_code == 503
        for alert in alerts:
            await expect(alert).to_have_count(0, timeout=WITHIN)
