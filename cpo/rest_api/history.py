"""`/api/history`: what happened, in pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.errors import JournalError
from cpo.journal import records
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.event_words import event_sentence
from cpo.rest_api.json_response import json_response
from cpo.rest_api.pages import Before, Limit, merged_page, page_document
from cpo.state import QUIET, AttemptVerdict, Event, EventKind

PATH = '/api/history'
KINDS = (*EventKind, *AttemptVerdict)
From = Annotated[datetime | None, Query(alias='from', description='nothing before this time (ISO 8601)')]
Kind = Annotated[str, Query(description='only these kinds, separated by commas', examples=['session_begun,fault'])]


class HistoryResource:
    """Serves the events of the journal, and those of the demo charger since the program's start."""

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Records'],
            summary='What happened, newest first',
            responses=answers({'items': [EVENT], 'next': f'{PATH}?limit=1&before=812'}, InvalidQuery, JournalError),
        )

    async def get(self, from_: From = None, kind: Kind = '', limit: Limit = 100, before: Before = None) -> Response:
        """A page of events: sessions, statuses, faults, modes, limits, ceilings, commands, connections, settings,
        people, tokens.

        `next` has older ones. What the charger reports about its security is listed with `kind=security_event` only.
        """
        since, kinds = None if from_ is None else _aware(from_), kinds_of(kind)
        persisted = await self._charge_point.journal.read(
            lambda connection: records.events_before(connection, before, limit + 1, since, kinds)
        )
        fresh = (event for event in self._charge_point.events if is_asked(event, since, kinds))
        page, more = merged_page(persisted, fresh, lambda event: event.number, before, limit)
        query = {name: text for name, text in (('from', since and since.isoformat()), ('kind', kind)) if text}
        mark = page[-1].number if more else None
        return json_response(page_document([event_document(e) for e in page], PATH, limit, mark, query=query))


def is_asked(event: Event, since: datetime | None, kinds: tuple[str, ...]) -> bool:
    """The event is not older than `since`, and of one of the kinds (empty: of any that is not QUIET)."""
    is_of_kind = event.kind in kinds if kinds else event.kind not in QUIET
    return (since is None or event.at >= since) and is_of_kind


def kinds_of(text: str) -> tuple[str, ...]:
    """Parse the query parameter `kind`; raises InvalidQuery for a kind that there is not."""
    kinds = tuple(filter(None, (kind.strip() for kind in text.split(','))))
    for kind in kinds:
        if kind not in KINDS:
            raise InvalidQuery(f'kind: {kind[:40]!r} is none of {", ".join(KINDS)}.')
    return kinds


def event_document(event: Event) -> dict[str, Any]:
    """The JSON document (REST) of an event; `connector` is null where it is about none, `person` where about nobody."""
    return {
        'id': event.number,
        'at': event.at,
        'kind': event.kind,
        'what': event_sentence(event),
        'connector': event.connector_id,
        'person': event.details.get('person'),
        'details': event.details,
    }


def _aware(at: datetime) -> datetime:
    """A time without an offset is meant in the time zone of this computer. Raises InvalidQuery where that has none."""
    try:
        return at.astimezone()
    except (OverflowError, ValueError):
        raise InvalidQuery(f'from: no clock shows {at}.') from None


EVENT = {
    'id': 812,
    'at': '2026-01-01T10:00:55Z',
    'kind': 'limit',
    'what': 'The charger accepted a limit of 9.8 A, for the sun.',
    'connector': 1,
    'person': None,
    'details': {'limit': 9.8, 'by': 'sun'},
}
