"""The releases of Home Assistant the folder is proven with, each in a virtual environment of its own.

    python -m tests.home_assistant.releases

makes the environments for the interpreters found here (its pins clash with ours, and it needs other Pythons). They
lie in the folder CPO_TEST_HOME_ASSISTANT names, otherwise in the cache of the user.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'home-cpo' / 'home-assistant'
FOLDER = Path(os.environ.get('CPO_TEST_HOME_ASSISTANT') or CACHE)
INTEGRATIONS = (
    *('backup', 'config', 'energy', 'frontend', 'history', 'logbook', 'mqtt', 'recorder', 'rest', 'rest_command'),
)
LIST_REQUIREMENTS = """
import importlib.metadata, json, sys
core = importlib.metadata.distribution('homeassistant')
def manifest(name):
    return json.loads(core.locate_file(f'homeassistant/components/{name}/manifest.json').read_text())
names = list(sys.argv[1:])
for name in names:
    names += [each for each in manifest(name).get('dependencies', ()) if each not in names]
print('\\n'.join([*core.requires, *(each for name in names for each in manifest(name).get('requirements', ()))]))
"""
# `triggers:` and `action:` came in 2024.10 and 2024.8, heading cards in 2024.10
OLD_SPELLING = (
    (r'^(\s*- )trigger: ', r'\1platform: '),
    (r'^(\s*- )action: (\w+\.)', r'\1service: \2'),
    (r'^(\s*)(trigger|condition|action)s:', r'\1\2:'),
)
NO_HEADINGS = ((r'^ *- {type: heading,.*\n', ''),)


@dataclass(frozen=True)
class Release:
    """A release, the Python it runs on, what its requirements forget, and how its automations are spelled."""

    version: str
    python: str
    also: tuple[str, ...] = ()
    old_spelling: bool = False

    @property
    def environment(self) -> Path:
        """Its virtual environment, whether or not it has been made."""
        return FOLDER / self.version

    @property
    def hass(self) -> Path:
        """Its program."""
        return self.environment / 'bin' / 'hass'

    @property
    def is_ready(self) -> bool:
        """The environment is complete, for these integrations."""
        return self._made_for == INTEGRATIONS

    @property
    def _made_for(self) -> tuple[str, ...] | None:
        """The integrations it was made for; None without an environment."""
        ready = self.environment / 'ready'
        return tuple(ready.read_text(encoding='utf-8').split()) if ready.exists() else None

    def interpreter(self) -> str | None:
        """The interpreter to make the environment with: one that pyenv has built, or one on the PATH."""
        built = (Path.home() / '.pyenv' / 'versions').glob(f'{self.python}.*/bin/python')
        return next(map(str, sorted(built)), None) or shutil.which(f'python{self.python}')

    def make(self) -> None:
        """Make the environment, with the requirements Home Assistant would otherwise load when it starts."""
        interpreter = self.interpreter()
        if self.is_ready or interpreter is None:
            return
        if self._made_for is None:
            shutil.rmtree(self.environment, ignore_errors=True)
            subprocess.run([interpreter, '-m', 'venv', self.environment], check=True)
            self._install('--no-deps', '--ignore-requires-python', f'homeassistant=={self.version}')
            self._accept_any_patch()
        command = [self._python, '-c', LIST_REQUIREMENTS, *INTEGRATIONS]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self._install(*listed.splitlines(), *self.also)
        (self.environment / 'ready').write_text(' '.join(INTEGRATIONS), encoding='utf-8')

    def respell(self, folder: Path) -> None:
        """Turn the spelling back, and leave the headings out, where this release is older than them."""
        if not self.old_spelling:
            return
        for path in folder.rglob('*.yaml'):
            text = path.read_text(encoding='utf-8')
            for pattern, replacement in NO_HEADINGS if path.parent.name == 'dashboards' else OLD_SPELLING:
                text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
            path.write_text(text, encoding='utf-8')

    @property
    def _python(self) -> str:
        """The interpreter of its environment."""
        return str(self.environment / 'bin' / 'python')

    def _accept_any_patch(self) -> None:
        """Let it start on any patch release of its Python, as 2026.2.3 on 3.13.0, which asks for 3.13.2.

        Loosened are two checks of Home Assistant itself: pip's at the install and its own at the start; what it
        requires is resolved as ever. It asks for 3.13.2 because asyncio misbehaved before when an upload broke off
        (CPython's pull request 128037): a real home needs that, and no test does it.
        """
        path = next(self.environment.glob('lib/python*/site-packages/homeassistant/const.py'))
        text = path.read_text(encoding='utf-8')
        loosened = re.sub(r'^(REQUIRED_PYTHON_VER\b.*), \d+\)', r'\1, 0)', text, flags=re.MULTILINE)
        path.write_text(loosened, encoding='utf-8')

    def _install(self, *arguments: str) -> None:
        """Install with pip; modules are compiled when they are imported, which few of them ever are."""
        pip = [self._python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile']
        subprocess.run([*pip, *arguments], check=True)


NEWEST = Release('2026.2.3', '3.13')
OLDER = Release('2025.1.4', '3.12')
# without these two every request is answered 500, and nothing is recorded
OLDEST = Release('2024.3.3', '3.11', also=('josepy<2', 'securetar'), old_spelling=True)


def possible() -> list[Release]:
    """The releases for the interpreters of this machine, newest first; the oldest one only where there is no other."""
    found = [release for release in (NEWEST, OLDER) if release.interpreter()]
    return found or [release for release in (OLDEST,) if release.interpreter()]


def ready() -> list[Release]:
    """The releases whose environments have been made."""
    found = [release for release in (NEWEST, OLDER) if release.is_ready]
    return found or [release for release in (OLDEST,) if release.is_ready]


def main() -> int:
    """Make what can be made; 1 where there is no interpreter for any release."""
    releases = possible()
    with ThreadPoolExecutor() as pool:
        list(pool.map(Release.make, releases))
    for release in releases:
        print(f'Home Assistant {release.version}: {release.environment}')
    return 0 if releases else 1


if __name__ == '__main__':
    sys.exit(main())
