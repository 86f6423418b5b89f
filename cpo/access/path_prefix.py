"""The path prefix under which a proxy shows this server: Home Assistant's ingress, or a reverse proxy of one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from cpo.access.accounts import SUPERVISOR
from cpo.host_names import shown_address

PREFIX = 'cpo.prefix'
"""The member of a scope with the prefix, as `/charger`; absent where there is none."""
FORWARDED_PREFIX = 'x-forwarded-prefix'
INGRESS_PATH = 'x-ingress-path'
SAYING_IT = frozenset({FORWARDED_PREFIX.encode(), INGRESS_PATH.encode()})
WELL_FORMED = re.compile(r'(/[\w.~-]+)+', re.ASCII)
ALWAYS_TRUSTED = (SUPERVISOR, '127.0.0.0/8', '::1')


class PathPrefix:
    """ASGI middleware that puts the prefix into the scope, where all links of ours take it from.

    Home Assistant's Supervisor, this machine and the trusted proxies are believed in `X-Ingress-Path` and
    `X-Forwarded-Prefix`. NiceGUI believes the latter from anybody, so it is given that header only where it holds. A
    proxy may strip the prefix from the path or leave it there. It has to be outside of all that looks at paths.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[str] = ()) -> None:
        """Find the prefix for the application `app`; the proxies are addresses or networks."""
        self._app = app
        self._trusted = [ip_network(proxy, strict=False) for proxy in (*ALWAYS_TRUSTED, *trusted_proxies)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, without the prefix in its path."""
        if scope['type'] in ('http', 'websocket') and not SAYING_IT.isdisjoint(dict(scope['headers'])):
            scope = _below(self._prefix(Headers(scope=scope), shown_address(scope.get('client'))), scope)
        await self._app(scope, receive, send)

    def _prefix(self, headers: Headers, peer: str) -> str:
        if not self._is_trusted(peer):
            return ''
        prefix = (headers.get(INGRESS_PATH) or headers.get(FORWARDED_PREFIX, '')).rstrip('/')
        return prefix if WELL_FORMED.fullmatch(prefix) and '/..' not in prefix else ''

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ip_address(peer.partition('%')[0])
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def prefix_of(scope: Scope) -> str:
    """The prefix of the paths that the client of this request uses; empty without one."""
    return str(scope.get(PREFIX, ''))


def _below(prefix: str, scope: Scope) -> Scope:
    """The request as the server behind the prefix sees it."""
    headers = [(name, value) for name, value in scope['headers'] if name != FORWARDED_PREFIX.encode()]
    if not prefix:
        return {**scope, 'headers': headers}
    headers.append((FORWARDED_PREFIX.encode(), prefix.encode()))
    path = scope['path']
    if f'{path}/'.startswith(f'{prefix}/'):
        path = path[len(prefix) :] or '/'
    return {**scope, 'headers': headers, 'path': path, PREFIX: prefix}
