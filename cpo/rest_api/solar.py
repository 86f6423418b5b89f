"""`/api/solar`: the house's power readings, a connector's mode, and the solar controller's decisions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.controllers import SolarController, choose_mode
from cpo.errors import InvalidConnector, InvalidReading, Rejected, UnknownConnector
from cpo.rest_api.bodies import caller_of, connector_id_of, program_of, read_body
from cpo.rest_api.documentation import FROM_THE_CHARGER, answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.json_response import json_response
from cpo.rest_api.solar_input import MODES, PRESETS, solar_input_of
from cpo.sentences import source_name, two_meters
from cpo.state import READINGS, Preset, PresetChosen, SolarReading, Source, SourceKind, preset_in_force

PATH = '/api/solar'


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
            summary='Readings of the house, a mode, a preset',
            responses=answers(SOLAR, InvalidReading, UnknownConnector, Rejected, PayloadTooLarge, *FROM_THE_CHARGER),
            openapi_extra=json_body(INPUTS),
        )

    async def get(self, connector: Annotated[str, Query(examples=['1'])] = '1') -> Response:
        """The power readings, and the mode of one connector with the solar controller's decision for it."""
        connector_id = connector_id_of(connector)
        self._check_known(connector_id)
        return json_response(self._document(connector_id))

    async def put(self, request: Request) -> Response:
        """Record readings, then set preset and mode if the body has them; nothing is done where a member is wrong.

        Each member is optional. A reading that is null is forgotten; `timestamp` is when they were measured (one ahead
        counts as now), and `by` names the meter.
        Mode `off` ends a running transaction, and waits for the charger's answer to that.
        """
        given = solar_input_of(await read_body(request))
        self._check_known(given.connector_id)
        if given.readings:
            by = Source(SourceKind.PROGRAM, given.by) if given.by else program_of(request)
            self._charge_point.record(given.entry(self._charge_point.now(), by))
        for preset in given.presets:
            self._charge_point.record(PresetChosen(given.connector_id, preset))
        if given.mode is not None:
            await choose_mode(self._charge_point, given.connector_id, given.mode, caller_of(request))
        return json_response(self._document(given.connector_id))

    def _check_known(self, connector_id: int) -> None:
        if all(connector.connector_id != connector_id for connector in self._charge_point.state.charging_connectors):
            raise UnknownConnector(f'The charger has no connector {connector_id}.')

    def _document(self, connector_id: int) -> dict[str, Any]:
        state, decision = self._charge_point.state, self._solar_controller.decision(connector_id)
        connector, default = state.connector(connector_id), Preset(self._charge_point.settings.solar_preset)
        return {
            **{name: getattr(state.solar, name) for name in READINGS},
            'timestamp': state.solar.at,
            'by': source_name(state.solar.by) if state.solar.by else None,
            'ages': self._ages(state.solar),
            'sources': _sources(state.solar),
            'warning': two_meters(state.solar, self._charge_point.now()),
            'mode': connector.mode,
            'preset': connector.preset or default,
            'presetInForce': preset_in_force(connector, state.solar, default),
            'connector': connector_id,
            'decision': {
                'limit': decision.limit_a,
                'reason': f'{decision.sentence} {decision.failure or ""}'.rstrip(),
                'timestamp': decision.at,
                'nextLimit': decision.next_limit_a,
                'nextTimestamp': decision.next_at,
            },
            'modes': MODES,
            'presets': PRESETS,
        }

    def _ages(self, reading: SolarReading) -> dict[str, int]:
        """The age of each reading in s; a simulated one has none."""
        now = self._charge_point.now()
        return {name: round(arrival.age_s(now)) for name, arrival in reading.arrivals.items()}


def _sources(reading: SolarReading) -> dict[str, str]:
    """Who sent each reading."""
    known = ((name, reading.source(name)) for name in READINGS)
    return {name: source_name(by) for name, by in known if by is not None}


SOLAR = {
    'pv_w': 3200.0,
    'grid_w': -900.0,
    'battery_w': 0.0,
    'battery_soc': 64.0,
    'grid_a': [-3.9, 0.4, -0.4],
    'timestamp': '2026-01-01T10:00:55Z',
    'by': 'Home Assistant',
    'ages': {'pv_w': 4, 'grid_w': 4, 'battery_w': 4, 'battery_soc': 40, 'grid_a': 4},
    'sources': {
        'pv_w': 'Home Assistant',
        'grid_w': 'house meter',
        'battery_w': 'Home Assistant',
        'battery_soc': 'Home Assistant',
        'grid_a': 'house meter',
    },
    'warning': None,
    'mode': 'solar',
    'preset': 'balanced',
    'presetInForce': 'balanced',
    'connector': 1,
    'decision': {
        'limit': 9.8,
        'reason': 'Up to 13.6 A in 7 s if the sun stays.',
        'timestamp': '2026-01-01T10:00:55Z',
        'nextLimit': 13.6,
        'nextTimestamp': '2026-01-01T10:01:02Z',
    },
    'modes': MODES,
    'presets': PRESETS,
}
INPUTS = {
    'a reading': {'pv_w': 3200, 'grid_w': -900, 'by': 'inverter'},
    'a meter of three phases': {'grid_w': -900, 'grid_a': [-3.9, 0.4, -0.4], 'timestamp': '2026-01-01T10:00:55Z'},
    'a home battery': {'battery_w': -1200, 'battery_soc': 64},
    'a battery that is gone': {'battery_w': None, 'battery_soc': None},
    'the mode': {'mode': 'solar'},
    'how much of the sun': {'mode': 'solar+min', 'preset': 'eager'},
    'both, for another connector': {'pv_w': 3200, 'mode': 'solar', 'connector': 2},
}
