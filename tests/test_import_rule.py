"""The import rule: left may import right, never the reverse; siblings never import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent

LEVELS = (
    ('main',),
    ('cpo.websocket_endpoint', 'cpo.rest_api', 'cpo.dashboard'),
    ('cpo.solar_controller', 'cpo.free_charging'),
    ('cpo.charge_point',),
    ('cpo.inbox',),
    ('cpo.limit_reconciler',),
    ('cpo.connector_reconciler',),
    ('cpo.limit_setbacks',),
    ('cpo.limit_obedience', 'cpo.limit_aftermath', 'cpo.limit_callers', 'cpo.backlog', 'cpo.waker'),
    ('cpo.limit_requests',),
    ('cpo.profile_writer', 'cpo.connection', 'cpo.start_up', 'cpo.id_tags', 'cpo.ocpp.v16'),
    ('cpo.limited_charger',),
    ('cpo.websocket_sender', 'cpo.journal', 'cpo.charge_limit', 'cpo.ocpp.dialect'),
    ('cpo.profile_ladder', 'cpo.read_back', 'cpo.limit_spacing'),
    ('cpo.transaction_entries', 'cpo.limit_entries', 'cpo.record_entries', 'cpo.ocpp.actions'),
    ('cpo.entries',),
    ('cpo.history', 'cpo.demo_interlude', 'cpo.transaction_numbers'),
    ('cpo.state', 'cpo.charger_quirks', 'cpo.message_log', 'cpo.ocpp.messages', 'cpo.ocpp.payloads'),
    ('cpo.connector', 'cpo.charger_knowledge'),
    ('cpo.charging_profiles',),
    ('cpo.meter', 'cpo.session_energy', 'cpo.ocpp.repairs'),
    ('cpo.addresses', 'cpo.ocpp.deviations'),
    ('cpo.settings',),
    ('cpo.errors',),
)
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
NO_LOGIC = ('cpo', 'cpo.ocpp')

DOORS = LEVELS[1]
ONLY_IMPORTED_BY = {
    'nicegui': ('main', 'cpo.dashboard'),
    'fastapi': ('main', *DOORS),
    'fastapi_offline': ('main', *DOORS),
    'starlette': ('main', *DOORS),
    'uvicorn': ('main',),
    'uvloop': ('main',),
    'sqlite3': ('cpo.journal',),
    'cpo.ocpp.v16': ('main',),
    'simulator': ('main',),
    'cpo': ('main',),
}


def is_in(module: str, room: str) -> bool:
    """The module is the room or stands in it."""
    return module == room or module.startswith(room + '.')


def room_of(module: str) -> str:
    """The room a module stands in: itself, or the package that is one room. 'simulator' is one as a whole."""
    rooms = (room for room in (*LEVEL, 'simulator', *NO_LOGIC) if is_in(module, room))
    return max(rooms, key=len, default=module)


def imported_modules(module: str, source: str, is_package: bool = False) -> Iterator[str]:
    """All a module imports, wherever the import stands (also under TYPE_CHECKING or in a function)."""
    package = module if is_package else module.rpartition('.')[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split('.')[: len(package.split('.')) - node.level + 1] if node.level else []
            base = '.'.join([*above, *([node.module] if node.module else [])])
            # `from cpo.ocpp import messages` names the module cpo.ocpp.messages, `from cpo.state import Mode` does not
            yield from (f'{base}.{alias.name}' if base in NO_LOGIC else base for alias in node.names)


def violations(module: str, source: str, is_package: bool = False) -> list[str]:
    """What a module imports and must not, in sentences."""
    importer = room_of(module)
    found = []
    for imported in sorted(set(imported_modules(module, source, is_package))):
        room = room_of(imported)
        if room == importer:
            continue
        for name, allowed in ONLY_IMPORTED_BY.items():
            own = is_in(importer, name) or (name == 'cpo' and is_in(importer, 'cpo'))
            if is_in(imported, name) and not own and importer not in allowed:
                found.append(f'{module} imports {imported}: only {", ".join(allowed)} may')
        if importer in LEVEL and room in LEVEL and LEVEL[room] <= LEVEL[importer]:
            found.append(f'{module} imports {imported}: that stands left of it or beside it')
    return found


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the program and the simulator, with its file."""
    for path in (CHECKOUT / 'main.py', *CHECKOUT.glob('cpo/**/*.py'), *CHECKOUT.glob('simulator/**/*.py')):
        parts = path.relative_to(CHECKOUT).with_suffix('').parts
        yield '.'.join(parts[:-1] if parts[-1] == '__init__' else parts), path


