"""`python -m simulator` as a person runs it."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulator.address import full_url
from simulator.options import read_options
from simulator.recording import read_recording
from tests.simulator.central_system import CentralSystem


@asynccontextmanager
async def running(*options: object) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, '-m', 'simulator', *map(str, options)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.program
async def test_ctrl_c_unplugs_and_ends_with_0(central_system: CentralSystem) -> None:
    url = central_system.url.removesuffix('/SIM1')
    options = ['--url', url, '--id', 'SIM1', '--tap', '--tag', 'Tag2', '--speed', '20', '--meter-interval', '5']
    async with running(*options) as process:
        await central_system.wait_for('StartTransaction', idTag='Tag2')
        await central_system.wait_for('MeterValues')
        process.send_signal(signal.SIGINT)
        output, errors = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0
    assert errors == b''
    assert b'connector 1: Charging' in output
    assert central_system.seen('StopTransaction', reason='EVDisconnected')


@pytest.mark.program
async def test_ctrl_c_while_offline_does_not_wait_for_anybody(central_system: CentralSystem, tmp_path: Path) -> None:
    script = tmp_path / 'day.txt'
    script.write_text('0s plug in\n1s tap Tag1\n30s go offline\n')
    async with running('--url', central_system.url, '--script', script, '--speed', 20) as process:
        await central_system.wait_for('MeterValues')
        assert process.stdout
        while b'|  1: Charging' not in (line := await asyncio.wait_for(process.stdout.readline(), 10)) or (
            b'offline' not in line
        ):
            assert line
        process.send_signal(signal.SIGINT)
        _, errors = await asyncio.wait_for(process.communicate(), 3)
    assert (process.returncode, errors) == (0, b'')
    assert not central_system.seen('StopTransaction')


@pytest.mark.program
async def test_a_script_is_played_recorded_and_replayed(central_system: CentralSystem, tmp_path: Path) -> None:
    script, recording = tmp_path / 'day.txt', tmp_path / 'day.jsonl'
    script.write_text('0s plug in\n1s tap Tag1\n20s go offline for 10s\n40s unplug\n42s end\n')
    options = ['--url', central_system.url, '--persona', 'vestel', '--speed', '50', '--car', 'soc=70,max=10']
    async with running(*options, '--script', script, '--record', recording, '--seed', 1) as process:
        output, errors = await asyncio.wait_for(process.communicate(), 10)
    assert (process.returncode, errors) == (0, b'')
    assert b'online  |  1: Charging' in output
    assert central_system.seen('BootNotification', chargePointVendor='Vestel')
    recorded = [line.message[2] for line in read_recording(recording) if line.sender == 'charger']
    before = len(central_system.calls)
    async with running('--url', central_system.url, '--replay', recording, '--speed', 10) as process:
        output, errors = await asyncio.wait_for(process.communicate(), 10)
    assert (process.returncode, errors) == (0, b'')
    assert [action for action, _ in central_system.calls[before:]] == recorded


@pytest.mark.program
async def test_a_step_that_cannot_be_done_ends_it_with_the_line(central_system: CentralSystem, tmp_path: Path) -> None:
    script = tmp_path / 'day.txt'
    script.write_text('0s unplug\n')
    async with running('--url', central_system.url, '--script', script) as process:
        _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 1
    assert errors.decode().strip() == f'{script}:1: unplug: connector 1 has no car'


@pytest.mark.parametrize(
    ('url', 'charge_box_id', 'full'),
    [
        ('ws://host/ocpp', None, 'ws://host/ocpp/SIM1'),
        ('ws://host/ocpp/', 'A B', 'ws://host/ocpp/A%20B'),
        ('ws://host/ocpp/CP1', None, 'ws://host/ocpp/CP1'),
        ('ws://host/ocpp/CP1', 'CP1', 'ws://host/ocpp/CP1'),
        ('ws://host', None, 'ws://host/SIM1'),
        ('ws://host/a/b', 'CP1', 'ws://host/a/b/CP1'),
        ('ws://host/ocpp?token=1', 'CP1', 'ws://host/ocpp/CP1?token=1'),
        ('ws://host/ocpp', '', 'ws://host/ocpp/SIM1'),
    ],
)
def test_the_url_is_a_base_or_full(url: str, charge_box_id: str | None, full: str) -> None:
    assert full_url(url, charge_box_id) == full


@pytest.mark.parametrize(
    ('options', 'complaint'),
    [
        (['--persona', 'tesla'], 'there are: wallbox-pulsar-5'),
        (['--car', 'soc=lots'], 'soc=lots is not between 0 and 100'),
        (['--speed', '0'], 'not between'),
        (['--speed', 'fast'], 'could not convert'),
        (['--script', 'nowhere.txt'], 'nowhere.txt'),
        (['--phases', '2'], 'invalid choice'),
        (['--tag', 'x' * 21], 'no idTag: 1 to 20 printable ASCII characters'),
        (['--tag', ''], 'no idTag'),
        (['--clock-drift', '1e18'], '1e18 is not between'),
        (['--clock-drift', 'nan'], 'nan is not between'),
        (['--record', 'a.jsonl', '--replay', 'b.jsonl'], '--record and --replay do not go together'),
        (['--url', 'http://localhost:8080/ocpp'], "'http://localhost:8080/ocpp' is no address of a central system"),
        (['--url', 'http://localhost:8080/ocpp'], "scheme isn't ws or wss"),
        (['--url', 'ws:///ocpp'], "hostname isn't provided"),
        (['--url', 'rubbish'], "scheme isn't ws or wss"),
        (['--url', ''], "scheme isn't ws or wss"),
        (['--url', 'ws://localhost:99999/ocpp'], 'Port out of range'),
        (['--url', 'ws://localhost:0/ocpp'], 'port 0'),
        (['--url', 'ws://[::1/ocpp'], 'Invalid IPv6 URL'),
        (['--url', 'ws://my charger/ocpp'], 'it contains blanks'),
        (['--url', 'ws://my..charger/ocpp'], 'my..charger is no host name'),
    ],
)
def test_a_wrong_option_is_explained(options: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_options(options)
    assert complaint in capsys.readouterr().err


def test_a_wrong_line_of_a_script_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / 'day.txt').write_text('0s plug in\n5s dance\n')
    with pytest.raises(SystemExit):
        read_options(['--script', str(tmp_path / 'day.txt')])
    assert 'day.txt:2' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('script', 'options', 'complaint'),
    [
        (b'0s plug in\n5s tap Tag\xe9\n', [], 'day.txt:2: not UTF-8 text'),
        (b'0s plug in on 0\n', [], 'day.txt:1'),
        (b'0s plug in\n5s plug in on 2\n', [], 'day.txt:2: plug in: there is no connector 2'),
        (b'0s fault GroundFailure on 3\n', ['--connectors', '2'], 'day.txt:1: fault: there is no connector 3'),
    ],
)
def test_a_script_that_cannot_work_is_refused_before_connecting(
    tmp_path: Path, script: bytes, options: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'day.txt').write_bytes(script)
    with pytest.raises(SystemExit):
        read_options(['--script', str(tmp_path / 'day.txt'), *options])
    assert complaint in capsys.readouterr().err


def test_a_script_of_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / 'day.txt').write_bytes(b'\xef\xbb\xbf0s plug in\r\n5s tap Tag1 on 2\r\n')
    assert len(read_options(['--script', str(tmp_path / 'day.txt'), '--connectors', '2']).script.steps) == 2


@pytest.mark.program
async def test_a_recording_that_cannot_be_written_is_one_sentence(
    central_system: CentralSystem, tmp_path: Path
) -> None:
    recording = tmp_path / 'nowhere' / 'day.jsonl'
    async with running('--url', central_system.url, '--record', recording) as process:
        output, errors = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 1
    assert errors.decode().strip() == f'the recording {recording} cannot be written: No such file or directory'
    assert b'connection' not in output


@pytest.mark.program
async def test_a_replay_of_what_is_no_recording_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / 'day.jsonl').write_bytes(b'\xff')
    async with running('--replay', tmp_path / 'day.jsonl') as process:
        _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 1
    assert errors.decode().strip() == f'{tmp_path / "day.jsonl"}:1: not UTF-8 text'


def test_help_documents_scripts_and_personas(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_options(['--help'])
    shown = capsys.readouterr().out
    assert 'go offline for 10m' in shown
    assert 'wallbox-pulsar-5' in shown


def test_a_charger_that_switches_phases_says_so() -> None:
    persona = read_options(['--switches-phases', '--persona', 'go-e']).persona
    assert (persona.name, persona.phases) == ('go-e', 3)
    assert persona.keys['ConnectorSwitch3to1PhaseSupported'] == 'true'
