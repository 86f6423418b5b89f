"""What the place for files keeps, for how long, and how much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpo.errors import FileTooLarge, NoRoom, UnknownFile
from cpo.files import FileKind, FileShelf
from cpo.files import file_shelf as limits
from cpo.files.kept_file import safe_name

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
ROOM = 10**12


class Hour:
    """A clock that is set by hand."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


async def pieces_of(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def on_disk(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / 'files').iterdir() if file.name != 'index.json')


async def test_a_file_is_kept_for_an_hour_and_gets_a_new_name_once_a_charger_has_sent_it(tmp_path: Path) -> None:
    clock = Hour()
    shelf = FileShelf(tmp_path, clock, lambda _: ROOM)
    expected = shelf.expect(FileKind.DIAGNOSTICS)
    clock.now += timedelta(minutes=30)
    received = await shelf.receive(expected, pieces_of(b'so', b'-', b'so'), lambda: 'log.txt')
    assert shelf.with_name(expected.name) is None
    assert shelf.with_name(received.name) == received
    assert (received.file_name, received.size_bytes) == ('log.txt', 5)
    assert shelf.path_of(received.number).read_bytes() == b'so-so'
    folder = shelf.path_of(received.number).parent
    for path in (folder, folder / 'index.json', shelf.path_of(received.number)):
        assert path.stat().st_mode & 0o077 == 0
    clock.now += timedelta(minutes=59)
    assert shelf.files == (received,)
    clock.now += timedelta(minutes=1)
    assert not shelf.files
    assert on_disk(tmp_path) == []


async def test_firmware_keeps_its_name_so_that_it_can_be_fetched_again() -> None:
    clock = Hour()
    shelf = FileShelf(None, clock, lambda _: ROOM)
    expected = shelf.expect(FileKind.FIRMWARE, 'v2.bin')
    received = await shelf.receive(expected, pieces_of(b'image'))
    assert (received.name, received.file_name) == (expected.name, 'v2.bin')
    clock.now += timedelta(minutes=59)
    shelf.renew(received)
    clock.now += timedelta(minutes=59)
    assert shelf.with_name(expected.name) is not None
    clock.now += timedelta(minutes=1)
    assert shelf.with_name(expected.name) is None


async def test_names_are_long_and_all_different() -> None:
    shelf = FileShelf(None)
    names = {shelf.expect(FileKind.LOG).name for _ in range(50)}
    assert len(names) == 50
    assert min(map(len, names)) >= 32
    assert len(shelf.files) == limits.MAX_FILES
    assert shelf.with_name('') is None


async def test_no_file_that_is_here_goes_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, 'MAX_FILES', 2)
    shelf = FileShelf(tmp_path, free_bytes=lambda _: ROOM)
    first = await shelf.receive(shelf.expect(FileKind.LOG), pieces_of(b'1'))
    awaited = shelf.expect(FileKind.LOG)
    second = await shelf.receive(shelf.expect(FileKind.LOG), pieces_of(b'2'))
    assert shelf.files == (second, first)
    assert shelf.with_name(awaited.name) is None
    with pytest.raises(NoRoom, match='delete some'):
        shelf.expect(FileKind.LOG)
    shelf.remove(first.number)
    shelf.expect(FileKind.LOG)


async def test_too_large_a_file_leaves_nothing_and_may_be_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, 'MAX_FILE_BYTES', 10)
    shelf = FileShelf(tmp_path, free_bytes=lambda _: ROOM)
    expected = shelf.expect(FileKind.LOG)
    with pytest.raises(FileTooLarge):
        await shelf.receive(expected, pieces_of(b'123456', b'123456'))
    assert on_disk(tmp_path) == []
    assert (await shelf.receive(expected, pieces_of(b'1234567890'))).size_bytes == 10


async def test_a_disk_that_is_nearly_full_is_left_to_the_journal(tmp_path: Path) -> None:
    shelf = FileShelf(tmp_path, free_bytes=lambda _: limits.LEFT_FREE_BYTES - 1)
    with pytest.raises(NoRoom, match='200 MiB of the disk'):
        await shelf.receive(shelf.expect(FileKind.LOG), pieces_of(b'x'))
    assert on_disk(tmp_path) == []


