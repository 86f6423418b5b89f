"""Settings from `CPO_…` variables and `--options`, and the one sentence for each wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from cpo.errors import MustNotStart
from cpo.settings import Settings, load_settings
from cpo.version import VERSION


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f'CPO_{name.upper()}', raising=False)


def loaded(monkeypatch: pytest.MonkeyPatch, options: list[str], environment: dict[str, str]) -> Settings:
    """The settings as the program reads them at start."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings(options)


def test_the_defaults_are_those_of_a_house_with_one_wallbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('XDG_DATA_HOME', '/somewhere')
    assert load_settings([]).model_dump() == {
        'name': None,
        'connector_names': (),
        'host': '0.0.0.0',
        'port': 8080,
        'tls_port': 0,
        'public_url': None,
        'allowed_hosts': (),
        'allowed_origins': (),
        'allow_file_pages': False,
        'trusted_proxies': (),
        'trusted_networks': (),
        'charge_box_id': None,
        'adopt': 'first',
        'unadopted': 'refuse',
        'id_tags': ('Tag1', 'Tag2'),
        'remote_start_tag': None,
        'max_current': 16,
        'fuse': None,
        'fuse_floor': 6,
        'fuse_excess': 0,
        'peak_w': None,
        'phases': 1,
        'units': 'A',
        'phase_switching': 'auto',
        'car_min_current': 6,
        'car_battery': 60,
        'car_restarts': None,
        'solar_preset': 'balanced',
        'solar_lambda': None,
        'battery_first': 0,
        'battery_max_w': 5000,
        'meter_fallback': 0,
        'price': 0.3,
        'night_price': None,
        'night_hours': ('22:00-06:00',),
        'feed_in_price': 0.08,
        'price_source': None,
        'price_factor': 1,
        'price_plus': 0,
        'currency': 'EUR',
        'manual_lasts': 'session',
        'pause_at_zero': False,
        'free_charging': False,
        'fallback_current': 6,
        'fail_safe': 1200,
        'heartbeat_interval': 60,
        'call_timeout': 30,
        'startup_requests': True,
        'local_list': False,
        'mqtt': None,
        'mqtt_user': None,
        'mqtt_password': None,
        'mqtt_tls': False,
        'mqtt_prefix': 'homecpo',
        'data_dir': Path('/somewhere/home-cpo'),
        'memory': False,
        'restore': None,
        'start_empty': False,
        'meter_public_key': None,
        'keep_samples_days': 90,
        'log_level': 'info',
        'demo': False,
    }


