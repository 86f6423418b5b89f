"""`/files/{name}`: only names made here, by whoever has them; `/api/files` for owners alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from cpo.access import Role
from cpo.files import FileKind
from cpo.files import file_shelf as limits
from cpo.rest_api import files as door
from cpo.rest_api.errors import IncompleteBody
from tests.access.people import with_tokens
from tests.conftest import House, MakeHouse
from tests.rest_api.conftest import client_of
from tests.rest_api.test_persisted_records import restarted


async def made(rest: httpx.AsyncClient, file_name: str = 'v2.bin') -> dict[str, Any]:
    """A name for firmware, as an owner makes it."""
    answer = await rest.post('/api/files', json={'fileName': file_name})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


@pytest.mark.parametrize('method', ['PUT', 'POST'])
@pytest.mark.parametrize('type_', [None, 'text/plain', 'application/octet-stream', 'nonsense'])
async def test_a_file_of_any_type_is_put_and_fetched_without_signing_in(
    house: House, method: str, type_: str | None
) -> None:
    tokens = await with_tokens(house)
    owner = tokens[Role.OWNER]
    content = bytes(range(256)) * 5000
    async with client_of(house) as rest:
        assert (await rest.get('/api/files')).status_code == 401
        path = (await rest.post('/api/files', json={'fileName': 'v2.bin'}, headers=owner)).json()['path']
        assert (await rest.get(path)).status_code == 404
        headers = {'Content-Type': type_} if type_ else {}
        answer = await rest.request(method, path, content=content, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {'size': len(content)})
        fetched = await rest.get(f'{path}/v2.bin')
        assert fetched.content == content
        assert fetched.headers['content-disposition'] == 'attachment; filename="v2.bin"'
        piece = await rest.get(path, headers={'Range': 'bytes=256-511'})
        assert (piece.status_code, piece.content) == (206, bytes(range(256)))
        assert (await rest.head(path)).headers['content-length'] == str(len(content))
        assert (await rest.put(path, content=b'other')).status_code == 404
        listed = (await rest.get('/api/files', headers=owner)).json()['items']
        assert [(file['fileName'], file['size'], file['kind']) for file in listed] == [
            ('v2.bin', len(content), 'firmware')
        ]
        assert (await rest.delete(f'/api/files/{listed[0]["number"]}', headers=owner)).status_code == 200
        assert (await rest.get(path)).status_code == 404


@pytest.mark.parametrize(
    ('disposition', 'name'),
    [
        ('name="file"; filename="a.bin"', 'a.bin'),
        ('name="file"; filename="../../etc/diag 1.txt"', 'diag-1.txt'),
        ("name=file; filename*=UTF-8''..%2Fd%C3%A4.txt", 'd-.txt'),
        ('name="file"; filename=""', 'of-the-path.bin'),
    ],
)
async def test_a_file_in_a_form_comes_out_of_it_with_its_name_made_safe(
    house: House, disposition: str, name: str
) -> None:
    content = b'--x\r\n' + bytes(range(256)) * 2000
    form = b'--bound\r\nContent-Disposition: form-data; name="about"\r\n\r\nme\r\n'
    form += (
        f'--bound\r\nContent-Disposition: form-data; {disposition}\r\n\r\n'.encode() + content + b'\r\n--bound--\r\n'
    )
    async with client_of(house) as rest:
        expected = house.transfers.shelf.expect(FileKind.DIAGNOSTICS)
        path = f'/files/{expected.name}/of-the-path.bin'
        headers = {'Content-Type': 'multipart/form-data; boundary=bound'}
        answer = await rest.post(path, content=form, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {'size': len(content)})
        (file,) = (await rest.get('/api/files')).json()['items']
        assert file['fileName'] == name
        assert (await rest.get(file['path'])).content == content


@pytest.mark.parametrize('body', [b'', b'nonsense', b'--x\r\nContent-Disposition: form-data; filename=a\r\n\r\nhalf'])
async def test_half_a_form_is_no_file(house: House, body: bytes) -> None:
    async with client_of(house) as rest:
        path = (await made(rest))['path']
        answer = await rest.post(path, content=body, headers={'Content-Type': 'multipart/form-data; boundary=x'})
        assert (answer.status_code, answer.json()['error']) == (400, 'IncompleteBody')
        assert (await rest.get(path)).status_code == 404


async def test_a_file_is_there_after_a_restart_of_the_program(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        path = (await made(rest))['path']
        (await rest.put(path, content=b'firmware')).raise_for_status()
    house = await restarted(house, make_house, tmp_path)
    async with client_of(house) as rest:
        (file,) = (await rest.get('/api/files')).json()['items']
        assert (file['path'], file['fileName'], (await rest.get(path)).content) == (path, 'v2.bin', b'firmware')


async def test_an_empty_file_is_none(house: House) -> None:
    async with client_of(house) as rest:
        path = (await made(rest))['path']
        for body in ({'content': b''}, {'files': {'file': ('a.bin', b'')}}):
            answer = await rest.put(path, **body)
            assert (answer.status_code, answer.json()['detail']) == (400, 'The file is empty.')
        assert (await rest.put(path, content=b'x')).status_code == 200


async def test_only_owners_make_list_and_delete_names(house: House) -> None:
    tokens = await with_tokens(house)
    async with client_of(house) as rest:
        for role in (Role.FAMILY, Role.VIEWER):
            headers = tokens[role]
            assert (await rest.get('/api/files', headers=headers)).status_code == 403
            assert (await rest.post('/api/files', json={}, headers=headers)).status_code == 403
            assert (await rest.delete('/api/files/1', headers=headers)).status_code == 403


@pytest.mark.parametrize(
    'path',
    ['', '1', 'a' * 32, '../journal.db', '%2e%2e/journal.db', '..%2fjournal.db', '1.part', '%00', 'é' * 32, 'a' * 5000],
)
async def test_a_guess_or_a_trick_with_paths_is_404(make_house: MakeHouse, tmp_path: Path, path: str) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        (await rest.put((await made(rest))['path'], content=b'firmware')).raise_for_status()
        for method in ('GET', 'PUT', 'POST'):
            answer = await rest.request(method, f'{house.http}/files/{path}', content=b'x')
            assert (answer.status_code, 'error' in answer.json() or path.startswith('.')) == (404, True)
    assert sorted(file.name for file in (tmp_path / 'files').iterdir()) == ['1', 'index.json']


async def test_a_file_that_is_announced_too_large_is_not_read(house: House) -> None:
    async with client_of(house) as rest:
        path = (await made(rest))['path']
    reader, writer = await asyncio.open_connection('127.0.0.1', house.port)
    head = f'PUT {path} HTTP/1.1\r\nHost: here\r\nContent-Length: {limits.MAX_FILE_BYTES + 1}\r\n\r\n'
    writer.write(head.encode())
    assert (await reader.readline()).startswith(b'HTTP/1.1 413 ')
    assert b'FileTooLarge' in await reader.readuntil(b'}')
    writer.close()
    await writer.wait_closed()


async def test_a_larger_file_than_announced_sizes_tell_is_413_and_leaves_nothing(
    make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, 'MAX_FILE_BYTES', 1000)
    house = await make_house(folder=tmp_path)

    async def body() -> Any:
        for _ in range(20):
            yield b'x' * 100

    async with client_of(house) as rest:
        path = (await made(rest))['path']
        answer = await rest.put(path, content=body())
        assert (answer.status_code, answer.json()['error']) == (413, 'FileTooLarge')
        assert [file.name for file in (tmp_path / 'files').iterdir()] == ['index.json']
        assert (await rest.put(path, content=b'x' * 1000)).status_code == 200


async def test_a_full_disk_is_507_and_says_what_to_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, 'LEFT_FREE_BYTES', 2**60)
    async with client_of(house) as rest:
        answer = await rest.put((await made(rest))['path'], content=b'x')
    assert (answer.status_code, answer.json()['error']) == (507, 'NoRoom')


async def test_half_a_file_is_none(make_house: MakeHouse, tmp_path: Path) -> None:
    house = await make_house(folder=tmp_path)
    async with client_of(house) as rest:
        path = (await made(rest))['path']
        reader, writer = await asyncio.open_connection('127.0.0.1', house.port)
        writer.write(f'PUT {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf'.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await reader.read() == b''
        answer = await rest.put(path, content=b'whole')
        while answer.status_code != 200:  # until the end of the first one was noticed
            await asyncio.sleep(0.01)
            answer = await rest.put(path, content=b'whole')
        assert (await rest.get(path)).content == b'whole'


async def test_a_sender_that_falls_silent_is_cut(house: House) -> None:
    resource = door.FilesResource(house.transfers, piece_s=0.05)

    class Silent:
        headers: ClassVar[dict[str, str]] = {}

        async def receive(self) -> Any:
            await asyncio.sleep(60)

    name = house.transfers.shelf.expect(FileKind.LOG).name
    with pytest.raises(IncompleteBody):
        await resource.put(Silent(), name)  # type: ignore[arg-type]


async def test_a_charger_may_come_by_any_host_but_no_page_of_another_site_may(house: House) -> None:
    async with client_of(house) as rest:
        path = (await made(rest))['path']
        foreign = {'Host': 'cpo.somewhere.example'}
        refused = await rest.put(path, content=b'x', headers={**foreign, 'Origin': 'https://evil.example'})
        assert refused.status_code == 403
        assert (await rest.put(path, content=b'x', headers=foreign)).status_code == 200
