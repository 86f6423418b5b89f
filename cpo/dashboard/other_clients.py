"""The dashboard's answers to clients that are no browser with one of its pages open: scripts, watchdogs, scanners."""

from __future__ import annotations

import html
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request
from nicegui import app as nicegui_app
from nicegui import core
from nicegui.client import Client
from socketio.exceptions import ConnectionRefusedError
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cpo.access import CALLER, plain_page, prefix_of
from cpo.dashboard.parts.callers import caller_of
from cpo.dashboard.parts.layout import PAGES, PEOPLE
from cpo.dashboard.parts.page_policy import PagePolicy, give_scripts_the_nonce

FOR_PROGRAMS = 'Home CPO: the pages are for browsers. Programs use /api/chargepoint; /docs has the rest.\n'
NOT_FOUND = 404
LOAD_AGAIN = 'Implicit handshake failed'


def install_answers() -> None:
    """Make NiceGUI build pages for browsers only; to be called once per process, before it serves."""
    nicegui_app.add_middleware(BrowsersOnly)
    nicegui_app.add_middleware(SocketGuard)
    nicegui_app.add_middleware(PagePolicy)
    give_scripts_the_nonce()
    nicegui_app.add_exception_handler(NOT_FOUND, lambda request, _: not_found(request))
    for event, handler in [*core.sio.handlers['/'].items()]:
        takes = 1 if event == 'disconnect' else None  # socket.io adds a reason that NiceGUI does not take
        core.sio.on(event, _ignoring_malformed(_of_its_caller(handler), takes))
    for name in ('engineio.server', 'socketio.server'):  # at ERROR, they report what any client sends
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger('asyncio').addFilter(lambda record: 'AsyncServer._handle_event' not in record.getMessage())


def not_found(request: Request) -> Response:
    """The 404 page, with a link to Home; it is built without NiceGUI, so that scanners cost little."""
    path = request.url.path
    sentences = (
        f'<h1>There is nothing here</h1><p>This program has no page <code>{html.escape(path[:200])}</code>.</p>'
        f'<p><a href="{prefix_of(request.scope)}/">Home</a></p>'
    )
    return HTMLResponse(plain_page('Not found', sentences), NOT_FOUND)


class BrowsersOnly:
    """ASGI middleware: a client that is no browser gets a line of text, and no page is built for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._paths = frozenset(page.path for page in (*PAGES, PEOPLE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on the requests of browsers, and all that are not for a page."""
        method = scope['method'] if scope['type'] == 'http' and scope['path'] in self._paths else None
        if method == 'POST':  # a page without a live connection asks whether its Origin is let in
            await Response(status_code=204)(scope, receive, send)
        elif method == 'HEAD' or (method == 'GET' and not is_browser(Headers(scope=scope))):
            await PlainTextResponse(FOR_PROGRAMS)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class SocketGuard:
    """ASGI middleware: a packet that NiceGUI's websocket cannot read ends that websocket, and is not logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every request on; only errors of a websocket end here."""
        if scope['type'] != 'websocket':
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except (AttributeError, LookupError, TypeError, ValueError):
            await _forget_socket(scope)


async def _forget_socket(scope: Scope) -> None:
    """End the session of a websocket that failed on a packet; else its page counts as open until a ping times out."""
    sio = core.sio
    for sid in [sid for sid, environ in sio.environ.items() if environ.get('asgi.scope') is scope]:
        if (socket := sio.eio.sockets.pop(sid, None)) is not None:
            await socket.queue.put(None)  # ends the task that writes
            await socket.close(wait=False, abort=True)


def is_browser(headers: Headers) -> bool:
    """True for the request of a browser: it accepts HTML, its User-Agent is that of one, or it does not say what it is.

    Programs send a User-Agent of their own; privacy filters take a browser's away.
    """
    agent = headers.get('user-agent')
    return agent is None or 'mozilla' in agent.lower() or 'text/html' in headers.get('accept', '')


def _of_its_caller(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler of an event of the page's socket, for sockets of whoever the page was built for.

    Another person's, or the same one's with another role, is answered with False; where it asks for the page, it is
    refused with the words on which NiceGUI's script loads the page again.
    """

    @wraps(handler)
    def handle(sid: str, *arguments: Any) -> Any:
        client = Client.instances.get(_client_id_of(arguments))
        scope = (core.sio.get_environ(sid) or {}).get('asgi.scope', {})
        if client is not None and caller_of(client) != scope.get(CALLER):
            if 'QUERY_STRING' in arguments[0]:
                raise ConnectionRefusedError(LOAD_AGAIN)
            return False
        return handler(sid, *arguments)

    return handle


def _client_id_of(arguments: tuple[Any, ...]) -> str:
    """The id of the page that an event is for: a member of its message, or in the query of a new socket's request."""
    message = arguments[0] if arguments and isinstance(arguments[0], dict) else {}
    found = message.get('client_id') or parse_qs(message.get('QUERY_STRING', '')).get('client_id', [''])[0]
    return str(found)


def _ignoring_malformed(handler: Callable[..., Any], takes: int | None) -> Callable[..., Awaitable[Any]]:
    """The handler of an event of the page's socket, which answers a malformed one with False and nothing else.

    It is given the first arguments it `takes`. Errors of our own code behind an event are reported by NiceGUI itself
    and do not come as far as this.
    """

    @wraps(handler)
    async def handle(*arguments: Any) -> Any:
        try:
            result = handler(*arguments[:takes])
            return await result if isinstance(result, Awaitable) else result
        except (AttributeError, LookupError, TypeError, ValueError):
            return False

    return handle
