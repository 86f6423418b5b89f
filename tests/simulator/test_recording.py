"""What was recorded is what went over the wire, and a replay sends it again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from ocpp.v16 import call

from simulator import Car, Charger
from simulator.recording import Line, Recorder, read_recording
from simulator.replay import Replay
from tests.simulator.central_system import CentralSystem, remote_start, set_limit


@pytest.fixture
async def other_system() -> AsyncIterator[CentralSystem]:
    """A second central system, which has counted transactions differently."""
    central_system = CentralSystem(first_transaction_id=700)
    async with central_system.running():
        yield central_system
    assert central_system.refused == []


async def record_a_session(central_system: CentralSystem, path: Path) -> list[Line]:
    async with Charger(central_system.url, speed=50, meter_interval_s=10, record=path) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start(10))
        await central_system.wait_for('MeterValues')
        await charger.wait_until_told()
        await central_system.ask(set_limit(16))
        await central_system.ask(set_limit(16, transaction_id=4711))
        charger.go_offline()
        charger.unplug(1)
        charger.go_online()
        await central_system.wait_for('StopTransaction')
        await charger.wait_until_told()
    return read_recording(path)


async def test_every_frame_of_both_sides_is_recorded(central_system: CentralSystem, tmp_path: Path) -> None:
    lines = await record_a_session(central_system, tmp_path / 'session.jsonl')
    calls = [(line.message[2], line.message[3]) for line in lines if line.sender == 'charger' and line.message[0] == 2]
    assert calls == central_system.calls
    asked = [line.message[2] for line in lines if line.sender == 'server' and line.message[0] == 2]
    assert asked == ['RemoteStartTransaction', 'SetChargingProfile', 'SetChargingProfile']
    assert [line.event for line in lines if line.event] == ['connected', 'closed', 'connected', 'closed']
    assert [line.at for line in lines] == sorted(line.at for line in lines)


async def test_a_replay_sends_what_was_recorded(
    central_system: CentralSystem, other_system: CentralSystem, tmp_path: Path
) -> None:
    lines = await record_a_session(central_system, tmp_path / 'session.jsonl')
    await Replay(lines, other_system.url, 1, lambda _: None).run()
    assert other_system.connections == 2
    expected = [
        (action, payload | {'transactionId': 701} if 'transactionId' in payload else payload)
        for action, payload in central_system.calls
    ]
    assert other_system.calls == expected


async def test_a_replay_answers_as_the_recorded_charger_did(
    central_system: CentralSystem, other_system: CentralSystem, tmp_path: Path
) -> None:
    lines = await record_a_session(central_system, tmp_path / 'session.jsonl')
    before_the_loss = lines[: [line.event for line in lines].index('closed')]
    last = Line(before_the_loss[-1].at.replace(year=2099), sender='charger', message=[2, 'id', 'Heartbeat', {}])
    replaying = asyncio.create_task(Replay([*before_the_loss, last], other_system.url, 1, lambda _: None).run())
    await other_system.wait_for('MeterValues')
    assert (await other_system.ask(set_limit(10))).status == 'Accepted'
    assert (await other_system.ask(set_limit(10))).status == 'Rejected'
    assert (await other_system.ask(set_limit(10))).status == 'Rejected'
    with pytest.raises(Exception, match='no answer to ClearCache'):
        await other_system.ask(call.ClearCache())
    replaying.cancel()
    await asyncio.wait([replaying])
    other_system.refused.clear()


async def test_the_spacing_is_divided_by_the_speed(central_system: CentralSystem, tmp_path: Path) -> None:
    path = tmp_path / 'slow.jsonl'
    heartbeats = [
        {'at': f'2026-01-01T12:{minute}:00Z', 'from': 'charger', 'message': [2, str(minute), 'Heartbeat', {}]}
        for minute in (10, 20, 30)
    ]
    path.write_bytes(b'\n'.join(orjson.dumps(each) for each in heartbeats))
    loop = asyncio.get_running_loop()
    begin_s = loop.time()
    await Replay(read_recording(path), central_system.url, 4000, lambda _: None).run()
    assert 0.3 <= loop.time() - begin_s < 2
    assert central_system.message_ids('Heartbeat') == ['10', '20', '30']


def test_what_is_no_json_is_recorded_as_text(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / 'odd.jsonl')
    recorder.frame('server', '[2, oops')
    recorder.frame('server', b'\xff')
    recorder.close()
    assert [line.message for line in read_recording(tmp_path / 'odd.jsonl')] == ['[2, oops', '\ufffd']


@pytest.mark.parametrize('text', ['{}', 'oops', '[]', '{"at": "2026-01-01T12:00:00Z", "from": "mars", "text": ""}'])
def test_a_line_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / 'bad.jsonl'
    path.write_text(f'{{"at": "2026-01-01T12:00:00Z", "event": "closed"}}\n{text}\n')
    with pytest.raises(ValueError, match=r'bad\.jsonl:2'):
        read_recording(path)
