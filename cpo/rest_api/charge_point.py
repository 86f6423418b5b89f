"""`/api/chargepoint`: the state as one document, the limit, and what was learned about the charger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.errors import InvalidLimit, Rejected, UnknownConnector
from cpo.rest_api.bodies import caller_of, connector_id_of, from_json, is_number, read_body, shown
from cpo.rest_api.ceilings import of_connector
from cpo.rest_api.documentation import FROM_THE_CHARGER, answers, json_body, path_parameter
from cpo.rest_api.errors import PayloadTooLarge
from cpo.rest_api.file_documents import TRANSFER, transfer_documents
from cpo.rest_api.json_response import json_response, to_json
from cpo.rest_api.state_document import LEARNED, STATE, learned_document, state_document
from cpo.rest_api.thin_route import add_thin_route
from cpo.sentences import UNMEASURED, phases_advice
from cpo.state import ChargePointState, Connector, Unmeasured, silent_since, unmeasured
from cpo.upkeep import (
    CardListKeeper,
    CardListReport,
    FileTransfer,
    FileTransfers,
    card_list_sentence,
    certificate_advice,
    failed_transfers,
)
from cpo.version import VERSION

WordsOf = Callable[[int], tuple[str, str]]
"""Gives what a connector does and why, as Home has it: (headline, sentence)."""


class ChargePointResource:
    """Serves state and limit; the state is encoded once per change, however many programs poll it."""

    def __init__(
        self,
        charge_point: ChargePoint,
        more_of: Callable[[Connector], dict[str, Any]],
        transfers: FileTransfers,
        card_list: CardListKeeper,
        words_of: WordsOf,
    ) -> None:
        """`more_of` makes the members of a connector that are not of its state, as its goal."""
        self._charge_point, self._more_of, self._transfers = charge_point, more_of, transfers
        self._card_list, self._words_of = card_list, words_of
        self._encoded: tuple[ChargePointState, int, tuple[FileTransfer, ...], bytes] | None = None

    def install(self, app: FastAPI) -> None:
        """Add the routes to the application."""
        add_thin_route(
            app,
            'GET',
            '/api/chargepoint',
            self.get,
            tags=['Charge point'],
            summary='The state',
            responses=answers(STATE | {'maxCurrent': 16.0, 'phases': 1, 'version': VERSION} | MORE),
        )
        add_thin_route(
            app,
            'PUT',
            '/api/chargepoint/{connector}/chargeLimit',
            self.put_charge_limit,
            tags=['Charge point'],
            summary='The limit in A: above 0 starts a transaction or changes the running one, 0 ends it',
            responses=answers(LIMIT, InvalidLimit, UnknownConnector, Rejected, PayloadTooLarge, *FROM_THE_CHARGER),
            openapi_extra=json_body({'10 A': {'limit': 10}, 'stop': {'limit': 0}})
            | path_parameter('connector', 'The connector: 1, 2, …', '1'),
        )
        app.add_api_route(
            '/api/chargepoint/learned',
            self.forget_learned,
            methods=['DELETE'],
            tags=['Charge point'],
            summary='Forget what was learned of this make of charger; answers with what it was',
            responses=answers(LEARNED),
        )

    async def get(self, request: Request) -> Response:
        """The state as JSON. An unknown member is absent; `null` has a meaning of its own, as for `limit`: no limit.

        `signedFirmware`: the charger is known to take SignedUpdateFirmware. While more than 100 meter values a second
        arrive, the state may be 0.2 s old.
        """
        return Response(self.encoded(), media_type='application/json')

    def encoded(self) -> bytes:
        """The document of the state, encoded as JSON once per change and second, in a flood five times a second."""
        charge_point = self._charge_point
        shown, now = charge_point.live.shown, charge_point.now()
        second, transfers, before = int(now.timestamp()), self._transfers.newest, self._encoded
        if before is None or before[0] is not shown or before[1:3] != (second, transfers):
            state = charge_point.state
            silent = silent_since(state, now, charge_point.settings.heartbeat_interval)
            document = state_document(state, now, self._advice(state, now), silent)
            for connector in state.charging_connectors:
                document['connectors'][str(connector.connector_id)].update(self._beside_state(connector, state))
            more = {
                'maxCurrent': charge_point.settings.max_current,
                'phases': state.phases,
                'version': VERSION,
                'transfers': transfer_documents(transfers, now),
                'cardList': _card_list_document(self._card_list.report),
                'signedFirmware': charge_point.dialect.files.checks_signatures(state),
            }
            self._encoded = before = (state, second, transfers, to_json(document | more))
        return before[3]

    def _beside_state(self, connector: Connector, state: ChargePointState) -> dict[str, Any]:
        """The members of a connector that are not of its state alone: ceilings, Home's words, its goal."""
        headline, sentence = self._words_of(connector.connector_id)
        ceilings = of_connector(connector, state, self._charge_point.settings)
        return {**ceilings, 'headline': headline, 'sentence': sentence, **self._more_of(connector)}

    def _advice(self, state: ChargePointState, now: datetime) -> tuple[str, ...]:
        """What its owner should know about this charger, in sentences."""
        missing = {unmeasured(state, c.connector_id, now) for c in state.charging_connectors} - {None}
        not_measured = (UNMEASURED[each] for each in Unmeasured if each in missing)
        known = (*phases_advice(state), *certificate_advice(state, now))
        failed = failed_transfers(self._transfers.newest, now)
        return (*self._charge_point.quirks.advice, *not_measured, *known, *failed)

    async def put_charge_limit(self, request: Request) -> Response:
        """Set the limit and wait for the charger's answer.

        A body of a plain number, as `10`, is accepted as any Content-Type.
        """
        connector_id = connector_id_of(request.path_params['connector'])
        limit_a = limit_of(await read_body(request))
        outcome = await self._charge_point.set_charging_limit(connector_id, limit_a, by=caller_of(request))
        return json_response(
            {
                'requested': limit_a,
                'applied': outcome.applied_a,
                'action': outcome.action,
                'status': outcome.status,
                'detail': outcome.detail,
            }
        )

    async def forget_learned(self) -> Response:
        """Forget what was learned about this make of charger, and return it; `{}` where nothing was.

        After that, every form of a charging profile is tried again, and every configuration key is requested again.
        """
        knowledge = self._charge_point.state.known
        self._charge_point.forget_learned()
        return json_response(learned_document(knowledge))


def _card_list_document(report: CardListReport) -> dict[str, Any]:
    """The JSON document of the charger's own list of cards; `cards` is null where it is not known how many it has."""
    return {
        'kept': report.is_kept,
        'cards': report.cards,
        'leftOut': report.left_out,
        'sentence': card_list_sentence(report),
    }


def limit_of(body: bytes) -> float:
    """Parse a limit in A from `10`, `10.0` or `{"limit": 10}`; raises InvalidLimit for anything else."""
    value = from_json(body)
    if isinstance(value, dict) and value.keys() == {'limit'}:
        value = value['limit']
    if not is_number(value):
        given = f'not {shown(body)!r}' if body else 'the body is empty'
        raise InvalidLimit(f'The limit must be a current in A like 10, 10.5 or {{"limit": 10}}; {given}.')
    return float(value)


LIMIT = {
    'requested': 10.04,
    'applied': 10.0,
    'action': 'SetChargingProfile',
    'status': 'Accepted',
    'detail': 'Accepted.',
}
CARD_LIST = CardListReport(is_kept=True, cards=50, left_out=2, room=50)
MORE = {'transfers': [TRANSFER], 'cardList': _card_list_document(CARD_LIST), 'signedFirmware': False}
