"""`/files/{name}` for chargers, and `/api/files` for owners: diagnostics and logs that came in, firmware to go out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from cpo.errors import FileTooLarge, InvalidPayload, NoRoom, UnknownFile
from cpo.files import FILES
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import IncompleteBody, PayloadTooLarge, UnsupportedMediaType
from cpo.rest_api.file_documents import EXPECTED, FILE, file_document
from cpo.rest_api.json_response import json_response
from cpo.rest_api.multipart import FileInForm, boundary_of
from cpo.upkeep import FileTransfers

PATH = '/api/files'
PIECE_S = 60.0
"""A sender that sends nothing for that long is cut."""
ANY_TYPE = 'application/octet-stream'


class FilesResource:
    """Serves the FileShelf: who has the name of a file may put it or get it, and an owner makes and lists names."""

    def __init__(self, transfers: FileTransfers, piece_s: float = PIECE_S) -> None:
        self._transfers, self._shelf, self._piece_s = transfers, transfers.shelf, piece_s

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        whole = answers(FILE, UnknownFile, FileTooLarge, NoRoom)
        for method in ('PUT', 'POST'):
            app.add_api_route(
                FILES + '{name:path}',
                self.put,
                methods=[method],
                tags=['Files'],
                summary='Send the file that is expected under this name, of any type; what follows a slash is its own',
                operation_id=f'{method.lower()}_file',
                responses=whole,
            )
        app.add_api_route(FILES + '{name:path}', self.get, methods=['HEAD'], include_in_schema=False)
        app.add_api_route(
            FILES + '{name:path}',
            self.get,
            tags=['Files'],
            summary='The file with this name',
            response_class=FileResponse,
            responses=answers('…', UnknownFile, media_type=ANY_TYPE),
        )
        self._install_for_owners(app)

    def _install_for_owners(self, app: FastAPI) -> None:
        listed = {'items': [FILE], 'next': None}
        app.add_api_route(
            PATH, self.list, tags=['Files'], summary='The files of the last hour', responses=answers(listed)
        )
        app.add_api_route(
            PATH,
            self.post,
            methods=['POST'],
            tags=['Files'],
            summary='Make a name, under which firmware for the charger is put',
            responses=answers(EXPECTED, PayloadTooLarge, UnsupportedMediaType, InvalidPayload, NoRoom),
            openapi_extra=json_body({'firmware': {'fileName': 'firmware-1.5.bin'}}),
        )
        app.add_api_route(
            PATH + '/{number}',
            self.delete,
            methods=['DELETE'],
            tags=['Files'],
            summary='Delete a file',
            responses=answers(FILE, UnknownFile),
        )

    async def put(self, request: Request, name: str) -> Response:
        """Only names made here are taken, once, for an hour; where the file does not arrive whole, again.

        Of a form (`multipart/form-data`) it is the first file in it, with its name.
        """
        key, _, file_name = name.partition('/')
        file = self._shelf.with_name(key)
        if file is None or file.is_whole:
            raise UnknownFile('Nothing is expected under this name.')
        pieces, boundary = self._pieces(request), boundary_of(request.headers.get('content-type', ''))
        form = None if boundary is None else FileInForm(boundary)
        if form is not None:
            pieces = form.pieces(pieces)
        length = request.headers.get('content-length', '')
        received = await self._shelf.receive(
            file,
            _with_bytes(pieces),
            lambda: (form.file_name if form is not None else '') or file_name,
            int(length) if length.isdecimal() else 0,
        )
        return json_response({'size': received.size_bytes})

    async def get(self, request: Request, name: str) -> Response:
        """The file, also piece by piece (`Range`); 404 for what a charger has not sent whole."""
        file = self._shelf.with_name(name.partition('/')[0])
        if file is None or not file.is_whole:
            raise UnknownFile('There is no file with this name.')
        if request.method == 'GET':
            self._shelf.note_fetch(file)
        shown = file.file_name or f'{file.kind}-{file.number}'
        return FileResponse(self._shelf.path_of(file.number), media_type=ANY_TYPE, filename=shown)

    async def list(self) -> Response:
        """Each with its `path`, from which it is fetched; `size` is null until it has arrived, `chargeBoxId` is the
        charger that it came from or is for.
        """
        return json_response({'items': [file_document(file) for file in self._shelf.files], 'next': None})

    async def post(self, request: Request) -> Response:
        """The name takes one file, by PUT to its `path`, of 50 MiB at most, and goes after an hour."""
        body = from_json(await read_body(request))
        file_name = body.get('fileName', '') if isinstance(body, dict) else None
        if not isinstance(file_name, str):
            raise InvalidPayload('The body must be a JSON object like {"fileName": "firmware-1.5.bin"}.')
        return json_response(file_document(self._transfers.expect_firmware(file_name)))

    async def delete(self, number: str) -> Response:
        """Delete the file, and its name with it."""
        file = self._shelf.with_number(int(number)) if number.isdecimal() and len(number) < 10 else None
        if file is None:
            raise UnknownFile('There is no such file.')
        self._shelf.remove(file.number)
        return json_response(file_document(file))

    async def _pieces(self, request: Request) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises IncompleteBody."""
        has_more = True
        while has_more:
            try:
                async with asyncio.timeout(self._piece_s):
                    message = await request.receive()
            except TimeoutError:
                raise IncompleteBody(f'Nothing arrived for {self._piece_s:g} s.') from None
            if message['type'] == 'http.disconnect':
                raise IncompleteBody('The sender hung up before the whole file was there.')
            has_more = message.get('more_body', False)
            yield message.get('body', b'')


async def _with_bytes(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a file. Raises IncompleteBody at its end if it has not one byte."""
    is_empty = True
    async for piece in pieces:
        is_empty = is_empty and not piece
        yield piece
    if is_empty:
        raise IncompleteBody('The file is empty.')
