"""What lies in home-assistant/config, and what must not."""

from __future__ import annotations

import json
import re

from tests.home_assistant.home import ADDRESS, CONFIG

SEEDS = {'onboarding', 'auth_provider.homeassistant'}


def test_only_two_files_are_seeded_and_they_hold_no_token() -> None:
    seeds = {path.name: json.loads(path.read_text(encoding='utf-8')) for path in (CONFIG / '.storage').iterdir()}
    assert seeds.keys() == SEEDS
    assert seeds['onboarding']['data'] == {'done': ['user', 'core_config', 'analytics', 'integration']}
    (user,) = seeds['auth_provider.homeassistant']['data']['users']
    assert user.keys() == {'username', 'password'}


def test_all_else_is_yaml() -> None:
    others = {path.suffix for path in CONFIG.rglob('*') if path.is_file() and path.parent.name != '.storage'}
    assert others == {'.yaml'}


def test_every_address_is_the_same_and_stands_as_it_is() -> None:
    files = [path.read_text(encoding='utf-8') for path in CONFIG.rglob('*.yaml')]
    addresses = re.findall(r'^\s*(?:- )?(?:url|resource|state_resource): (\S+)', '\n'.join(files), re.MULTILINE)
    assert len(addresses) == 8
    assert all(address.startswith(f'{ADDRESS}/api/') for address in addresses)
    assert not re.search(r'custom:|^http:|!secret', '\n'.join(files), re.MULTILINE)
