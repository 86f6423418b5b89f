"""`/api/session`: signing in and out, who one is, and one's own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from cpo.access import ANYBODY, CALLER, Caller, People, SignIn, cookie_name, device_words, is_secure
from cpo.errors import InvalidPerson, JournalError, SignInNeeded, TooManyTries, UnknownDevice
from cpo.host_names import shown_address
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.callers import person_changed
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import InvalidSignIn
from cpo.rest_api.json_response import json_response
from cpo.state import AccountChange, Entry

PATH = '/api/session'
KEPT_S = 400 * 24 * 3600
"""For how long a browser keeps the cookie at most (RFC 6265bis §5.5); this server ends it before."""


class SessionResource:
    """Signs devices in and out by a cookie that no script can read and no other site can use."""

    def __init__(self, people: People, record: Callable[[Entry], None]) -> None:
        """`record` takes in who changed their password."""
        self._people = people
        self._record = record

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        app.add_api_route(PATH, self.get, tags=['People'], summary='Who one is', responses=answers(SESSION))
        app.add_api_route(
            PATH,
            self.post,
            methods=['POST'],
            tags=['People'],
            summary='Sign in',
            responses=answers({'name': 'Anna', 'role': 'owner'}, InvalidSignIn, SignInNeeded, TooManyTries),
            openapi_extra=json_body({'sign in': {'name': 'Anna', 'password': 'correct horse battery'}}),
        )
        app.add_api_route(
            PATH,
            self.put,
            methods=['PUT'],
            tags=['People'],
            summary='Change the password of one’s own',
            responses=answers({'name': 'Anna', 'role': 'owner'}, InvalidPerson, TooManyTries, JournalError),
            openapi_extra=json_body({'change': {'old_password': 'correct horse battery', 'password': 'a better one'}}),
        )
        app.add_api_route(
            PATH,
            self.delete,
            methods=['DELETE'],
            tags=['People'],
            summary='Sign out this device, another one, or all',
            responses=answers({'signed_out': True}, UnknownDevice),
        )

    async def get(self, request: Request) -> Response:
        """Name, role and signed-in devices; `role` is null for somebody who has to sign in."""
        caller: Caller | None = request.scope.get(CALLER)
        devices = self._people.devices.of(caller.name) if caller is not None and caller.device is not None else []
        return json_response(
            {
                'name': caller.name if caller is not None and caller is not ANYBODY else None,
                'role': None if caller is None else caller.role,
                'sign_in_needed': not self._people.is_open,
                'devices': [
                    device_document(each) | {'is_this': caller is not None and each.key == caller.device}
                    for each in devices
                ],
            },
            headers={'Cache-Control': 'no-store'},
        )

    async def post(self, request: Request) -> Response:
        """Sign in, and get a new cookie; one that was sent before is signed out.

        From the fifth wrong password on, further ones from the same address are refused for a while.
        """
        name, password = _texts_of(await read_body(request), 'name', 'password')
        device = device_words(request.headers.get('user-agent', ''))
        cookie = await self._people.sign_in(name, password, shown_address(request.scope.get('client')), device)
        self._sign_out_caller(request)
        caller = self._people.by_cookie(cookie)
        document = None if caller is None else {'name': caller.name, 'role': caller.role}
        return json_response(document, headers={'Set-Cookie': _cookie(request, cookie, KEPT_S)})

    async def put(self, request: Request) -> Response:
        """Change the password of who is signed in, and sign out their other devices; tries are bounded as in POST."""
        caller: Caller | None = request.scope.get(CALLER)
        if caller is None or caller.device is None:
            raise InvalidPerson('Only a person who is signed in has a password here.')
        old, new = _texts_of(await read_body(request), 'old_password', 'password')
        address = shown_address(request.scope.get('client'))
        await self._people.change_password(caller.name, old, new, address, caller.device)
        self._record(person_changed(request, caller.name, AccountChange.PASSWORD))
        return json_response({'name': caller.name, 'role': caller.role})

    async def delete(
        self,
        request: Request,
        device: Annotated[str | None, Query(description='the id of another device of one’s own')] = None,
        everywhere: Annotated[bool, Query(alias='all', description='all devices of one’s own')] = False,
    ) -> Response:
        """Sign out this device; `?device=` another one, `?all=true` all."""
        caller: Caller | None = request.scope.get(CALLER)
        is_signed_in = caller is not None and caller.device is not None
        if caller is None or not is_signed_in:
            return json_response({'signed_out': False}, headers={'Set-Cookie': _cookie(request, '', 0)})
        if device is not None:
            self._people.sign_out(caller.name, device)
            return json_response({'signed_out': True})
        if everywhere:
            self._people.sign_out(caller.name)
        else:
            self._sign_out_caller(request)
        return json_response({'signed_out': True}, headers={'Set-Cookie': _cookie(request, '', 0)})

    def _sign_out_caller(self, request: Request) -> None:
        caller: Caller | None = request.scope.get(CALLER)
        if caller is not None and caller.device is not None:
            self._people.sign_out_device(caller.device)


def device_document(sign_in: SignIn) -> dict[str, Any]:
    """A signed-in device as JSON document."""
    return {
        'id': sign_in.device_id,
        'device': sign_in.device,
        'address': sign_in.address,
        'at': sign_in.at,
        'last_seen': sign_in.last_seen,
    }


def _texts_of(body: bytes, first: str, second: str) -> tuple[str, str]:
    """The values of both members of a body. Raises InvalidSignIn where they are no texts."""
    members = from_json(body)
    one, other = (members.get(first), members.get(second)) if isinstance(members, dict) else (None, None)
    if not isinstance(one, str) or not isinstance(other, str):
        raise InvalidSignIn(f'The body must be {{"{first}": "…", "{second}": "…"}}.')
    return one, other


def _cookie(request: Request, value: str, kept_s: int) -> str:
    secure = '; Secure' if is_secure(request.scope) else ''
    return f'{cookie_name(request.scope)}={value}; Path=/; Max-Age={kept_s}; HttpOnly; SameSite=Lax{secure}'


SESSION = {
    'name': 'Anna',
    'role': 'owner',
    'sign_in_needed': True,
    'devices': [
        {
            'id': '3f7a90c2d41b',
            'device': 'Firefox on Android',
            'address': '192.168.1.30',
            'at': '2026-06-14T08:00:00Z',
            'last_seen': '2026-06-14T12:30:00Z',
            'is_this': True,
        }
    ],
}
