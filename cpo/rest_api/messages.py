"""`/api/messages`: the newest OCPP messages of both directions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Query
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.ocpp import LoggedMessage
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.json_response import json_response
from cpo.rest_api.pages import Limit, first_page, page_document

PATH = '/api/messages'


class MessagesResource:
    """Serves the message log in pages."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._messages = charge_point.messages

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Records'],
            summary='OCPP messages, newest first',
            responses=answers({'items': [MESSAGE], 'next': f'{PATH}?limit=1&before=42'}, InvalidQuery),
        )

    async def get(
        self,
        limit: Limit = 100,
        before: Annotated[int | None, Query(description='only messages with a smaller number')] = None,
    ) -> Response:
        """A page of messages, newest first: each Call with its answer, frames as on the wire with `***` for secrets.

        `direction` is `in` from the charger, `out` to it.
        """
        older = (message for message in self._messages if before is None or message.number < before)
        page, more = first_page(older, limit)
        documents = [message_document(message) for message in page]
        return json_response(page_document(documents, PATH, limit, page[-1].number if more else None))


def message_document(message: LoggedMessage) -> dict[str, Any]:
    """The JSON document (REST) of one message; `latencyMs` and `answer` are null while it is unanswered."""
    return {
        'number': message.number,
        'timestamp': message.at,
        'direction': message.direction,
        'action': message.action,
        'messageId': message.message_id,
        'frame': message.frame,
        'answer': message.answer,
        'latencyMs': message.latency_ms,
        'status': message.status,
        'violations': message.violations,
    }


MESSAGE = {
    'number': 42,
    'timestamp': '2026-01-01T10:00:55Z',
    'direction': 'in',
    'action': 'Authorize',
    'messageId': '19223201',
    'frame': '[2,"19223201","Authorize",{"idTag":"Tag1"}]',
    'answer': '[3,"19223201",{"idTagInfo":{"status":"Accepted"}}]',
    'latencyMs': 0.4,
    'status': 'Accepted',
    'violations': [],
}
