"""`/api/people`: who has a password, and what each may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from cpo.access import CALLER, Caller, People, Person, Role
from cpo.errors import BadRequest, InvalidPerson, JournalError, LastOwner, UnknownPerson
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.callers import person_changed
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.rest_api.session import device_document
from cpo.state import AccountChange, Entry

PATH = '/api/people'
MEMBERS = ('password', 'role')
TAG = 'People'

NameInPath = Annotated[str, Path(description='The name; upper and lower case are the same', examples=['Anna'])]


class PeopleResource:
    """Lists, adds, changes and deletes people; only owners come as far as this."""

    def __init__(self, people: People, record: Callable[[Entry], None]) -> None:
        """`record` takes in who changed what."""
        self._people = people
        self._record = record

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        page = answers({'items': [PERSON | {'devices': [DEVICE]}], 'next': None})
        app.add_api_route(PATH, self.get, tags=[TAG], summary='Who has a password', responses=page)
        app.add_api_route(
            f'{PATH}/{{name:path}}',
            self.put,
            methods=['PUT'],
            tags=[TAG],
            summary='Add a person, or change the role or password of one',
            responses=answers(PERSON, InvalidPerson, LastOwner, PayloadTooLarge, JournalError),
            openapi_extra=json_body(BODIES),
        )
        app.add_api_route(
            f'{PATH}/{{name:path}}',
            self.delete,
            methods=['DELETE'],
            tags=[TAG],
            summary='Delete a person; answers with who it was',
            responses=answers(PERSON, UnknownPerson, LastOwner, JournalError),
        )

    async def get(self) -> Response:
        """Everybody with a password, and their signed-in devices. While there is nobody, no one has to sign in."""
        items = [
            _document(person) | {'devices': [device_document(each) for each in self._people.devices.of(person.name)]}
            for person in self._people.all
        ]
        return json_response({'items': items, 'next': None})

    async def put(self, request: Request, name: NameInPath) -> Response:
        """The first person must be an owner, and makes signing in necessary; a new person needs a role and a password.

        A new password signs out all devices of the person but the one that sends this.
        """
        role, password = person_of(await read_body(request))
        caller: Caller | None = request.scope.get(CALLER)
        device = None if caller is None else caller.device
        old = self._people.known(name)
        role = role or (old.role if old is not None else role_of(None, InvalidPerson))
        person = await self._people.put(name, role, password, device)
        if old is None:
            self._record(person_changed(request, person.name, AccountChange.ADDED, person.role))
        elif old.role is not person.role:
            self._record(person_changed(request, person.name, AccountChange.ROLE, person.role))
        if old is not None and password is not None:
            self._record(person_changed(request, person.name, AccountChange.PASSWORD))
        return json_response(_document(person))

    async def delete(self, request: Request, name: NameInPath) -> Response:
        """Delete a person and sign all their devices out; the last owner stays."""
        person = await self._people.delete(name)
        self._record(person_changed(request, person.name, AccountChange.REMOVED))
        return json_response(_document(person))


def role_of(value: object, error: type[BadRequest]) -> Role:
    """The role of this name; raises the error where there is none."""
    if value not in [*Role]:
        raise error(f'role must be one of {", ".join(Role)}.')
    return Role(str(value))


def person_of(body: bytes) -> tuple[Role | None, str | None]:
    """Parse the body of a PUT, role and password (None: each stays); raises InvalidPerson."""
    members = from_json(body)
    if not isinstance(members, dict):
        raise InvalidPerson('The body must be a JSON object like {"role": "family", "password": "…"}.')
    if unknown := members.keys() - {*MEMBERS}:
        raise InvalidPerson(f'{min(unknown)!r} is not known here; there are {", ".join(MEMBERS)}.')
    password = members.get('password')
    if password is not None and not isinstance(password, str):
        raise InvalidPerson('password must be a text.')
    role = members.get('role')
    return None if role is None else role_of(role, InvalidPerson), password


def _document(person: Person) -> dict[str, Any]:
    return {'name': person.name, 'role': person.role}


PERSON = {'name': 'Anna', 'role': 'owner'}
DEVICE = {
    'id': '3f7a90c2d41b',
    'device': 'Firefox on Android',
    'address': '192.168.1.30',
    'at': '2026-06-14T08:00:00Z',
    'last_seen': '2026-06-14T12:30:00Z',
}
BODIES = {
    'the first one': {'password': 'correct horse battery', 'role': 'owner'},
    'one of the family': {'password': 'another good one', 'role': 'family'},
    'another role, the same password': {'role': 'viewer'},
    'another password, the same role': {'password': 'the newest good one'},
}
