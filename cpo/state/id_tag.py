"""The cards of the household: id tags with the name and the person that the owner gave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.state.vocabulary import TagStatus


@dataclass(frozen=True, slots=True)
class IdTag:
    """An id tag in this program's list of cards that may or may not charge; `status` is a TagStatus.

    `name` is what the household calls the card, `person` who charges with it; empty where nobody has said.
    """

    id_tag: str
    status: str = TagStatus.ACCEPTED
    expiry_date: datetime | None = None
    parent_id_tag: str | None = None
    name: str = ''
    person: str = ''

    def status_at(self, now: datetime) -> str:
        """The status with which an idTag is answered at `now`: from `expiry_date` on, EXPIRED instead of ACCEPTED."""
        over = self.expiry_date is not None and self.expiry_date <= now
        return TagStatus.EXPIRED if over and self.status == TagStatus.ACCEPTED else self.status


@dataclass(frozen=True, slots=True)
class SeenTag:
    """An id tag that somebody held to the charger at `at`, known or not; `status` is the answer it got."""

    id_tag: str
    status: str
    at: datetime
