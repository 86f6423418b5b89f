"""Every route has a rule on who may use it, and the rules are those that REST promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

import cpo.house
from cpo.access import WEBSOCKET, Role, needed_role, rule_for
from cpo.access.roles import REST, WRONG_PATHS
from cpo.journal import Journal
from cpo.settings import Settings
from main import DIALECTS
from tests.access.people import with_tokens
from tests.conftest import House

DASHBOARD = Path(cpo.house.__file__).parent / 'dashboard'
CATCH_ALL = ('/api', '/api/{rest:path}', '/files/{rest:path}')
"""What answers unknown paths with an error."""


def routes_of(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of every route; websockets have the method WEBSOCKET."""
    for route in routes:
        if isinstance(route, WebSocketRoute):
            yield WEBSOCKET, route.path
        elif isinstance(route, Mount):
            yield 'GET', f'{route.path}/{{rest:path}}'
        elif isinstance(route, Route):
            yield from ((method, route.path) for method in route.methods or () if route.path not in CATCH_ALL)
        else:  # FastAPI keeps the routes of an included router in it
            router = getattr(route, 'original_router', None) or getattr(route, 'router', None)
            assert router is not None, route
            yield from routes_of(router.routes)


def without_rule(app: FastAPI) -> list[tuple[str, str]]:
    """The routes that nobody has made a rule for."""
    missing = []
    for method, path in routes_of(app.routes):
        rule = rule_for(method, re.sub(r'\{[^}]+\}', 'x', path))
        if rule is None or (rule is WRONG_PATHS and path != rule.path):
            missing.append((method, path))
    return missing


@pytest.fixture
async def app() -> FastAPI:
    """All doors but the dashboard's."""
    journal = Journal(None)
    built = cpo.house.House.build(Settings(), journal, DIALECTS)
    journal.close()
    return built.open_doors()


async def test_every_route_has_a_rule(app: FastAPI) -> None:
    found = set(routes_of(app.routes))
    assert {('PUT', '/api/solar'), (WEBSOCKET, '/ocpp/{charge_box_id:path}')} < found
    assert without_rule(app) == []


async def test_a_new_route_and_a_new_websocket_without_a_rule_are_found(app: FastAPI) -> None:
    app.add_api_route('/api/new', lambda: None, methods=['POST'])
    app.add_api_route('/api/solar', lambda: None, methods=['PATCH'])
    app.add_api_websocket_route('/new', lambda websocket: None)
    assert without_rule(app) == [('POST', '/api/new'), ('PATCH', '/api/solar'), (WEBSOCKET, '/new')]


def test_every_page_has_a_rule() -> None:
    sources = [(DASHBOARD / name).read_text('utf-8') for name in ('dashboard.py', 'parts/layout.py')]
    pages = re.findall(r"(?:add_api_route\(|Page\('\w+', )'([^']+)'", ' '.join(sources))
    assert {'/', '/connect', '/settings', '/simulator/{name}'} < set(pages)
    for path in (*pages, '/_nicegui/x', '/_nicegui_ws/x'):
        rule = rule_for('GET', path)
        assert rule is not None, path
        assert rule.needs is (Role.OWNER if path in ('/settings', '/charger') else Role.VIEWER)
    assert needed_role(WEBSOCKET, '/_nicegui_ws/socket.io/') is Role.VIEWER


COMMANDS = re.compile(
    r'\.(set_mode|set_charging_limit|command|record|record_reading|restart|forget_learned|clear_all_profiles|start_demo)\('
)
"""What changes something for the charger or the house."""
BUILT_FOR_FAMILY = {'home/mode_choice.py', 'home/controls.py'}
"""Home builds these for the family only."""


def test_a_page_gives_commands_only_where_it_asks_who_may() -> None:
    commanding = {
        path.relative_to(DASHBOARD).as_posix(): 'may(Role.' in path.read_text('utf-8')
        for path in DASHBOARD.rglob('*.py')
        if COMMANDS.search(path.read_text('utf-8'))
    }
    assert {path for path, asks in commanding.items() if not asks} <= BUILT_FOR_FAMILY
    assert {*BUILT_FOR_FAMILY, 'connect/learned.py', 'home/sun_card.py', 'home/first_run.py'} == {*commanding}
    assert 'if may(Role.FAMILY):\n                Controls(' in (DASHBOARD / 'home' / 'home.py').read_text('utf-8')