EACH = [
    ('name', 'Garage', 'Garage'),
    ('connector_names', 'Left, Right', ('Left', 'Right')),
    ('log_level', 'debug', 'debug'),
    ('host', '127.0.0.1', '127.0.0.1'),
    ('port', '9000', 9000),
    ('tls_port', '8443', 8443),
    ('public_url', 'https://CPO.example.org/', 'https://cpo.example.org'),
    ('allowed_hosts', 'CPO.example.org, *.example.net', ('cpo.example.org', '*.example.net')),
    ('allowed_origins', 'https://home.example:443,http://ha:8123/', ('https://home.example', 'http://ha:8123')),
    ('allow_file_pages', 'true', True),
    ('trusted_networks', '100.64.0.0/10,2001:db8::1', ('100.64.0.0/10', '2001:db8::1/128')),
    ('trusted_proxies', '172.18.0.0/16, ::1', ('172.18.0.0/16', '::1/128')),
    ('charge_box_id', 'garage', 'garage'),
    ('adopt', 'ask', 'ask'),
    ('unadopted', 'pending', 'pending'),
    ('id_tags', 'Anna, Ben', ('Anna', 'Ben')),
    ('remote_start_tag', 'Anna', 'Anna'),
    ('max_current', '32', 32),
    ('fuse', '35', 35),
    ('fuse_floor', '0', 0),
    ('fuse_excess', '30', 30),
    ('peak_w', '2500', 2500),
    ('phases', '3', 3),
    ('phase_switching', 'on', 'on'),
    ('units', 'kW', 'kW'),
    ('car_min_current', '8', 8),
    ('car_battery', '77', 77),
    ('car_restarts', '11', 11),
    ('solar_preset', 'eager', 'eager'),
    ('solar_lambda', '0.5', 0.5),
    ('battery_first', '80', 80),
    ('price', '0.34', 0.34),
    ('night_price', '0.21', 0.21),
    ('night_hours', '23:00-5:30, sun 0:00-24:00', ('23:00-5:30', 'sun 0:00-24:00')),
    ('feed_in_price', '0.0782', 0.0782),
    ('price_source', 'awattar:de', 'awattar:de'),
    ('price_factor', '1.19', 1.19),
    ('price_plus', '0.1632', 0.1632),
    ('currency', 'DKK', 'DKK'),
    ('battery_max_w', '3000', 3000),
    ('meter_fallback', '6', 6),
    ('manual_lasts', 'always', 'always'),
    ('pause_at_zero', 'true', True),
    ('free_charging', 'true', True),
    ('fallback_current', '8', 8),
    ('fail_safe', '0', 0),
    ('heartbeat_interval', '300', 300),
    ('call_timeout', '2.5', 2.5),
    ('startup_requests', 'false', False),
    ('local_list', 'true', True),
    ('mqtt', 'nas.lan:1884', 'nas.lan:1884'),
    ('mqtt_user', 'cpo', 'cpo'),
    ('mqtt_password', 'quiet', SecretStr('quiet')),
    ('mqtt_tls', 'true', True),
    ('mqtt_prefix', 'house/cpo', 'house/cpo'),
    ('data_dir', 'kept/here', Path('kept/here')),
    ('memory', 'true', True),
    ('restore', 'kept/backup.db', Path('kept/backup.db')),
    ('start_empty', 'true', True),
    ('meter_public_key', '3059 3013', '3059 3013'),
    ('keep_samples_days', '30', 30),
    ('demo', 'true', True),
]


@pytest.mark.parametrize(
    ('options', 'fail_safe'),
    [([], 1200), (['--fuse', '35'], 120), (['--fuse', '35', '--fail-safe', '600'], 600), (['--fail-safe', '60'], 60)],
)
def test_with_a_fuse_the_fallback_current_holds_sooner(options: list[str], fail_safe: int) -> None:
    assert load_settings(options).fail_safe == fail_safe


def test_a_fuse_in_a_variable_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, [], {'CPO_FUSE': '25'}).fail_safe == 120
    assert loaded(monkeypatch, [], {'CPO_FUSE': '25', 'CPO_FAIL_SAFE': '300'}).fail_safe == 300
    assert loaded(monkeypatch, [], {'CPO_FUSE': ''}).fuse is None


@pytest.mark.parametrize(
    ('text', 'is_key'),
    [
        ('3059 3013', True),
        ('MFkwEwYHKoZIzj0CAQ==', True),
        ('-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----', True),
        ('oca:base16:asn1:3059', True),
        ('zz', False),
        ('3059 301', False),
        ('-----', False),
    ],
)
def test_a_public_key_is_one_that_can_be_read(text: str, is_key: bool) -> None:
    if is_key:
        assert Settings(meter_public_key=text).meter_public_key == text
    else:
        with pytest.raises(ValueError, match='this must be a public key in hex or base64'):
            Settings(meter_public_key=text)


def test_the_table_below_holds_every_setting() -> None:
    assert {name for name, _, _ in EACH} == set(Settings.model_fields)


@pytest.mark.parametrize(('name', 'text', 'value'), EACH)
def test_each_is_a_variable_and_an_option(monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    for options, environment in (
        ([], {f'CPO_{name.upper()}': text}),
        ([f'--{name.replace("_", "-")}', text], {}),
        ([f'--{name}={text}'], {}),
    ):
        with monkeypatch.context() as patch:
            assert getattr(loaded(patch, options, environment), name) == value


def test_an_option_wins_over_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, ['--port', '9000'], {'CPO_PORT': '9001'}).port == 9000


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, [], {'CPO_PORT': '', 'CPO_CHARGE_BOX_ID': ''}) == load_settings([])


