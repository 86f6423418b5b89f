"""The content security policy of NiceGUI's pages: each has a nonce, which its scripts bear, and no others run."""

from __future__ import annotations

import secrets

from fastapi import Request
from jinja2 import FunctionLoader
from nicegui.client import templates
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cpo.access import nonce_policy

NONCE = 'cpo.nonce'
PAGE_MARK = 'x-nicegui-content'
"""The header that NiceGUI's pages have and its files have not."""
SCRIPT = '<script'
SCRIPT_WITH_NONCE = f'<script nonce="{{{{ request.scope["{NONCE}"] }}}}"'


class PagePolicy:
    """ASGI middleware that makes a nonce for each request and sends the policy with a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every request on."""
        if scope['type'] != 'http':
            await self._app(scope, receive, send)
            return
        nonce = scope[NONCE] = secrets.token_urlsafe(16)

        async def send_with_policy(message: Message) -> None:
            if message['type'] == 'http.response.start':
                headers = MutableHeaders(scope=message)
                if PAGE_MARK in headers:
                    headers.update(nonce_policy(nonce))
            await send(message)

        await self._app(scope, receive, send_with_policy)


def nonce_of(request: Request) -> str:
    """The nonce of the page that a request is answered with."""
    return str(request.scope.get(NONCE, ''))


def give_scripts_the_nonce() -> None:
    """Let the scripts of NiceGUI's templates bear the nonce: those written there, not what a page's data brings."""
    environment = templates.env
    loader = environment.loader
    assert loader is not None

    def source_of(name: str) -> str:
        return loader.get_source(environment, name)[0].replace(SCRIPT, SCRIPT_WITH_NONCE)

    environment.loader = FunctionLoader(source_of)
