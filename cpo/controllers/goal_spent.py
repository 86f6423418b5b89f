"""When a goal that stops charging has stopped it, and counts no longer for whoever comes next (pure)."""

from __future__ import annotations

from datetime import datetime

from cpo.controllers.goal_progress import is_to_stop
from cpo.controllers.goal_times import COMMANDING, sessions_of
from cpo.controllers.goal_values import GoalBook, Progress
from cpo.frozen import replace
from cpo.state import ChargePointState, Connector, TagStatus


def with_reached(book: GoalBook, progress: Progress, now: datetime) -> GoalBook:
    """The book that says since when what stops charging is reached."""
    is_new = book.reached_at is None and is_to_stop(book.in_force, progress)
    return replace(book, reached_at=now) if is_new else book


def is_spent(book: GoalBook, connector: Connector, state: ChargePointState, progress: Progress) -> bool:
    """True where what stops charging is reached, and the car left; for a goal for once also where charging begins again
    on purpose: by a Start of a person or a program, or with another card.

    One that is to be ready on some weekdays counts until its departure, whoever comes.
    """
    if not is_to_stop(book.in_force, progress) or (book.goal.repeat and book.until is not None):
        return False
    if book.plugged_at is None:
        return book.unplugged_at is not None
    return not book.goal.repeat and book.reached_at is not None and _begins_again(book, connector, state)


def _begins_again(book: GoalBook, connector: Connector, state: ChargePointState) -> bool:
    """True where something was asked for, or another card was presented, since the goal was reached."""
    reached_at, wish = book.reached_at, connector.last_wish
    assert reached_at is not None
    if wish is not None and wish.by.kind in COMMANDING and wish.limit_a and wish.at > reached_at:
        return True
    sessions = sorted(sessions_of(connector, state), key=lambda each: each.number)
    if len(sessions) < 2:
        return False
    last, newest = sessions[-2:]
    is_later = newest.begun_at is not None and newest.begun_at > reached_at
    is_of_card = not newest.remote and newest.id_tag_status == TagStatus.ACCEPTED
    return is_later and is_of_card and newest.id_tag != last.id_tag
