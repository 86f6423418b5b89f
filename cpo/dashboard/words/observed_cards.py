"""The cards and reservations that a situation needs (see `observation`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.dashboard.words.situation import Situation
from cpo.frozen import replace
from cpo.state import (
    ChargePointState,
    Connector,
    IdTag,
    Limit,
    RefusedTag,
    Reservation,
    cards,
)

REFUSED_TAG_SHOWN = timedelta(minutes=2)


def with_cards(situation: Situation, state: ChargePointState, connector: Connector, now: datetime) -> Situation:
    """The situation with the connector's reservation and the card that was refused, and what is known of the cards."""
    reservation = state.reservation(connector.connector_id, now)
    refused = _refused_tag(state, connector.last_wish, now)
    return replace(
        situation,
        reservation=reservation,
        reserved_card=_card(reservation, state),
        refused_tag=refused,
        refused_card=_card(refused, state),
        refusal=cards.refusal_of(refused, state) if refused else None,
    )


def _card(of: Reservation | RefusedTag | None, state: ChargePointState) -> IdTag | None:
    return None if of is None else state.id_tags.get(of.id_tag.casefold())


def _refused_tag(state: ChargePointState, wish: Limit | None, now: datetime) -> RefusedTag | None:
    """The refused card, None once it is 2 min old or somebody asked for a limit after it."""
    tag = state.refused_tag
    if tag is None or now - tag.at >= REFUSED_TAG_SHOWN or (wish is not None and wish.at > tag.at):
        return None
    return tag
