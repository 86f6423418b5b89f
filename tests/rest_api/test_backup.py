"""`/api/backup`: the copy can be used to start another program."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from cpo.access import Arrivals
from cpo.journal.files import FILE_NAME
from cpo.rest_api.backup import BackupResource
from cpo.rest_api.errors import install_error_handlers
from cpo.serving import Server
from tests.conftest import MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_persisted_records import record_transactions
from tests.scripted_charger import ScriptedCharger


async def test_a_house_started_with_the_copy_knows_what_the_first_one_knew(
    make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / 'scratch'
    scratch.mkdir()
    monkeypatch.setattr(tempfile, 'tempdir', str(scratch))
    house = await make_house(folder=tmp_path / 'first')
    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        numbers = record_transactions(house, 20)
        running = await charger.start(meter_start=9000)
        answer = await rest.get('/api/backup')
        await charger.stop(running, 9900)
    assert answer.headers['content-type'] == 'application/vnd.sqlite3'
    assert answer.headers['content-disposition'].startswith('attachment; filename="home-cpo-20')
    assert int(answer.headers['content-length']) == len(answer.content)
    assert list(scratch.iterdir()) == []
    second = tmp_path / 'second'
    second.mkdir()
    (second / FILE_NAME).write_bytes(answer.content)
    with closing(sqlite3.connect(second / FILE_NAME)) as connection:
        assert connection.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
    restored = (await make_house(folder=second)).charge_point.state
    assert [t.number for t in restored.transactions] == [running, *numbers[::-1]]
    assert (restored.transactions[0].running, restored.transactions[1].energy_wh) == (True, 5400)


async def test_copies_taken_while_a_charger_writes_are_whole(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    over = asyncio.Event()

    async def write() -> None:
        while not over.is_set():
            record_transactions(house, 5)
            await house.charge_point.flushed()

    async with ScriptedCharger(house.ocpp()) as charger, client_of(house) as rest:
        await charger.boot()
        writing = asyncio.create_task(write())
        copies = [(await rest.get('/api/backup')).content for _ in range(5)]
        over.set()
        await writing
    for number, copy in enumerate(copies):
        path = tmp_path / f'{number}.db'
        path.write_bytes(copy)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
            sums = 'SELECT count(*), count(DISTINCT number) FROM transactions'
            found, different = connection.execute(sums).fetchone()
            assert found == different


async def test_a_house_in_memory_can_be_copied_too(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house()
    async with client_of(house) as rest:
        (tmp_path / 'copy.db').write_bytes((await rest.get('/api/backup')).content)
    with closing(sqlite3.connect(tmp_path / 'copy.db')) as connection:
        assert connection.execute('SELECT count(*) FROM id_tags').fetchone() == (2,)


@pytest.mark.turns(3)
async def test_there_is_one_at_a_time_and_a_reader_that_stops_is_cut(
    make_house: MakeHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = await make_house(folder=tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute('CREATE TABLE filler AS SELECT zeroblob(40000000)')
    app = FastAPI()
    BackupResource(house.charge_point, piece_s=0.5).install(app)
    install_error_handlers(app)
    async with served(app) as port, httpx.AsyncClient(verify=False, base_url=f'http://127.0.0.1:{port}') as rest:
        reader, writer = await asyncio.open_connection('127.0.0.1', port, limit=1024)
        writer.write(b'GET /api/backup HTTP/1.1\r\nHost: here\r\n\r\n')
        assert await reader.readline() == b'HTTP/1.1 200 OK\r\n'
        second = await rest.get('/api/backup')
        assert (second.status_code, second.json()['error']) == (503, 'BackupRunning')
        await asyncio.sleep(1.5)
        assert 'its connection was cut' in caplog.text
        assert len((await rest.get('/api/backup')).content) > 40_000_000
        writer.close()
    assert 'ERROR' not in caplog.text


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """The port of our server with this application."""
    server_socket = socket.create_server(('127.0.0.1', 0))
    server = Server(app, Arrivals())
    task = asyncio.create_task(server.serve([server_socket]))
    while not server.started:  # noqa: ASYNC110 (uvicorn only has the flag)
        await asyncio.sleep(0.01)
    yield server_socket.getsockname()[1]
    server.should_exit = True
    await task
