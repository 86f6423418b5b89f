"""Numbers for new transactions, in OCPP 1.6 the transactionId a charger is given: unique and growing."""

from __future__ import annotations

from datetime import datetime

from cpo.state.state import ChargePointState


def first_number(now: datetime) -> int:
    """The number of the first transaction in a new journal: the time in seconds, reduced to 1 … 2³⁰.

    It is not 1, as the charger may still send ids that an older journal gave. The numbers stay below 2³¹ whatever the
    clock says, and continue after a start without a journal where fewer transactions than seconds have passed.
    """
    return int(now.timestamp()) % 2**30 + 1


def next_number(number: int, state: ChargePointState) -> int:
    """The number for the next transaction: `number`, or where that is taken, the next that is no transaction's id.

    Chargers also use ids of their own, so a free number is looked for.
    """
    newest = state.transactions[:1]
    if not newest or newest[0].number < number:
        return number
    number = newest[0].number + 1
    while state.transaction(str(number)) is not None:
        number += 1
    return number
