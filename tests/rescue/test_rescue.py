"""The program, started on a damaged journal: its page and nothing else, until somebody says what to do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from cpo.journal import Journal
from tests.access.people import ABROAD
from tests.journal.damaging import damaged_with_backup, delete
from tests.program import Program, free_port, run_to_end, running
from tests.scripted_charger import ScriptedCharger

pytestmark = pytest.mark.program

JSON = {'Content-Type': 'application/json'}


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A journal whose sessions cannot be read, with a backup that has one."""
    return await damaged_with_backup(tmp_path)


def content(path: Path) -> bytes:
    """What is in the file."""
    return path.read_bytes()


def damaged_files(folder: Path) -> list[bytes]:
    """What is in the files that were renamed."""
    return [file.read_bytes() for file in folder.glob('journal-damaged-*.db')]


async def health_when_started(rest: httpx.AsyncClient) -> httpx.Response:
    """The health of the whole program, which takes the place of the page soon."""
    async with asyncio.timeout(30):
        while True:
            try:
                answer = await rest.get('/api/health')
            except httpx.TransportError:
                continue
            if answer.json()['status'] != 'damaged':
                return answer
            await asyncio.sleep(0.1)


async def sessions(rest: httpx.AsyncClient) -> int:
    return len((await rest.get('/api/transactions')).json()['items'])


async def test_the_page_is_there_with_tls_too_and_the_authority_survives_what_is_chosen(path: Path) -> None:
    tls_port = free_port()
    async with (
        running('--data-dir', str(path.parent), f'--tls-port={tls_port}') as program,
        program.client() as rest,
        httpx.AsyncClient(verify=False, base_url=f'https://localhost:{tls_port}', trust_env=False) as secure,
    ):
        root = content(path.with_name('tls') / 'root.pem')
        assert (await secure.get('/api/health')).json()['status'] == 'damaged'
        assert 'The journal is damaged' in (await secure.get('/')).text
        assert (await secure.post('/api/journal/restore', headers=JSON)).status_code == 200
        await health_when_started(rest)
        assert (await secure.get('/api/root-certificate')).content == root
        assert await sessions(secure) == 1


async def assert_damaged(program: Program, rest: httpx.AsyncClient, path: Path) -> None:
    """Health, REST and page say what is wrong; nothing else is served."""
    health = await rest.get('/api/health')
    assert (health.status_code, health.json()['status']) == (503, 'damaged')
    assert health.json()['detail'].startswith(f'A part of {path} cannot be read (')
    for answer in (
        await rest.get('/api/chargepoint'),
        await rest.put('/api/chargepoint/1/chargeLimit', content='10'),
        await rest.get('/api/backup'),
    ):
        assert (answer.status_code, answer.json()['error']) == (503, 'JournalDamaged')
    for method, name in (('GET', ''), ('POST', '/restore'), ('POST', '/start-empty')):
        answer = await rest.request(method, f'/api/journal{name}', headers={**JSON, **ABROAD})
        assert (answer.status_code, answer.json()['error']) == (403, 'NotAllowed')
    assert str(path) not in (await rest.get('/api/health', headers=ABROAD)).text
    page = await rest.get('/', headers={'Accept': 'text/html'})
    assert f'A part of {path} cannot be read' in page.text
    assert (await rest.get('/api/journal')).json()['backup']['at'] == '2026-06-14T03:00:00Z'


async def assert_chargers_wait(program: Program) -> None:
    """Pending, and nothing is confirmed that could not be kept."""
    async with ScriptedCharger(program.ocpp('CP1')) as charger:
        boot = await charger.call('BootNotification', {'chargePointVendor': 'V', 'chargePointModel': 'M'})
        assert (boot['status'], boot['interval']) == ('Pending', 60)
        assert (await charger.call('Heartbeat', {}))['currentTime'] >= boot['currentTime']
        start = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 1, 'timestamp': '2026-06-14T12:00:00Z'}
        for action, payload in (('StartTransaction', start), ('Authorize', {'idTag': 'Tag1'})):
            answer = await charger.call(action, payload)
            assert (answer[0], answer[2]) == (4, 'InternalError'), answer
        await charger.send(b'[2,"binary","Heartbeat",{}]')
        assert (await charger.receive())[:2] == [3, 'binary']
        await charger.send('[2,"no action"]')
        assert (await charger.receive())[:3] == [4, 'no action', 'FormationViolation']


