"""The app for Home Assistant: its files follow the rules that the Supervisor publishes, and it is assembled whole."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped, unused-ignore] # its types are another package, for these few lines

from cpo.settings import Settings
from tests.program import CHECKOUT

APP = CHECKOUT / 'home-assistant' / 'app'
OPTION = re.compile(
    r'(str|bool|email|url|port|device|password|match\(.+\)|list\([^()]+\)|(int|float|str)\([\d.]*,[\d.]*\)|int|float)\??'
)


def matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def is_one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: value in values


def is_list_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(map(check, value))


is_flag: Callable[[Any], bool] = lambda value: isinstance(value, bool)  # noqa: E731
is_text = matches('.+')
RULES: dict[str, Callable[[Any], bool]] = {
    'name': is_text,
    'version': matches(r'\d+\.\d+\.\d+'),
    'slug': matches('[-_.A-Za-z0-9]+'),
    'description': is_text,
    'arch': is_list_of(is_one_of('aarch64', 'amd64')),
    'startup': is_one_of('initialize', 'system', 'services', 'application', 'once'),
    'init': is_flag,
    'watchdog': matches(r'(https?|\[PROTO:\w+\]|tcp)://\[HOST\]:(\[PORT:\d+\]|\d+).*'),
    'ingress': is_flag,
    'ingress_port': lambda value: isinstance(value, int) and 0 <= value <= 65535,
    'ingress_stream': is_flag,
    'panel_icon': matches('mdi:[a-z-]+'),
    'panel_title': is_text,
    'ports': lambda value: all(re.fullmatch(r'\d+/(tcp|udp)', port) for port in value),
    'ports_description': lambda value: all(re.fullmatch(r'\d+/(tcp|udp)', port) for port in value),
    'services': is_list_of(matches('(mysql|mqtt):(provide|want|need)')),
    'map': is_list_of(lambda entry: entry.keys() <= {'type', 'read_only', 'path'} and entry['type'] == 'addon_config'),
    'backup': is_one_of('hot', 'cold'),
    'backup_pre': is_text,
    'backup_post': is_text,
    'backup_exclude': is_list_of(is_text),
    'options': lambda value: isinstance(value, dict),
    'schema': lambda value: all(OPTION.fullmatch(kind) for kind in value.values()),
}
"""What the Supervisor accepts, of the members that are used here."""


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((APP / name).read_text(encoding='utf-8'))
    return found


def test_config_yaml_follows_the_published_rules() -> None:
    config = read('config.yaml')
    assert {'name', 'version', 'slug', 'description', 'arch'} <= config.keys() <= RULES.keys()
    assert [name for name, value in config.items() if not RULES[name](value)] == []
    assert f"version = '{config['version']}'" in (CHECKOUT / 'pyproject.toml').read_text(encoding='utf-8')


def test_every_option_is_a_setting_that_may_be_left_out_and_has_words() -> None:
    config, words = read('config.yaml'), read('translations/en.yaml')
    assert config['schema'].keys() <= Settings.model_fields.keys()
    assert all(kind.endswith('?') for kind in config['schema'].values())
    assert words['configuration'].keys() == config['schema'].keys()
    assert all(entry.keys() == {'name', 'description'} for entry in words['configuration'].values())
    assert words['network'].keys() == config['ports'].keys() == config['ports_description'].keys()


def test_it_is_assembled_with_the_image_of_compose(tmp_path: Path) -> None:
    folder = tmp_path / 'home_cpo'
    assemble = runpy.run_path(str(APP / 'assemble.py'))['assemble']
    assemble(folder)
    assemble(folder)  # a newer version takes the place of an older one
    built_from = {
        'cpo',
        'simulator',
        'main.py',
        'pyproject.toml',
        'README.md',
        'LICENSE',
        '.dockerignore',
        'Dockerfile',
    }
    own = {'config.yaml', 'DOCS.md', 'CHANGELOG.md', 'apparmor.txt', 'icon.png', 'logo.png', 'translations'}
    assert {path.name for path in folder.iterdir()} == built_from | own
    dockerfile = (folder / 'Dockerfile').read_text(encoding='utf-8')
    assert dockerfile.startswith((APP.parent / 'Dockerfile').read_text(encoding='utf-8'))
    assert (folder / 'cpo' / 'house.py').is_file()
