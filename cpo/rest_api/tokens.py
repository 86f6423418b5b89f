"""`/api/tokens`: what other programs are let in by, as `Authorization: Bearer …`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from cpo.access import People
from cpo.errors import InvalidToken, JournalError, NameTaken, UnknownToken
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.callers import token_changed
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.rest_api.people import TAG, role_of
from cpo.state import AccountChange, Entry

PATH = '/api/tokens'
MEMBERS = ('name', 'role')

NameInPath = Annotated[str, Path(description='The name of the token', examples=['Home Assistant'])]


class TokensResource:
    """Lists, makes and revokes tokens; only owners come as far as this."""

    def __init__(self, people: People, record: Callable[[Entry], None]) -> None:
        """`record` takes in who changed what."""
        self._people = people
        self._record = record

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        page = answers({'items': [TOKEN], 'next': None})
        app.add_api_route(PATH, self.get, tags=[TAG], summary='The tokens, without their texts', responses=page)
        app.add_api_route(
            PATH,
            self.post,
            methods=['POST'],
            tags=[TAG],
            summary='Make a token; its text is shown this once',
            responses=answers(MADE, InvalidToken, NameTaken, PayloadTooLarge, JournalError),
            openapi_extra=json_body({'for Home Assistant': {'name': 'Home Assistant', 'role': 'family'}}),
        )
        app.add_api_route(
            f'{PATH}/{{name:path}}',
            self.delete,
            methods=['DELETE'],
            tags=[TAG],
            summary='Revoke a token',
            responses=answers({'name': 'Home Assistant'}, UnknownToken, JournalError),
        )

    async def get(self) -> Response:
        """All tokens, by name; `last_used` is exact to ten minutes."""
        items = [
            {'name': each.name, 'role': each.role, 'at': each.at, 'last_used': each.last_used}
            for each in self._people.tokens.all
        ]
        return json_response({'items': items, 'next': None})

    async def post(self, request: Request) -> Response:
        """Make a token with a role; only its hash is kept, so nobody can read it later."""
        members = from_json(await read_body(request))
        if not isinstance(members, dict) or members.keys() - {*MEMBERS}:
            raise InvalidToken('The body must be a JSON object like {"name": "Home Assistant", "role": "family"}.')
        role = role_of(members.get('role'), InvalidToken)
        secret = await self._people.create_token(members.get('name'), role)
        name = str(members['name']).strip()
        self._record(token_changed(request, name, AccountChange.ADDED, role))
        return json_response({'name': name, 'role': role, 'token': secret}, headers={'Cache-Control': 'no-store'})

    async def delete(self, request: Request, name: NameInPath) -> Response:
        """Revoke a token: from now on nobody is let in by it."""
        token = await self._people.delete_token(name)
        self._record(token_changed(request, token.name, AccountChange.REMOVED, token.role))
        return json_response({'name': token.name})


TOKEN = {
    'name': 'Home Assistant',
    'role': 'family',
    'at': '2026-06-14T08:00:00Z',
    'last_used': '2026-06-14T12:30:00Z',
}
MADE = {'name': 'Home Assistant', 'role': 'family', 'token': 'cpo_kx3f…'}
