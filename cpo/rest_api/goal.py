"""`/api/chargepoint/{connector}/goal`: what somebody wants of charging, the plan for it, and how the last one went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper, GoalResult, GoalView, Planned, goal_sentence, regret_sentence
from cpo.errors import InvalidGoal, JournalError, UnknownConnector, UnknownGoal
from cpo.rest_api.bodies import connector_id_of, read_body
from cpo.rest_api.documentation import answers, json_body
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.goal_input import goal_document, goal_input_of
from cpo.rest_api.json_response import json_response
from cpo.state import Connector

PATH = '/api/chargepoint/{connector}/goal'


class GoalResource:
    """Sets, shows and removes the goal of a connector."""

    def __init__(self, charge_point: ChargePoint, goals: GoalKeeper) -> None:
        self._charge_point, self._goals = charge_point, goals

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        routes: tuple[tuple[str, Callable[..., Any], str, Any, Any], ...] = (
            ('GET', self.get, 'The goal, and the plan for it', answers(GOAL, UnknownConnector), None),
            (
                'PUT',
                self.put,
                'Set a goal, or replace it',
                answers(GOAL, InvalidGoal, UnknownConnector, UnknownGoal, PayloadTooLarge, JournalError),
                json_body(BODIES),
            ),
            (
                'DELETE',
                self.delete,
                'Remove the goal; the mode alone decides again',
                answers(GOAL | {'goal': None, 'plan': None}, UnknownConnector, UnknownGoal, JournalError),
                None,
            ),
        )
        for method, endpoint, summary, responses, more in routes:
            app.add_api_route(
                PATH,
                endpoint,
                methods=[method],
                tags=['Charge point'],
                summary=summary,
                responses=responses,
                openapi_extra=more,
            )

    async def get(self, connector: str) -> Response:
        """Without a goal `goal` is null; `last` is how the newest plan went.

        `slots` are those in which something flows; `price` is what a kWh is expected to cost in them, sun included.
        """
        return json_response(self._document(self._known(connector)))

    async def put(self, request: Request, connector: str) -> Response:
        """With `ready_by` so much is in the car by then, at the lowest cost; without, charging stops there.

        `ready_by` is a time by the local clock. `tonight` is for the coming departure only, in place of a goal that
        repeats. A limit, Start or Stop takes over for the session.
        """
        connector_id = self._known(connector)
        goal, tonight = goal_input_of(await read_body(request))
        if tonight:
            self._check_repeats(connector_id)
        await self._goals.put(connector_id, goal, tonight)
        return json_response(self._document(connector_id))

    async def delete(self, connector: str, tonight: Annotated[bool, Query()] = False) -> Response:
        """With `tonight=true` a goal that repeats is skipped once."""
        connector_id = self._known(connector)
        if tonight:
            self._check_repeats(connector_id)
        elif self._goals.view(connector_id) is None:
            raise UnknownGoal(f'Connector {connector_id} has no goal.')
        await self._goals.clear(connector_id, tonight)
        return json_response(self._document(connector_id))

    def of_connector(self, connector: Connector) -> dict[str, Any]:
        """The members `goal` and `plan` in the JSON document of a connector, which are absent without a goal."""
        view = self._goals.view(connector.connector_id)
        if view is None:
            return {}
        found = {'goal': goal_document(view.book.in_force) | {'sentence': self._sentence(view)}}
        return found if view.planned is None else found | {'plan': self._plan_document(view, view.planned)}

    def _known(self, text: str) -> int:
        connector_id = connector_id_of(text)
        if all(connector.connector_id != connector_id for connector in self._charge_point.state.charging_connectors):
            raise UnknownConnector(f'The charger has no connector {connector_id}.')
        return connector_id

    def _check_repeats(self, connector_id: int) -> None:
        view = self._goals.view(connector_id)
        if view is None or not view.book.goal.repeat or view.book.until is None:
            raise UnknownGoal(f'Connector {connector_id} has no goal that repeats and has a departure.')

    def _document(self, connector_id: int) -> dict[str, Any]:
        view, last = self._goals.view(connector_id), self._goals.result(connector_id)
        ended = None if last is None else result_document(last, self._charge_point.settings.currency)
        if view is None:
            return {'connector': connector_id, 'goal': None, 'plan': None, 'last': ended}
        book = view.book
        return {
            'connector': connector_id,
            'goal': goal_document(book.goal),
            'tonight': None if book.tonight is None else goal_document(book.tonight),
            'departure': book.until,
            'decides': view.aim,
            'overridden': book.overridden_at is not None,
            'charged_kwh': round(view.progress.energy_kwh, 3),
            'cost': round(view.progress.cost, 4),
            'sentence': self._sentence(view),
            'plan': None if view.planned is None else self._plan_document(view, view.planned),
            'last': ended,
        }

    def _sentence(self, view: GoalView) -> str:
        currency = self._charge_point.settings.currency
        return goal_sentence(*view, currency, self._goals.local_time)

    def _plan_document(self, view: GoalView, planned: Planned) -> dict[str, Any]:
        plan = planned.step.plan
        flowing = [slot for slot in plan.slots if slot.current_a > 0]
        return {
            'slots': [
                {
                    'start': slot.starts_at,
                    'end': slot.ends_at,
                    'limit': slot.current_a,
                    'phases': slot.phases,
                    'energy_kwh': round(slot.energy_kwh, 3),
                    'price': round(slot.cost / slot.energy_kwh * view.unit, 4) if slot.energy_kwh else None,
                }
                for slot in flowing
            ],
            'outlook': plan.outlook,
            'starts_at': flowing[0].starts_at if flowing else None,
            'ready_at': flowing[-1].ends_at if flowing else None,
            'energy_kwh': round(plan.energy_kwh, 3),
            'missing_kwh': round(plan.missing_kwh, 3),
            'predicted_cost': round(plan.cost * view.unit, 4),
            'reason': self._sentence(view),
        }


def result_document(result: GoalResult, currency: str) -> dict[str, Any]:
    """The JSON document of how a plan went; `best_cost` is what perfect knowledge would have paid."""
    return {
        'at': result.at,
        'energy_kwh': result.energy_kwh,
        'missing_kwh': result.missing_kwh,
        'predicted_cost': result.predicted_cost,
        'cost': result.cost,
        'best_cost': result.best_cost,
        'regret': round(result.cost - result.best_cost, 4),
        'sentence': regret_sentence(result, currency),
    }


RESULT = {
    'at': '2026-01-01T06:00:00Z',
    'energy_kwh': 12.0,
    'missing_kwh': 0.0,
    'predicted_cost': 1.9,
    'cost': 1.92,
    'best_cost': 1.84,
    'regret': 0.08,
    'sentence': '12.0 kWh for 1.92 €; with perfect knowledge 1.84 €.',
}
GOAL = {
    'connector': 1,
    'goal': {
        'energy_kwh': 18.0,
        'soc': None,
        'cost': None,
        'minutes': None,
        'ready_by': '07:00',
        'repeat': ['mon', 'tue', 'wed', 'thu', 'fri'],
    },
    'tonight': None,
    'departure': '2026-01-02T06:00:00Z',
    'decides': 'plan',
    'overridden': False,
    'charged_kwh': 0.0,
    'cost': 0.0,
    'sentence': 'Ready at 07:00: 18 kWh, starts 02:15, about 3.10 €.',
    'plan': {
        'slots': [
            {
                'start': '2026-01-02T01:15:00Z',
                'end': '2026-01-02T01:30:00Z',
                'limit': 16.0,
                'phases': 3,
                'energy_kwh': 2.76,
                'price': 0.1722,
            }
        ],
        'outlook': 'reached',
        'starts_at': '2026-01-02T01:15:00Z',
        'ready_at': '2026-01-02T03:00:00Z',
        'energy_kwh': 18.0,
        'missing_kwh': 0.0,
        'predicted_cost': 3.1,
        'reason': 'Ready at 07:00: 18 kWh, starts 02:15, about 3.10 €.',
    },
    'last': RESULT,
}
BODIES = {
    'ready in the morning, on working days': {
        'ready_by': '07:00',
        'energy_kwh': 18,
        'repeat': ['mon', 'tue', 'wed', 'thu', 'fri'],
    },
    'another time, tonight only': {'ready_by': '09:30', 'energy_kwh': 25, 'tonight': True},
    'stop after so much': {'energy_kwh': 10},
    'stop at 80 %, or after 5 €': {'soc': 80, 'cost': 5},
}
