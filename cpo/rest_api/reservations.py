"""`/api/reservations`: all reservations of connectors, also past ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.errors import JournalError
from cpo.journal import records
from cpo.rest_api.documentation import answers
from cpo.rest_api.errors import InvalidQuery
from cpo.rest_api.json_response import json_response
from cpo.rest_api.pages import Before, Limit, merged_page, page_document
from cpo.rest_api.transaction_ids import shown_id
from cpo.state import Reservation

PATH = '/api/reservations'


class ReservationsResource:
    """Serves the reservations that the charger accepted; they are made and cancelled by commands."""

    def __init__(self, charge_point: ChargePoint, now: Callable[[], datetime] = utc_now) -> None:
        self._charge_point = charge_point
        self._now = now

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Records'],
            summary='Reservations, newest first',
            responses=answers({'items': [RESERVATION], 'next': f'{PATH}?limit=1&before=3'}, InvalidQuery, JournalError),
        )

    async def get(self, limit: Limit = 100, before: Before = None) -> Response:
        """A page of reservations; `status` is `Accepted`, `Expired` from `expiryDate` on, `Cancelled`, or `Used`."""
        persisted = await self._charge_point.journal.read(
            lambda connection: records.reservations_before(connection, before, limit + 1)
        )
        fresh = self._charge_point.state.reservations
        page, more = merged_page(persisted, fresh, lambda r: r.reservation_id, before, limit)
        documents = [reservation_document(reservation, self._now()) for reservation in page]
        return json_response(page_document(documents, PATH, limit, page[-1].reservation_id if more else None))


def reservation_document(reservation: Reservation, now: datetime) -> dict[str, Any]:
    """The JSON document (REST) of one reservation; its status is that at `now`."""
    return {
        'reservationId': reservation.reservation_id,
        'connectorId': reservation.connector_id,
        'idTag': reservation.id_tag,
        'parentIdTag': reservation.parent_id_tag,
        'expiryDate': reservation.expiry_date,
        'status': reservation.status_at(now),
        'transactionId': shown_id(reservation.transaction_id) if reservation.transaction_id else None,
        'chargeBoxId': reservation.charge_box_id.strip('/'),
    }


RESERVATION = {
    'reservationId': 3,
    'connectorId': 1,
    'idTag': 'Tag1',
    'parentIdTag': None,
    'expiryDate': '2030-01-01T12:00:00Z',
    'status': 'Accepted',
    'transactionId': None,
    'chargeBoxId': 'garage',
}
