"""The gate in front of the whole application, NiceGUI's websocket included: a foreign Host or Origin gets 403."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cpo.access.accounts import BY_SUPERVISOR, SUPERVISOR
from cpo.access.hosts import HostRule
from cpo.access.origins import OriginRule
from cpo.access.path_prefix import INGRESS_PATH
from cpo.access.refusals import Refusal, foreign_host, foreign_origin, refuse
from cpo.access.security_headers import SecurityHeaders
from cpo.host_names import shown_address
from cpo.settings import Settings

SAFE_METHODS = frozenset({'GET', 'HEAD', 'OPTIONS', 'TRACE'})
CHARGERS_DOOR = '/ocpp/'
FILES_DOOR = '/files/'
"""A charger asks for a file by the host that it dialled; the name of a file is the key to it."""
PAGES_SOCKET = '/_nicegui_ws/'
HEALTH = '/api/health'
LOGGED_ONCE = 100

RecordRefusal = Callable[[str, str, Refusal], object]
"""Records the refused websocket of a charger: (address, path, why)."""

logger = logging.getLogger(__name__)


class Gate:
    """ASGI middleware that answers requests with a foreign Host or Origin with 403, before any route sees them.

    Every answer to HTTP gets SecurityHeaders.

    It has to be outside of what believes proxies, as it needs the address of the peer itself, not a forwarded one. Let
    in unseen are the health check, requests of Home Assistant's Supervisor with `X-Ingress-Path`, and requests for a
    charger's websocket or its files without an Origin: browsers always send one with a websocket.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Callable[[], Settings],
        names_of_this_machine: frozenset[str],
        record_refusal: RecordRefusal,
    ) -> None:
        """Check the requests for the application `app`; `settings` returns those in force.

        `record_refusal` records a charger that is refused.
        """
        self._app = app
        self._settings_in_force = settings
        self._names_of_this_machine = names_of_this_machine
        self._record_refusal = record_refusal
        self._follow(settings())
        self._logged: set[str] = set()

    def _follow(self, settings: Settings) -> None:
        self._settings = settings
        self._hosts = HostRule({*settings.allowed_hosts, *settings.public_hosts, *self._names_of_this_machine})
        origins = (*settings.allowed_origins, *settings.public_origins)
        self._origins = OriginRule(origins, settings.allow_file_pages)
        self._headers = SecurityHeaders(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the application, or answer it with 403."""
        if (settings := self._settings_in_force()) is not self._settings:
            self._follow(settings)
        if scope['type'] not in ('http', 'websocket'):
            await self._app(scope, receive, send)
        elif (refusal := self._refusal(scope)) is not None:
            self._report(refusal, scope)
            await refuse(refusal, scope, receive, self._headers.adding(send))
        elif scope['type'] == 'websocket':
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, self._headers.adding(send))

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers, path = scope['headers'], scope['path']
        hosts = [value.decode('latin-1') for name, value in headers if name == b'host']
        origins = [value.decode('latin-1') for name, value in headers if name == b'origin']
        one_slash = f'/{path.lstrip("/")}'  # some firmware writes two slashes
        is_chargers_door = one_slash.startswith(CHARGERS_DOOR)
        is_for_chargers = is_chargers_door or one_slash.startswith(FILES_DOOR)
        by_supervisor = shown_address(scope.get('client')) == SUPERVISOR
        if by_supervisor:
            scope[BY_SUPERVISOR] = True
        if (
            path == HEALTH
            or (by_supervisor and INGRESS_PATH in Headers(scope=scope))
            or (is_for_chargers and not origins)
        ):
            return None
        if len(hosts) != 1 or not self._hosts.lets_in(hosts[0]):
            return foreign_host(hosts, self._settings.allowed_hosts)
        is_reading = scope['type'] == 'http' and scope['method'] in SAFE_METHODS
        if not origins or (is_reading and not path.startswith(PAGES_SOCKET)):
            return None
        foreign = (origin for origin in origins if not self._origins.lets_in(origin, hosts[0], is_chargers_door))
        if (origin := next(foreign, None)) is not None:
            return foreign_origin(origin, self._settings.allowed_origins)
        return None

    def _report(self, refusal: Refusal, scope: Scope) -> None:
        """Log each refusal once: a page that is refused tries again every few seconds."""
        path = scope['path']
        if scope['type'] == 'websocket' and path.startswith(CHARGERS_DOOR):
            self._record_refusal(shown_address(scope.get('client')), path, refusal)
        if refusal.detail not in self._logged:
            if len(self._logged) >= LOGGED_ONCE:
                self._logged.clear()
            self._logged.add(refusal.detail)
            logger.warning('Refused %s for %s: %s', shown_address(scope.get('client')), path[:200], refusal.detail)
