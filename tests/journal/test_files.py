"""What the program makes is readable by its owner alone; what it cannot write, it names with owner and remedy."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cpo.errors import MustNotStart
from cpo.journal import Journal

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a journal, whose way there is open to every user."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / 'data'
        Path(name).chmod(0o755)
        Journal(folder).close()
        yield folder


@pytest.fixture
def as_another_user() -> Iterator[None]:
    """Whoever runs the tests owns the files; a superuser, whom no mode stops, becomes nobody meanwhile."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(user)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


def test_everything_in_the_folder_is_private(tmp_path: Path) -> None:
    folder = tmp_path / 'share' / 'data'
    with closing(Journal(folder)):
        found = modes(folder)
    assert found.keys() == {'journal.db', 'journal.db-wal', 'journal.db-shm', 'journal.lock'}
    assert set(found.values()) == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_there_keeps_its_mode_and_older_files_become_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Journal(tmp_path).close()
    (tmp_path / 'journal.db').chmod(0o644)
    Journal(tmp_path).close()
    assert modes(tmp_path)['journal.db'] == 0o600
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def open_to_all(folder: Path) -> None:
    """Every user may write the folder and its files."""
    folder.chmod(0o777)
    for file in folder.iterdir():
        file.chmod(0o666)


@pytest.mark.skipif(os.geteuid() != 0, reason='only a superuser can make files of another user')
def test_a_mode_that_cannot_be_set_is_a_line_in_the_log(
    folder: Path, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    open_to_all(folder)
    request.getfixturevalue('as_another_user')
    Journal(folder).close()
    assert f'{folder}/journal.db may be read by others, as its mode cannot be set' in caplog.text


def test_a_file_that_cannot_be_written_is_named_with_owner_and_remedy(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    open_to_all(folder)
    (folder / 'journal.db').chmod(0o444)
    owner = (folder / 'journal.db').owner()
    request.getfixturevalue('as_another_user')
    with pytest.raises(MustNotStart) as raised:
        Journal(folder)
    sentence = str(raised.value)
    assert sentence.startswith(f'{folder}/journal.db belongs to {owner} and cannot be written by ')
    assert f' {folder} — or choose another folder with --data-dir.' in sentence
    assert 'Run: sudo chown -R ' in sentence or 'Run: sudo chmod -R u+rwX ' in sentence


def test_a_folder_that_cannot_be_written_is_named_too(folder: Path, request: pytest.FixtureRequest) -> None:
    folder.chmod(0o555)
    request.getfixturevalue('as_another_user')
    with pytest.raises(MustNotStart, match=f'^{folder}[^ ]* belongs to .* and cannot be written by'):
        Journal(folder)


def test_a_folder_that_cannot_be_made_is_named_by_what_is_in_its_way(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(MustNotStart, match=r'cannot be used as a journal: .*/file/data'):
        Journal(tmp_path / 'file' / 'data')
