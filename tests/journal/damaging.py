"""Journals that are damaged on purpose, as disks, hands and other programs do it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from cpo.journal import DamageKind
from tests.journal.quiet_house import QuietHouse

Damaging = Callable[[Path], None]
PAGE_BYTES = 4096
MADE: dict[str, bytes] = {}


async def journal_with_a_session(folder: Path) -> Path:
    """The path of a journal, closed in order, with a session of 1000 Wh; the session is made once."""
    if not MADE:
        with tempfile.TemporaryDirectory() as name:
            await charge_once(Path(name))
            MADE.update({file: (Path(name) / file).read_bytes() for file in ('journal.db', 'journal.lock')})
    for file, content in MADE.items():
        (folder / file).write_bytes(content)
    return folder / 'journal.db'


async def charge_once(folder: Path) -> None:
    """Begin a journal, and charge 1000 Wh."""
    async with QuietHouse(folder) as house:
        house.connect()
        await house.boot()
        await house.status('Charging')
        transaction_id = await house.start(1000)
        await house.meter(transaction_id, energy=1500, power=3600)
        await house.stop(transaction_id, 2000)


def flip_a_page(path: Path) -> None:
    """The page with the sessions turns into noise, as on a worn SD card."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'transactions'").fetchone()
    with path.open('r+b') as file:
        file.seek((page - 1) * PAGE_BYTES)
        file.write(b'\xa5' * PAGE_BYTES)


def cut(path: Path) -> None:
    """The second half is missing, as after a power cut on a bad disk."""
    with path.open('r+b') as file:
        file.truncate(path.stat().st_size // PAGE_BYTES // 2 * PAGE_BYTES)


def empty(path: Path) -> None:
    """Nothing is left of it."""
    path.write_bytes(b'')


def write_text(path: Path) -> None:
    """Somebody saved a note by this name."""
    path.write_bytes(b'This is no database, but a longer text. ' * 200)


def write_a_word(path: Path) -> None:
    """Less than the header of an SQLite file."""
    path.write_bytes(b'journal')


def put_another_programs(path: Path) -> None:
    """The database of a program that signs its files."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('PRAGMA application_id = 1196444487')
        connection.execute('CREATE TABLE gpkg_contents (table_name TEXT)')


async def damaged_with_backup(folder: Path) -> Path:
    """The path of a journal whose sessions cannot be read, with a backup from before."""
    path = await journal_with_a_session(folder)
    (folder / 'backups').mkdir()
    shutil.copy(path, folder / 'backups' / 'journal-2026-06-14T030000Z.db')
    flip_a_page(path)
    return path


def put_another_programs_unsigned(path: Path) -> None:
    """The database of a program that signs nothing, and counts its versions as we do."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('PRAGMA user_version = 50')
        connection.execute('CREATE TABLE states (state_id INTEGER PRIMARY KEY)')


def drop_a_table(path: Path) -> None:
    """The file is whole; somebody tidied up in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('DROP TABLE id_tags')


def delete(path: Path) -> None:
    """The folder is as it was, without the file."""
    path.unlink()


WAYS: Mapping[Damaging, DamageKind] = {
    flip_a_page: DamageKind.BAD_PAGE,
    cut: DamageKind.BAD_PAGE,
    empty: DamageKind.MISSING,
    write_text: DamageKind.NO_DATABASE,
    write_a_word: DamageKind.NO_DATABASE,
    put_another_programs: DamageKind.FOREIGN,
    put_another_programs_unsigned: DamageKind.FOREIGN,
    drop_a_table: DamageKind.UNREADABLE,
    delete: DamageKind.MISSING,
}
