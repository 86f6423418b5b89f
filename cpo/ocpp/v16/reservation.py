"""Payloads of the feature profile Reservation (OCPP 1.6 §6)."""

from __future__ import annotations

from cpo.ocpp.payloads import Maybe, OcppEnum, Request, Response, Timestamp
from cpo.ocpp.v16.types import AcceptedOrRejected, IdToken


class CancelReservationResponse(Response):
    """Answer to CancelReservation; Rejected: the charge point has no such reservation."""

    status: AcceptedOrRejected


class CancelReservation(Request[CancelReservationResponse]):
    """Ends a reservation (§5.1)."""

    reservation_id: int


class ReservationStatus(OcppEnum):
    """Result of ReserveNow; all but Accepted say why the connector is not reserved."""

    ACCEPTED = 'Accepted'
    FAULTED = 'Faulted'
    OCCUPIED = 'Occupied'
    REJECTED = 'Rejected'
    UNAVAILABLE = 'Unavailable'


class ReserveNowResponse(Response):
    """Answer to ReserveNow."""

    status: ReservationStatus


class ReserveNow(Request[ReserveNowResponse]):
    """Reserves a connector, or any with 0, for an idTag until `expiry_date` (§5.13)."""

    connector_id: int
    expiry_date: Timestamp
    id_tag: IdToken
    reservation_id: int
    parent_id_tag: Maybe[IdToken] = None
