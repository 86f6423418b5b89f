"""`/api/events`: the state whenever it changes, and what happens, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Annotated

from fastapi import FastAPI, Header
from starlette.responses import Response, StreamingResponse

from cpo.charge_point import ChargePoint
from cpo.errors import JournalError
from cpo.journal import records
from cpo.rest_api.documentation import answers
from cpo.rest_api.history import event_document
from cpo.rest_api.json_response import to_json
from cpo.state import QUIET, Event

MEDIA_TYPE = 'text/event-stream'
STATE_EVERY_S = 0.2
SIGN_OF_LIFE_S = 15.0
"""A comment is sent after so long without a change, so that a connection that broke is noticed."""
RETRY_MS = 3000
MAX_MISSED = 1000

LastEventId = Annotated[str, Header(alias='Last-Event-ID', description='the id of the last event that was received')]


class EventsResource:
    """Streams the state five times a second at most, and each event once; a slow reader delays nobody else."""

    def __init__(self, charge_point: ChargePoint, encoded_state: Callable[[], bytes]) -> None:
        """`encoded_state` returns the document of `GET /api/chargepoint`."""
        self._charge_point = charge_point
        self._encoded_state = encoded_state

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            '/api/events',
            self.get,
            tags=['Charge point'],
            summary='The state and what happens, as server-sent events',
            response_class=StreamingResponse,
            responses=answers(EXAMPLE, media_type=MEDIA_TYPE),
        )

    async def get(self, last_event_id: LastEventId = '') -> Response:
        """Events `state` (as `GET /api/chargepoint`) on every change, `history` (as an item of `GET /api/history`).

        A client that comes back with `Last-Event-ID` gets the events it missed, the newest thousand at most.
        """
        last = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 19 else None
        return StreamingResponse(self._stream(last), media_type=MEDIA_TYPE, headers={'Cache-Control': 'no-store'})

    async def _stream(self, last: int | None) -> AsyncIterator[bytes]:
        changed = asyncio.Event()
        unsubscribe = self._charge_point.subscribe(changed.set)
        try:
            yield b'retry: %d\n\n' % RETRY_MS
            missed = [] if last is None else await self._missed(last)
            newest = missed[-1].number if missed else self._newest
            yield _frames(missed)
            while True:
                changed.clear()
                happened = [event for event in self._charge_point.events if event.number > newest]
                newest = happened[-1].number if happened else newest
                yield _frames(happened) + b'event: state\ndata: %b\n\n' % self._encoded_state()
                await asyncio.sleep(STATE_EVERY_S)
                while not await _is_set(changed, SIGN_OF_LIFE_S):
                    yield b':\n\n'
        finally:
            unsubscribe()

    @property
    def _newest(self) -> int:
        events = self._charge_point.events
        return events[-1].number if events else 0

    async def _missed(self, last: int) -> list[Event]:
        """The events after number `last`, oldest first: those since the start of the program are in memory."""
        fresh = [event for event in self._charge_point.events if event.number > last]
        if fresh and fresh[0].number == last + 1:
            return fresh
        try:
            older = await self._charge_point.journal.read(
                lambda connection: records.events_before(connection, None, MAX_MISSED)
            )
        except JournalError:
            older = []
        known = {event.number: event for event in (*older, *fresh) if event.number > last}
        return [known[number] for number in sorted(known)][-MAX_MISSED:]


async def _is_set(changed: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            return await changed.wait()
    except TimeoutError:
        return False


def _frames(events: Iterable[Event]) -> bytes:
    """The events that are not QUIET as frames of the stream (WHATWG HTML §9.2)."""
    return b''.join(
        b'id: %d\nevent: history\ndata: %b\n\n' % (event.number, to_json(event_document(event)))
        for event in events
        if event.kind not in QUIET
    )


EXAMPLE = 'retry: 3000\n\nevent: state\ndata: {"chargePointId": "garage", …}\n\n'
