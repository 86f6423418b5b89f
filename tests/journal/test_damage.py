"""A damaged journal is found at the start, stays as it is, and is replaced only where somebody says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpo.errors import JournalError, MustNotStart
from cpo.journal import DamagedJournal, DamageKind, Journal, JournalDamaged
from cpo.journal.identity import APPLICATION_ID
from cpo.journal.schema import VERSION
from tests.journal.damaging import WAYS, Damaging, delete, flip_a_page, journal_with_a_session, write_text
from tests.journal.quiet_house import rows

NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
ASIDE = 'journal-damaged-2026-06-14T120000Z.db'


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A journal with a session."""
    return await journal_with_a_session(tmp_path)


def opened(folder: Path) -> DamagedJournal:
    """The damaged journal of a folder."""
    with pytest.raises(JournalDamaged) as raised:
        Journal(folder)
    return DamagedJournal(raised.value.damage, lambda: NOON)


def files(folder: Path) -> dict[str, bytes]:
    """What is in the folder, but for what SQLite writes while it only reads, and the lock."""
    passing = ('journal.db-shm', 'journal.lock')
    found = {file.name: file.read_bytes() for file in folder.iterdir() if file.name not in passing}
    return {name: content for name, content in found.items() if content or not name.endswith('-wal')}


def sessions(folder: Path) -> int:
    return int(rows(folder, 'SELECT count(*) FROM transactions')[0][0])


@pytest.mark.parametrize(('damaging', 'kind'), WAYS.items(), ids=lambda value: getattr(value, '__name__', ''))
def test_damage_is_found_and_nothing_is_changed(path: Path, damaging: Damaging, kind: DamageKind) -> None:
    damaging(path)
    before = files(path.parent)
    for _ in range(2):  # twice, since the first one must have let the folder go
        with pytest.raises(JournalDamaged) as raised:
            Journal(path.parent)
        assert (raised.value.damage.kind, raised.value.damage.path) == (kind, path)
    if kind is not DamageKind.UNREADABLE:  # that one was opened for writing, and SQLite tidied up behind it
        assert files(path.parent) == before


@pytest.mark.parametrize('damaging', WAYS, ids=lambda value: value.__name__)
def test_start_empty_renames_the_damaged_file_and_deletes_nothing(path: Path, damaging: Damaging) -> None:
    damaging(path)
    with closing(opened(path.parent)) as damaged:
        found = path.read_bytes() if path.exists() else None
        damaged.start_empty()
    Journal(path.parent).close()
    assert sessions(path.parent) == 0
    aside = path.with_name(ASIDE)
    assert (aside.read_bytes() if aside.exists() else None) == found


def test_a_backup_takes_its_place_and_stays_where_it_is(path: Path, tmp_path: Path) -> None:
    backup = tmp_path / 'elsewhere.db'
    shutil.copy(path, backup)
    copied = backup.read_bytes()
    flip_a_page(path)
    found = path.read_bytes()
    with closing(opened(tmp_path)) as damaged:
        damaged.restore(backup)
    Journal(tmp_path).close()
    assert sessions(tmp_path) == 1
    assert path.with_name(ASIDE).read_bytes() == found
    assert backup.read_bytes() == copied
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_newest_backup_that_is_sound_is_offered(path: Path) -> None:
    backups = path.parent / 'backups'
    backups.mkdir()
    for day in (11, 12, 13):
        shutil.copy(path, backups / f'journal-2026-06-{day}T030000Z.db')
    flip_a_page(backups / 'journal-2026-06-13T030000Z.db')
    delete(path)
    with closing(opened(path.parent)) as damaged:
        assert damaged.backup is not None
        assert damaged.backup.path.name == 'journal-2026-06-12T030000Z.db'
        assert damaged.backup.at == datetime(2026, 6, 12, 3, tzinfo=UTC)


def test_the_copy_made_before_an_update_is_offered_where_there_is_no_other(path: Path) -> None:
    before = path.with_name('journal-before-version-4.db')
    path.rename(before)
    os.utime(before, (NOON.timestamp(), NOON.timestamp()))
    with closing(opened(path.parent)) as damaged:
        assert damaged.backup == (before, NOON)


def test_what_is_no_journal_is_not_restored(path: Path, tmp_path: Path) -> None:
    flip_a_page(path)
    found = path.read_bytes()
    note = tmp_path / 'note.db'
    write_text(note)
    newer = tmp_path / 'newer.db'
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute(f'PRAGMA application_id = {APPLICATION_ID}')
        connection.execute(f'PRAGMA user_version = {VERSION + 1}')
    with closing(opened(tmp_path)) as damaged:
        for file in (note, tmp_path / 'nowhere.db', path):
            with pytest.raises(JournalDamaged):
                damaged.restore(file)
        with pytest.raises(MustNotStart, match='newer version'):
            damaged.restore(newer)
    assert path.read_bytes() == found
    assert not path.with_name(ASIDE).exists()


def test_two_damaged_files_of_one_second_are_both_left(path: Path) -> None:
    for _ in range(2):
        write_text(path)
        with closing(opened(path.parent)) as damaged:
            damaged.start_empty()
    assert len(list(path.parent.glob('journal-damaged-*.db'))) == 2


def test_a_folder_that_cannot_take_the_new_file_stays_as_it_is(path: Path) -> None:
    write_text(path)
    (path.parent / 'journal.new').mkdir()
    with closing(opened(path.parent)) as damaged, pytest.raises(JournalError, match='nothing was changed'):
        damaged.start_empty()
    assert path.read_bytes().startswith(b'This is no database')


def test_a_damaged_journal_is_held_against_other_programs(path: Path) -> None:
    write_text(path)
    with closing(opened(path.parent)), pytest.raises(MustNotStart, match='Another program uses the journal'):
        Journal(path.parent)


def test_a_journal_of_an_older_release_is_known_by_its_tables_and_signed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('PRAGMA application_id = 0')
    Journal(path.parent).close()
    assert rows(path.parent, 'PRAGMA application_id') == [(APPLICATION_ID,)]


def test_a_folder_that_never_had_a_journal_gets_one(tmp_path: Path) -> None:
    (tmp_path / 'journal.lock').touch()  # a program was killed before it made one
    Journal(tmp_path).close()
    assert sessions(tmp_path) == 0
