"""Answers those who ask by plain HTTP where chargers connect, or speak SOAP anywhere, and records them as attempts."""

from __future__ import annotations

import html
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cpo.access import plain_page, prefix_of
from cpo.host_names import shown_address
from cpo.serving.unserved import RecordAttempt
from cpo.state import AttemptVerdict
from cpo.websocket_endpoint import PATH

SOAP_TYPES = ('application/soap+xml', 'text/xml', 'application/xml')
ANY_NAME = '<name>'


class PlainHttp:
    """ASGI middleware that explains the chargers' address with 426, and records clients that are no browser.

    A browser shows the page to a person; any other client may be a charger that is set to another protocol.
    """

    def __init__(self, app: ASGIApp, record: RecordAttempt, only_name: Callable[[], str | None]) -> None:
        """`only_name` returns the only charge box id that is let in, None where any is."""
        self._app = app
        self._record = record
        self._only_name = only_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that looks for a charger's address, pass on any other."""
        if scope['type'] != 'http':
            await self._app(scope, receive, send)
            return
        path = '/' + scope['path'].lstrip('/')  # some firmware writes two slashes
        if path.startswith('/api/'):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_chargers_path, is_soap = f'{path}/'.startswith(PATH), speaks_soap(headers)
        if not (is_chargers_path or is_soap):
            await self._app(scope, receive, send)
            return
        if is_soap:
            self._attempt(scope, AttemptVerdict.SOAP)
        elif 'sec-websocket-key' in headers:  # some firmware of Autel leaves out a part (evcc, CHARGERS)
            self._attempt(scope, AttemptVerdict.BROKEN_HANDSHAKE)
        elif 'text/html' not in headers.get('accept', ''):
            self._attempt(scope, AttemptVerdict.NO_WEBSOCKET, scope['method'])
        name = path[len(PATH) :].strip('/') if is_chargers_path else ''
        advised = self._only_name() or (name if name.isprintable() else '') or ANY_NAME
        scheme = 'wss' if scope['scheme'] == 'https' else 'ws'
        prefix = prefix_of(scope)
        page = explanation(f'{scheme}://{headers.get("host", "")}{prefix}{PATH}{advised}', f'{prefix}/')
        await page(scope, receive, send)

    def _attempt(self, scope: Scope, verdict: AttemptVerdict, fact: str = '') -> None:
        self._record(shown_address(scope.get('client')), scope['path'], verdict, fact)


def speaks_soap(headers: Headers) -> bool:
    """True for a request of SOAP 1.1 or 1.2, as OCPP-S sends it."""
    return 'soapaction' in headers or headers.get('content-type', '').lower().startswith(SOAP_TYPES)


def explanation(url: str, home: str) -> HTMLResponse:
    """A page with the URL for the wallbox, and a link to the dashboard at the path `home`."""
    hint = f' {html.escape(ANY_NAME)} is any name you choose.' if url.endswith(ANY_NAME) else ''
    sentences = (
        '<h1>This address is for chargers</h1>'
        f'<p>Type it into the OCPP settings of the wallbox: <code>{html.escape(url)}</code> (OCPP 1.6 JSON).{hint}'
        f'</p><p>People find the dashboard at <a href="{home}">{home}</a>.</p>'
    )
    headers = {'Upgrade': 'websocket', 'Connection': 'Upgrade'}
    return HTMLResponse(plain_page('For chargers', sentences), HTTPStatus.UPGRADE_REQUIRED, headers)
