"""The import rule: left may import right, never the reverse; siblings never import each other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
Floors = tuple[tuple[str, ...], ...]

HOUSE: Floors = (
    ('main',),
    ('cpo.house', 'cpo.rescue', 'cpo.commands'),
    ('cpo.rest_api', 'cpo.dashboard', 'cpo.mqtt', 'cpo.serving'),
    ('cpo.websocket_endpoint', 'cpo.controllers', 'cpo.upkeep'),
    ('cpo.charge_point', 'cpo.charger_websocket'),
    ('cpo.connection', 'cpo.limits'),
    ('cpo.websocket_sender', 'cpo.live_state', 'cpo.harm_watch', 'cpo.settings_keeper', 'cpo.statement'),
    ('cpo.ocpp', 'cpo.journal', 'cpo.sentences', 'cpo.certificates'),
    ('cpo.addresses', 'cpo.state', 'cpo.access', 'cpo.prices', 'cpo.files'),
    ('cpo.settings', 'cpo.chargers'),
    (
        'cpo.errors',
        'cpo.amperes',
        'cpo.clock',
        'cpo.frozen',
        'cpo.spreadsheet',
        'cpo.version',
        'cpo.host_names',
        'cpo.masking',
    ),
)
DASHBOARD: Floors = (
    ('cpo.dashboard.dashboard', 'cpo.dashboard.late_pages'),
    (
        'cpo.dashboard.home',
        'cpo.dashboard.sessions',
        'cpo.dashboard.messages',
        'cpo.dashboard.connect',
        'cpo.dashboard.why',
        'cpo.dashboard.cards_page',
        'cpo.dashboard.charger_page',
        'cpo.dashboard.people_page',
        'cpo.dashboard.settings_page',
    ),
    ('cpo.dashboard.other_clients',),
    ('cpo.dashboard.parts',),
    ('cpo.dashboard.live',),
    ('cpo.dashboard.words',),
)
OCPP: Floors = (
    ('cpo.ocpp.v16',),
    ('cpo.ocpp.dialect',),
    ('cpo.ocpp.actions', 'cpo.ocpp.card_list', 'cpo.ocpp.file_requests', 'cpo.ocpp.configuration_keys'),
    ('cpo.ocpp.request', 'cpo.ocpp.operation'),
    ('cpo.ocpp.message_log', 'cpo.ocpp.messages', 'cpo.ocpp.payloads'),
    ('cpo.ocpp.repairs',),
    ('cpo.ocpp.conversions', 'cpo.ocpp.members'),
    ('cpo.ocpp.deviations', 'cpo.ocpp.problems'),
)
PACKAGES = {'cpo', 'cpo.dashboard', 'cpo.ocpp'}
"""Packages whose modules are imported by name: `from cpo.ocpp import messages`."""
INTERFACES = {
    'cpo.access',
    'cpo.certificates',
    'cpo.state',
    'cpo.chargers',
    'cpo.connection',
    'cpo.controllers',
    'cpo.files',
    'cpo.limits',
    'cpo.journal',
    'cpo.ocpp',
    'cpo.prices',
    'cpo.settings',
    'cpo.statement',
}
"""Rooms of which others import only what the package itself exports, never a module inside."""

DOORS = ('cpo.rest_api', 'cpo.dashboard', 'cpo.websocket_endpoint', 'cpo.charger_websocket')
ONLY_IMPORTED_BY = {
    'nicegui': ('cpo.dashboard',),
    'aiomqtt': ('cpo.mqtt',),
    'paho': ('cpo.mqtt',),
    'fastapi': ('cpo.house', 'cpo.rescue', 'cpo.serving', *DOORS),
    'fastapi_offline': DOORS,
    'starlette': ('cpo.rescue', 'cpo.serving', 'cpo.access', *DOORS),
    'uvicorn': ('cpo.serving',),
    'uvloop': ('cpo.serving',),
    'sqlite3': ('cpo.journal',),
    'cpo.ocpp.v16': ('main',),
    'simulator': ('main',),
    'cpo': ('main',),
}
PURE = (
    'cpo.access.device_words',
    'cpo.access.roles',
    'cpo.access.hosts',
    'cpo.access.origins',
    'cpo.host_names',
    'cpo.masking',
    'cpo.state',
    'cpo.sentences',
    'cpo.settings',
    'cpo.spreadsheet',
    'cpo.prices.price',
    'cpo.prices.price_sources',
    'cpo.prices.slots',
    'cpo.prices.tariff',
    'cpo.ocpp',
    'cpo.chargers',
    'cpo.dashboard.words',
    *(
        f'cpo.mqtt.{name}'
        for name in (
            'discovery',
            'entities',
            'goals',
            'happenings',
            'house_readings',
            'numbers',
            'outbox',
            'topics',
            'values',
        )
    ),
    'cpo.limits.case',
    'cpo.limits.compliance',
    'cpo.limits.decision',
    'cpo.limits.facts',
    'cpo.limits.follow_ups',
    'cpo.limits.hang_ups',
    'cpo.limits.ladder',
    'cpo.limits.memory',
    'cpo.limits.pacing',
    'cpo.limits.read_back',
    'cpo.limits.sentences',
    'cpo.limits.wish',
    'cpo.controllers.goal_aim',
    'cpo.controllers.goal_ledger',
    'cpo.controllers.goal_progress',
    'cpo.controllers.goal_spent',
    'cpo.controllers.goal_times',
    'cpo.controllers.goal_values',
    'cpo.controllers.plan',
    'cpo.controllers.plan_car',
    'cpo.controllers.plan_forecast',
    'cpo.controllers.plan_problem',
    'cpo.controllers.plan_regret',
    'cpo.controllers.plan_room',
    'cpo.controllers.plan_search',
    'cpo.controllers.plan_sentences',
    'cpo.controllers.plan_values',
    'cpo.controllers.session_pricing',
    'cpo.controllers.solar_rule',
    'cpo.controllers.surplus_car',
    'cpo.controllers.surplus_case',
    'cpo.controllers.surplus_flip',
    'cpo.controllers.surplus_house',
    'cpo.controllers.surplus_inputs',
    'cpo.controllers.surplus_level',
    'cpo.controllers.surplus_log',
    'cpo.controllers.surplus_record',
    'cpo.controllers.surplus_replay',
    'cpo.controllers.surplus_rule',
    'cpo.controllers.surplus_sentences',
    'cpo.controllers.surplus_switching',
    'cpo.controllers.surplus_values',
    'cpo.statement.closed_month',
    'cpo.statement.closing',
    'cpo.statement.export',
    'cpo.statement.ocmf',
    'cpo.statement.paper',
    'cpo.statement.paper_html',
    'cpo.statement.row',
    'cpo.statement.seal',
    'cpo.statement.signatures',
    'cpo.statement.statement',
    'cpo.statement.words',
)
"""No clock, no I/O, no await: the time is an argument."""

IMPORT = re.compile(r'^[ \t]*((?:from[ \t]+\S+[ \t]+)?import[ \t]+(?:\([^)]*\)|[^\n]*))', re.MULTILINE)
"""A statement that imports; all statements of the program would take twenty times as long to parse."""

IMPURE = re.compile(
    r'\b(?:async|await|import (?:asyncio|random|socket|time|uuid)|datetime\.now|\w+\.utcnow|date\.today)\b'
)
"""What each impure source has; few others are parsed."""


def is_in(module: str, room: str) -> bool:
    """The module is the room or stands in it."""
    return module == room or module.startswith(room + '.')


def room_of(module: str, floors: Floors) -> str | None:
    """The room of a plan that a module stands in, None where the plan has none for it."""
    return max((room for rooms in floors for room in rooms if is_in(module, room)), key=len, default=None)


def imported_modules(module: str, source: str, is_package: bool = False) -> Iterator[str]:
    """All a module imports, wherever the import stands (also under TYPE_CHECKING or in a function)."""
    package = module if is_package else module.rpartition('.')[0]
    for node in ast.parse('\n'.join(IMPORT.findall(source))).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split('.')[: len(package.split('.')) - node.level + 1] if node.level else []
            base = '.'.join([*above, *([node.module] if node.module else [])])
            # `from cpo.ocpp import messages` names the module cpo.ocpp.messages, `from cpo.state import Mode` does not
            names = (f'{base}.{alias.name}' for alias in node.names)
            yield from (name if base in PACKAGES and name in NAMES else base for name in names)


def violations(module: str, source: str, is_package: bool = False) -> list[str]:
    """What a module imports and must not, in sentences."""
    imports = sorted(set(imported_modules(module, source, is_package)))
    found = []
    for imported in imports:
        for name, allowed in ONLY_IMPORTED_BY.items():
            own = is_in(module, name) or (name == 'cpo' and is_in(module, 'cpo'))
            if is_in(imported, name) and not own and not any(is_in(module, room) for room in allowed):
                found.append(f'{module} imports {imported}: only {", ".join(allowed)} may')
        for floors in (HOUSE, DASHBOARD, OCPP):
            importer, room = room_of(module, floors), room_of(imported, floors)
            if importer is None or room is None or room == importer:
                continue
            if _floor(room, floors) <= _floor(importer, floors):
                found.append(f'{module} imports {imported}: that stands left of it or beside it')
            if floors is HOUSE and room in INTERFACES and imported != room and not is_in(imported, 'cpo.ocpp.v16'):
                found.append(f'{module} imports {imported}: others import what {room} exports')
    return found


def _floor(room: str, floors: Floors) -> int:
    return next(floor for floor, rooms in enumerate(floors) if room in rooms)


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the program and the simulator, with its file."""
    for path in (CHECKOUT / 'main.py', *CHECKOUT.glob('cpo/**/*.py'), *CHECKOUT.glob('simulator/**/*.py')):
        parts = path.relative_to(CHECKOUT).with_suffix('').parts
        yield '.'.join(parts[:-1] if parts[-1] == '__init__' else parts), path


