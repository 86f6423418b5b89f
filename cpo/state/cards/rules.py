"""What a card may do now: its hours, its allowance of the month, and what its sessions begin with (pure).

A rule refuses the card, never a person: what somebody starts on a page or by REST is not asked for its hours.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from cpo.state.cards.owners import card_of, month_energy_wh
from cpo.state.connector import Connector, Mode
from cpo.state.id_tag import AfterAllowance, IdTag
from cpo.state.modes import COMMANDING, STEERED_MODES
from cpo.state.state import ChargePointState, RefusedTag, Transaction
from cpo.state.vocabulary import TagStatus


class CardRefusal(StrEnum):
    """Why a card that is accepted may not begin a session now; the values are in the journal."""

    OUTSIDE_HOURS = 'outside_hours'
    ALLOWANCE_USED = 'allowance_used'


def card_refusal(tag: IdTag, state: ChargePointState, now: datetime) -> CardRefusal | None:
    """Why the household's rules refuse this card at `now`, None where they do not."""
    if tag.hours is not None and not tag.hours.include(now):
        return CardRefusal.OUTSIDE_HOURS
    if tag.after_allowance is AfterAllowance.REFUSE and is_used_up(tag, state, now):
        return CardRefusal.ALLOWANCE_USED
    return None


def refusal_of(tag: RefusedTag, state: ChargePointState) -> CardRefusal | None:
    """Why the household's rules refused a card that was held to the charger; None where its status did."""
    card = state.id_tags.get(tag.id_tag.casefold())
    if card is None or tag.status != TagStatus.BLOCKED or card.status_at(tag.at) != TagStatus.ACCEPTED:
        return None
    return card_refusal(card, state, tag.at)


def is_used_up(tag: IdTag, state: ChargePointState, now: datetime) -> bool:
    """True where the card has charged its allowance of this month."""
    allowance_kwh = tag.allowance_kwh
    return allowance_kwh is not None and month_energy_wh(tag.id_tag, state, now) >= allowance_kwh * 1000


def answered_status(tag: IdTag, state: ChargePointState, now: datetime, remote_start_tag: str) -> str:
    """The status with which a charger is answered about a card of the list.

    The rules do not refuse a card that ends its own session or one of its group, nor the tag of a remote start that is
    on its way.
    """
    status, key = tag.status_at(now), tag.id_tag.casefold()
    if status != TagStatus.ACCEPTED or card_refusal(tag, state, now) is None:
        return status
    box = state.charge_box_id
    running = {(t.id_tag or '').casefold() for t in state.transactions if t.running and t.charge_box_id == box}
    groups = {state.id_tags[each].parent_id_tag for each in running & state.id_tags.keys()} - {None}
    runs = key in running or tag.parent_id_tag in groups
    is_ours = key == remote_start_tag.casefold() and any(c.awaited_start(now) for c in state.connectors.values())
    return status if runs or is_ours else TagStatus.BLOCKED


def may_be_steered(transaction: Transaction, state: ChargePointState) -> bool:
    """True where the modes of the solar controller may set the limit: we started it, or its card wants them to."""
    card = card_of(transaction, state)
    wants = card is not None and (card.mode in STEERED_MODES or card.after_allowance is AfterAllowance.SUN)
    return transaction.remote or wants


def must_end(transaction: Transaction, connector: Connector, state: ChargePointState, now: datetime) -> bool:
    """True where the hours of its card are over, and nobody has asked for more since then.

    Sessions that a person or another program started are theirs, and go on.
    """
    card, wish, by = card_of(transaction, state), connector.wish, transaction.started_by
    if card is None or card.hours is None or card.hours.include(now):
        return False
    if transaction.remote and (by is None or by.kind in COMMANDING):
        return False
    is_asked = wish is not None and wish.limit_a > 0 and wish.by.kind in COMMANDING
    return not (is_asked and wish is not None and now - wish.at <= card.hours.over_for(now))


def first_mode(card: IdTag) -> Mode | None:
    """The mode in which the sessions of a card begin, None where they leave it as it is."""
    return Mode.MANUAL if card.limit_a is not None else card.mode
