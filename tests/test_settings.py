"""Settings from `CPO_…` variables and `--options`, and the one sentence for each wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cpo.errors import MustNotStart
from cpo.settings import Settings, load_settings


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
        'host': '0.0.0.0',
        'port': 8080,
        'charge_box_id': None,
        'id_tags': ('Tag1', 'Tag2'),
        'remote_start_tag': None,
        'max_current': 16,
        'phases': 1,
        'pause_at_zero': False,
        'free_charging': False,
        'fallback_current': 6,
        'fail_safe': 1200,
        'heartbeat_interval': 60,
        'call_timeout': 30,
        'startup_requests': True,
        'data_dir': Path('/somewhere/home-cpo'),
        'memory': False,
        'keep_samples_days': 90,
        'demo': False,
    }


EACH = [
    ('host', '127.0.0.1', '127.0.0.1'),
    ('port', '9000', 9000),
    ('charge_box_id', 'garage', 'garage'),
    ('id_tags', 'Anna, Ben', ('Anna', 'Ben')),
    ('remote_start_tag', 'Anna', 'Anna'),
    ('max_current', '32', 32),
    ('phases', '3', 3),
    ('pause_at_zero', 'true', True),
    ('free_charging', 'true', True),
    ('fallback_current', '8', 8),
    ('fail_safe', '0', 0),
    ('heartbeat_interval', '300', 300),
    ('call_timeout', '2.5', 2.5),
    ('startup_requests', 'false', False),
    ('data_dir', 'kept/here', Path('kept/here')),
    ('memory', 'true', True),
    ('keep_samples_days', '30', 30),
    ('demo', 'true', True),
]


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
        ([], {'CPO_QQQ': '1'}, 'CPO_QQQ is no setting of this program.'),
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
