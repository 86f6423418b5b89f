"""`/api/connections`: the newest attempts of chargers and other clients to connect at the charger's address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.json_response import json_response
from cpo.rest_api.pages import Limit, first_page, page_document
from cpo.sentences import attempt_sentence
from cpo.state import ConnectionAttempt

PATH = '/api/connections'


class ConnectionsResource:
    """Serves the attempts to connect that the page Connect shows, the refused ones with the reason."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Records'],
            summary='Attempts to connect, newest first',
            responses=answers(
                {'items': [ATTEMPT], 'next': f'{PATH}?limit=1&before=2026-01-01T10%3A00%3A00Z'}, InvalidQuery
            ),
        )

    async def get(
        self,
        limit: Limit = 100,
        before: Annotated[AwareDatetime | None, Query(description='only attempts before this time')] = None,
    ) -> Response:
        """A page of attempts, those that differ only in their time as one: `at` is that of the newest, of `count`."""
        attempts = self._charge_point.state.attempts
        page, more = first_page((each for each in attempts if before is None or each.at < before), limit)
        mark = _text(page[-1].at) if more else None
        return json_response(page_document([attempt_document(attempt) for attempt in page], PATH, limit, mark))


def attempt_document(attempt: ConnectionAttempt) -> dict[str, Any]:
    """The JSON document (REST) of one attempt; `verdict` is a word for programs, `detail` a sentence for people."""
    return {
        'at': attempt.at,
        'address': attempt.address,
        'path': attempt.path,
        'chargePointId': attempt.charge_box_id or None,
        'accepted': attempt.accepted,
        'verdict': attempt.verdict,
        'detail': attempt_sentence(attempt),
        'count': attempt.count,
    }


def _text(at: datetime) -> str:
    return at.isoformat().replace('+00:00', 'Z')


ATTEMPT = {
    'at': '2026-01-01T10:00:00Z',
    'address': '192.168.1.7',
    'path': '/ocpp/CP2',
    'chargePointId': 'CP2',
    'accepted': False,
    'verdict': 'no_room',
    'detail': 'Refused: CP1 is connected.',
    'count': 3,
}
