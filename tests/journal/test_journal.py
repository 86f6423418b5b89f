"""The file itself: where it is, who may use it, what is in it."""

from __future__ import annotations

import stat
from pathlib import Path

import httpx
import pytest

from cpo.journal import Journal
from cpo.settings import Settings, load_settings
from tests.conftest import MakeHouse
from tests.journal.quiet_house import QuietHouse, rows
from tests.program import free_port, run_to_end, running
from tests.scripted_charger import ScriptedCharger


@pytest.mark.parametrize(
    ('environment', 'folder'),
    [
        ({'XDG_DATA_HOME': '/data'}, '/data/home-cpo'),
        ({'HOME': '/home/me', 'XDG_DATA_HOME': ''}, '/home/me/.local/share/home-cpo'),
        ({'XDG_DATA_HOME': '/data', 'CPO_DATA_DIR': '/elsewhere'}, '/elsewhere'),
    ],
)
def test_the_folder_is_that_of_the_xdg_specification_or_the_one_chosen(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], folder: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings().data_dir == Path(folder)


def test_the_folder_and_the_file_are_created(tmp_path: Path) -> None:
    folder = tmp_path / 'share' / 'home-cpo'
    Journal(folder).close()
    assert stat.S_ISREG((folder / 'journal.db').stat().st_mode)


def test_the_folder_can_be_chosen_on_the_command_line() -> None:
    assert load_settings(['--data-dir', '/x'], {}).data_dir == Path('/x')


@pytest.mark.program
async def test_a_second_program_on_the_same_folder_ends_with_one_sentence(tmp_path: Path) -> None:
    environment = {'CPO_DATA_DIR': str(tmp_path)}
    async with running(environment=environment) as program:
        second = await run_to_end('--port', str(free_port()), environment=environment)
        assert second.status == 2
        assert second.output == ''
        assert second.errors == (
            f'Another program uses the journal in {tmp_path}; end it, or choose another folder with --data-dir.\n'
        )
        assert (await program.stop()).status == 0
    Journal(tmp_path).close()


@pytest.mark.program
async def test_in_memory_nothing_is_persisted(tmp_path: Path) -> None:
    options = ('--memory', '--data-dir', str(tmp_path / 'data'))
    async with running(*options) as program:
        async with ScriptedCharger(program.ocpp('CP1')) as charger:
            await charger.boot()
            await charger.start()
        assert (await program.stop()).status == 0
    assert not (tmp_path / 'data').exists()
    async with (
        running(*options) as program,
        httpx.AsyncClient(verify=False, base_url=program.http, trust_env=False) as rest,
    ):
        assert (await rest.get('/api/transactions')).json()['items'] == []


async def test_reading_in_memory_sees_what_was_written() -> None:
    async with QuietHouse(None) as house:
        house.connect()
        transaction_id = await house.start()
        count = 'SELECT CAST(transaction_id AS INTEGER) FROM transactions'
        assert await house.journal.read(lambda c: [row[0] for row in c.execute(count)]) == [transaction_id]


async def test_of_the_demo_charger_nothing_is_in_the_file(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with ScriptedCharger(house.demo) as demo:
        await demo.boot()
        await demo.call('Authorize', {'idTag': 'Stranger'})
        transaction_id = await demo.start()
        await demo.meter(transaction_id, energy=2000, power=7000)
        house.charge_point.record_reading(5000, -100)
        assert house.charge_point.state.demo
        async with ScriptedCharger(house.ocpp('CP1')) as charger:
            await charger.boot()
            await charger.start()
    await house.charge_point.flushed()
    counts = {}
    for (table,) in rows(tmp_path, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        found = rows(tmp_path, f'SELECT * FROM {table}')
        counts[table] = len(found)
        assert not [row for row in found if 'demo' in repr(row) or 'Stranger' in repr(row)], table
    assert (counts['transactions'], counts['charge_point'], counts['meter_samples'], counts['boots']) == (1, 1, 0, 1)
    assert rows(tmp_path, 'SELECT pv_w, grid_w FROM inputs') == [(5000, -100)]