OPEN = (('GET', '/api/health'), ('GET', '/api/session'), ('POST', '/api/session'), (WEBSOCKET, '/ocpp/garage'))
FAMILY = (
    ('PUT', '/api/chargepoint/1/chargeLimit'),
    ('PUT', '/api/solar'),
    ('PUT', '/api/chargepoint/1/goal'),
    ('DELETE', '/api/chargepoint/1/goal'),
    ('PUT', '/api/prices'),
    ('PUT', '/api/forecast'),
)
OWNERS = (
    ('GET', '/charger'),
    ('GET', '/api/files'),
    ('POST', '/api/files'),
    ('DELETE', '/api/files/1'),
    ('GET', '/api/chargepoint/operations'),
    ('POST', '/api/chargepoint/configuration'),
    ('PUT', '/api/chargepoint/configuration/A'),
    ('POST', '/api/chargepoint/commands/Reset'),
    ('DELETE', '/api/chargepoint/learned'),
    ('PUT', '/api/idtags/Tag1'),
    ('DELETE', '/api/idtags/a/b'),
    ('PUT', '/api/ceilings/oven'),
    ('DELETE', '/api/ceilings/oven'),
    ('GET', '/api/backup'),
    ('GET', '/api/people'),
    ('PUT', '/api/people/Anna'),
    ('DELETE', '/api/people/Anna'),
    ('GET', '/api/tokens'),
    ('POST', '/api/tokens'),
    ('DELETE', '/api/tokens/x'),
    ('GET', '/api/nothing'),
    ('POST', '/api/chargepoint'),
    ('PUT', '/nothing'),
    ('GET', '/api/backup/'),
)
VIEWERS = (
    ('GET', '/'),
    ('GET', '/api/chargepoint'),
    ('HEAD', '/api/chargepoint'),
    ('GET', '/api/idtags/a\nb'),
    ('GET', '/api/transactions/7/meterValues'),
    ('GET', '/api/events'),
    ('GET', '/nothing'),
)


def test_the_rules_are_those_of_the_interface() -> None:
    for needs, requests in ((None, OPEN), (Role.FAMILY, FAMILY), (Role.OWNER, OWNERS), (Role.VIEWER, VIEWERS)):
        for method, path in requests:
            assert needed_role(method, path) is needs, (method, path)


def test_a_role_includes_those_below_it() -> None:
    assert [[a.includes(b) for b in Role] for a in Role] == [[True] * 3, [False, True, True], [False, False, True]]


async def test_each_route_lets_in_the_roles_it_should_and_no_others(house: House, rest: httpx.AsyncClient) -> None:
    headers = await with_tokens(house)
    for rule in REST:
        path = re.sub(r'\{[^}]+\}', 'x', rule.path)
        for method in rule.methods.split():
            assert await answer_of(rest, method, path, {}) == (401, 'SignInNeeded')
            for role in Role:
                status, error = await answer_of(rest, method, path, headers[role])
                assert rule.needs is not None
                if role.includes(rule.needs):
                    assert status not in (401, 403), (method, path, role)
                else:
                    assert (status, error) == (403, 'NotAllowed'), (method, path, role)


async def test_a_page_for_others_leads_to_home_and_to_another_sign_in(house: House, rest: httpx.AsyncClient) -> None:
    headers = await with_tokens(house)
    page = await rest.get('/settings', headers={**headers[Role.FAMILY], 'X-Forwarded-Prefix': '/wallbox'})
    assert (page.status_code, 'you are signed in as family' in page.text) == (403, True)
    assert re.findall('href="([^"]*)"', page.text) == ['/wallbox/', '/wallbox/people']


async def answer_of(rest: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Status and error of the answer to a request without a body."""
    async with rest.stream(method, path, headers={'Content-Type': 'application/json', **headers}) as answer:
        is_refused = answer.status_code in (401, 403)
        if answer.status_code == 401:
            assert answer.headers['WWW-Authenticate'] == 'Bearer'
        if not is_refused:
            return answer.status_code, ''
        body = await answer.aread()
        error = httpx.Response(200, content=body).json()['error'] if method != 'HEAD' else ''
        return answer.status_code, error or ('SignInNeeded' if answer.status_code == 401 else 'NotAllowed')
