"""`home-cpo replay`, on the journal of a program that still runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpo.commands import run_replay
from cpo.controllers import SolarController
from cpo.errors import MustNotStart
from cpo.state import Mode, Source, SourceKind
from tests.journal.quiet_house import QuietHouse
from tests.program import run_to_end, running

METER = Source(SourceKind.PROGRAM, 'house meter')


async def test_a_day_is_decided_again_while_the_program_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        await house.status('Preparing')
        SolarController(house.charge_point, house.clock)
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=900, grid_w=-400, by=METER)
        await house.status('Available')
        await house.charge_point.flushed()
        day = house.clock.now.astimezone().date().isoformat()
        folder = ('--data-dir', str(tmp_path))
        assert run_replay([day, *folder]) == 0
        same = capsys.readouterr().out
        assert run_replay([day, '--rule', 'fast', '--all', *folder]) == 0
        other = capsys.readouterr().out
        assert run_replay([day, '--rule', 'demo', '--all', *folder]) == 0
        demo = capsys.readouterr().out
        with pytest.raises(SystemExit):
            run_replay([day, '--rule', 'demo', '--lambda', '2', *folder])
        assert 'whatever an imported kWh costs' in capsys.readouterr().err
        assert run_replay(['2020-01-01', *folder]) == 1
        assert run_replay([day, '--connector', '7', '--rule', 'fast', *folder]) == 1
        nothing = capsys.readouterr().err
    assert 'decisions are the same again.' in same
    assert '0.00 kWh' in same
    assert 'decisions would have been others.' in other
    assert 'As fast as the charger and the car can.' in other
    assert '900 W of sun: the limit stays at 0 A.' in demo
    assert 'Only the time in which the rule decided is counted' in same
    assert nothing.splitlines() == [
        'Nothing was decided by the house meter on 2020-01-01.',
        f'Nothing was decided by the house meter on {day} for connector 7.',
    ]


def test_without_a_journal_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(MustNotStart, match='There is no journal'):
        run_replay([datetime.now(UTC).date().isoformat(), '--data-dir', str(tmp_path)])


@pytest.mark.program
async def test_the_command_reads_the_journal_of_another_process_that_runs(tmp_path: Path) -> None:
    folder = ('--data-dir', str(tmp_path))
    async with running(*folder) as program, program.client() as rest:
        await rest.put('/api/solar', json={'grid_w': -400, 'mode': 'solar'})
        ended = await run_to_end('replay', '2026-06-14', *folder)
        assert (ended.status, ended.output) == (1, '')
        assert ended.errors == 'Nothing was decided by the house meter on 2026-06-14.\n'
        wrong = await run_to_end('replay', 'yesterday', *folder)
        assert wrong.status == 2
        assert 'give the day as 2026-06-14' in wrong.errors
        assert (await rest.get('/api/health')).json()['status'] == 'ok'
