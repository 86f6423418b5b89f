"""Rows of the table of reservations."""

from __future__ import annotations

from datetime import datetime

from cpo.journal.rows import Row, moment, ms, number, replace_row
from cpo.journal.writer import Write
from cpo.state import Reservation, ReservationStatus


def reservation_write(reservation: Reservation) -> Write:
    """The statement that writes the row of a reservation."""
    return replace_row(
        'reservations',
        reservation_id=number(reservation.reservation_id),
        charge_box_id=reservation.charge_box_id,
        connector_id=reservation.connector_id,
        id_tag=reservation.id_tag,
        parent_id_tag=reservation.parent_id_tag,
        expiry_date=ms(reservation.expiry_date),
        status=reservation.status,
        transaction_id=reservation.transaction_id,
    )


def reservation_end(
    reservation_id: int, box: str, at: datetime, status: ReservationStatus, transaction_id: str | None = None
) -> Write:
    """The statement by which a reservation of the charger `box` ended at `at`, unless it had before."""
    sql = (
        'UPDATE reservations SET status = ?, transaction_id = ? '
        'WHERE reservation_id = ? AND charge_box_id = ? AND status = ? AND expiry_date > ?'
    )
    return Write(sql, (status, transaction_id, reservation_id, box, ReservationStatus.ACCEPTED, ms(at)))


def reservation_of(row: Row) -> Reservation:
    """The reservation in a row of `reservations`."""
    return Reservation(
        row['reservation_id'],
        row['charge_box_id'],
        row['connector_id'],
        row['id_tag'],
        moment(row['expiry_date']),
        row['parent_id_tag'],
        row['status'],
        row['transaction_id'],
    )
