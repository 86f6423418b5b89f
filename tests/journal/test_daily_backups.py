"""The program makes a backup a day by itself, keeps seven, and never fills the disk with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpo.journal import Journal, JournalDamaged
from cpo.journal.daily_backups import back_up
from cpo.journal.damage import check
from tests.journal.damaging import flip_a_page, journal_with_a_session
from tests.journal.quiet_house import rows

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """A journal that holds a session, in use."""
    await journal_with_a_session(tmp_path)
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def backups(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / 'backups').glob('journal-*'))


def bytes_of_journal(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob('journal.db*'))


async def test_it_is_whole_private_and_of_its_time(journal: Journal, tmp_path: Path) -> None:
    await back_up(journal, check, NOON)
    (made,) = (tmp_path / 'backups').iterdir()
    assert made.name == 'journal-2026-06-14T120000Z.db'
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.parent.stat().st_mode & 0o777 == 0o700
    made.rename(made.with_name('journal.db'))
    assert rows(made.parent, 'SELECT count(*) FROM transactions') == [(1,)]


async def test_there_is_one_a_day_and_the_newest_seven_stay(journal: Journal, tmp_path: Path) -> None:
    for hours in range(0, 24 * 9, 8):
        await back_up(journal, check, NOON + timedelta(hours=hours))
    assert backups(tmp_path) == [f'journal-2026-06-{day}T120000Z.db' for day in range(16, 23)]


async def test_one_of_a_time_to_come_hinders_none_and_is_deleted_first(journal: Journal, tmp_path: Path) -> None:
    await back_up(journal, check, NOON + timedelta(days=3000))
    for days in range(7):
        await back_up(journal, check, NOON + timedelta(days=days))
    assert backups(tmp_path) == [f'journal-2026-06-{day}T120000Z.db' for day in range(14, 21)]


async def test_there_is_none_while_the_disk_has_not_twice_the_room(
    journal: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    size = bytes_of_journal(tmp_path)
    await back_up(journal, check, NOON, lambda folder: 2 * size - 1)
    assert backups(tmp_path) == []
    assert 'No backup was made' in caplog.text
    await back_up(journal, check, NOON, lambda folder: 2 * size)
    assert len(backups(tmp_path)) == 1


async def test_a_copy_that_is_not_sound_replaces_none(journal: Journal, tmp_path: Path) -> None:
    for days in range(7):
        await back_up(journal, check, NOON + timedelta(days=days))
    before = backups(tmp_path)

    def check_worn(copy: Path) -> None:
        flip_a_page(copy)
        check(copy)

    with pytest.raises(JournalDamaged):
        await back_up(journal, check_worn, NOON + timedelta(days=8))
    assert backups(tmp_path) == before


async def test_what_is_kept_in_memory_has_none(tmp_path: Path) -> None:
    journal = Journal(None)
    await back_up(journal, check, NOON)
    journal.close()
