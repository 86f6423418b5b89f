"""The wheel is whole: installed elsewhere, without the checkout, the program runs from it."""

from __future__ import annotations

import asyncio
import shutil
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.program import CHECKOUT, document_when, open_page, running

pytestmark = pytest.mark.program

NOT_IN_A_CLONE = shutil.ignore_patterns('.*', '__pycache__', '*.egg-info', 'build')


async def run(*command: str | Path, cwd: Path) -> None:
    """Run a command that has to succeed."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


async def test_the_program_runs_from_its_wheel_and_the_demo_charges(tmp_path: Path) -> None:
    clone, venv, elsewhere = tmp_path / 'clone', tmp_path / 'venv', tmp_path / 'elsewhere'
    shutil.copytree(CHECKOUT, clone, ignore=NOT_IN_A_CLONE)
    elsewhere.mkdir()
    await run(sys.executable, '-m', 'venv', venv, cwd=tmp_path)
    await run(venv / 'bin/pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', elsewhere, clone, cwd=tmp_path)
    (wheel,) = elsewhere.glob('*.whl')
    assert missing_from(wheel) == []
    shutil.rmtree(clone)
    await run(venv / 'bin/pip', 'install', '--quiet', '--no-deps', wheel, cwd=elsewhere)
    (installed,) = venv.glob('lib/python*/site-packages')
    # the dependencies are the ones of the tests: test_readme.py installs them again
    (installed / 'dependencies.pth').write_text(sysconfig.get_path('purelib'), encoding='utf-8')

    command = (str(venv / 'bin/home-cpo'), '--demo')
    async with running(command=command, cwd=elsewhere) as program, program.client() as rest, open_page(program):
        assert (await rest.get('/docs')).status_code == 200
        document = (await rest.get('/openapi.json')).json()
        assert document['info']['version'] == wheel.name.split('-')[1]
        await document_when(rest, lambda d: d['connectors']['1']['status'] == 'Preparing')
        await rest.put('/api/chargepoint/1/chargeLimit', content='16')
        await document_when(rest, lambda d: d['connectors']['1'].get('power', 0) > 3000)
        ended = await program.stop()
    assert ended.status == 0
    assert 'Traceback' not in ended.errors
    await run(venv / 'bin/python', '-m', 'simulator', '--help', cwd=elsewhere)


def missing_from(wheel: Path) -> list[str]:
    """The files of the program that the wheel lacks: modules, and what the pages are made of."""
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    folders = (CHECKOUT / 'cpo', CHECKOUT / 'simulator')
    files = [f for folder in folders for f in folder.rglob('*') if f.is_file() and '__pycache__' not in f.parts]
    return sorted({str(f.relative_to(CHECKOUT)) for f in (CHECKOUT / 'main.py', *files)} - names)
