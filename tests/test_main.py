"""The program as its owner meets it: what it prints, that it charges, how it ends."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from cpo.addresses import dashboard_url, websocket_urls
from cpo.settings import Settings
from tests.program import (
    CHECKOUT,
    FROM_CHECKOUT,
    STARTS_WITHIN_S,
    Ended,
    Program,
    clean_environment,
    document_when,
    free_port,
    open_page,
    run_to_end,
    running,
)
from tests.scripted_charger import ScriptedCharger

pytestmark = pytest.mark.program

SIGNALS = [signal.SIGINT, signal.SIGTERM]


def assert_ended_well(ended: Ended) -> None:
    """Status 0, within 2 s, without a traceback."""
    assert ended.status == 0, ended
    assert 'Traceback' not in ended.errors
    assert 'ERROR' not in ended.errors
    assert ended.took_s < 2


@pytest.mark.parametrize('number', SIGNALS)
async def test_it_prints_where_people_and_the_charger_find_it_and_ends_on_a_signal(number: signal.Signals) -> None:
    async with running('--charge-box-id', 'my garage') as program:
        settings = Settings(port=program.port)
        async with program.client() as rest:
            assert (await rest.get('/')).status_code == 200
        ended = await program.stop(number)
    assert_ended_well(ended)
    lines = ended.output.splitlines()
    assert lines[0] == f'Dashboard: {dashboard_url(settings)}'
    assert lines[2:] == [f'  {address.url}' for address in websocket_urls(settings, 'my garage')]
    assert lines[2].endswith('/ocpp/my%20garage')


@pytest.mark.parametrize('number', SIGNALS)
async def test_a_signal_in_the_moment_after_the_addresses_are_printed_ends_it_too(number: signal.Signals) -> None:
    async with running() as program:
        assert_ended_well(await program.stop(number))


async def test_the_demo_charges_with_the_limit_that_is_put_and_stops_at_0() -> None:
    async with asyncio.timeout(60), running('--demo') as program, program.client() as rest:
        await document_when(rest, lambda d: d['connectors']['1']['status'] == 'Preparing')
        answer = (await rest.put('/api/chargepoint/1/chargeLimit', content='10')).json()
        assert (answer['action'], answer['status'], answer['applied']) == ('RemoteStartTransaction', 'Accepted', 10)
        document = await document_when(rest, lambda d: d['connectors']['1'].get('power', 0) > 2000)
        connector = document['connectors']['1']
        assert connector['status'] == 'Charging'
        assert connector['limit'] == 10
        assert connector['power'] < 2500
        assert document['demo'] is True

        await document_when(rest, lambda d: d['connectors']['1']['attributes']['totalCharged'] > 0)
        answer = (await rest.put('/api/chargepoint/1/chargeLimit', content='0')).json()
        assert (answer['action'], answer['status']) == ('RemoteStopTransaction', 'Accepted')
        document = await document_when(rest, lambda d: d['connectors']['1']['attributes']['txStopTimestamp'])
        assert not document['connectors']['1'].get('power')  # absent until a meter value says 0
        assert_ended_well(await program.stop(signal.SIGINT))


@pytest.mark.parametrize('number', SIGNALS)
async def test_a_signal_ends_an_open_page_a_charger_and_a_put_that_waits(number: signal.Signals) -> None:
    async with (
        running('--startup-requests=false') as program,
        open_page(program) as page,
        ScriptedCharger(program.ocpp('CP1')) as charger,
        program.client() as rest,
    ):
        await charger.boot()
        put = asyncio.create_task(rest.put('/api/chargepoint/1/chargeLimit', content='10'))
        await charger.receive_call('RemoteStartTransaction')
        ended = await program.stop(number)
        assert_ended_well(ended)
        with pytest.raises(ConnectionClosed) as closed:
            await charger.receive()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        answer = await put
        assert (answer.status_code, answer.json()['error']) == (504, 'ConnectionClosed')
        await page.wait_closed()


async def test_a_signal_answers_every_put_that_waits_behind_another() -> None:
    async with (
        running('--startup-requests=false') as program,
        ScriptedCharger(program.ocpp('CP1')) as charger,
        program.client() as rest,
    ):
        await charger.boot()
        puts = [asyncio.create_task(rest.put('/api/chargepoint/1/chargeLimit', content='10'))]
        await charger.receive_call('RemoteStartTransaction')
        puts.append(asyncio.create_task(rest.put('/api/chargepoint/1/chargeLimit', content='9')))
        await document_when(rest, lambda d: d['connectors']['1']['wish'] == 9)
        assert_ended_well(await program.stop())
        answers = await asyncio.gather(*puts)
        assert [(each.status_code, each.json()['error']) for each in answers] == 2 * [(504, 'ConnectionClosed')]


async def test_a_signal_ends_what_strangers_left_open_too() -> None:
    async with running() as program:
        left_open = (
            b'',
            b'GET / HTT',
            b'PUT /api/solar HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
            b'GET /_nicegui_ws/socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n',
        )
        writers = []
        for request in left_open:
            _, writer = await asyncio.open_connection('127.0.0.1', program.port)
            writer.write(request)
            await writer.drain()
            writers.append(writer)
        await asyncio.sleep(0.3)
        assert_ended_well(await program.stop())
        for writer in writers:
            writer.close()


async def test_what_holds_the_program_longer_is_left_behind() -> None:
    hanging = 'import time; from cpo.serving import end_process_in; end_process_in(0.2); time.sleep(60)'
    process = await asyncio.create_subprocess_exec(sys.executable, '-c', hanging, cwd=CHECKOUT)
    async with asyncio.timeout(30):
        assert await process.wait() == 0


async def test_it_runs_without_what_windows_does_not_have_and_what_is_loaded_at_need(tmp_path: Path) -> None:
    names = ('uvloop', 'fcntl', 'aiomqtt', 'paho', 'fpdf', 'cryptography', 'nicegui', 'aiohttp')
    without = f'import sys\nsys.modules.update(dict.fromkeys({names}))\n'
    (tmp_path / 'sitecustomize.py').write_text(without, encoding='utf-8')
    async with running(environment={'PYTHONPATH': str(tmp_path)}) as program, program.client() as rest:
        assert (await rest.get('/api/health')).status_code == 200
        ended = await program.stop()
    assert_ended_well(ended)
    assert 'This system locks no files' in ended.errors


@pytest.mark.parametrize('imported', ['asyncio', 'uvicorn', 'cpo.house'])
async def test_a_signal_while_it_is_still_importing_ends_it_quietly(imported: str) -> None:
    python, *program = FROM_CHECKOUT
    process = await asyncio.create_subprocess_exec(
        *(python, '-X', 'importtime', *program),
        cwd=CHECKOUT,
        env=clean_environment({'CPO_PORT': str(free_port())}),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(STARTS_WITHIN_S):
        while (line := (await process.stderr.readline()).decode()) and line.split()[-1] != imported:
            pass
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(10):
        errors = (await process.stderr.read()).decode()
        assert await process.wait() == 0
    assert 'Traceback' not in errors


async def test_a_signal_while_the_pages_are_loaded_ends_it_too() -> None:
    async with running() as program, program.client() as rest:
        asking = asyncio.create_task(rest.get('/', headers={'Accept': 'text/html'}))
        await asyncio.sleep(0.1)
        assert_ended_well(await program.stop())
        await asyncio.gather(asking, return_exceptions=True)


async def test_text_that_is_not_utf_8_is_logged_without_a_traceback() -> None:
    async with running('--startup-requests=false') as program, program.client() as rest:
        async with ScriptedCharger(program.ocpp('CP1')) as charger:
            await charger.boot()
            await charger.websocket.send(b'\xff\xfe', text=True)
            await charger.websocket.wait_closed()
            assert charger.websocket.close_code == 1007
        newest = (await rest.get('/api/messages')).json()['items'][0]
        assert '1007' in newest['violations'][0]
        assert_ended_well(await program.stop())


async def test_the_demo_charger_takes_its_leave_when_the_program_ends() -> None:
    async with running('--demo') as program, program.client() as rest:
        await document_when(rest, lambda d: d['connectors']['1']['status'] == 'Preparing')
        await rest.put('/api/chargepoint/1/chargeLimit', content='16')
        await document_when(rest, lambda d: d['connectors']['1']['status'] == 'Charging')
        assert_ended_well(await program.stop())


async def test_with_a_known_charger_the_demo_stays_away_and_start_and_page_say_so(tmp_path: Path) -> None:
    options = ('--demo', '--data-dir', str(tmp_path))
    async with running(*options) as program, program.client() as rest:
        async with ScriptedCharger(program.ocpp('garage')) as charger:
            await charger.boot()
        await document_when(rest, lambda d: not d['connected'])
        await program.stop()
    async with running(*options) as program, program.client() as rest:
        page = (await rest.get('/', headers={'Accept': 'text/html'})).text
        document = await document_when(rest, lambda d: True)
        ended = await program.stop()
    sentence = 'The demo charger stays away, since garage was connected here. To see it, use --demo with --memory.'
    assert sentence in ended.errors
    assert sentence in page
    assert (document['chargePointId'], document['connected'], document['demo']) == ('garage', False, False)


async def test_a_taken_port_is_reported_in_one_sentence() -> None:
    with socket.create_server(('0.0.0.0', 0)) as taken:
        port = taken.getsockname()[1]
        ended = await run_to_end('--port', str(port))
    assert ended.status == 2
    assert ended.output == ''
    assert ended.errors == (
        f'Port {port} is taken by another program; end that one, or choose another port with --port.\n'
    )


@pytest.mark.parametrize(
    ('options', 'environment', 'named'),
    [
        (['--max-current', 'lots'], {}, '--max-current'),
        (['--heartbeat-interval=0'], {}, '--heartbeat-interval'),
        ([], {'CPO_PHASES': '4'}, 'CPO_PHASES'),
        ([], {'CPO_PORT': 'http'}, 'CPO_PORT'),
        ([], {'CPO_MAX_CURENT': '10'}, 'CPO_MAX_CURENT is no setting of this program; did you mean CPO_MAX_CURRENT'),
        (['--colour', 'blue'], {}, '--colour'),
        (['--host', '192.0.2.1'], {}, '192.0.2.1'),
    ],
)
async def test_what_must_not_start_says_why_in_one_sentence(
    options: list[str], environment: dict[str, str], named: str
) -> None:
    ended = await run_to_end(*options, environment={'CPO_PORT': str(free_port()), **environment})
    assert ended.status == 2
    assert ended.output == ''
    assert named in ended.errors
    assert ended.errors.count('\n') == 1
    assert ended.errors.endswith('.\n')


async def test_a_wrong_page_of_the_rest_interface_is_answered_as_an_error_not_as_a_page() -> None:
    async with running() as program, program.client() as rest:
        answer = await rest.get('/api/nothing')
        assert (answer.status_code, answer.json()['error']) == (404, 'UnknownPath')
        answer = await rest.get('/ocpp/garage')
        assert answer.status_code == 426
        assert _address(program) in answer.text
        assert_ended_well(await program.stop())


def _address(program: Program) -> str:
    return program.ocpp('garage')
