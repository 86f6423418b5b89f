"""`/api/solar/decisions` and `/api/solar/replay`: what the surplus rule decided, and what it would have decided."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.controllers import (
    MAX_RECORDS,
    NO_LAMBDA,
    DecisionRecord,
    DemoRecord,
    Replay,
    SolarController,
    counterfactual_sentence,
    reason_sentence,
    replay_by,
)
from cpo.errors import InvalidConnector, JournalError, UnknownConnector, UnknownDay
from cpo.journal import records
from cpo.rest_api.bodies import connector_id_of
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.json_response import json_response
from cpo.sentences import source_name
from cpo.state import Preset, Source

PATH = '/api/solar/decisions'
REPLAY = '/api/solar/replay'
PRODUCTION = 'production'
"""The reason of every decision of the demo's rule."""
Rule = Annotated[
    Literal['solar_only', 'balanced', 'eager', 'solar_and_minimum', 'fast', 'demo'] | None,
    Query(description='the preset to decide by, without it the settings of then; `demo` follows the production alone'),
]
ImportPrice = Annotated[
    float | None, Query(alias='lambda', ge=0, le=20, description='kWh of the sun that an imported kWh is worth')
]
Newest = Annotated[int, Query(ge=1, le=MAX_RECORDS, description='how many at most')]
Day = Annotated[date, Query(description='the day, in the time zone of this computer', examples=['2026-06-14'])]


class DecisionsResource:
    """Serves the newest decisions, and days of the journal decided again."""

    def __init__(self, charge_point: ChargePoint, solar_controller: SolarController) -> None:
        self._charge_point = charge_point
        self._solar_controller = solar_controller

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Solar'],
            summary='The last decisions with all they were made from, newest first',
            responses=answers({'items': [DECISION], 'next': None}, InvalidQuery, InvalidConnector, JournalError),
        )
        app.add_api_route(
            REPLAY,
            self.replay,
            tags=['Solar'],
            summary='A stored day, decided again',
            responses=answers(REPLAYED, InvalidQuery, UnknownDay, JournalError),
        )

    async def get(
        self,
        limit: Newest = MAX_RECORDS,
        connector: Annotated[str | None, Query(examples=['1'])] = None,
    ) -> Response:
        """The last 500 decisions of the rule that needs a reading of the grid; of equal ones in a row the first.

        Those from before a restart of the program are among them: it reads them when somebody first asks.
        """
        asked = None if connector is None else connector_id_of(connector)
        await self._solar_controller.recall()
        decided = (each for each in reversed(self._solar_controller.records) if asked in (None, each.connector_id))
        items = [
            {'connector': connector_id, **decision_document(record)} for connector_id, record in islice(decided, limit)
        ]
        return json_response({'items': items, 'next': None})

    async def replay(
        self,
        day: Day,
        rule: Rule = None,
        import_price: ImportPrice = None,
        connector: Annotated[str, Query(examples=['1'])] = '1',
    ) -> Response:
        """What would have been decided on a day that is stored; with no other rule nor λ, exactly what was.

        Only the time in which the rule decided is counted, not that of a limit that a person, a program or a card set.
        """
        if rule == 'demo' and import_price is not None:
            raise InvalidQuery(f'lambda: {NO_LAMBDA}')
        connector_id = connector_id_of(connector)
        result = await self._charge_point.journal.read(
            lambda connection: replay_by(rule, import_price, records.decisions_of_day(connection, connector_id, day))
        )
        if not result.count and connector_id not in self._charge_point.state.connectors and connector_id != 1:
            raise UnknownConnector(f'The charger never reported a connector {connector_id}.')
        if not result.count:
            raise UnknownDay(f'Nothing was decided by the house meter on {day}.')
        asked = {'day': day, 'connector': connector_id, 'rule': rule, 'lambda': import_price}
        return json_response({**asked, **replay_document(result)})


def decision_document(record: DecisionRecord) -> dict[str, Any]:
    """The JSON document (REST) of a decision: values, and the sentences made of them."""
    change = record.counterfactual
    return {
        'at': record.at,
        'rule': record.rule,
        'lambda': record.import_price,
        'inputs': {
            str(used.name): _input_document(used.value, used.age_s, used.source, used.stale) for used in record.inputs
        },
        'limit': record.limit_a,
        'phases': record.phases,
        'reason': record.reason,
        'parts': {str(part): value for part, value in record.parts.items()},
        'because': reason_sentence(record),
        'counterfactual': None if change is None else {**change._asdict(), 'sentence': counterfactual_sentence(record)},
        'next_at': record.next_at,
    }


def replay_document(result: Replay) -> dict[str, Any]:
    """The JSON document (REST) of a day decided again; `then` is what was."""
    return {
        **_rounded(result.now),
        'then': _rounded(result.then),
        'count': result.count,
        'differing': result.differing,
        'decisions': [_replayed_document(record) for record in result.decisions],
    }


def _replayed_document(record: DecisionRecord | DemoRecord) -> dict[str, Any]:
    return _demo_document(record) if isinstance(record, DemoRecord) else decision_document(record)


def _demo_document(record: DemoRecord) -> dict[str, Any]:
    """The JSON document (REST) of a decision of the demo's rule, which knows no λ and has its sentence alone."""
    pv, at = record.pv, record.at
    age_s = 0.0 if pv is None else (at - pv.at).total_seconds()
    is_stale = pv is not None and pv.fresh_until is not None and at >= pv.fresh_until
    return {
        'at': at,
        'rule': Preset.DEMO,
        'lambda': None,
        'inputs': {} if pv is None else {'pv_w': _input_document(pv.value, age_s, pv.source, is_stale)},
        'limit': record.limit_a,
        'phases': record.phases,
        'reason': PRODUCTION,
        'parts': {},
        'because': record.because,
        'counterfactual': None,
        'next_at': record.next_at,
    }


def _input_document(value: float | None, age_s: float, source: Source | None, is_stale: bool) -> dict[str, Any]:
    name = None if source is None else source_name(source)
    return {'value': value, 'age_s': round(age_s, 1), 'source': name, 'stale': is_stale}


def _rounded(figures: Any) -> dict[str, Any]:
    return {name: round(value, 3) for name, value in asdict(figures).items()}


DECISION = {
    'at': '2026-01-01T10:00:55Z',
    'connector': 1,
    'rule': 'surplus',
    'lambda': 1.0,
    'inputs': {'grid_w': {'value': -812.0, 'age_s': 0.3, 'source': 'Home Assistant', 'stale': False}},
    'limit': 0.0,
    'phases': 1,
    'reason': 'too_little',
    'parts': {'surplus_w': 812},
    'because': 'Too little is left over to charge.',
    'counterfactual': {
        'input': 'surplus_w',
        'beyond': 'above',
        'value': 1403.5,
        'for_s': 10.0,
        'phases': 1,
        'sentence': 'Charges when 1.4 kW are left over for 10 s; now 0.8 kW.',
    },
    'next_at': '2026-01-01T10:01:25Z',
}
FIGURES = {'solar_kwh': 11.482, 'bought_kwh': 0.904, 'closings': 5, 'commands': 71}
REPLAYED = {
    'day': '2026-01-01',
    'connector': 1,
    'rule': 'eager',
    'lambda': None,
    **FIGURES,
    'then': FIGURES,
    'count': 2880,
    'differing': 0,
    'decisions': [DECISION],
}
