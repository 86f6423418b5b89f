"""Payloads of the feature profile Reservation."""

from __future__ import annotations

from cpo.ocpp.payloads import Maybe, OcppEnum, Request, Response, Timestamp
from cpo.ocpp.v16.types import AcceptedOrRejected, IdToken


class CancelReservationResponse(Response):
    """Rejected: there is no such reservation."""

    status: AcceptedOrRejected


class CancelReservation(Request[CancelReservationResponse]):
    """§5.1: end a reservation."""

    reservation_id: int


class ReservationStatus(OcppEnum):
    """Whether the connector is reserved, and why not."""

    ACCEPTED = 'Accepted'
    FAULTED = 'Faulted'
    OCCUPIED = 'Occupied'
    REJECTED = 'Rejected'
    UNAVAILABLE = 'Unavailable'


class ReserveNowResponse(Response):
    """Whether the connector is reserved, and why not."""

    status: ReservationStatus


class ReserveNow(Request[ReserveNowResponse]):
    """§5.13: keep a connector, 0 for any, for an idTag until `expiry_date`."""

    connector_id: int
    expiry_date: Timestamp
    id_tag: IdToken
    reservation_id: int
    parent_id_tag: Maybe[IdToken] = None
