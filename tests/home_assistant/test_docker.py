"""What Docker gets is right, without Docker: the Dockerfile's steps run in a folder that stands for the image."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore] # its types are another package, for these few lines

from cpo.settings import Settings
from tests.program import CHECKOUT, clean_environment, document_when, running

FOLDER = CHECKOUT / 'home-assistant'
COMPOSE_FILES = ('docker-compose.yaml', 'docker-compose.host.yaml')


@dataclass
class Image:
    """A Dockerfile carried out in `folder / 'root'`; what only Docker can do (a user, a port) stays as written."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    stage: str = ''
    cwd: str = '/'

    @property
    def root(self) -> Path:
        """The root of the stage that is built, at the same place in each: a virtual environment cannot move."""
        return self.folder / 'root'

    def here(self, text: str) -> str:
        """A path or a shell command of the image with its absolute paths below `root`."""
        return re.sub(r'(?<![^\s=])/(?=\w)', f'{self.root}/', text)

    def command(self, instruction: str) -> list[str]:
        """The command of a CMD or HEALTHCHECK in its exec form."""
        words: list[str] = json.loads(self.said[instruction].partition('CMD ')[2] or self.said[instruction])
        return [self.here(word) for word in words]

    def build(self, dockerfile: Path) -> None:
        """Carry out all steps; an instruction it does not know is an error."""
        for line in dockerfile.read_text(encoding='utf-8').replace('\\\n', '').splitlines():
            if line and not line.startswith('#'):
                instruction, rest = line.split(maxsplit=1)
                self.carry_out(instruction, rest)

    def carry_out(self, instruction: str, rest: str) -> None:
        """One step."""
        match instruction:
            case 'FROM':
                if self.stage:
                    self.root.rename(self.folder / self.stage)
                self.root.mkdir()
                self.stage, self.cwd = rest.partition(' AS ')[2], '/'
            case 'WORKDIR':
                self.cwd = rest
                Path(self.here(rest)).mkdir(parents=True, exist_ok=True)
            case 'ENV':
                self.environment |= dict(word.split('=', 1) for word in shlex.split(rest))
            case 'COPY':
                self.copy(*shlex.split(rest))
            case 'RUN':
                succeed('sh', '-c', self.here(rest), cwd=Path(self.here(self.cwd)))
            case 'VOLUME' | 'USER' | 'EXPOSE' | 'HEALTHCHECK' | 'CMD':
                self.said[instruction] = rest
            case _:
                raise AssertionError(f'The test does not know {instruction}.')

    def copy(self, *words: str) -> None:
        """COPY, from the context or from a finished stage."""
        options = dict(word[2:].split('=') for word in words if word.startswith('--'))
        source, target = (word for word in words if not word.startswith('--'))
        if stage := options.get('from'):
            self.owners[target] = options.get('chown', 'root')
            shutil.copytree(self.folder / stage / source[1:], self.here(target), symlinks=True)
        else:
            assert (source, target) == ('.', '.')
            copy_context(Path(self.here(self.cwd)))


def copy_context(into: Path) -> None:
    """What .dockerignore lets through."""
    lines = (CHECKOUT / '.dockerignore').read_text(encoding='utf-8').splitlines()
    assert '*' in lines
    ignore = shutil.ignore_patterns(*(line.removeprefix('**/') for line in lines if line.startswith('**/')))
    for path in (CHECKOUT / line[1:] for line in lines if line.startswith('!')):
        if path.is_dir():
            shutil.copytree(path, into / path.name, ignore=ignore)
        else:
            shutil.copy(path, into)


