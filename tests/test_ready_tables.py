"""A journal in memory, whose tables the tests copy, has those that the program makes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from cpo.journal import Journal


def tables(folder: Path | None) -> tuple[list[str], int]:
    """What a new journal consists of, and its version."""
    with closing(Journal(folder)) as journal:
        made = journal.read_at_once(lambda c: [row['sql'] for row in c.execute('SELECT sql FROM sqlite_master')])
        return made, journal.read_at_once(lambda c: int(c.execute('PRAGMA user_version').fetchone()[0]))


def test_a_journal_in_memory_has_the_tables_of_one_in_a_file(tmp_path: Path) -> None:
    assert tables(None) == tables(tmp_path)