NAMES = {module for module, _ in modules()}


@pytest.mark.parametrize(('package', 'floors'), [('cpo', HOUSE), ('cpo.dashboard', DASHBOARD), ('cpo.ocpp', OCPP)])
def test_every_module_has_its_place(package: str, floors: Floors) -> None:
    assert [m for m in NAMES if is_in(m, package) and m != package and room_of(m, floors) is None] == []


def test_every_place_has_its_module() -> None:
    assert [
        room for floors in (HOUSE, DASHBOARD, OCPP) for rooms in floors for room in rooms if room not in NAMES
    ] == []


def test_each_module_imports_only_what_stands_right_of_it() -> None:
    found = (violations(m, path.read_text(encoding='utf-8'), path.name == '__init__.py') for m, path in modules())
    assert list(chain.from_iterable(found)) == []


def impurities(source: str) -> list[str]:
    """Where a source waits, reads a clock or reaches for the world outside."""
    found: list[str] = []
    if not IMPURE.search(source):
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.AsyncFunctionDef, ast.Await)):
            found.append(f'line {node.lineno}: async')
        elif isinstance(node, ast.Import):
            found += [
                f'import {a.name}' for a in node.names if a.name in ('asyncio', 'random', 'socket', 'time', 'uuid')
            ]
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in ('datetime.now', 'datetime.utcnow', 'date.today'):
            found.append(f'line {node.lineno}: {ast.unparse(node)}')
    return found


