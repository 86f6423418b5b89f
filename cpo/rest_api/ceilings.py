"""`/api/ceilings`: limits that hold whatever anybody wishes, from the grid operator or another program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from cpo.amperes import rounded_down
from cpo.charge_point import ChargePoint
from cpo.clock import whole_ms
from cpo.errors import InvalidCeiling, LockedCeiling, UnknownCeiling
from cpo.limits import ceilings_a
from cpo.rest_api.bodies import caller_of, from_json, is_number, moment_in, read_body
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.sentences import ceiling_reason, source_name
from cpo.settings import Settings
from cpo.state import MOST_HOUSE_W, Ceiling, ChargePointState, Connector, Source

PATH = '/api/ceilings'
MEMBERS = ('limit_a', 'limit_w', 'phase', 'reason', 'until', 'for_s')
PHASES = ('L1', 'L2', 'L3')
MOST_A, MOST_S = 1000.0, 366 * 86400.0
MAX_NAME, MAX_REASON = 40, 200

NameInPath = Annotated[
    str, Path(description='grid-operator or a name of your own; fuse, peak and maximum come from the settings')
]


class CeilingsResource:
    """Lists, sets and lifts ceilings; what goes to the charger follows at once."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        one: tuple[tuple[str, Callable[..., Any], str, Any, Any], ...] = (
            (
                'PUT',
                self.put,
                'Set a ceiling, or replace it',
                answers(CEILING, InvalidCeiling, LockedCeiling, PayloadTooLarge),
                json_body(BODIES),
            ),
            (
                'DELETE',
                self.delete,
                'Lift a ceiling; answers with what it was',
                answers(CEILING, UnknownCeiling, LockedCeiling),
                None,
            ),
        )
        tags: list[Any] = ['Ceilings']
        summary = 'Limits that hold whatever anybody wishes'
        app.add_api_route(PATH, self.get, tags=tags, summary=summary, responses=answers({'items': [CEILING]}))
        for method, endpoint, summary, responses, more in one:
            path = f'{PATH}/{{name:path}}'
            app.add_api_route(
                path, endpoint, methods=[method], tags=tags, summary=summary, responses=responses, openapi_extra=more
            )

    async def get(self) -> Response:
        """Every ceiling that holds; `limit` is in A per phase, `active` where it is below the configured maximum."""
        ceilings = self._charge_point.state.ceilings
        return json_response({'items': [self._document(ceilings[name]) for name in sorted(ceilings)]})

    async def put(self, request: Request, name: NameInPath) -> Response:
        """Set a ceiling; without `until` and `for_s` it holds until it is lifted.

        Sent again before `for_s` is over it holds on: so it goes where its sender is silent. One about a `phase` alone
        holds for every phase of the car, as a charger gives each the same; its W are then those of that phase.
        """
        now = self._charge_point.now()
        ceiling = ceiling_of(name, await read_body(request), caller_of(request), now)
        await self._charge_point.ceilings.put(ceiling)
        return json_response(self._document(ceiling))

    async def delete(self, name: NameInPath) -> Response:
        """Lift a ceiling: what was wished holds again."""
        return json_response(self._document(await self._charge_point.ceilings.lift(name)))

    def _document(self, ceiling: Ceiling) -> dict[str, Any]:
        charge_point = self._charge_point
        state = charge_point.state
        alone = ceilings_a(state.connector(1), {ceiling.name: ceiling}, charge_point.settings)
        limit_a = rounded_down(alone[0][0])
        return {
            'name': ceiling.name,
            'limit': limit_a,
            'limit_a': ceiling.limit_a,
            'limit_w': ceiling.limit_w,
            'phase': ceiling.phase,
            'reason': ceiling_reason(ceiling),
            'source': source_name(ceiling.source),
            'until': ceiling.ends_at,
            'set_at': ceiling.set_at,
            'active': limit_a < charge_point.settings.max_current,
        }


