"""The Sessions page in a real browser: more sessions than the program holds in memory, over years."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import expect

from cpo.controllers import GoalResult, GoalShelf
from cpo.journal import GoalTables, Journal
from cpo.state import MAX_TRANSACTIONS, Connected, Entry, Transaction, TransactionStarted, TransactionStopped
from tests.browser.conftest import OpenPage
from tests.program import running
from tests.scripted_charger import ScriptedCharger

WITHIN = 20_000
SESSIONS = MAX_TRANSACTIONS + 30


async def write_sessions(folder: Path, count: int = SESSIONS) -> None:
    """One session a day, the last one yesterday, which had a plan."""
    journal = Journal(folder)
    state = journal.restored_state(1)
    begun = datetime.now(UTC) - timedelta(days=count)
    for number in range(count):
        at = begun + timedelta(days=number)
        session = Transaction(
            str(number + 1), 'garage', 1, 'Tag1', number=number + 1, meter_start_wh=0, start_timestamp=at
        )
        ended = TransactionStopped(str(number + 1), 1000, at + timedelta(hours=1), 'Local', at, number + 1)
        entries: list[Entry] = [TransactionStarted(session, at), ended]
        if number == 0:
            entries.insert(0, Connected(at, 'garage', '192.168.1.7'))
        for entry in entries:
            before, state = state, entry.apply(state)
            journal.record(entry, before, state)
    result = GoalResult(1, at + timedelta(hours=2), 12, 0, cost=1.92, best_cost=1.84, predicted_cost=1.9, number=count)
    GoalShelf(GoalTables(journal)).add_result(result)
    await journal.flushed()
    journal.close()


async def test_older_sessions_are_read_on_from_the_journal(open_page: OpenPage, tmp_path: Path) -> None:
    await write_sessions(tmp_path)
    async with running(f'--data-dir={tmp_path}') as program:
        page = await open_page(f'{program.http}/sessions')
        rows = page.get_by_test_id('session-row')
        more = page.get_by_role('button', name='Show older sessions')
        for shown in range(100, SESSIONS, 100):
            await expect(rows).to_have_count(shown, timeout=WITHIN)
            await more.click()
        await expect(rows).to_have_count(SESSIONS, timeout=WITHIN)
        await expect(more).to_be_hidden(timeout=WITHIN)
        year = (datetime.now(UTC) - timedelta(days=SESSIONS)).year
        await expect(rows.last).to_contain_text(str(year))


async def test_a_session_says_how_its_plan_went(open_page: OpenPage, tmp_path: Path) -> None:
    await write_sessions(tmp_path, 2)
    async with running(f'--data-dir={tmp_path}') as program:
        rows = (await open_page(f'{program.http}/sessions')).get_by_test_id('session-row')
        said = 'Plan: 12.0 kWh for 1.92 €; with perfect knowledge 1.84 €.'
        await expect(rows.first).to_contain_text(said, timeout=WITHIN)
        await expect(rows.last).not_to_contain_text('Plan')
        last = await rows.last.bounding_box()
        files = await rows.page.get_by_role('link', name='Save all as CSV').bounding_box()
        assert last is not None
        assert files is not None
        assert (
            last['y'] + last['height'] <= files['y'] <= last['y'] + last['height'] + 100
        )  # below the list, not over it


async def test_a_session_whose_charger_is_away_does_not_claim_to_run(open_page: OpenPage) -> None:
    async with running() as program:
        async with ScriptedCharger(program.ocpp('CP1')) as charger:
            await charger.boot()
            await charger.status(1, 'Charging')
            await charger.start()
            page = await open_page(program.http)
            lines, metrics = page.locator('.cpo-last-sessions'), page.locator('.cpo-metrics')
            await expect(lines).to_contain_text('running', timeout=WITHIN)
            await expect(metrics).not_to_contain_text('until')
        await expect(lines).to_contain_text(re.compile(r'no contact since \d\d:\d\d'), timeout=WITHIN)
        await expect(lines).not_to_contain_text('running')
        await expect(metrics).to_contain_text(re.compile(r'Time\s*\d\ss, until \d\d:\d\d'))
        await page.goto(f'{program.http}/sessions')
        row = page.get_by_test_id('session-row')
        await expect(row).to_contain_text(re.compile(r'\d\d:\d\d – \d\d:\d\d'), timeout=WITHIN)
        await expect(row).to_contain_text(re.compile(r'Its end is unknown: no contact since \d\d:\d\d\.'))
        await expect(row).not_to_contain_text('running')