def test_what_is_pure_has_no_clock_and_waits_for_nothing() -> None:
    pure = [(m, path) for m, path in modules() if any(is_in(m, room) for room in PURE)]
    assert {m: found for m, path in pure if (found := impurities(path.read_text(encoding='utf-8')))} == {}


def test_a_clock_is_found() -> None:
    assert impurities('import time\nasync def f():\n    return datetime.now(UTC)') != []


@pytest.mark.parametrize(
    ('module', 'source'),
    [
        pytest.param('cpo.state.state', 'from cpo.charge_point import ChargePoint', id='the reverse'),
        pytest.param(
            'cpo.state.state', 'from cpo.charge_point import (\n    A,\n    B,\n)', id='the reverse, in lines'
        ),
        pytest.param('cpo.chargers.quirks', 'import cpo.state', id='the reverse, as a module'),
        pytest.param('cpo.rest_api.solar', 'from cpo.dashboard.words.sentence import x', id='a sibling'),
        pytest.param('cpo.rest_api.solar', 'from ..dashboard.words import x', id='a sibling, relative'),
        pytest.param('cpo.rest_api.solar', 'from cpo import dashboard', id='a sibling, by the package'),
        pytest.param('cpo.rest_api', 'from ..dashboard import x', id='a sibling, from __init__'),
        pytest.param('cpo.ocpp.messages', 'from cpo.ocpp import dialect', id='the reverse, by the package'),
        pytest.param('cpo.dashboard.parts.marked', 'from cpo.dashboard import home', id='a page, by a part'),
        pytest.param('cpo.dashboard.words.times', 'from cpo.dashboard.parts.marked import x', id='a part, by words'),
        pytest.param('cpo.charge_point', 'def f():\n    from cpo.ocpp.v16 import core', id='a version, in a function'),
        pytest.param('cpo.ocpp.dialect', 'from cpo.ocpp import v16', id='a version, by the package'),
        pytest.param('cpo.charge_point', 'from cpo.state.meter import Meter', id='a module inside a room'),
        pytest.param('cpo.chargers.quirks', 'if TYPE_CHECKING:\n    from cpo.state import x', id='under TYPE_CHECKING'),
        pytest.param('cpo.charge_point', 'from nicegui import ui', id='the user interface'),
        pytest.param('cpo.controllers.solar_controller', 'import fastapi.routing', id='the web framework'),
        pytest.param('cpo.websocket_sender', 'from starlette.websockets import WebSocket', id='its base'),
        pytest.param('cpo.rest_api.health', 'import uvicorn', id='the server'),
        pytest.param('cpo.dashboard.home.home', 'import sqlite3', id='the database'),
        pytest.param('cpo.dashboard.home.home', 'from simulator.demo import run_demo', id='the simulator'),
        pytest.param('simulator.charger', 'from cpo.errors import CpoError', id='the program, by the simulator'),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str) -> None:
    assert violations(module, source, is_package=module == 'cpo.rest_api') != []


@pytest.mark.parametrize(
    ('module', 'source'),
    [
        (
            'main',
            'from cpo.ocpp.v16 import Ocpp16Dialect\nimport simulator.demo',
        ),
        (
            'cpo.dashboard.home.home',
            'from nicegui import ui\nfrom cpo.state import Mode\nfrom cpo.dashboard import words',
        ),
        ('cpo.ocpp.v16.core', 'from cpo.ocpp.v16.types import X\nfrom cpo.ocpp import payloads'),
    ],
)
def test_an_allowed_import_is_not_found(module: str, source: str) -> None:
    assert violations(module, source) == []
