"""`home-cpo verify FILE`: one sentence about a statement, on any machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpo.commands import run_verify
from cpo.errors import MustNotStart
from cpo.journal import ClosedMonth
from cpo.statement import Form, exported, exported_month
from cpo.statement.closed_month import closed_month
from tests.program import run_to_end
from tests.statement.books import BEGUN, KEY, row, statement


def test_a_whole_a_changed_and_another_file_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / 'statement.csv'
    whole = exported(statement(), Form.CSV, KEY)
    for file, status, words in (
        (whole, 0, 'This statement is whole: nothing was changed since the key '),
        (whole.replace(b'7.480', b'7.481'), 1, 'This statement was changed: bytes '),
        (whole.replace(b'home-cpo-seal', b'home-cpo-meal'), 1, 'The seal of this statement was changed'),
        (b'something', 1, 'This file has no seal'),
    ):
        path.write_bytes(file)
        assert run_verify([str(path)]) == status
        assert capsys.readouterr().out.startswith(words)


def test_closed_months_have_to_follow_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain: list[ClosedMonth] = []
    for month in ('2026-01', '2026-02', '2026-03'):
        chain.append(closed_month(month, [row(day=f'{month}-05')], chain[-1] if chain else None, BEGUN, KEY))
    paths = [tmp_path / f'{each.month}.json' for each in chain]
    for path, each in zip(paths, chain, strict=True):
        path.write_bytes(exported_month(each, KEY))
    first, second, third = map(str, paths)
    assert run_verify([third, first, second]) == 0
    assert capsys.readouterr().out.count('is whole') == 3
    assert run_verify([first, third]) == 1
    assert 'The month 2026-03 is not what was signed, or does not follow' in capsys.readouterr().out
    paths[0].write_bytes(exported_month(chain[0]._replace(text=chain[0].text.replace('7480', '7481')), KEY))
    assert run_verify([first]) == 1
    assert 'The month 2026-01 is not what was signed' in capsys.readouterr().out


@pytest.mark.parametrize('arguments', [[], ['--help'], ['missing.pdf'], ['missing.pdf', 'too']])
def test_without_a_file_to_read_there_is_a_sentence(arguments: list[str]) -> None:
    with pytest.raises(MustNotStart):
        run_verify(arguments)


@pytest.mark.program
async def test_the_program_verifies_a_file(tmp_path: Path) -> None:
    path = tmp_path / 'statement.pdf'
    path.write_bytes(exported(statement(), Form.PDF, KEY))
    ended = await run_to_end('verify', str(path))
    assert (ended.status, ended.errors) == (0, '')
    assert ended.output.startswith('This statement is whole')