def test_every_module_has_its_place() -> None:
    homeless = [m for m, _ in modules() if room_of(m) not in (*LEVEL, 'simulator') and m not in NO_LOGIC]
    assert homeless == []


def test_every_place_has_its_module() -> None:
    names = {module for module, _ in modules()}
    assert [room for room in LEVEL if room not in names] == []


@pytest.mark.parametrize(('module', 'path'), [pytest.param(m, p, id=m) for m, p in modules()])
def test_a_module_imports_only_what_stands_right_of_it(module: str, path: Path) -> None:
    assert violations(module, path.read_text(encoding='utf-8'), path.name == '__init__.py') == []


@pytest.mark.parametrize('package', NO_LOGIC)
def test_a_package_that_is_no_room_holds_no_imports(package: str) -> None:
    source = (CHECKOUT / package.replace('.', '/') / '__init__.py').read_text(encoding='utf-8')
    assert list(imported_modules(package, source, is_package=True)) == []


@pytest.mark.parametrize(
    ('module', 'source'),
    [
        pytest.param('cpo.state', 'from cpo.charge_point import ChargePoint', id='the reverse'),
        pytest.param('cpo.state', 'import cpo.entries', id='the reverse, as a module'),
        pytest.param('cpo.rest_api.solar', 'from cpo.dashboard.words import x', id='a sibling'),
        pytest.param('cpo.rest_api.solar', 'from ..dashboard.words import x', id='a sibling, relative'),
        pytest.param('cpo.rest_api.solar', 'from cpo import dashboard', id='a sibling, by the package'),
        pytest.param('cpo.rest_api', 'from ..dashboard import x', id='a sibling, from __init__'),
        pytest.param('cpo.ocpp.messages', 'from cpo.ocpp import dialect', id='the reverse, by the package'),
        pytest.param('cpo.charge_point', 'def f():\n    from cpo.ocpp.v16 import core', id='a version, in a function'),
        pytest.param('cpo.ocpp.dialect', 'from cpo.ocpp import v16', id='a version, by the package'),
        pytest.param('cpo.state', 'if TYPE_CHECKING:\n    from cpo.history import x', id='under TYPE_CHECKING'),
        pytest.param('cpo.charge_point', 'from nicegui import ui', id='the user interface'),
        pytest.param('cpo.solar_controller', 'import fastapi.routing', id='the web framework'),
        pytest.param('cpo.websocket_sender', 'from starlette.websockets import WebSocket', id='its base'),
        pytest.param('cpo.rest_api.health', 'import uvicorn', id='the server'),
        pytest.param('cpo.dashboard.home', 'import sqlite3', id='the database'),
        pytest.param('cpo.dashboard.home', 'from simulator.demo import run_demo', id='the simulator'),
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
            'import uvicorn\nfrom nicegui import ui\nfrom cpo.ocpp.v16 import Ocpp16Dialect\nimport simulator.demo',
        ),
        ('cpo.dashboard.home', 'from nicegui import ui\nfrom cpo.state import Mode\nfrom cpo.dashboard import words'),
        ('cpo.ocpp.v16.core', 'from cpo.ocpp.v16.types import X\nfrom cpo.ocpp import payloads'),
    ],
)
def test_an_allowed_import_is_not_found(module: str, source: str) -> None:
    assert violations(module, source) == []
