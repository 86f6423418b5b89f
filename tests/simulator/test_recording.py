"""What was recorded is what went over the wire, and a replay sends it again."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from ocpp.v16 import call
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.protocol import State
from websockets.typing import Subprotocol

from simulator import Car, Charger
from simulator.connection import Connection, ConnectionLostError, Reply
from simulator.recording import Line, Recorder, read_recording
from simulator.replay import Replay
from tests.simulator.central_system import CentralSystem, remote_start, set_limit

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def other_system() -> AsyncIterator[CentralSystem]:
    """A second central system, which assigns other transaction ids."""
    central_system = CentralSystem(first_transaction_id=700)
    async with central_system.running():
        yield central_system
    assert central_system.refused == []


@asynccontextmanager
async def an_impatient_server() -> AsyncIterator[str]:
    """The URL of a server that answers Calls with malformed frames, and hangs up on frames with the word 'close'.

    It sends the close frame 0.3 s before it closes the socket: meanwhile a frame can neither be sent nor does it fail.
    """

    async def answer(socket: ServerConnection) -> None:
        async for frame in socket:
            if 'close' in str(frame):
                socket.transport.pause_reading()
                await socket.close()
                return
            await socket.send('what?')
            if str(frame).startswith('[2,'):
                await socket.send(orjson.dumps([3, orjson.loads(frame)[1], None]).decode())

    subprotocols = [Subprotocol('ocpp1.6')]
    async with serve(answer, '127.0.0.1', 0, subprotocols=subprotocols, close_timeout=0.3) as server:
        yield f'ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp/SIM1'


async def record_a_session(central_system: CentralSystem, path: Path) -> list[Line]:
    async with Charger(central_system.url, speed=50, meter_interval_s=10, record=path) as charger:
        charger.plug_in(1, Car())
        await charger.wait_until_online()
        await central_system.ask(remote_start(10))
        await central_system.wait_for('MeterValues')
        await charger.wait_until_answered()
        await central_system.ask(set_limit(16))
        await central_system.ask(set_limit(16, transaction_id=4711))
        charger.go_offline()
        charger.unplug(1)
        charger.go_online()
        await central_system.wait_for('StopTransaction')
        await charger.wait_until_answered()
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
    recorder.open()
    recorder.frame('server', '[2, oops')
    recorder.frame('server', b'\xff')
    recorder.close()
    assert [line.message for line in read_recording(tmp_path / 'odd.jsonl')] == ['[2, oops', '\ufffd']


def test_a_frame_with_a_line_separator_stays_one_line(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / 'odd.jsonl')
    recorder.open()
    recorder.frame('server', '[2, "1", "DataTransfer", {"vendorId": "a\u2028b"}]')
    recorder.close()
    assert [line.message[3] for line in read_recording(tmp_path / 'odd.jsonl')] == [{'vendorId': 'a\u2028b'}]


def test_a_recording_that_is_no_text_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / 'bad.jsonl'
    path.write_bytes(b'{"at": "2026-01-01T12:00:00Z", "event": "closed"}\n\xff\xfe\n')
    with pytest.raises(ValueError, match=r'bad\.jsonl:2: not UTF-8 text'):
        read_recording(path)


@pytest.mark.parametrize('text', ['{}', 'oops', '[]', '{"at": "2026-01-01T12:00:00Z", "from": "mars", "text": ""}'])
def test_a_line_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / 'bad.jsonl'
    path.write_text(f'{{"at": "2026-01-01T12:00:00Z", "event": "closed"}}\n{text}\n')
    with pytest.raises(ValueError, match=r'bad\.jsonl:2'):
        read_recording(path)


def sent(*messages: object, after_s: float = 0) -> list[Line]:
    at = START + timedelta(seconds=after_s)
    return [Line(at, sender='charger', message=message) for message in messages]


@pytest.mark.parametrize(
    'lines',
    [
        [*sent([2, '1', 'Heartbeat', {}], 'close'), *sent([2, '2', 'Heartbeat', {}], after_s=0.1)],
        sent('close', [2, '2', 'Heartbeat', {}]),
        sent([2, '1', 'close', {}], [2, '2', 'Heartbeat', {}]),
        sent([2, '1', 'nonsense', {}], [2, '2', 'close', {}]),
    ],
)
async def test_a_server_that_hangs_up_on_an_odd_recording_is_named_without_noise(
    lines: list[Line], caplog: pytest.LogCaptureFixture
) -> None:
    async with an_impatient_server() as url:
        with pytest.raises(ConnectionError, match='the server ended the connection'):
            await asyncio.wait_for(Replay(lines, url, 1, lambda _: None).run(), 5)
    gc.collect(1)  # a Future whose exception was never retrieved logs when it is collected
    assert caplog.messages == []


async def test_a_call_that_is_sent_while_the_server_hangs_up_fails_without_noise(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with an_impatient_server() as url, connect(url, subprotocols=[Subprotocol('ocpp1.6')]) as socket:
        connection = Connection(socket, lambda action, payload: Reply({}))
        reading = asyncio.create_task(connection.run())
        await socket.send('close')
        while socket.state is State.OPEN:  # noqa: ASYNC110 - websockets has no event for it
            await asyncio.sleep(0)
        calling = asyncio.create_task(connection.call('1', 'Heartbeat', {}))
        outcomes = await asyncio.wait_for(asyncio.gather(reading, calling, return_exceptions=True), 5)
    assert [type(outcome) for outcome in outcomes] == [ConnectionLostError, ConnectionLostError]
    del outcomes, reading, calling
    gc.collect(1)
    assert caplog.messages == []


async def test_what_an_odd_recording_holds_is_sent_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    lines = [
        Line(START, event='closed'),
        Line(START, sender='server', message=[2, ['x'], ['y'], {}]),
        Line(START, sender='charger', message=[3, ['x'], {}]),
        Line(START, sender='server', message=[3, '4', None]),
        *sent('oops', 7, None, [2], [2, 4, 'StartTransaction', None], [2, ['5'], ['Heartbeat'], {'transactionId': []}]),
    ]
    said: list[str] = []
    async with an_impatient_server() as url:
        await asyncio.wait_for(Replay(lines, url, 1, said.append).run(), 5)
    gc.collect(1)
    assert caplog.messages == []
    assert [line for line in said if line.startswith('>')] == ['> StartTransaction', "> ['Heartbeat']"]
    assert "not an OCPP-J message, ignored: 'what?'" in said
