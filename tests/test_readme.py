"""The README keeps its word: its commands run, its tables and diagrams say what the code says."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest

from cpo.addresses import announcement
from cpo.rest_api.errors import STATUS
from cpo.settings import Changes, Settings, rows
from tests.program import CHECKOUT, document_when, open_page, running

README = (CHECKOUT / 'README.md').read_text(encoding='utf-8')
NOT_IN_A_CLONE = shutil.ignore_patterns('.*', '__pycache__', '*.egg-info', 'build')
PIP_TAKES_AT_MOST_S = 300


def commands() -> list[str]:
    """The lines of the README's shell blocks."""
    blocks: list[str] = re.findall(r'```sh\n(.*?)```', README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def the_command(end: str) -> str:
    """The one command that ends with these words."""
    (found,) = (line for line in commands() if line.endswith(end))
    return found


def section(title: str) -> str:
    """The text below a heading."""
    found = re.search(rf'^## {title}\n(.*?)(?=^## |\Z)', README, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def first_column(text: str) -> list[str]:
    """The first cells of a table, without the head and the line below it."""
    return re.findall(r'^\| (.*?) +\|', text, re.MULTILINE)[1:]


def test_a_newcomer_reads_what_it_is_and_how_to_use_it_before_how_it_is_built() -> None:
    headings = re.findall('^## (.*)', README, re.MULTILINE)
    assert headings[0] == 'Start'
    assert all(
        headings.index(name) < headings.index('How it is built') for name in ('Home Assistant', 'Settings', 'REST')
    )
    introduction = README.partition('## Start')[0]
    assert 'charge point operator' in introduction
    assert 'Open Charge Point Protocol' in introduction


def test_the_start_text_in_the_readme_is_what_the_program_prints() -> None:
    printed = announcement(Settings(host='192.168.1.20')).splitlines()
    assert '\n'.join(['Dashboard: http://localhost:8080', *printed[1:]]) in section('The first five minutes')


@pytest.mark.program
async def test_the_first_line_runs_in_a_fresh_clone_and_the_demo_line_after_it(tmp_path: Path) -> None:
    clone = tmp_path / 'clone'
    shutil.copytree(CHECKOUT, clone, ignore=NOT_IN_A_CLONE)
    command = in_bash(the_command('python main.py'))
    async with (
        running(command=command, cwd=clone, within_s=PIP_TAKES_AT_MOST_S) as program,
        program.client() as rest,
        open_page(program),
    ):
        assert (await rest.get('/docs')).status_code == 200
        assert (await rest.get('/api/health')).json()['status'] == 'ok'
        assert (await rest.get('/api/chargepoint')).json()['chargePointId'] == 'Not connected'
        assert (await program.stop()).status == 0

    async with running(command=in_bash(the_command('--demo')), cwd=clone) as program, program.client() as rest:
        await document_when(rest, lambda d: d['connectors']['1']['status'] == 'Preparing')
        for line in (line for line in commands() if line.startswith('curl ')):
            answer = await rest.send(request_of(line, program.port))
            assert answer.status_code == 200, f'{line}: {answer.text}'
        assert (await program.stop()).status == 0


def in_bash(command: str) -> tuple[str, ...]:
    """The command as it is typed, the program in the place of the shell, so that it gets our signals."""
    set_up, and_, program = command.rpartition(' && ')
    return 'bash', '-c', f'{set_up}{and_}exec {program}'


def request_of(curl: str, port: int) -> httpx.Request:
    """What this curl command sends, to another port; any option the README has not used so far is an error."""
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument('url')
    parser.add_argument('-X', dest='method', default='GET')
    parser.add_argument('-d', dest='data', default='')
    parser.add_argument('-H', dest='headers', action='append', default=[])
    given = parser.parse_args(shlex.split(curl, comments=True)[1:])
    headers = dict(header.split(': ', 1) for header in given.headers)
    if given.data and not headers:
        headers = {'Content-Type': 'application/x-www-form-urlencoded'}  # what curl says of -d
    url = given.url.replace('localhost:8080', f'http://127.0.0.1:{port}')
    return httpx.Request(given.method, url, content=given.data, headers=headers)


def test_the_test_line_is_what_ci_runs() -> None:
    line = the_command('pytest')
    assert line == "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
    assert "grep -m 1 '&& .venv/bin/pytest$' README.md" in (CHECKOUT / '.ci' / 'run').read_text(encoding='utf-8')


def test_the_table_of_settings_holds_each_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('XDG_DATA_HOME', raising=False)
    monkeypatch.setenv('HOME', '/home/you')
    shown = dict(re.findall(r'^\| `(CPO_\w+)` \| (?:`(.*?)`)? *\|', section('Settings'), re.MULTILINE))
    assert list(shown) == [f'CPO_{name.upper()}' for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        text = {True: 'true', False: 'false', None: ''}.get(default) if isinstance(default, bool | None) else None
        if text is None:
            text = ','.join(default) if isinstance(default, tuple) else str(default).replace('/home/you', '~')
        assert shown[f'CPO_{name.upper()}'] == text


def test_the_table_of_settings_says_which_can_change_while_the_program_runs() -> None:
    shown = dict(re.findall(r'^\| `CPO_(\w+)` \| (?:`.*?`)? *\| (\w+) \|', section('Settings'), re.MULTILINE))
    words = {Changes.AT_ONCE: 'yes', Changes.AT_RESTART: 'restart', Changes.NEVER: 'no'}
    assert shown == {name.upper(): words[row.changes] for name, row in rows().items()}


def test_the_table_of_errors_holds_every_status() -> None:
    named = {int(status) for cell in first_column(section('REST')) for status in cell.split(', ')}
    assert named == {*STATUS.values(), 403} - {405}  # 403 is the Origin check's, 405 explains itself


def classes(diagrams: Iterable[str]) -> dict[str, tuple[str, ast.ClassDef]]:
    """The classes of the program in modules with a class that is named there, with the source of their module."""
    named = {*re.findall(r'\w+', ' '.join(diagrams))}
    sources = (path.read_text(encoding='utf-8') for path in CHECKOUT.glob('cpo/**/*.py'))
    found: dict[str, tuple[str, ast.ClassDef]] = {}
    for source in sources:
        if not named.isdisjoint(re.findall(r'^class (\w+)', source, re.MULTILINE)):
            found |= {node.name: (source, node) for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    return found


def test_the_diagrams_name_classes_and_methods_that_exist() -> None:
    diagrams: list[str] = re.findall(r'```mermaid\nclassDiagram\n(.*?)```', README, re.DOTALL)
    assert len(diagrams) == 2
    known = classes(diagrams)
    for diagram in diagrams:
        for left, right in re.findall(r'^ +(\w+) +[-.<|>*]+ +(\w+)', diagram, re.MULTILINE):
            assert {left, right} <= set(known)
        for name, members in re.findall(r'class (\w+) \{(.*?)\}', diagram, re.DOTALL):
            code = ast.get_source_segment(*known[name]) or ''
            for method, arguments in re.findall(r'(\w+)\((.*?)\)', members):
                signature = re.search(rf'def {method}\((.*?)\) ->', code, re.DOTALL)
                assert signature is not None, f'{name} has no {method}'
                for argument in filter(None, arguments.split(', ')):
                    assert re.search(rf'\b{argument}\b', signature[1]), f'{name}.{method} takes no {argument}'


def test_the_table_of_classes_says_where_each_is() -> None:
    rows = re.findall(r'^\| `(\w+)` \| `(\S+)` \|', section('How it is built'), re.MULTILINE)
    assert len(rows) > 5
    for name, place in rows:
        files = [CHECKOUT / place] if place.endswith('.py') else list((CHECKOUT / place).glob('*.py'))
        assert any(f'class {name}' in file.read_text(encoding='utf-8') for file in files), f'{name} is not in {place}'
