"""`/api/chargepoint/commands/{Action}`: sends any request of the central system unchanged."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from starlette.responses import Response

from cpo.errors import InvalidLimit, InvalidPayload, NoRoom, UnknownAction
from cpo.masking import masked_json, without_secrets
from cpo.ocpp import Request as OcppRequest
from cpo.rest_api.bodies import from_json, read_body
from cpo.rest_api.callers import caller_name
from cpo.rest_api.documentation import FROM_THE_CHARGER, answers, json_body
from cpo.rest_api.errors import PayloadTooLarge, UnsupportedMediaType
from cpo.rest_api.json_response import json_response
from cpo.upkeep import FileTransfers, KeyBook

ERRORS = (InvalidLimit, UnknownAction, PayloadTooLarge, UnsupportedMediaType, InvalidPayload, NoRoom)


class CommandsResource:
    """Sends requests to the charger and returns its answers with HTTP status 200, also where it answers `Rejected`."""

    def __init__(self, transfers: FileTransfers, keys: KeyBook) -> None:
        """`transfers` sends them all, and gives those that name no place for a file one here.

        `keys` notes who changed a key.
        """
        self._transfers, self._keys = transfers, keys

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            '/api/chargepoint/commands/{action}',
            self.post,
            methods=['POST'],
            tags=['Charge point'],
            summary='Send any request of the central system',
            responses=answers(ANSWER, *ERRORS, *FROM_THE_CHARGER),
            openapi_extra=json_body(PAYLOADS, required=False),
        )

    async def post(
        self, request: Request, action: Annotated[str, Path(description='The Action', examples=['GetConfiguration'])]
    ) -> Response:
        """Send the body as the request's payload, its members in the order given, and wait for the charger's answer.

        A charging profile above the configured maximum is not sent: one in W without `numberPhases` counts for the
        fewer of `CPO_PHASES` (where set) and the phases that the charger showed, else for three (OCPP 1.6 §7.12).

        Nor is what the charger cannot do by the specification: a connector that it does not have, by its
        `NumberOfConnectors` and what it reported, a limit below 0, a location that is no URL …

        Where a request for diagnostics, a log or an update names no location, the file goes through this program
        (`GET /api/files`); an update takes the firmware that was put there last. Other members that are missing there
        are filled in too: the number of the request, and now as the time.

        What is returned has `***` for secrets; what is sent has them.
        """
        body = await read_body(request)
        payload = payload_of(body)
        sending = self._transfers.command(action, payload)
        sent = await self._keys.noting(OcppRequest(action, payload), caller_name(request), sending)
        secrets = without_secrets(body.decode()).secrets
        shown, response = masked_json(sent.request), masked_json(sent.response, secrets)
        status = response.get('status') if isinstance(response, dict) else None
        return json_response({'action': sent.action, 'status': status, 'request': shown, 'response': response})


def payload_of(body: bytes) -> dict[str, Any]:
    """Parse a request's payload, `{}` for an empty body; raises InvalidPayload where it is no JSON object."""
    if not body:
        return {}
    payload = from_json(body)
    if not isinstance(payload, dict):
        raise InvalidPayload('The payload must be a JSON object like {"type": "Soft"}.')
    return payload


PAYLOADS = {
    'GetConfiguration': {'key': ['MeterValueSampleInterval']},
    'ChangeConfiguration': {'key': 'MeterValueSampleInterval', 'value': '10'},
    'Reset': {'type': 'Soft'},
    'TriggerMessage': {'requestedMessage': 'StatusNotification', 'connectorId': 1},
    'UnlockConnector': {'connectorId': 1},
    'ChangeAvailability': {'connectorId': 0, 'type': 'Operative'},
    'ReserveNow': {'connectorId': 1, 'expiryDate': '2030-01-01T12:00:00Z', 'idTag': 'Tag1'},
    'ClearCache': {},
    'GetDiagnostics': {},
    'GetLog': {'logType': 'SecurityLog', 'requestId': 1, 'log': {'remoteLocation': 'ftp://192.168.1.10/logs'}},
    'GetInstalledCertificateIds': {'certificateType': 'CentralSystemRootCertificate'},
    'ExtendedTriggerMessage': {'requestedMessage': 'SignChargePointCertificate'},
}
ANSWER = {
    'action': 'Reset',
    'status': 'Accepted',
    'request': {'type': 'Soft'},
    'response': {'status': 'Accepted'},
}
