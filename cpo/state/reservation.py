"""A reservation that the charger accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cpo.state.id_tag import IdTag
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

    def is_for(self, id_tag: str, id_tags: Mapping[str, IdTag]) -> bool:
        """True for the card that it was made for, and for one of the group that it names (OCPP 1.6 §5.13).

        `id_tags` are the cards of the household, as in the state.
        """
        card = id_tags.get(id_tag.casefold())
        group = card.parent_id_tag if card is not None else None
        is_of_group = self.parent_id_tag is not None and (group or '').casefold() == self.parent_id_tag.casefold()
        return is_of_group or id_tag.casefold() == self.id_tag.casefold()

    def holds(self, connector_id: int, now: datetime) -> bool:
        """True while it keeps this connector free; one of connector 0 keeps any."""
        return self.connector_id in (connector_id, 0) and self.status_at(now) == ReservationStatus.ACCEPTED

    def status_at(self, now: datetime) -> str:
        """The status at `now`: from `expiry_date` on, EXPIRED instead of ACCEPTED."""
        over = self.status == ReservationStatus.ACCEPTED and self.expiry_date <= now
        return ReservationStatus.EXPIRED if over else self.status
