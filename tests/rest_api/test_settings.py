"""`/api/settings`: what is listed, what a change does, and where each setting is seen to be another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from cpo.journal.files import FILE_NAME
from cpo.settings import Changes, Settings, load_settings, rows
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_journal_problem import IMPATIENT, unwritable
from tests.scripted_charger import ScriptedCharger

LIST = 'More names of this server: this must be a list of at most 50 texts, or one text with commas.'
NETWORKS = "More networks of the home: 'x' is no address or network as 192.168.1.0/24."


async def put(rest: httpx.AsyncClient, **members: Any) -> httpx.Response:
    return await rest.put('/api/settings', json=members)


async def setting(rest: httpx.AsyncClient, name: str) -> dict[str, Any]:
    items = (await rest.get('/api/settings')).json()['items']
    (found,) = (item for item in items if item['name'] == name)
    return dict(found)


def test_every_setting_has_a_row() -> None:
    assert sorted(rows()) == sorted(Settings.model_fields)


async def test_every_setting_is_listed_with_what_it_is_and_where_it_comes_from(rest: httpx.AsyncClient) -> None:
    items = (await rest.get('/api/settings')).json()['items']
    assert [item['name'] for item in items] == list(rows())
    assert await setting(rest, 'max_current') == {
        'name': 'max_current',
        'value': 16,
        'default': 16,
        'source': 'default',
        'locked': False,
        'needs_restart': False,
        'pending': False,
        'title': 'Maximum current',
        'description': 'No limit is ever above this. A lower one holds at once, for what charges too.',
        'kind': 'number',
        'unit': 'A',
        'least': 1,
        'most': 80,
        'choices': None,
        'previous': None,
        'changed_at': None,
        'changed_by': None,
        'group': 'House and wallbox',
    }
    assert (await setting(rest, 'startup_requests'))['source'] == 'environment'
    assert (await setting(rest, 'port'))['locked'] is True


async def test_of_the_password_for_the_broker_only_whether_it_is_set(make_house: MakeHouse) -> None:
    house = await make_house(mqtt_password='geheim')
    async with httpx.AsyncClient(verify=False, base_url=house.http) as client:
        answer = await client.get('/api/settings')
        assert (await setting(client, 'mqtt_password'))['value'] == '***'
    assert 'geheim' not in answer.text + repr(house.charge_point.settings)


async def test_a_change_holds_at_once_and_says_who_and_what_was_before(rest: httpx.AsyncClient, house: House) -> None:
    answer = await put(rest, max_current=10, phases=3)
    assert answer.status_code == 200, answer.text
    assert house.charge_point.settings.max_current == 10
    assert house.charge_point.state.phases == 3
    await put(rest, max_current=8)
    now = await setting(rest, 'max_current')
    assert (now['value'], now['source'], now['previous']) == (8, 'page', 10)
    assert now['changed_by'] == 'anybody in this network'
    await put(rest, max_current=now['previous'])
    assert (await setting(rest, 'max_current'))['value'] == 10
    await put(rest, max_current=None)
    assert (await setting(rest, 'max_current'))['source'] == 'default'
    assert house.charge_point.settings.max_current == 16


async def test_the_history_has_each_change(rest: httpx.AsyncClient) -> None:
    await put(rest, max_current=10, allowed_hosts=['cpo.example.org'], free_charging=True)
    await put(rest, max_current=10)
    history = (await rest.get('/api/history?kind=setting')).json()['items']
    by = 'changed by anybody in this network.'
    assert [event['what'] for event in history] == [
        f'Free charging is on now, before it was the default, {by}',
        f'More names of this server is cpo.example.org now, before it was the default, {by}',
        f'Maximum current is 10 A now, before it was the default, {by}',
    ]
    assert history[-1]['details'] == {
        'setting': 'max_current',
        'value': 10,
        'before': None,
        'person': 'anybody in this network',
    }


async def test_a_list_may_be_a_text_with_commas_as_in_the_environment(rest: httpx.AsyncClient, house: House) -> None:
    assert (await put(rest, night_hours='22:00-06:00, sat-sun 00:00-24:00')).status_code == 200
    assert house.charge_point.settings.night_hours == ('22:00-06:00', 'sat-sun 00:00-24:00')


@pytest.mark.parametrize(
    ('members', 'sentence'),
    [
        ({'max_current': 81}, 'Maximum current: this must be a number from 1 to 80 A.'),
        ({'max_current': '10'}, 'Maximum current: this must be a number from 1 to 80 A.'),
        ({'max_current': True}, 'Maximum current: this must be a number from 1 to 80 A.'),
        ({'phases': 2.5}, 'Phases: this must be a whole number from 1 to 3.'),
        ({'price_factor': 0}, 'Pushed prices times: this must be a number from 0.001 to 100.'),
        ({'fail_safe': 1}, 'Until the fallback current holds: this must be 0 for never, or at least 10 s.'),
        ({'call_timeout': 0}, 'For an answer: this must be a number above 0, at most 600 s.'),
        ({'free_charging': 1}, 'Free charging: this must be true or false.'),
        ({'solar_preset': 'greedy'}, 'How much of the sun: this must be one of solar_only, balanced, eager, demo.'),
        ({'name': 41 * 'x'}, 'Name of the charger: this must be a text of at most 40 characters in one line.'),
        ({'name': 'A\nB'}, 'Name of the charger: this must be a text of at most 40 characters in one line.'),
        ({'allowed_hosts': ['*']}, "More names of this server: '*' is no name of a server as cpo.example.org."),
        ({'allowed_hosts': 5}, LIST),
        ({'allowed_hosts': ','.join('abcdefghijklmnopqrstuvwxyz' * 2)}, LIST),
        ({'trusted_networks': 'x, 10.0.0.0/8'}, NETWORKS),
        ({'currency': 'eur'}, 'Currency: this must be three capital letters, like EUR.'),
        ({'night_hours': '22-06'}, "Night hours: '22-06' is not written as 22:00-06:00 or sat-sun 00:00-24:00."),
        ({'battery_max_w': 1e6}, 'House battery charges with: this must be a number from 0 to 100,000 W.'),
        ({'public_url': 'x'}, 'Address people use: write it as https://cpo.example.org or http://192.168.1.20:8080.'),
        ({'max_curent': 10}, 'There is no setting max_curent; did you mean max_current.'),
    ],
)
async def test_a_wrong_value_is_refused_with_what_it_must_be_and_nothing_changes(
    rest: httpx.AsyncClient, house: House, members: dict[str, Any], sentence: str
) -> None:
    before = house.charge_point.settings
    answer = await put(rest, **{'fuse': 25, **members})
    assert (answer.status_code, answer.json()) == (400, {'error': 'InvalidSetting', 'detail': sentence})
    assert house.charge_point.settings is before


async def test_what_the_environment_or_an_option_has_is_locked(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await make_house(max_current=10)
    async with client_of(house) as rest:
        answer = await put(rest, max_current=8, phases=3)
        assert answer.status_code == 409
        assert answer.json() == {
            'error': 'LockedSetting',
            'detail': 'Maximum current: CPO_MAX_CURRENT sets this, and wins over the page.',
        }
        assert house.charge_point.settings.phases == 1
        assert (await put(rest, port=9000)).status_code == 409
    monkeypatch.setenv('CPO_PHASES', '3')
    given = load_settings(['--fuse', '25'])
    assert given.options == {'fuse'}
    assert given.model_fields_set == {'fuse', 'phases'}


async def test_settings_outlast_the_program_and_the_environment_wins_then(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        await put(rest, max_current=10, phases=3, connector_names=['Left', 'Right'])
        await put(rest, phases=1)
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    again = await make_house(folder=tmp_path, phases=2)
    settings = again.charge_point.settings
    assert (settings.max_current, settings.phases, settings.connector_names) == (10, 2, ('Left', 'Right'))
    assert again.charge_point.state.phases == 2
    async with client_of(again) as rest:
        assert (await setting(rest, 'max_current'))['changed_by'] == 'anybody in this network'


async def test_what_needs_a_restart_holds_after_it(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        await put(rest, trusted_proxies=['172.18.0.0/16'])
        item = await setting(rest, 'trusted_proxies')
        assert (item['value'], item['needs_restart'], item['pending']) == (['172.18.0.0/16'], True, True)
        assert house.charge_point.settings.trusted_proxies == ()
        await put(rest, trusted_proxies=None)
        item = await setting(rest, 'trusted_proxies')
        assert (item['value'], item['pending']) == ([], False)
        await put(rest, trusted_proxies=['172.18.0.0/16'])
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    again = await make_house(folder=tmp_path)
    assert again.charge_point.settings.trusted_proxies == ('172.18.0.0/16',)
    async with client_of(again) as rest:
        assert (await setting(rest, 'trusted_proxies'))['pending'] is False


async def test_what_another_version_kept_is_left_out_and_stops_nothing(
    make_house: MakeHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        await put(rest, max_current=10, phases=3)
    await house.charge_point.flushed()
    house.charge_point.journal.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute("UPDATE settings SET value = '500' WHERE name = 'max_current'")
        connection.execute("INSERT INTO settings VALUES ('of_tomorrow', '1', NULL, 1, 'Anna')")
        connection.execute("INSERT INTO settings VALUES ('fuse', '{', NULL, 1, 'Anna')")
    again = await make_house(folder=tmp_path)
    settings = again.charge_point.settings
    assert (settings.max_current, settings.phases, settings.fuse) == (16, 3, None)
    assert 'Maximum current: this must be a number from 1 to 80 A.' in caplog.text
    assert again.charge_point.journal.rows_set_aside == {'settings': 1}


async def test_a_change_while_the_demo_charger_is_connected_stays_when_it_leaves(
    house: House, rest: httpx.AsyncClient
) -> None:
    async with ScriptedCharger(house.demo) as charger:
        await charger.boot()
        assert house.charge_point.state.demo
        await put(rest, max_current=10, phases=3)
    await house.until(lambda: not house.charge_point.state.demo)
    assert (house.charge_point.settings.max_current, house.charge_point.state.phases) == (10, 3)
    assert (await setting(rest, 'max_current'))['changed_at'] is not None


async def test_what_cannot_be_kept_is_503_and_nothing_changes(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path, pragmas=IMPATIENT)
    async with client_of(house) as rest:
        await put(rest, max_current=10)
        with unwritable(tmp_path):
            answer = await put(rest, max_current=8, phases=3)
            assert (answer.status_code, answer.json()['error']) == (503, 'JournalError')
        settings = house.charge_point.settings
        assert (settings.max_current, settings.phases, house.charge_point.state.phases) == (10, 1, 1)
        item = await setting(rest, 'max_current')
        assert (item['value'], item['previous']) == (10, None)
        assert (await setting(rest, 'phases'))['changed_at'] is None


async def test_all_of_it_is_one_file_that_another_house_takes(make_house: MakeHouse) -> None:
    first, second = await make_house(max_current=10), await make_house(phases=3)
    async with client_of(first) as rest, client_of(second) as other:
        await put(rest, fuse=25, phases=2, allowed_hosts=['cpo.example.org'])
        answer = await rest.get('/api/settings/file')
        assert answer.headers['content-disposition'] == 'attachment; filename="home-cpo-settings.json"'
        file = answer.json()
        assert file['settings'].keys() == {row.name for row in rows().values() if row.changes is not Changes.NEVER}
        assert {name: value for name, value in file['settings'].items() if value is not None} == {
            'max_current': 10,
            'fuse': 25,
            'phases': 2,
            'allowed_hosts': ['cpo.example.org'],
            'adopt': 'any',
            'startup_requests': False,
        }
        await put(other, name='Yard')
        answer = await other.put('/api/settings/file', json=file)
        assert answer.status_code == 200, answer.text
        settings = second.charge_point.settings
        assert (settings.max_current, settings.fuse, settings.fail_safe, settings.name) == (10, 25, 120, None)
        assert settings.phases == 3  # it is locked there
        wrong_files: list[Any] = [{'settings': {'fuse': 16}}, {'home_cpo': '1', 'settings': []}, [], {'home_cpo': '1'}]
        for wrong in wrong_files:
            answer = await other.put('/api/settings/file', json=wrong)
            assert answer.json()['detail'] == 'This is no file of settings of this program.'
        answer = await other.put('/api/settings/file', json={**file, 'settings': {'fuse': 16, 'max_current': 99}})
        assert answer.status_code == 400
        assert second.charge_point.settings is settings
