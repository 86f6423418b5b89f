"""What a charger is answered about a card, by this program's list of id tags."""

from __future__ import annotations

from typing import Any

from cpo.clock import whole_ms
from cpo.ocpp.dialect import Context
from cpo.ocpp.v16 import core
from cpo.ocpp.v16.types import AuthorizationStatus, IdTagInfo
from cpo.state import Entry, IdTag, RefusedTag, ReservationUsed, SeenTag, TagRefused, TagSeen, cards


def id_tag_info(id_tag: str, context: Context, status: AuthorizationStatus | None = None) -> IdTagInfo:
    """The status of an idTag (§7.2), unless `status` is given, and what is known of it: its end and its group.

    By the group (§3.10) a charger lets one card stop what another began, or use its reservation; by the end, its cache
    of cards forgets this one in time.
    """
    tag = _known(id_tag, context) or IdTag(id_tag)
    about = {'expiry_date': tag.expiry_date, 'parent_id_tag': tag.parent_id_tag}
    known: dict[str, Any] = {member: value for member, value in about.items() if value is not None}
    return IdTagInfo(status=status or authorization(id_tag, context), **known)


def authorization(id_tag: str, context: Context) -> AuthorizationStatus:
    """The status of an idTag by the list (§7.2)."""
    tag = _known(id_tag, context)
    if tag is None:
        return AuthorizationStatus.ACCEPTED if context.free_charging else AuthorizationStatus.INVALID
    return AuthorizationStatus(cards.answered_status(tag, context.state, context.now, context.remote_start_tag))


def charges_elsewhere(request: core.StartTransaction, context: Context) -> bool:
    """True where the tag has a running transaction on another connector: ConcurrentTx (§7.2).

    Connector 0 is no other one.
    """
    return any(
        t.running
        and t.charge_box_id == context.state.charge_box_id
        and t.connector_id != request.connector_id
        and 0 not in (t.connector_id, request.connector_id)
        and (t.id_tag or '').casefold() == request.id_tag.casefold()
        for t in context.state.transactions
    )


def held(id_tag: str, status: AuthorizationStatus, context: Context, by_person: bool = True) -> tuple[Entry, ...]:
    """The entries about an id tag; one that the charger got from us was not held to it `by_person`."""
    seen = (TagSeen(SeenTag(id_tag, str(status), whole_ms(context.now))),) if by_person else ()
    if status is AuthorizationStatus.ACCEPTED:
        return seen
    return (*seen, TagRefused(RefusedTag(id_tag, str(status), context.now)))


def reservation_used(request: core.StartTransaction, transaction_id: int, context: Context) -> tuple[Entry, ...]:
    """The entry for the reservation that a start ends; some chargers name one that nobody made, or that of another."""
    state, began_at = context.state, request.timestamp or context.now
    if not any(
        (r.reservation_id, r.charge_box_id) == (request.reservation_id, state.charge_box_id)
        and r.is_for(request.id_tag, state.id_tags)
        for r in state.reservations
    ):
        return ()
    return (ReservationUsed(request.reservation_id or 0, str(transaction_id), began_at),)


def _known(id_tag: str, context: Context) -> IdTag | None:
    """The card in the list; as a CiString (§7.28), upper and lower case are the same."""
    return context.state.id_tags.get(id_tag.casefold())
