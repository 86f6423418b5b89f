"""`/api/solar`: the house's power readings, a connector's mode, and the solar controller's decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.controllers import SolarController, choose_mode
from cpo.errors import InvalidConnector, InvalidMode, InvalidReading, Rejected, UnknownConnector
from cpo.rest_api.bodies import caller_of, connector_id_of, from_json, is_number, read_body
from cpo.rest_api.documentation import FROM_THE_CHARGER, answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.sentences import source_name
from cpo.state import MOST_HOUSE_W, Mode, SolarReading, Source, SourceKind

PATH = '/api/solar'
READINGS = ('pv_w', 'grid_w')
MAX_NAME_LENGTH = 40
MODES = [mode.value for mode in Mode]


@dataclass(frozen=True, slots=True)
class SolarInput:
    """The members of a PUT, None for absent ones; powers in W, `grid_w` is positive when importing."""

    pv_w: float | None
    grid_w: float | None
    mode: Mode | None
    connector_id: int
    by: str | None = None


class SolarResource:
    """Records power readings, sets a connector's mode, and serves both with the solar controller's decision."""

    def __init__(self, charge_point: ChargePoint, solar_controller: SolarController) -> None:
        self._charge_point = charge_point
        self._solar_controller = solar_controller

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Solar'],
            summary='Readings, mode and the last decision',
            responses=answers(SOLAR, InvalidConnector, UnknownConnector),
        )
        app.add_api_route(
            PATH,
            self.put,
            methods=['PUT'],
            tags=['Solar'],
            summary='A reading in W, a mode, or both',
            responses=answers(SOLAR, InvalidReading, UnknownConnector, Rejected, PayloadTooLarge, *FROM_THE_CHARGER),
            openapi_extra=json_body(INPUTS),
        )

    async def get(self, connector: Annotated[str, Query(examples=['1'])] = '1') -> Response:
        """The power readings, and the mode of one connector with the solar controller's decision for it."""
        connector_id = connector_id_of(connector)
        self._check_known(connector_id)
        return json_response(self._document(connector_id))

    async def put(self, request: Request) -> Response:
        """Record a power reading, then set the mode if the body has one; nothing is done where a member is wrong.

        Mode `off` ends a running transaction, and waits for the charger's answer to that.
        """
        given = solar_input_of(await read_body(request))
        self._check_known(given.connector_id)
        if given.pv_w is not None or given.grid_w is not None:
            by = Source(SourceKind.PROGRAM, given.by) if given.by else caller_of(request)
            self._charge_point.record_reading(given.pv_w, given.grid_w, by)
        if given.mode is not None:
            await choose_mode(self._charge_point, given.connector_id, given.mode, caller_of(request))
        return json_response(self._document(given.connector_id))

    def _check_known(self, connector_id: int) -> None:
        if all(connector.connector_id != connector_id for connector in self._charge_point.state.charging_connectors):
            raise UnknownConnector(f'The charger has no connector {connector_id}.')

    def _document(self, connector_id: int) -> dict[str, Any]:
        state, decision = self._charge_point.state, self._solar_controller.decision(connector_id)
        return {
            'pv_w': state.solar.pv_w,
            'grid_w': state.solar.grid_w,
            'timestamp': state.solar.at,
            'by': source_name(state.solar.by) if state.solar.by else None,
            'ages': self._ages(state.solar),
            'mode': state.connector(connector_id).mode,
            'connector': connector_id,
            'decision': {
                'limit': decision.limit_a,
                'reason': f'{decision.reason} {decision.failure or ""}'.rstrip(),
                'timestamp': decision.at,
                'nextLimit': decision.next_limit_a,
                'nextTimestamp': decision.next_at,
            },
            'modes': MODES,
        }

    def _ages(self, reading: SolarReading) -> dict[str, int]:
        """The age of each reading in s; a simulated one has none."""
        arrivals, now = {'pv_w': reading.pv, 'grid_w': reading.grid}, self._charge_point.now()
        return {name: round(arrival.age_s(now)) for name, arrival in arrivals.items() if arrival is not None}


def solar_input_of(body: bytes) -> SolarInput:
    """Parse the body of `PUT /api/solar`; raises InvalidReading, InvalidMode or InvalidConnector."""
    members = from_json(body)
    if not isinstance(members, dict):
        raise InvalidReading('The body must be a JSON object like {"pv_w": 3200}.')
    unknown = members.keys() - {*READINGS, 'by', 'mode', 'connector'}
    if unknown:
        raise InvalidReading(f'{min(unknown)!r} is not known here; there are pv_w, grid_w, by, mode and connector.')
    if not members.keys() - {'connector', 'by'}:
        raise InvalidReading('Nothing to do: give pv_w, grid_w or mode.')
    for name in READINGS:
        if name in members and not is_number(members[name]):
            raise InvalidReading(f'{name} must be a power in W like 3200.')
        if name in members and not abs(members[name]) <= MOST_HOUSE_W:
            raise InvalidReading(f'{name} is a power that no home has; in W it is at most {MOST_HOUSE_W:,.0f}.')
    by = members.get('by')
    if 'by' in members and not (isinstance(by, str) and by.strip() and len(by) <= MAX_NAME_LENGTH):
        raise InvalidReading(f'by must be the name of a source, at most {MAX_NAME_LENGTH} characters.')
    mode = members.get('mode')
    if 'mode' in members and mode not in MODES:
        raise InvalidMode(f'The mode must be one of {", ".join(MODES)}.')
    connector_id = members.get('connector', 1)
    if not isinstance(connector_id, int) or isinstance(connector_id, bool) or connector_id < 1:
        raise InvalidConnector('The connector must be a number: 1, 2, …')
    return SolarInput(members.get('pv_w'), members.get('grid_w'), Mode(mode) if mode else None, connector_id, by)


SOLAR = {
    'pv_w': 3200.0,
    'grid_w': -900.0,
    'timestamp': '2026-01-01T10:00:55Z',
    'by': 'Home Assistant',
    'ages': {'pv_w': 4, 'grid_w': 4},
    'mode': 'solar',
    'connector': 1,
    'decision': {
        'limit': 9.8,
        'reason': 'Up to 13.6 A in 7 s if the sun stays.',
        'timestamp': '2026-01-01T10:00:55Z',
        'nextLimit': 13.6,
        'nextTimestamp': '2026-01-01T10:01:02Z',
    },
    'modes': MODES,
}
INPUTS = {
    'a reading': {'pv_w': 3200, 'grid_w': -900, 'by': 'inverter'},
    'the mode': {'mode': 'solar'},
    'both, for another connector': {'pv_w': 3200, 'mode': 'solar', 'connector': 2},
}