async def test_all_files_together_have_a_limit_and_deleting_one_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, 'MAX_BYTES', 10)
    shelf = FileShelf(tmp_path, free_bytes=lambda _: ROOM)
    first = await shelf.receive(shelf.expect(FileKind.LOG), pieces_of(b'1234567890'))
    with pytest.raises(NoRoom, match='delete some'):
        await shelf.receive(shelf.expect(FileKind.LOG), pieces_of(b'x'))
    shelf.remove(first.number)
    await shelf.receive(shelf.expect(FileKind.LOG), pieces_of(b'x'))


async def test_a_file_is_received_by_one_sender_and_not_after_it_was_deleted(tmp_path: Path) -> None:
    shelf = FileShelf(tmp_path, free_bytes=lambda _: ROOM)
    expected, may_end = shelf.expect(FileKind.LOG), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'x'
        await may_end.wait()

    first = asyncio.create_task(shelf.receive(expected, slowly()))
    await asyncio.sleep(0)
    with pytest.raises(NoRoom):
        await shelf.receive(expected, pieces_of(b'y'))
    shelf.remove(expected.number)
    may_end.set()
    with pytest.raises(UnknownFile):
        await first
    assert on_disk(tmp_path) == []


async def test_files_and_names_outlive_a_restart_until_their_hour_is_over(tmp_path: Path) -> None:
    clock = Hour()
    before = FileShelf(tmp_path, clock, lambda _: ROOM)
    log = await before.receive(before.expect(FileKind.LOG), pieces_of(b'so-so'), lambda: 'log.txt')
    clock.now += timedelta(minutes=20)
    expected = before.expect(FileKind.DIAGNOSTICS)
    clock.now += timedelta(minutes=20)
    shelf = FileShelf(tmp_path, clock, lambda _: ROOM)
    assert shelf.files == (expected, log)
    assert shelf.path_of(log.number).read_bytes() == b'so-so'
    assert shelf.expect(FileKind.LOG).number > expected.number
    received = await shelf.receive(expected, pieces_of(b'late'))
    clock.now += timedelta(minutes=20)
    after = FileShelf(tmp_path, clock, lambda _: ROOM)
    assert log.number not in {file.number for file in after.files}
    assert after.with_name(received.name) == received
    assert on_disk(tmp_path) == [str(received.number)]


async def test_no_file_lasts_longer_because_the_clock_was_set_back(tmp_path: Path) -> None:
    clock = Hour()
    FileShelf(tmp_path, clock).expect(FileKind.LOG)
    clock.now -= timedelta(days=300)
    (file,) = FileShelf(tmp_path, clock).files
    assert file.until == clock.now + limits.LASTS


@pytest.mark.parametrize('index', [None, b'', b'[]', b'{"a": 1}', b'[{"number": 7}]', b'\xff', b'[7]'])
def test_what_belongs_to_no_file_is_deleted_at_the_start(tmp_path: Path, index: bytes | None) -> None:
    (folder := tmp_path / 'files').mkdir()
    for name in ('7', '7.part', 'index.json.part'):
        (folder / name).write_text('old')
    (folder / 'sub').mkdir()
    if index is not None:
        (folder / 'index.json').write_bytes(index)
    assert FileShelf(tmp_path).files == ()
    assert list(folder.iterdir()) == []


async def test_a_file_that_is_not_whole_after_a_power_cut_is_deleted(tmp_path: Path) -> None:
    before = FileShelf(tmp_path, free_bytes=lambda _: ROOM)
    cut = await before.receive(before.expect(FileKind.LOG), pieces_of(b'so-so'))
    kept = await before.receive(before.expect(FileKind.LOG), pieces_of(b'so'))
    before.path_of(cut.number).write_bytes(b'so-')
    shelf = FileShelf(tmp_path)
    assert shelf.files == (kept,)
    assert on_disk(tmp_path) == [str(kept.number)]


@pytest.mark.parametrize(
    ('given', 'name'),
    [
        ('diagnostics 1.tar.gz', 'diagnostics-1.tar.gz'),
        ('../../etc/passwd', 'passwd'),
        ('..\\..\\boot.ini', 'boot.ini'),
        ('..', ''),
        ('.bashrc', 'bashrc'),
        ('a"\r\nX: y', 'a-X-y'),
        ('x' * 300, 'x' * 80),
    ],
)
def test_a_name_of_a_sender_is_no_path(given: str, name: str) -> None:
    assert safe_name(given) == name
