"""Whose card a session counts for, and how much a card has charged in a month (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from cpo.frozen import replace
from cpo.state.activity import RUNNING, Activity
from cpo.state.connector import Connector
from cpo.state.id_tag import IdTag, SeenTag
from cpo.state.state import ChargePointState, Transaction

IN_SESSION = RUNNING | {Activity.FINISHING}


def card_of(transaction: Transaction, state: ChargePointState) -> IdTag | None:
    """The card that a session counts for, None where the list has it no more, or never had it."""
    return state.id_tags.get((transaction.counts_for or '').casefold())


def card_name(transaction: Transaction, state: ChargePointState) -> str | None:
    """What the household calls the card of a session today, None where it has no name."""
    card = card_of(transaction, state)
    return None if card is None else card.name or None


def with_owner(new: Transaction, state: ChargePointState) -> Transaction:
    """A session that begins, with the card it counts for and the person whose card that is.

    A session that this program begins counts for no card, unless the tag of remote starts is somebody's card. One that
    it begins again for a car that was not unplugged counts for the card of the one before.
    """
    connector = state.connector(new.connector_id or 0)
    last = state.transaction(connector.last_transaction_id)
    if new.remote and last is not None and last.counts_for and charged_since_plugged_in(connector):
        new = replace(new, card=last.counts_for)
    elif new.remote and (sent := state.id_tags.get((new.id_tag or '').casefold())) is not None and sent.person:
        new = replace(new, card=sent.id_tag)
    card = card_of(new, state)
    return new if card is None else replace(new, person=card.person or None)


def charged_since_plugged_in(connector: Connector) -> bool:
    """True where the car that is plugged in has had a session, by the statuses of its connector."""
    since_then = takewhile(lambda change: change.activity is not Activity.IDLE, connector.status_changes)
    return any(change.activity in IN_SESSION for change in since_then)


def unknown_tags(state: ChargePointState) -> list[SeenTag]:
    """The id tags that were held to the charger and are not in the list, the newest first."""
    unknown = (tag for key, tag in state.seen_tags.items() if key not in state.id_tags)
    return sorted(unknown, key=lambda tag: tag.at, reverse=True)


def month_energies_wh(state: ChargePointState, now: datetime) -> dict[str, float]:
    """What the sessions of each card have charged that began in the month of `now`, by its id in lower case.

    The month is by the time zone of this computer. The demo charger's sessions count only while it is connected.
    """
    begin, end = month_bounds(now)
    energies_wh: dict[str, float] = {}
    for t in state.transactions:
        at = t.begun_at or t.ended_at
        if at is not None and begin <= at < end and t.counts_for and t.is_session and t.demo == state.demo:
            key = t.counts_for.casefold()
            energies_wh[key] = energies_wh.get(key, 0.0) + (t.energy_wh or 0.0)
    return energies_wh


def month_energy_wh(id_tag: str, state: ChargePointState, now: datetime) -> float:
    """What the sessions of one card have charged (`month_energies_wh`)."""
    return month_energies_wh(state, now).get(id_tag.casefold(), 0.0)


def month_bounds(now: datetime) -> tuple[datetime, datetime]:
    """When the month of `now` begins and ends, by the time zone of this computer."""
    first = now.astimezone().replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    following = (first + timedelta(days=32)).replace(day=1)
    return first.astimezone(), following.astimezone()
