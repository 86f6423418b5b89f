"""Older files become newer ones, newer ones stay as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cpo.errors import MustNotStart
from cpo.journal import Journal
from cpo.journal.schema import MIGRATIONS, VERSION, prepare
from tests.journal.quiet_house import QuietHouse, rows
from tests.program import run_to_end

NEXT = 'CREATE TABLE tariffs (price REAL); INSERT INTO tariffs VALUES (0.3);'
BROKEN = 'CREATE TABLE tariffs (price REAL); INSERT INTO nowhere VALUES (1);'


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder with a journal that holds a transaction."""
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.start()
    return tmp_path


def migrate(folder: Path, *more: str) -> None:
    path = folder / 'journal.db'
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        prepare(path, connection, (*MIGRATIONS, *more))


def test_a_new_file_has_the_version_of_the_program_and_no_copy(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    assert rows(tmp_path, 'PRAGMA user_version') == [(VERSION,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ['journal.db', 'journal.lock']


def test_an_older_file_is_copied_before_it_is_migrated(folder: Path) -> None:
    before = rows(folder, 'SELECT * FROM transactions')
    migrate(folder, NEXT)
    assert rows(folder, 'PRAGMA user_version') == [(VERSION + 1,)]
    assert rows(folder, 'SELECT price FROM tariffs') == [(0.3,)]
    assert rows(folder, 'SELECT * FROM transactions') == before
    copy = folder / f'journal-before-version-{VERSION + 1}.db'
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute('PRAGMA user_version').fetchone() == (VERSION,)
        assert connection.execute('SELECT * FROM transactions').fetchall() == before
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'tariffs'").fetchone() == (0,)


def test_a_migration_is_done_as_a_whole_or_not_at_all(folder: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match='nowhere'):
        migrate(folder, BROKEN)
    assert rows(folder, 'PRAGMA user_version') == [(VERSION,)]
    migrate(folder, NEXT)
    assert rows(folder, 'SELECT price FROM tariffs') == [(0.3,)]


def test_a_file_of_this_version_is_not_copied(folder: Path) -> None:
    migrate(folder)
    assert not list(folder.glob('*before*'))


def test_a_newer_file_is_untouched_even_where_its_program_was_killed(folder: Path, tmp_path: Path) -> None:
    path, killed = folder / 'journal.db', tmp_path / 'killed'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('PRAGMA journal_mode = WAL')
        connection.execute(f'PRAGMA user_version = {VERSION + 1}')
        killed.mkdir()
        for file in folder.glob('journal.db*'):
            (killed / file.name).write_bytes(file.read_bytes())
    before = {name: (killed / name).read_bytes() for name in ('journal.db', 'journal.db-wal')}
    assert before['journal.db-wal']
    with pytest.raises(MustNotStart, match='newer version'):
        Journal(killed)
    assert {name: (killed / name).read_bytes() for name in before} == before


@pytest.mark.parametrize('mode', ['WAL', 'DELETE'])
async def test_a_newer_file_ends_the_program_with_one_sentence_and_stays_untouched(folder: Path, mode: str) -> None:
    path = folder / 'journal.db'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f'PRAGMA journal_mode = {mode}')
        connection.execute(f'PRAGMA user_version = {VERSION + 1}')
    before = path.read_bytes()
    ended = await run_to_end('--data-dir', str(folder))
    assert (ended.status, ended.output) == (2, '')
    assert ended.errors == (
        f'{path} was written by a newer version of this program (its journal has version {VERSION + 1}, this program '
        f'knows {VERSION}); start that version, or choose another folder with --data-dir.\n'
    )
    assert path.read_bytes() == before
    with pytest.raises(MustNotStart):  # twice, since the first one must have let the folder go
        Journal(folder)
