"""Entries about id tags, reservations and commands (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.frozen import replace
from cpo.state.id_tag import IdTag, SeenTag
from cpo.state.reservation import Reservation
from cpo.state.state import ChargePointState
from cpo.state.vocabulary import ReservationStatus

MAX_RESERVATIONS = 200
MAX_UNKNOWN_TAGS = 50


@dataclass(frozen=True, slots=True)
class IdTagChanged:
    """An id tag was added to this program's list, or replaced the one of the same id, whose case is ignored.

    `by` is who did that, '' where nobody signed in; None where nobody is to be told of it.
    """

    tag: IdTag
    by: str | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, id_tags={**state.id_tags, self.tag.id_tag.casefold(): self.tag})


@dataclass(frozen=True, slots=True)
class IdTagDeleted:
    """An id tag was deleted from this program's list; from now on it is unknown. `by` as in IdTagChanged."""

    id_tag: str
    by: str | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, id_tags={k: tag for k, tag in state.id_tags.items() if k != self.id_tag.casefold()})


@dataclass(frozen=True, slots=True)
class TagSeen:
    """Somebody held an id tag to the charger. Of those not in the list, the newest MAX_UNKNOWN_TAGS are kept."""

    tag: SeenTag

    def apply(self, state: ChargePointState) -> ChargePointState:
        seen = {**state.seen_tags, self.tag.id_tag.casefold(): self.tag}
        unknown = sorted(seen.keys() - state.id_tags.keys(), key=lambda key: seen[key].at, reverse=True)
        forgotten = frozenset(unknown[MAX_UNKNOWN_TAGS:])
        return replace(state, seen_tags={key: tag for key, tag in seen.items() if key not in forgotten})


@dataclass(frozen=True, slots=True)
class ReservationMade:
    """The charger accepted a ReserveNow; it replaces a reservation with the same id (OCPP 1.6 §5.13)."""

    reservation_id: int
    connector_id: int
    id_tag: str
    expiry_date: datetime
    parent_id_tag: str | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state with this reservation; beyond MAX_RESERVATIONS, those with the lowest ids are dropped."""
        others = (r for r in state.reservations if r.reservation_id != self.reservation_id)
        made = (self.reservation(state.charge_box_id or ''), *others)
        highest_first = sorted(made, key=lambda r: r.reservation_id, reverse=True)
        return replace(state, reservations=tuple(highest_first)[:MAX_RESERVATIONS])

    def reservation(self, charge_box_id: str) -> Reservation:
        """This reservation as the value that is in the state; `charge_box_id` is the charger's."""
        return Reservation(
            self.reservation_id,
            charge_box_id,
            self.connector_id,
            self.id_tag,
            self.expiry_date,
            self.parent_id_tag,
        )


@dataclass(frozen=True, slots=True)
class ReservationCancelled:
    """The charger accepted a CancelReservation at `at`; the reservation stays in the state as CANCELLED.

    One that was used or has expired by then stays as it was.
    """

    reservation_id: int
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return _ended(state, self.reservation_id, self.at, ReservationStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class ReservationUsed:
    """The reserved card, or one of its group, began this transaction at `at`; the reservation stays, as USED.

    One that was used before, was cancelled or had expired by then stays as it was.
    """

    reservation_id: int
    transaction_id: str
    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return _ended(state, self.reservation_id, self.at, ReservationStatus.USED, self.transaction_id)


def _ended(
    state: ChargePointState, reservation_id: int, at: datetime, status: str, transaction_id: str | None = None
) -> ChargePointState:
    """The state in which this reservation of the charger has ended, unless it had before `at`."""
    reservations = tuple(
        replace(r, status=status, transaction_id=transaction_id)
        if (r.reservation_id, r.charge_box_id) == (reservation_id, state.charge_box_id)
        and r.status_at(at) == ReservationStatus.ACCEPTED
        else r
        for r in state.reservations
    )
    return replace(state, reservations=reservations)


@dataclass(frozen=True, slots=True)
class CommandSent:
    """A request was sent to the charger; this is recorded in the journal and changes nothing in the state.

    `request` and `answer` are OCPP-J frames as text, `answer` None where none came; `status` is as in `LoggedMessage`.
    """

    at: datetime
    action: str
    request: str
    status: str | None
    answer: str | None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return state
