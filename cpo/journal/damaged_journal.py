"""What can be done about a damaged journal: a backup in its place, or an empty one. The damaged file is renamed."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cpo.clock import utc_now
from cpo.errors import JournalError, MustNotStart
from cpo.journal.backup import copy_to
from cpo.journal.daily_backups import Backup, backups_of
from cpo.journal.damage import Damage, JournalDamaged, check
from cpo.journal.files import create_private, with_sidecars
from cpo.journal.identity import open_read_only
from cpo.journal.lock import hold
from cpo.journal.schema import prepare

NAME = 'journal-damaged-%Y-%m-%dT%H%M%SZ'


class DamagedJournal:
    """Holds the folder of a damaged journal, so that no other program uses it, until it is closed.

    `backup` is the newest one that is sound, None without one. Nothing is changed but by `restore` and `start_empty`.
    """

    def __init__(self, damage: Damage, now: Callable[[], datetime] = utc_now) -> None:
        """Raises MustNotStart while another program holds the folder."""
        self.damage = damage
        self._path = damage.path
        self._now = now
        self._held = hold(damage.path.parent)
        self.backup = next((b for b in backups_of(damage.path) if _is_sound(b)), None)

    def restore(self, file: Path) -> None:
        """Put a copy of the file in place of the journal.

        Raises JournalDamaged where the file is no sound journal, MustNotStart where it is a newer program's, and
        JournalError where it cannot be copied; then nothing has changed.
        """
        with _as_journal_error(), self._replacement() as new:
            check(file, must_exist=True)
            with contextlib.closing(open_read_only(file)) as connection:
                copy_to(new, connection)

    def start_empty(self) -> None:
        """Put an empty journal in place of the damaged one, which is renamed.

        Raises JournalError where that fails; then nothing has changed.
        """
        with _as_journal_error(), self._replacement() as new:
            create_private(new)
            with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as connection:
                prepare(None, connection)

    def close(self) -> None:
        """Let go of the folder."""
        self._held.close()

    @contextlib.contextmanager
    def _replacement(self) -> Iterator[Path]:
        """The path for a new file; once it is written, the old one is renamed and the new one takes its place."""
        new = self._path.with_name('journal.new')
        new.unlink(missing_ok=True)
        try:
            yield new
            self._rename_damaged()
            new.replace(self._path)
        finally:
            new.unlink(missing_ok=True)

    def _rename_damaged(self) -> None:
        at = self._now().astimezone(UTC)
        while list(self._path.parent.glob(f'{at.strftime(NAME)}*')):
            at += timedelta(seconds=1)
        aside = self._path.with_name(at.strftime(f'{NAME}.db'))
        for old, new in zip(with_sidecars(self._path), with_sidecars(aside), strict=True):
            if old.exists():
                old.rename(new)


@contextlib.contextmanager
def _as_journal_error() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f'The journal cannot be replaced ({error}); nothing was changed.') from error


def _is_sound(backup: Backup) -> bool:
    try:
        check(backup.path, must_exist=True)
    except (JournalDamaged, MustNotStart, OSError, sqlite3.Error):
        return False
    return True