async def test_pages_only_then_the_backup_in_its_place(path: Path) -> None:
    found = content(path)
    async with running('--data-dir', str(path.parent)) as program, program.client() as rest:
        await assert_damaged(program, rest, path)
        await assert_chargers_wait(program)
        foreign = await rest.post('/api/journal/start-empty', headers=JSON | {'Origin': 'http://evil.example'})
        assert (foreign.status_code, foreign.json()['error']) == (403, 'ForeignOrigin')
        as_form = await rest.post('/api/journal/start-empty', content='a=b')
        assert as_form.status_code == 415
        assert content(path) == found

        assert (await rest.post('/api/journal/restore', headers=JSON)).json() == {'status': 'starting'}
        assert (await health_when_started(rest)).status_code == 200
        assert await sessions(rest) == 1
        async with ScriptedCharger(program.ocpp('CP1')) as charger:
            await charger.boot()
            await charger.start()
        assert (await program.stop()).status == 0
    assert damaged_files(path.parent) == [found]


async def test_a_signal_ends_it_as_quickly_as_ever_and_changes_nothing(path: Path) -> None:
    found = content(path)
    async with running('--data-dir', str(path.parent)) as program, ScriptedCharger(program.ocpp('CP1')):
        ended = await program.stop()
    assert (ended.status, content(path)) == (0, found)
    assert ended.took_s < 2
    assert 'Traceback' not in ended.errors
    assert f'A part of {path} cannot be read (' in ended.errors


@pytest.mark.parametrize(('option', 'count'), [('--restore', 1), ('--start-empty', 0)])
async def test_an_option_chooses_once_and_leaves_a_sound_journal_alone(path: Path, option: str, count: int) -> None:
    backup = path.parent / 'backups' / 'journal-2026-06-14T030000Z.db'
    options = ('--data-dir', str(path.parent), option, *([str(backup)] if option == '--restore' else []))
    for _ in range(2):
        async with running(*options) as program, program.client() as rest:
            assert (await rest.get('/api/health')).status_code == 200
            assert await sessions(rest) == count
            ended = await program.stop()
        assert len(damaged_files(path.parent)) == 1
    assert 'The journal is sound and stays' in ended.errors


async def test_a_backup_that_is_none_is_refused_in_one_sentence(path: Path) -> None:
    ended = await run_to_end('--data-dir', str(path.parent), '--restore', str(path))
    assert ended.status == 2
    assert ended.errors.splitlines()[-1].startswith(f'A part of {path} cannot be read (')
    assert ended.errors.endswith('It cannot be restored; nothing was changed.\n')


async def test_a_backup_that_is_missing_is_named_without_a_word_on_its_folder(path: Path) -> None:
    missing = path.parent / 'nowhere.db'
    ended = await run_to_end('--data-dir', str(path.parent), '--restore', str(missing))
    assert ended.status == 2
    assert ended.errors.splitlines()[-1] == (
        f'{missing} is missing or empty. It cannot be restored; nothing was changed.'
    )


async def test_a_backup_fills_a_folder_that_is_new(path: Path, tmp_path: Path) -> None:
    backup, folder = path.parent / 'backups' / 'journal-2026-06-14T030000Z.db', tmp_path / 'new'
    options = ('--data-dir', str(folder), '--restore', str(backup))
    async with running(*options) as program, program.client() as rest:
        assert await sessions(rest) == 1
        await program.stop()


async def test_a_folder_that_had_a_journal_and_has_none_asks_too(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    delete(tmp_path / 'journal.db')
    async with running('--data-dir', str(tmp_path)) as program, program.client() as rest:
        health = await rest.get('/api/health')
        assert health.status_code == 503
        assert health.json()['detail'].endswith('is missing or empty, although this folder had a journal.')
        missing = await rest.post('/api/journal/restore', headers=JSON)
        assert (missing.status_code, missing.json()['error']) == (404, 'UnknownBackup')
        await rest.post('/api/journal/start-empty', headers=JSON)
        assert (await health_when_started(rest)).status_code == 200
        await program.stop()
