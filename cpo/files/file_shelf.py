"""The place for files on this program's own port: a charger's diagnostics and logs come in, firmware goes out."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import weakref
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe

from cpo.clock import utc_now
from cpo.errors import FileTooLarge, NoRoom, UnknownFile
from cpo.files.file_index import ONLY_ITS_USER, ONLY_ITS_USERS_FOLDER, tidied, write_index
from cpo.files.kept_file import FileKind, FileRefusal, KeptFile, safe_name
from cpo.frozen import replace

FOLDER = 'files'
FILES = '/files/'
"""The path below which files are put and got."""
LASTS = timedelta(hours=1)
MAX_FILE_BYTES = 50 * 2**20
MAX_BYTES = 4 * MAX_FILE_BYTES
"""Of all files together."""
LEFT_FREE_BYTES = 200 * 2**20
"""Of the disk, for the journal."""
MAX_FILES = 20
PIECE_BYTES = 256 * 1024


class FileShelf:
    """Files on the disk, each for an hour under a random name, which is the key to it: who has it needs no other.

    A name takes one whole file. One that a charger has sent gets another name then, as the old one went over the
    network and stands in the messages. Files and names outlive a restart of the program.
    """

    def __init__(
        self,
        data_dir: Path | None,
        now: Callable[[], datetime] = utc_now,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        """The files lie in the folder `files` of `data_dir`; None: in a folder that goes with the program.

        What an earlier run left there stays for its hour; what is over or of no use is deleted. Needs a running event
        loop where anything stays.
        """
        self._now, self._free_bytes = now, free_bytes
        self._is_lasting = data_dir is not None
        self._folder: Path | None = None if data_dir is None else data_dir / FOLDER
        self._files: dict[int, KeptFile] = {}
        self._receiving: dict[int, int] = {}
        self._listeners: list[Callable[[], None]] = []
        if self._folder is not None:
            self._files = {file.number: file for file in tidied(self._folder, now(), now() + LASTS)}
        self._last_number = max(self._files, default=0)
        for file in self._files.values():
            self._remove_later(file)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each file that was made, received or removed."""
        self._listeners.append(listener)

    @property
    def files(self) -> tuple[KeptFile, ...]:
        """Those whose hour is not over, newest first."""
        self._remove_expired()
        return tuple(reversed(self._files.values()))

    def with_number(self, number: int) -> KeptFile | None:
        """The file with this number, None where it is gone."""
        self._remove_expired()
        return self._files.get(number)

    def with_name(self, name: str) -> KeptFile | None:
        """The file with this name, None where nobody made it or its hour is over."""
        given = name.encode()
        return next((file for file in self.files if compare_digest(file.name.encode(), given)), None)

    def expect(self, kind: FileKind, file_name: str = '', charge_box_id: str | None = None) -> KeptFile:
        """A new name, which takes one file within an hour; of too many, the oldest one without a file goes.

        Raises NoRoom where all of them have a file.
        """
        self._remove_expired()
        while len(self._files) >= MAX_FILES:
            waiting = (
                file for file in self._files.values() if not file.is_whole and not self.is_receiving(file.number)
            )
            if (oldest := next(waiting, None)) is None:
                raise NoRoom(f'There are {MAX_FILES} files of the last hour; delete some of them first.')
            self.remove(oldest.number)
        self._last_number += 1
        until, safe = self._now() + LASTS, safe_name(file_name)
        return self._keep(KeptFile(self._last_number, new_name(), kind, until, safe, charge_box_id=charge_box_id))

    def is_receiving(self, number: int) -> bool:
        """True while the file with this number arrives."""
        return number in self._receiving

    def renew(self, file: KeptFile) -> KeptFile:
        """Give a file another hour, as it is offered to be fetched."""
        return self._keep(replace(file, until=self._now() + LASTS, fetched_at=None))

    def note_fetch(self, file: KeptFile) -> None:
        """Note that somebody reads a file."""
        if file.fetched_at is None:
            self._keep(replace(file, fetched_at=self._now()))

    def remove(self, number: int) -> None:
        """Delete a file and its name."""
        if self._files.pop(number, None) is not None:
            if self._folder is not None:
                with contextlib.suppress(OSError):
                    self.path_of(number).unlink(missing_ok=True)
            self._on_new_files()

    def path_of(self, number: int) -> Path:
        """Where on the disk the file with this number is."""
        assert self._folder is not None
        return self._folder / f'{number}'

    async def receive(
        self, file: KeptFile, pieces: AsyncIterator[bytes], name_of: Callable[[], str] = str, announced_bytes: int = 0
    ) -> KeptFile:
        """Write a file to the disk while it arrives; where it does not arrive whole, nothing of it stays.

        `name_of` gives what its sender calls it, '' for nothing, once all of it is here; `announced_bytes` is the size
        that it announces, where it does.
        Raises FileTooLarge, NoRoom, UnknownFile where the name has gone meanwhile, and what `pieces` raises.
        """
        if file.number in self._receiving:
            raise NoRoom('This file is being received already.')
        try:
            _check_size(announced_bytes)
            size = await self._received(file.number, pieces)
        except (FileTooLarge, NoRoom) as error:
            if file.number in self._files:
                refusal = FileRefusal.TOO_LARGE if isinstance(error, FileTooLarge) else FileRefusal.NO_ROOM
                self._keep(replace(file, refusal=refusal))
            raise
        if file.number not in self._files:
            self.path_of(file.number).unlink(missing_ok=True)
            raise UnknownFile('The file was deleted while it arrived.')
        name = file.name if file.kind is FileKind.FIRMWARE else new_name()
        shown = safe_name(name_of()) or file.file_name
        now = self._now()
        return self._keep(
            replace(file, name=name, until=now + LASTS, size_bytes=size, file_name=shown, received_at=now, refusal=None)
        )

    async def _received(self, number: int, pieces: AsyncIterator[bytes]) -> int:
        """Write it to the disk, and return its size. Raises FileTooLarge, NoRoom, and what `pieces` raises."""
        self._receiving[number] = 0
        try:
            partly = await asyncio.to_thread(self._begin, number)
            size = await self._write(partly, number, pieces)
            await asyncio.to_thread(partly.rename, self.path_of(number))
        except OSError as error:
            raise NoRoom(f'The file cannot be kept: {error.strerror}.') from error
        finally:
            del self._receiving[number]
            if self._folder is not None:
                (self._folder / f'{number}.part').unlink(missing_ok=True)
        return size

    async def _write(self, partly: Path, number: int, pieces: AsyncIterator[bytes]) -> int:
        waiting, size = bytearray(), 0
        with partly.open('wb') as out:
            async for piece in pieces:
                size += len(piece)
                waiting += piece
                _check_size(size)
                if len(waiting) >= PIECE_BYTES:
                    self._receiving[number] = size
                    self._check_room()
                    await asyncio.to_thread(out.write, bytes(waiting))
                    waiting.clear()
            await asyncio.to_thread(out.write, bytes(waiting))
        return size

    def _begin(self, number: int) -> Path:
        """The path of a file that is being received; only this program's user can read it."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix='home-cpo-files-'))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(ONLY_ITS_USERS_FOLDER, parents=True, exist_ok=True)
        self._check_room()
        partly = self.path_of(number).with_suffix('.part')
        partly.unlink(missing_ok=True)
        partly.touch(ONLY_ITS_USER)
        return partly

    def _check_room(self) -> None:
        kept = sum(file.size_bytes or 0 for file in self._files.values()) + sum(self._receiving.values())
        if kept >= MAX_BYTES:
            raise NoRoom(f'The files of the last hour have {MAX_BYTES // 2**20} MiB; delete some of them first.')
        assert self._folder is not None
        if self._free_bytes(self._folder) < LEFT_FREE_BYTES:
            raise NoRoom(f'Less than {LEFT_FREE_BYTES // 2**20} MiB of the disk are free; make room on it first.')

    def _keep(self, file: KeptFile) -> KeptFile:
        self._files[file.number] = file
        self._remove_later(file)
        self._on_new_files()
        return file

    def _remove_later(self, file: KeptFile) -> None:
        """Have the file removed once its time is over."""
        left_s = (file.until - self._now()).total_seconds()
        asyncio.get_running_loop().call_later(left_s + 1, self._remove_expired)

    def _on_new_files(self) -> None:
        if self._is_lasting and self._folder is not None:
            write_index(self._folder, self._files.values())
        for listener in self._listeners:
            listener()

    def _remove_expired(self) -> None:
        now = self._now()
        for file in [*self._files.values()]:
            if now >= file.until and file.number not in self._receiving:
                self.remove(file.number)


def _check_size(size_bytes: int) -> None:
    """Raises FileTooLarge for more than MAX_FILE_BYTES."""
    if size_bytes > MAX_FILE_BYTES:
        raise FileTooLarge(f'The file is larger than {MAX_FILE_BYTES // 2**20} MiB.')


def new_name() -> str:
    """A name of 192 random bits."""
    return token_urlsafe(24)
