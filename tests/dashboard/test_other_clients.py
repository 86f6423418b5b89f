"""What a program gets that is no browser, and what its garbage does to the pages' socket."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cpo.version import VERSION
from tests.program import Program, running

pytestmark = pytest.mark.program

PAGES = ('/', '/sessions', '/why', '/messages', '/connect')
BROWSER = {'Accept': 'text/html,application/xhtml+xml'}
MALFORMED = (
    *('', '4', '9', 'xyz', '42', '42x', '4x', '42[]', '42{}', '42[1]', '42[null]', '42[["event"]]', '4' + 2000 * '['),
    *('45-["event",{"_placeholder":true,"num":0}]', '451-["event",{"_placeholder":true,"num":7}]', '43', '4399[1]'),
    *('40/x,{"a"', '0{"sid":1}', '6', 'bé', '4299999999999999999999["event"]', '42["connect"]', '42["disconnect",1,2]'),
    *(
        f'42["{event}"{arguments}]'
        for event in ('event', 'javascript_response', 'ack', 'log', 'handshake', 'connect', 'disconnect', 'unknown')
        for arguments in ('', ',5', ',null', ',{}', ',[]', ',{"client_id":[]}', ',{"client_id":"CLIENT"}', ',1,2,3')
    ),
    '42["event",{"client_id":"CLIENT","id":4,"args":["{"]}]',
    '42["event",{"client_id":"CLIENT","id":[],"args":1}]',
    '42["handshake",{"client_id":"CLIENT","tab_id":1,"document_id":2,"next_message_id":"x"}]',
)


COUNTING = """
import json, signal, sys
import main
from nicegui import Client, core

def count(*_):
    sio = core.sio
    rooms = sum(len(members) for members in sio.manager.rooms.get('/', {}).values())
    counts = {'sockets': len(sio.eio.sockets), 'environs': len(sio.environ), 'rooms': rooms}
    counts |= {'halves': len(sio._binary_packet), 'pages': len(Client.instances)}
    print('COUNTS', json.dumps(counts), flush=True)

signal.signal(signal.SIGUSR1, count)
sys.argv = ['main.py']
sys.exit(main.main())
"""
"""The program, which prints what there is of sockets and pages when it gets SIGUSR1."""


async def counts_of(program: Program) -> dict[str, int]:
    """What the program has of sockets and pages."""
    program.process.send_signal(signal.SIGUSR1)
    assert program.process.stdout is not None
    async with asyncio.timeout(10):
        while not (line := (await program.process.stdout.readline()).decode()).startswith('COUNTS'):
            pass
    counts: dict[str, int] = json.loads(line.removeprefix('COUNTS'))
    return counts


async def until_nothing_is_left(program: Program) -> None:
    """Wait for the end of every socket: 1 s, which is less than a ping takes to time out."""
    left: dict[str, int] = {}
    for _ in range(20):
        left = {name: count for name, count in (await counts_of(program)).items() if count and name != 'pages'}
        if not left:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(left)


async def page_of(rest: httpx.AsyncClient) -> str:
    """The id of a page that was built, as its browser reads it."""
    found = re.search(r'client_id[\'"]?\s*:\s*[\'"]([0-9a-f-]{36})', (await rest.get('/', headers=BROWSER)).text)
    assert found is not None
    return found[1]


@asynccontextmanager
async def socket_of(program: Program, client_id: str) -> AsyncIterator[ClientConnection]:
    """The socket of this page."""
    query = f'client_id={client_id}&tab_id=t&document_id=d&next_message_id=0&implicit_handshake=true'
    url = f'ws://127.0.0.1:{program.port}/_nicegui_ws/socket.io/?{query}&EIO=4&transport=websocket'
    async with connect(url, proxy=None) as socket:
        await socket.recv()
        await socket.send('40')
        assert str(await socket.recv()).startswith('40')
        yield socket


async def test_other_clients_get_little_and_break_nothing() -> None:
    async with running(command=(sys.executable, '-c', COUNTING)) as program, program.client() as rest:
        for path in PAGES:
            for method in ('GET', 'HEAD'):
                answer = await rest.request(method, path)
                assert (answer.status_code, answer.headers['content-type']) == (200, 'text/plain; charset=utf-8')
            assert 'client_id' in (await rest.get(path, headers=BROWSER)).text
            assert (await rest.post(path, headers={'Origin': program.http})).status_code == 204
            assert (await rest.post(path, headers={'Origin': 'http://evil.example'})).status_code == 403
            assert 'client_id' in (await rest.get(path, headers={'User-Agent': 'Mozilla/5.0 (Kindle)'})).text
            nameless = rest.build_request('GET', path)
            del nameless.headers['User-Agent']
            assert 'client_id' in (await rest.send(nameless)).text
        assert f'Home CPO {VERSION}' in (await rest.get('/connect', headers=BROWSER)).text

        for path in ('/nothing', '/sessions/1', '/simulator/nothing.html', '/<script>alert(1)</script>', '/_nicegui/x'):
            answer = await rest.get(path, headers=BROWSER)
            assert (answer.status_code, 'client_id' in answer.text) == (404, False), path
            assert '<a href="/">Home</a>' in answer.text
            assert '<script' not in answer.text

        client_id = await page_of(rest)
        pages = (await counts_of(program))['pages']
        for packet in MALFORMED:
            async with socket_of(program, client_id) as socket:
                with suppress(ConnectionClosed):
                    await socket.send(packet.replace('CLIENT', client_id))
                    await socket.send(packet.replace('CLIENT', client_id).encode())
                    await asyncio.sleep(0.01)
        await until_nothing_is_left(program)
        assert (await counts_of(program))['pages'] <= pages
        for query in (
            '',
            'EIO=3&transport=polling',
            'EIO=4&transport=polling&sid=x',
            '%ff=%ff&EIO=4&transport=polling',
        ):
            for method in ('GET', 'POST', 'PUT'):
                await rest.request(method, f'/_nicegui_ws/socket.io/?{query}', content=b'4x')
        async with socket_of(program, await page_of(rest)):
            pass
        ended = await program.stop()
    assert (ended.status, ended.errors.count('ERROR'), ended.errors.count('Traceback')) == (0, 0, 0), ended.errors


async def test_pages_that_nobody_opened_do_not_make_the_end_longer() -> None:
    async with running() as program, program.client() as rest:
        for _ in range(50):
            await page_of(rest)
        ended = await program.stop()
    assert (ended.status, ended.errors) == (0, '')
    assert ended.took_s < 2
