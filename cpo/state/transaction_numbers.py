"""The numbers of transactions, which are the ids given to them: unique and growing."""

from __future__ import annotations

from datetime import datetime

from cpo.state.state import ChargePointState


def first_number(now: datetime) -> int:
    """Where a new journal begins: the seconds of the clock, folded to 30 bits.

    Not at 1, as the charger may still speak of ids that an older journal gave. So the ids stay positive and below 2³¹
    whatever the clock says, and those after a start without a journal go on where fewer transactions than seconds
    have passed.
    """
    return int(now.timestamp()) % 2**30 + 1


def next_number(number: int, state: ChargePointState) -> int:
    """`number`, or if that was given, the next that is no transaction's id; chargers also use ids of their own."""
    newest = state.transactions[:1]
    if not newest or newest[0].number < number:
        return number
    number = newest[0].number + 1
    while state.transaction(str(number)) is not None:
        number += 1
    return number
