"""The path prefix: who is believed, and what a request below one gets."""

from __future__ import annotations

import httpx
import pytest
from starlette.types import Receive, Scope, Send

import cpo.house
from cpo.access import PathPrefix, Role, prefix_of
from tests.access.people import PASSWORD
from tests.conftest import House

PROXY, SUPERVISOR, STRANGER = '127.0.0.1', '172.30.32.2', '192.168.1.66'
FORWARDED, INGRESS = 'x-forwarded-prefix', 'x-ingress-path'


async def seen(peer: str, path: str, trusted: tuple[str, ...] = (), **headers: str) -> tuple[str, str, str]:
    """The path, the prefix and NiceGUI's header of a request, as the application behind sees them."""
    scopes: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        scopes.append(scope)

    raw = [(name.replace('_', '-').encode(), value.encode()) for name, value in headers.items()]
    scope = {'type': 'http', 'path': path, 'headers': raw, 'client': (peer, 40000)}
    await PathPrefix(app, trusted)(scope, None, None)  # type: ignore[arg-type]
    [found] = scopes
    forwarded = [value.decode() for name, value in found['headers'] if name == FORWARDED.encode()]
    return found['path'], prefix_of(found), ','.join(forwarded)


@pytest.mark.parametrize(
    ('path', 'inside'), [('/', '/'), ('/why', '/why'), ('/x/why', '/why'), ('/x', '/'), ('/x/', '/'), ('/xy', '/xy')]
)
async def test_a_proxy_may_strip_the_prefix_or_leave_it(path: str, inside: str) -> None:
    assert await seen(PROXY, path, x_forwarded_prefix='/x') == (inside, '/x', '/x')
    assert await seen(PROXY, path, x_forwarded_prefix='/x/') == (inside, '/x', '/x')


async def test_only_the_supervisor_this_machine_and_trusted_proxies_are_believed() -> None:
    assert await seen(SUPERVISOR, '/why', x_ingress_path='/api/hassio_ingress/a-_1') == (
        '/why',
        '/api/hassio_ingress/a-_1',
        '/api/hassio_ingress/a-_1',
    )
    assert await seen('::1', '/', x_forwarded_prefix='/x') == ('/', '/x', '/x')
    assert await seen('10.0.0.7', '/', ('10.0.0.0/24',), x_forwarded_prefix='/x') == ('/', '/x', '/x')
    for peer in (STRANGER, '172.30.32.3', '10.0.1.7', 'somebody'):
        assert await seen(peer, '/x/a', ('10.0.0.0/24',), x_forwarded_prefix='/x') == ('/x/a', '', '')
        assert await seen(peer, '/x/a', x_ingress_path='/x') == ('/x/a', '', '')


@pytest.mark.parametrize(
    'prefix', ['', '/', 'x', '//evil.example', '/x"onload="y', '/x/../y', '/x y', 'https://evil.example', '/ä', '/x?y']
)
async def test_what_is_no_prefix_is_none(prefix: str) -> None:
    assert await seen(PROXY, '/why', x_forwarded_prefix=prefix) == ('/why', '', '')


async def test_answers_that_are_no_pages_of_nicegui_lead_below_the_prefix(house: House) -> None:
    app = cpo.house.House(house.charge_point, *house.parts).open_doors()
    transport = httpx.ASGITransport(app, client=(PROXY, 40000))
    below = {FORWARDED: '/x', 'Accept': 'text/html'}
    async with httpx.AsyncClient(transport=transport, base_url='http://localhost', headers=below) as rest:
        assert 'ws://localhost/x/ocpp/' in (explained := (await rest.get('/ocpp/')).text)
        assert '<a href="/x/">' in explained
        assert '/x/openapi.json' in (await rest.get('/docs')).text
        assert (await rest.get('/x/api/health')).status_code == 200
        await house.people.put('Anna', Role.OWNER, PASSWORD)
        assert 'action="/x/api/session"' in (await rest.get('/x/sessions')).text
