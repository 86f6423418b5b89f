"""When a goal is due, and what plugging in, unplugging, a command or its departure change of it (pure)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from cpo.controllers.goal_values import Begun, GoalBook, Memory
from cpo.frozen import replace
from cpo.state import PLUGGED, Activity, ChargePointState, Connector, SessionGoal, SourceKind, Transaction

REPLUG = timedelta(minutes=10)
"""A car that is back within that time was only plugged in once more."""
AWAY = (Activity.IDLE, Activity.RESERVED)
COMMANDING = (SourceKind.PERSON, SourceKind.PROGRAM)


def next_departure(goal: SessionGoal, after: datetime, zone: tzinfo) -> datetime | None:
    """The first time after `after` at which this goal is to be reached, by the clock of `zone`; None without one."""
    if goal.ready_by is None:
        return None
    first = after.astimezone(zone).date()
    for day in (first + timedelta(days=n) for n in range(9)):
        at = datetime.combine(day, goal.ready_by, zone).astimezone(UTC)
        if at > after and (not goal.repeat or day.weekday() in goal.repeat):
            return at
    return None


def new_book(connector: Connector, state: ChargePointState, goal: SessionGoal, now: datetime, zone: tzinfo) -> GoalBook:
    """A goal set at `now`; energy counts from now on."""
    plugged_at = now if is_plugged(connector) else None
    until = next_departure(goal, now, zone)
    return GoalBook(connector.connector_id, goal, now, begun(connector, state, now), until, plugged_at=plugged_at)


def tonight_instead(book: GoalBook, goal: SessionGoal, now: datetime, zone: tzinfo) -> GoalBook:
    """The book with another goal for the coming departure only; NOTHING skips it."""
    replaces = book.replaces or book.until
    until = next_departure(goal, now, zone) or replaces
    return replace(book, tonight=goal, until=until, replaces=replaces, set_at=now, overridden_at=None, reached_at=None)


def begun(connector: Connector, state: ChargePointState, now: datetime) -> Begun:
    """Where counting begins if it begins now."""
    newest = max(sessions_of(connector, state), key=lambda each: each.number, default=None)
    return Begun(now) if newest is None else Begun(now, newest.number, newest.energy_wh or 0.0)


def sessions_of(connector: Connector, state: ChargePointState) -> tuple[Transaction, ...]:
    """The sessions of a connector that are still in the state."""
    return tuple(
        each
        for each in state.transactions
        if each.connector_id == connector.connector_id and each.charge_box_id == state.charge_box_id
    )


def is_plugged(connector: Connector) -> bool:
    """True while a car is plugged in."""
    return connector.activity in PLUGGED or connector.transaction_id is not None


def followed(book: GoalBook, connector: Connector, now: datetime) -> GoalBook:
    """The book after what happened at the connector: a car came or left, or somebody took over with a command."""
    if is_plugged(connector):
        if book.plugged_at is None:
            was_away = book.unplugged_at is None or now - book.unplugged_at > REPLUG
            book = replace(book, plugged_at=now, unplugged_at=None, overridden_at=None)
            book = replace(book, memory=Memory()) if was_away else book
    elif connector.activity in AWAY and book.plugged_at is not None:
        book = replace(book, plugged_at=None, unplugged_at=now)
    wish, newest = connector.last_wish, max(book.set_at, book.plugged_at or book.set_at)
    if wish is not None and wish.by.kind in COMMANDING and wish.at > max(newest, book.overridden_at or newest):
        book = replace(book, overridden_at=wish.at)
    return book


def is_over(book: GoalBook, now: datetime) -> bool:
    """True where this period of the goal has ended (`ends_at`)."""
    at = ends_at(book)
    return at is not None and now >= at


def ends_at(book: GoalBook) -> datetime | None:
    """When this period ends: at its departure; without one, or with a card's goal, some time after the car left.

    None where nobody knows.
    """
    if book.unplugged_at is None or (book.until is not None and not book.is_of_card):
        return book.until
    left = book.unplugged_at + REPLUG + timedelta(seconds=1)
    return left if book.until is None else min(left, book.until)


def next_period(
    book: GoalBook, connector: Connector, state: ChargePointState, now: datetime, zone: tzinfo
) -> GoalBook | None:
    """The book of the period after one that is over; None where the goal was for once."""
    if not book.goal.repeat:
        return None
    passed = max(now, book.replaces or now)
    return replace(
        book,
        begun=begun(connector, state, now),
        until=next_departure(book.goal, passed, zone),
        tonight=None,
        replaces=None,
        unplugged_at=None,
        memory=Memory(),
        reached_at=None,
    )
