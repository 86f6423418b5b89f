"""`/api/chargepoint/operations`: every request that an owner can send, with the JSON schema of its payload."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.rest_api.documentation import answers
from cpo.rest_api.json_response import json_response

PATH = '/api/chargepoint/operations'


class OperationsResource:
    """Describes what `POST /api/chargepoint/commands/{Action}` takes, for forms."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Charge point'],
            summary='The requests of the central system, each with the schema of its payload',
            responses=answers({'items': [OPERATION], 'next': None}),
        )

    async def get(self) -> Response:
        """Those of the newest connection's OCPP version; `interrupts`: it may end a session."""
        described = [
            {
                'action': operation.action,
                'sentence': operation.sentence,
                'interrupts': operation.interrupts,
                'schema': operation.schema,
            }
            for operation in self._charge_point.dialect.operations()
        ]
        return json_response({'items': described, 'next': None})


OPERATION = {
    'action': 'Reset',
    'sentence': 'Restarts the charger: Soft ends sessions in order, Hard at once.',
    'interrupts': True,
    'schema': {
        'type': 'object',
        'properties': {'type': {'type': 'string', 'enum': ['Hard', 'Soft']}},
        'required': ['type'],
        'additionalProperties': False,
    },
}