def of_connector(connector: Connector, state: ChargePointState, settings: Settings) -> dict[str, Any]:
    """The members about ceilings in the JSON document of a connector, the lowest first.

    `ceilingsHold` is false where they do not: nobody wished a limit, and the program may send nothing by itself.
    """
    held = [
        {
            'name': name,
            'limit': rounded_down(limit_a),
            'reason': ceiling_reason(state.ceilings[name]),
            'until': state.ceilings[name].ends_at,
        }
        for limit_a, name in sorted(ceilings_a(connector, state.ceilings, settings, state))
    ]
    is_left_alone = bool(held) and connector.wish is None and not settings.startup_requests
    return {'ceilings': held, **({'ceilingsHold': False} if is_left_alone else {})}


def ceiling_of(name: str, body: bytes, by: Source, now: datetime) -> Ceiling:
    """Parse the body of a PUT; raises InvalidCeiling, whose text names the wrong member."""
    members = from_json(body)
    if not (1 <= len(name) <= MAX_NAME and name.isprintable() and name.strip() and '"' not in name):
        raise InvalidCeiling(f'The name is a text of 1 to {MAX_NAME} characters.')
    if not isinstance(members, dict):
        raise InvalidCeiling('The body must be a JSON object like {"limit_a": 8}.')
    if unknown := members.keys() - {*MEMBERS}:
        raise InvalidCeiling(f'{min(unknown)!r} is not known here; there are {", ".join(MEMBERS)}.')
    given = {name: value for name, value in members.items() if value is not None}
    if ('limit_a' in given) == ('limit_w' in given):
        raise InvalidCeiling('Give limit_a (A per phase) or limit_w (W), one of them.')
    if 'until' in given and 'for_s' in given:
        raise InvalidCeiling('Give until or for_s, not both.')
    limit_a, limit_w = _number(given, 'limit_a', MOST_A), _number(given, 'limit_w', MOST_HOUSE_W)
    return Ceiling(
        name,
        limit_a,
        limit_w,
        by,
        whole_ms(now),
        _phase(given.get('phase')),
        _reason(given.get('reason', '')),
        _until(given.get('until'), now),
        _duration(given),
    )


def _number(members: dict[str, Any], name: str, most: float) -> float | None:
    value = members.get(name)
    if value is not None and not (is_number(value) and 0 <= value <= most):
        raise InvalidCeiling(f'{name} must be a number from 0 to {most:,.10g}.')
    return None if value is None else float(value)


def _duration(members: dict[str, Any]) -> float | None:
    for_s = _number(members, 'for_s', MOST_S)
    if for_s == 0:
        raise InvalidCeiling('for_s must be more than 0 seconds.')
    return for_s


def _phase(value: object) -> str | None:
    if value is not None and value not in PHASES:
        raise InvalidCeiling(f'phase must be one of {", ".join(PHASES)}.')
    return None if value is None else str(value)


def _reason(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_REASON or not (value.isprintable() or not value):
        raise InvalidCeiling(f'reason must be a text of at most {MAX_REASON} characters.')
    return value


def _until(value: object, now: datetime) -> datetime | None:
    if value is None:
        return None
    at = moment_in(value)
    if at is not None and at > now:
        return at
    raise InvalidCeiling('until must be a time ahead with its zone, like 2030-01-01T12:00:00Z.')


CEILING = {
    'name': 'grid-operator',
    'limit': 6.0,
    'limit_a': None,
    'limit_w': 4200.0,
    'phase': None,
    'reason': '§14a EnWG',
    'source': 'REST',
    'until': '2026-01-01T12:00:00Z',
    'set_at': '2026-01-01T10:00:00Z',
    'active': True,
}
BODIES = {
    'the grid operator dims, until it says something else': {'limit_w': 4200, 'reason': '§14a EnWG', 'for_s': 900},
    'until a time': {'limit_a': 8, 'reason': 'The oven', 'until': '2030-01-01T12:00:00Z'},
}
