"""A reservation that the charger accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.state.vocabulary import ReservationStatus


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector reserved for an id tag; `status` is a ReservationStatus, but not EXPIRED.

    `transaction_id` is that of the session that used it.
    """

    reservation_id: int
    charge_box_id: str
    connector_id: int
    id_tag: str
    expiry_date: datetime
    parent_id_tag: str | None = None
    status: str = ReservationStatus.ACCEPTED
    transaction_id: str | None = None

    def status_at(self, now: datetime) -> str:
        """The status at `now`: from `expiry_date` on, EXPIRED instead of ACCEPTED."""
        over = self.status == ReservationStatus.ACCEPTED and self.expiry_date <= now
        return ReservationStatus.EXPIRED if over else self.status
