"""The check of who makes a request, and whether they may; NiceGUI's websocket and event streams included."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cpo.access.accounts import ANYBODY, BY_SUPERVISOR, CALLER, HOME_ASSISTANT_USER, Caller
from cpo.access.local import LocalRule
from cpo.access.people import People
from cpo.access.refusals import Refusal, not_local, refuse, role_may_not, sign_in_needed
from cpo.access.roles import WEBSOCKET, needed_role
from cpo.host_names import shown_address

COOKIES = {'http': 'home_cpo', 'https': 'home_cpo_tls'}
"""The cookie of a signed-in device; under TLS it has a name of its own, as browsers let HTTP replace no secure one."""
USER_HEADERS = 'x-remote-user-'
BEARER = 'bearer '
EVENT_STREAM = '/api/events'
T = TypeVar('T')


class SignInCheck:
    """ASGI middleware that puts the Caller of each request into its scope, and answers with 401 or 403 who may not.

    While nobody has a password, all addresses of the house may do everything, and no others anything. It has to be
    outside of all that reads bodies or paths, and inside of what believes proxies. Pages and event streams end as soon
    as who opened them may no longer have them; a page that is open counts as a device in use.
    """

    def __init__(self, app: ASGIApp, people: People | None, local: LocalRule) -> None:
        """Check the requests for the application `app`; without `people`, nobody can have a password."""
        self._app = app
        self._people = people
        self._local = local
        self._lasting: dict[asyncio.Future[None], Scope] = {}
        if people is not None:
            people.on_change(self._end_lasting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the application, or refuse it."""
        kind = scope['type']
        if kind not in ('http', 'websocket'):
            await self._app(scope, receive, send)
            return
        caller = scope[CALLER] = self._caller(scope)
        method, path = scope['method'] if kind == 'http' else WEBSOCKET, scope['path']
        refusal = None if caller is ANYBODY else self._refusal(caller, method, path, scope)
        if refusal is not None:
            await refuse(refusal, scope, receive, send)
        elif (kind == 'websocket' and needed_role(method, path) is not None) or path == EVENT_STREAM:
            await self._pass_on_lasting(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _caller(self, scope: Scope) -> Caller | None:
        if self._people is None or self._people.is_open:
            return ANYBODY if self._local.lets_in(shown_address(scope.get('client'))) else None
        headers = Headers(scope=scope)
        if scope.get(BY_SUPERVISOR) and any(name.startswith(USER_HEADERS) for name in headers):
            return HOME_ASSISTANT_USER
        if (authorization := headers.get('authorization', ''))[: len(BEARER)].lower() == BEARER:
            return self._people.by_token(authorization[len(BEARER) :].strip())
        cookie = cookie_of(scope)
        return self._people.by_cookie(cookie) if cookie else None

    def _refusal(self, caller: Caller | None, method: str, path: str, scope: Scope) -> Refusal | None:
        needed = needed_role(method, _one_slash(path))
        if needed is None or (caller is not None and caller.role.includes(needed)):
            return None
        if caller is not None:
            return role_may_not(caller.role, needed)
        if self._people is None or self._people.is_open:
            return not_local(shown_address(scope.get('client')))
        return sign_in_needed(self._people.has_lost_owner)

    async def _pass_on_lasting(self, scope: Scope, receive: Receive, send: Send) -> None:
        ended = asyncio.get_running_loop().create_future()
        self._lasting[ended] = scope
        gone: Message = {'type': 'http.disconnect'}
        if scope['type'] == 'websocket':
            gone = {'type': 'websocket.disconnect', 'code': 1008}

        async def receive_until_ended() -> Message:
            message = await _first(receive(), ended, gone)
            return message if self._caller(scope) == scope[CALLER] else gone

        try:
            await self._app(scope, receive_until_ended, send)
        finally:
            del self._lasting[ended]

    def _end_lasting(self) -> None:
        """End what was opened by somebody who is another one now, has another role, or is signed out."""
        for ended, scope in self._lasting.items():
            if not ended.done() and self._caller(scope) != scope[CALLER]:
                ended.set_result(None)


def cookie_name(scope: Scope) -> str:
    """The name of the cookie for requests by HTTP, or by HTTPS."""
    return COOKIES['https' if is_secure(scope) else 'http']


def is_secure(scope: Scope) -> bool:
    """True where the client came by TLS, to this server or to a proxy that it believes."""
    return scope.get('scheme') in ('https', 'wss')


def cookie_of(scope: Scope) -> str | None:
    """The cookie of a signed-in device, None where there is none."""
    text = Headers(scope=scope).get('cookie')
    return cookie_parser(text).get(cookie_name(scope)) if text else None


async def _first(work: Awaitable[T], ended: asyncio.Future[None], otherwise: T) -> T:
    """The result of the work; `otherwise` where `ended` is done before."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait((task, ended), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else otherwise
    finally:
        task.cancel()


def _one_slash(path: str) -> str:
    """Some chargers' firmware writes two slashes in front."""
    return f'/{path.lstrip("/")}'
