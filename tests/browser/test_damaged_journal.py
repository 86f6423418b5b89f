"""On a damaged journal, Home says what is damaged and offers what can be done; the whole program follows by itself."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.journal.damaging import damaged_with_backup, journal_with_a_session
from tests.program import Program, running

WITHIN = 20_000
ENERGY = re.compile(r'^1\.00\skWh 0\.30\s€$')


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A journal whose sessions cannot be read, with a backup."""
    return await damaged_with_backup(tmp_path)


async def choose(page: Page, program: Program, path: Path, button: str) -> None:
    """Read what is wrong, and click."""
    await expect(page.get_by_role('status')).to_contain_text(f'A part of {path} cannot be read')
    await page.get_by_role('button', name=button).click()
    await expect(page.get_by_role('navigation').first).to_be_attached(timeout=WITHIN)
    await page.goto(f'{program.http}/sessions')


async def test_the_backup_takes_its_place(open_page: OpenPage, path: Path) -> None:
    async with running('--data-dir', str(path.parent), environment={'TZ': 'UTC'}) as program:
        page = await open_page(program.http, width=390, height=844)
        await choose(page, program, path, 'Use the backup of 14 June 2026, 03:00')
        await expect(page.get_by_role('cell', name=ENERGY)).to_be_visible(timeout=WITHIN)


async def test_an_empty_one_takes_its_place(open_page: OpenPage, path: Path) -> None:
    async with running('--data-dir', str(path.parent)) as program:
        page = await open_page(f'{program.http}/sessions')
        await choose(page, program, path, 'Start empty')
        await expect(page.get_by_role('cell', name=ENERGY)).to_have_count(0)


async def test_a_choice_that_fails_is_said_and_can_be_repeated(
    open_page: OpenPage, complaints: Complaints, path: Path
) -> None:
    obstacle = path.with_name('journal.new')
    obstacle.mkdir()
    async with running('--data-dir', str(path.parent)) as program:
        page = await open_page(program.http)
        await page.get_by_role('button', name='Start empty').click()
        await expect(page.get_by_role('alert')).to_contain_text('nothing was changed', timeout=WITHIN)
        complaints.forget()  # of the answer 503
        obstacle.rmdir()
        await choose(page, program, path, 'Start empty')


async def test_a_row_that_was_set_aside_is_said_on_the_pages(open_page: OpenPage, tmp_path: Path) -> None:
    path = await journal_with_a_session(tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE transactions SET ending = 'banana'")
    async with running('--data-dir', str(tmp_path)) as program:
        page = await open_page(program.http)
        said = '1 row of the journal could not be read and was set aside (transactions: 1); the rest is used.'
        await expect(page.get_by_test_id('rows-alert')).to_contain_text(said, timeout=WITHIN)
