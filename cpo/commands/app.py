"""`home-cpo app`: the program as an app of Home Assistant, whose Supervisor hands it options and the MQTT broker.

`home-cpo app-backup` puts a consistent copy of the journal beside it before Home Assistant copies the folder, which
leaves out the journal itself; after a restore `home-cpo app` puts the copy in its place.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cpo.errors import MustNotStart
from cpo.journal import FILE_NAME, copy_to, read_only

FOLDER = '/data'
OPTIONS = 'options.json'
COPY = 'journal-for-backup.db'
SUPERVISOR = 'http://supervisor'
TOKEN = 'SUPERVISOR_TOKEN'
ANSWERS_WITHIN_S = 5


def app_folder(environment: Mapping[str, str]) -> Path:
    """The folder that the Supervisor keeps for the app."""
    return Path(environment.get('CPO_DATA_DIR') or FOLDER)


def app_environment(environment: Mapping[str, str], folder: Path, supervisor: str = SUPERVISOR) -> dict[str, str]:
    """The variables that the app's options and Home Assistant's broker stand for; what is set in `environment` stays.

    Raises MustNotStart where the options cannot be read.
    """
    found = _options(folder / OPTIONS)
    if 'CPO_MQTT' not in environment:
        found |= _broker(environment.get(TOKEN, ''), supervisor)
    return {name: value for name, value in found.items() if name not in environment}


def run_app_backup(folder: Path) -> int:
    """Put the copy beside the journal; 0 also while there is none yet."""
    if (folder / FILE_NAME).exists():
        with read_only(folder) as connection:
            copy_to(folder / COPY, connection)
    return 0


def take_restored(folder: Path) -> None:
    """Put the copy of a restored backup in the place of the journal that was not in it; without one, do nothing."""
    copy = folder / COPY
    if copy.exists() and not (folder / FILE_NAME).exists():
        copy.rename(folder / FILE_NAME)


def _options(file: Path) -> dict[str, str]:
    try:
        options: dict[str, Any] = json.loads(file.read_text('utf-8'))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise MustNotStart(f'{file} cannot be read: {error}.') from None
    return {f'CPO_{name.upper()}': _text(value) for name, value in options.items() if value not in (None, '')}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _broker(token: str, supervisor: str) -> dict[str, str]:
    """The settings for Home Assistant's own broker, none where it has none."""
    request = urllib.request.Request(f'{supervisor}/services/mqtt', headers={'Authorization': f'Bearer {token}'})
    try:
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN_S) as answer:
            broker = json.load(answer)['data']
        return {
            'CPO_MQTT': f'{broker["host"]}:{broker["port"]}',
            'CPO_MQTT_USER': str(broker.get('username') or ''),
            'CPO_MQTT_PASSWORD': str(broker.get('password') or ''),
            'CPO_MQTT_TLS': 'true' if broker.get('ssl') else 'false',
        }
    except (OSError, ValueError, LookupError, TypeError):
        return {}