def succeed(*command: str, cwd: Path, environment: dict[str, str] | None = None) -> None:
    """Run a command that has to succeed; `python` is the one of the tests."""
    path = f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'
    ended = subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env=clean_environment({'PATH': path, **(environment or {})}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout


async def test_the_image_is_built_runs_is_healthy_and_keeps_its_data_in_the_volume(tmp_path: Path) -> None:
    image = Image(tmp_path)
    image.build(FOLDER / 'Dockerfile')
    (installed,) = (image.root / 'opt').glob('*/lib/python*/site-packages')
    assert missing_from(installed) == []
    assert image.environment.pop('CPO_PORT') == image.said['EXPOSE'] == '8080'

    environment = {name: image.here(value) for name, value in image.environment.items()} | {'CPO_DEMO': 'true'}
    async with (
        running(command=image.command('CMD'), cwd=Path(image.here(image.cwd)), environment=environment) as program,
        program.client() as rest,
    ):
        await document_when(rest, lambda d: d['connectors']['1']['status'] == 'Preparing')
        assert (await rest.get('/simulator/better_simulator.html')).status_code == 200
        port = {'CPO_PORT': str(program.port)}
        succeed(*image.command('HEALTHCHECK'), cwd=tmp_path, environment=port)
        assert (await program.stop()).status == 0
    with pytest.raises(AssertionError, match='refused'):
        succeed(*image.command('HEALTHCHECK'), cwd=tmp_path, environment=port)
    assert (Path(image.here(image.said['VOLUME'])) / 'journal.db').is_file()

    await the_image_serves_as_an_app(image)

    user = image.said['USER']
    assert int(user.split(':')[0]) > 0
    assert image.owners[image.said['VOLUME']] == user


async def the_image_serves_as_an_app(image: Image) -> None:
    """With the end of the app's Dockerfile: options are settings, and a backup has a whole journal."""
    end = (FOLDER / 'app' / 'Dockerfile.end').read_text(encoding='utf-8')
    (command,) = re.findall('^CMD (.*)$', end, re.MULTILINE)
    data = Path(image.here(image.said['VOLUME']))
    (data / 'options.json').write_text('{"name": "Garage", "demo": false}', encoding='utf-8')
    environment = {name: image.here(value) for name, value in image.environment.items()}
    words = [image.here(word) for word in json.loads(command)]
    async with running(command=words, environment=environment) as program, program.client() as rest:
        settings = {item['name']: item for item in (await rest.get('/api/settings')).json()['items']}
        assert (settings['name']['value'], settings['name']['locked']) == ('Garage', True)
        before = yaml.safe_load((FOLDER / 'app' / 'config.yaml').read_text(encoding='utf-8'))['backup_pre']
        succeed('sh', '-c', image.here(before), cwd=data, environment=environment)
    with sqlite3.connect(data / 'journal-for-backup.db') as copy:
        assert copy.execute('PRAGMA integrity_check').fetchone() == ('ok',)


def missing_from(installed: Path) -> list[str]:
    """The files of the program that were not installed: modules, and what the pages and the simulator are made of."""
    files = [f for name in ('cpo', 'simulator') for f in (CHECKOUT / name).rglob('*') if '__pycache__' not in f.parts]
    return [str(f) for f in (CHECKOUT / 'main.py', *files) if not (installed / f.relative_to(CHECKOUT)).exists()]


def services(file: str) -> dict[str, Any]:
    """The services of a compose file as they are written."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / file).read_text(encoding='utf-8'))['services']
    return found


def compose_command() -> list[str] | None:
    """Docker Compose, the plugin or the program, where there is one; neither needs an engine to read its file."""
    for command in (['docker', 'compose'], ['docker-compose']):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, 'version'], check=False, capture_output=True).returncode
        ):
            return command
    return None


@pytest.mark.parametrize('file', COMPOSE_FILES)
def test_compose_reads_the_file(file: str) -> None:
    assert 'home-assistant' in services(file)
    if command := compose_command():
        read = subprocess.run([*command, '-f', FOLDER / file, 'config'], check=False, capture_output=True, text=True)
        assert read.returncode == 0, read.stderr
        home_assistant = yaml.safe_load(read.stdout)['services']['home-assistant']
        assert home_assistant['image'] == services('docker-compose.yaml')['home-assistant']['image']
        assert home_assistant['entrypoint'] == services('docker-compose.yaml')['home-assistant']['entrypoint']


def test_the_address_in_home_assistants_configuration_is_right_in_both_variants() -> None:
    files = [*FOLDER.glob('config/*.yaml'), *FOLDER.glob('config/packages/*.yaml')]
    text = '\n'.join(file.read_text(encoding='utf-8') for file in files)
    hosts = set(re.findall(r'https?://([\w.:-]+)/api/', text))
    assert hosts == {'cpo:8080'}
    assert services('docker-compose.yaml')['cpo']['ports'] == ['8080:8080']
    assert services('docker-compose.host.yaml')['home-assistant']['extra_hosts'] == ['cpo:host-gateway']


def test_every_setting_reaches_the_program_and_the_demo_charger_comes_unless_switched_off() -> None:
    given = services('docker-compose.yaml')['cpo']['environment']
    dockerfile = (FOLDER / 'Dockerfile').read_text(encoding='utf-8')
    by_the_image = set(re.findall(r'\b(CPO_\w+)=', dockerfile))
    everything = {f'CPO_{name.upper()}' for name in Settings.model_fields}
    assert {*given, *by_the_image} - {'TZ'} == everything - {'CPO_HOST'}
    assert given['CPO_DEMO'] == '${CPO_DEMO:-true}'


def test_home_assistant_gets_its_configuration_at_the_first_start_and_keeps_its_changes(tmp_path: Path) -> None:
    (tmp_path / 'first-start/.storage').mkdir(parents=True)
    (tmp_path / 'first-start/.storage/onboarding').write_text('done')
    (tmp_path / 'first-start/configuration.yaml').write_text('as it comes')
    (tmp_path / 'config').mkdir()
    (tmp_path / 'init').write_text('#!/bin/sh\necho "Home Assistant starts"\n')
    (tmp_path / 'init').chmod(stat.S_IRWXU)
    *shell, script = services('docker-compose.yaml')['home-assistant']['entrypoint']
    script = re.sub(r'(?<!\S)/(?=\w)', f'{tmp_path}/', script)

    assert subprocess.check_output([*shell, script], text=True) == 'Home Assistant starts\n'
    assert (tmp_path / 'config/.storage/onboarding').read_text() == 'done'
    (tmp_path / 'config/configuration.yaml').write_text('as you like it')
    assert subprocess.check_output([*shell, script], text=True) == 'Home Assistant starts\n'
    assert (tmp_path / 'config/configuration.yaml').read_text() == 'as you like it'