def test_a_flag_needs_no_value() -> None:
    assert load_settings(['--demo']).demo is True
    assert load_settings(['--demo', '--port', '9000']).port == 9000


@pytest.mark.parametrize(
    ('options', 'environment', 'sentence'),
    [
        (['--port', '0'], {}, "--port: input should be greater than or equal to 1 (it is '0')."),
        (['--port', '70000'], {}, "--port: input should be less than or equal to 65535 (it is '70000')."),
        ([], {'CPO_PHASES': '4'}, "CPO_PHASES: input should be less than or equal to 3 (it is '4')."),
        ([], {'CPO_MAX_CURRENT': 'nan'}, "CPO_MAX_CURRENT: input should be a finite number (it is 'nan')."),
        (['--call-timeout', '-1'], {}, "--call-timeout: input should be greater than 0 (it is '-1')."),
        ([], {'CPO_ID_TAGS': ' , '}, "CPO_ID_TAGS: at least one id tag is needed (it is ' , ')."),
        (
            ['--id-tags', 'A,' + 21 * 'x'],
            {},
            f"--id-tags: '{21 * 'x'}' is longer than the 20 characters of an idTag (it is 'A,{21 * 'x'}').",
        ),
        ([], {'CPO_MAXCURRENT': '10'}, 'CPO_MAXCURRENT is no setting of this program; did you mean CPO_MAX_CURRENT.'),
        (
            ['--public-url', 'cpo.example'],
            {},
            "--public-url: write it as https://cpo.example.org or http://192.168.1.20:8080 (it is 'cpo.example').",
        ),
        (
            ['--allowed-hosts', '*'],
            {},
            "--allowed-hosts: '*' is no name of a server as cpo.example.org (it is '*').",
        ),
        (
            ['--allowed-origins', 'null'],
            {},
            "--allowed-origins: 'null' is no origin as https://home.example.org:8123 (it is 'null').",
        ),
        (
            ['--trusted-proxies', 'proxy'],
            {},
            "--trusted-proxies: 'proxy' is no address or network as 192.168.1.0/24 (it is 'proxy').",
        ),
        (['--name', 41 * 'x'], {}, f"--name: string should have at most 40 characters (it is '{41 * 'x'}')."),
        (
            ['--connector-names', 'Left,R\tight'],
            {},
            "--connector-names: 'R\\tight' is no name of at most 40 characters (it is 'Left,R\\tight').",
        ),
        *(
            ([], {'CPO_MQTT': wrong}, f"CPO_MQTT: write it as nas.lan or 192.168.1.20:1883 (it is '{wrong}').")
            for wrong in ('mqtt://nas', 'nas:x', 'nas:0', 'nas:70000', '::1', 'a b')
        ),
        ([], {'CPO_MQTT_PREFIX': 'a/#'}, "CPO_MQTT_PREFIX: write it as homecpo or house/homecpo (it is 'a/#')."),
        ([], {'CPO_XYZ': '1'}, 'CPO_XYZ is no setting of this program.'),
        (['--max-curent=10'], {}, 'unrecognized arguments: --max-curent=10; did you mean --max-current.'),
        (['--qqq'], {}, 'unrecognized arguments: --qqq.'),
        (['8080'], {}, 'unrecognized arguments: 8080.'),
        (['--por', '1'], {}, 'unrecognized arguments: --por 1; did you mean --port.'),
    ],
)
def test_a_wrong_one_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, options: list[str], environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(MustNotStart) as raised:
        loaded(monkeypatch, options, environment)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ('text', 'origins', 'hosts', 'url'),
    [
        ('http://192.168.1.20:8080', ('http://192.168.1.20:8080',), ('192.168.1.20',), 'http://192.168.1.20:8080'),
        ('https://Home.example/cpo/', ('https://home.example',), ('home.example',), 'https://home.example/cpo'),
        ('https://käse.example', ('https://xn--kse-qla.example',), ('xn--kse-qla.example',), None),
        ('http://[fd00::7]:8080', ('http://[fd00::7]:8080',), ('fd00::7',), 'http://[fd00::7]:8080'),
    ],
)
def test_the_public_url_is_a_host_and_an_origin_of_ours(
    text: str, origins: tuple[str, ...], hosts: tuple[str, ...], url: str | None
) -> None:
    settings = load_settings(['--public-url', text])
    assert (settings.public_origins, settings.public_hosts) == (origins, hosts)
    assert settings.public_url == (url or origins[0])


