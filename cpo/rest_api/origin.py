"""The Origin check: pages of other sites must not control the charger through a browser in the home network.

Browsers send `Origin` with every state-changing request and every websocket; programs and chargers send none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cpo.rest_api.errors import error_response
from cpo.state import AttemptVerdict

SAFE_METHODS = frozenset({'GET', 'HEAD', 'OPTIONS', 'TRACE'})
LOCAL_PAGES = frozenset({'null', 'file://'})  # a double-clicked page: browsers send the one or the other
LOCAL_HOSTS = frozenset({'localhost', '127.0.0.1', '::1'})

CHARGERS_DOOR = '/ocpp/'

RecordAttempt = Callable[[str, str, AttemptVerdict, str], object]
"""Records a charger's attempt to connect: (address, path, verdict, fact)."""

logger = logging.getLogger(__name__)


class OriginCheck:
    """ASGI middleware for the whole application, also NiceGUI's websocket: a foreign `Origin` is answered with 403.

    Allowed are: no Origin, a page from a file, the host of the request (any port), and localhost. Refused requests to a
    charger's path are recorded as attempts to connect.
    """

    def __init__(self, app: ASGIApp, record_attempt: RecordAttempt) -> None:
        self._app = app
        self._record_attempt = record_attempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an allowed request to the application, answer any other with 403."""
        if scope['type'] == 'websocket' or (scope['type'] == 'http' and scope['method'] not in SAFE_METHODS):
            headers = Headers(scope=scope)
            foreign = [origin for origin in headers.getlist('origin') if not _is_own(origin, headers.get('host', ''))]
            if foreign:
                await self._refuse(foreign[0], scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refuse(self, origin: str, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope['path']
        logger.warning('Refused a request for %s from a page of %r', path, origin)
        detail = f'Pages of {origin} may not use this server; a proxy in between has to pass on the Host header.'
        if scope['type'] == 'websocket' and path.startswith(CHARGERS_DOOR):
            address = (scope.get('client') or ('somebody', 0))[0]
            self._record_attempt(address, path, AttemptVerdict.FOREIGN_PAGE, origin)
        await error_response(403, 'ForeignOrigin', detail)(scope, receive, send)


def _is_own(origin: str, host: str) -> bool:
    if origin in LOCAL_PAGES:
        return True
    name = _host_name(origin)
    return name is not None and (name in LOCAL_HOSTS or name == _host_name(f'//{host}'))


def _host_name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
