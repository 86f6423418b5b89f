"""`home-cpo app`: what Home Assistant's Supervisor hands over becomes settings, and a restored copy the journal."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from cpo.commands import app_environment, run_app_backup, take_restored
from cpo.errors import MustNotStart
from cpo.journal import FILE_NAME, Journal

NOBODY = 'http://127.0.0.1:9'
BROKER = {'host': 'core-mosquitto', 'port': 1883, 'username': 'addons', 'password': 'x', 'ssl': False}


def test_options_are_settings_and_what_is_left_out_stays_open(tmp_path: Path) -> None:
    options = {'max_current': 10, 'free_charging': True, 'name': '', 'phases': '3', 'fuse': None}
    (tmp_path / 'options.json').write_text(json.dumps(options))
    found = app_environment({'CPO_PHASES': '1'}, tmp_path, NOBODY)
    assert found == {'CPO_MAX_CURRENT': '10', 'CPO_FREE_CHARGING': 'true'}
    assert app_environment({}, tmp_path / 'none', NOBODY) == {}


def test_options_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    (tmp_path / 'options.json').write_text('{')
    with pytest.raises(MustNotStart, match=r'options\.json cannot be read'):
        app_environment({}, tmp_path, NOBODY)


async def test_home_assistants_broker_is_used_unless_another_is_set(tmp_path: Path) -> None:
    asked = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b'\r\n\r\n')).decode())
        body = json.dumps({'result': 'ok', 'data': BROKER})
        writer.write(f'HTTP/1.0 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}'.encode())
        writer.close()

    async with await asyncio.start_server(answer, '127.0.0.1', 0) as server:
        supervisor = f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}'
        token = {'SUPERVISOR_TOKEN': 'secret'}
        found = await asyncio.to_thread(app_environment, token, tmp_path, supervisor)
        other = await asyncio.to_thread(app_environment, token | {'CPO_MQTT': 'nas'}, tmp_path, supervisor)
    assert found == {
        'CPO_MQTT': 'core-mosquitto:1883',
        'CPO_MQTT_USER': 'addons',
        'CPO_MQTT_PASSWORD': 'x',
        'CPO_MQTT_TLS': 'false',
    }
    assert other == {}
    assert len(asked) == 1
    assert asked[0].startswith('GET /services/mqtt')
    assert 'Bearer secret' in asked[0]


def test_a_backup_beside_a_running_journal_is_restored_in_its_place(tmp_path: Path) -> None:
    assert run_app_backup(tmp_path) == 0
    journal = Journal(tmp_path)
    assert run_app_backup(tmp_path) == 0
    journal.close()
    take_restored(tmp_path)
    copy = tmp_path / 'journal-for-backup.db'
    assert copy.exists()
    for file in tmp_path.glob(f'{FILE_NAME}*'):
        file.unlink()
    take_restored(tmp_path)
    assert not copy.exists()
    Journal(tmp_path).close()