@pytest.mark.parametrize(
    'text', ['https://u:p@cpo.example', 'https://cpo.example?a=b', 'ftp://cpo.example', 'https://']
)
def test_what_is_no_public_url_is_refused(text: str) -> None:
    with pytest.raises(MustNotStart, match='--public-url: write it as'):
        load_settings(['--public-url', text])


def test_a_password_in_a_url_that_is_refused_is_not_printed() -> None:
    for option in ('--public-url', '--allowed-origins'):
        with pytest.raises(MustNotStart) as raised:
            load_settings([option, 'https://joe:geheim@cpo.example.org'])
        assert 'https://***@cpo.example.org' in str(raised.value)
        assert 'geheim' not in str(raised.value)


@pytest.mark.parametrize(
    ('text', 'hosts'),
    [
        ('https://cpo.example:8443/x', ('cpo.example',)),
        ('KÄSE.example', ('xn--kse-qla.example',)),
        ('cpo.example.', ('cpo.example',)),
        ('*.Example.org', ('*.example.org',)),
    ],
)
def test_a_host_may_be_pasted_as_it_is_found(text: str, hosts: tuple[str, ...]) -> None:
    assert load_settings(['--allowed-hosts', text]).allowed_hosts == hosts


def test_variables_of_a_neighbour_that_is_called_cpo_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbours = {
        'CPO_PORT': 'tcp://10.0.0.3:8080',
        'CPO_PORT_8080_TCP': 'tcp://10.0.0.3:8080',
        'CPO_PORT_8080_TCP_ADDR': '10.0.0.3',
        'CPO_SERVICE_HOST': '10.0.0.3',
        'CPO_SERVICE_PORT': '8080',
        'CPO_SERVICE_PORT_HTTP': '8080',
    }
    with monkeypatch.context() as patch:
        assert loaded(patch, [], neighbours).port == 8080
    assert loaded(monkeypatch, ['--port', '9000'], neighbours).port == 9000


def test_the_data_folder_may_be_below_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    assert loaded(monkeypatch, [], {'CPO_DATA_DIR': '~/x'}).data_dir == tmp_path / 'x'
    assert load_settings(['--data-dir=~/y']).data_dir == tmp_path / 'y'
    monkeypatch.delenv('CPO_DATA_DIR')
    monkeypatch.setenv('XDG_DATA_HOME', '~/data')
    assert load_settings([]).data_dir == tmp_path / 'data' / 'home-cpo'


def test_a_home_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MustNotStart, match='CPO_DATA_DIR: could not determine home directory'):
        loaded(monkeypatch, [], {'CPO_DATA_DIR': '~nobody-of-this-name/x'})


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        load_settings(['--version'])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f'Home CPO {VERSION}\n'


def test_remote_starts_carry_the_first_tag_unless_another_is_chosen() -> None:
    assert load_settings(['--id-tags', 'Anna,Ben']).remote_start_tag is None
    assert load_settings(['--id-tags', 'Anna,Ben', '--remote-start-tag', 'Ben']).remote_start_tag == 'Ben'


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        load_settings(['--help'])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for name in Settings.model_fields:
        assert f'--{name.replace("_", "-")}' in shown


def test_settings_cannot_be_changed_later() -> None:
    settings = load_settings([])
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # that it is read-only is the point


def test_code_cannot_misspell_one() -> None:
    wrong: dict[str, Any] = {'max_curent': 10}
    with pytest.raises(ValidationError, match='max_curent'):
        Settings(**wrong)
