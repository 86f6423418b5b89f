"""Which transaction a charger's Call is about: its behaviour decides, not only the id we answered with (pure).

Some chargers send 0 or -1 for the transaction that runs, and some continue with the id of an earlier StartTransaction.
A positive id that was never given is taken as it is: it is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cpo.ocpp.dialect import Context
from cpo.ocpp.v16 import core
from cpo.state import (
    RUNNING,
    ChargePointState,
    Entry,
    SessionEnergy,
    Transaction,
    TransactionNote,
    TransactionResumed,
    TransactionStarted,
    later_starts,
)

OPEN_NOTES = (
    TransactionNote.NEVER_ENDED,
    TransactionNote.ANOTHER_BEGAN,
    TransactionNote.NEVER_STARTED,
    TransactionNote.PHANTOM,
)
"""Transactions that have these were not ended by the charger, so its StopTransaction may still come."""


def session_meant(transaction_id: int, state: ChargePointState) -> Transaction | None:
    """The transaction that a StopTransaction with this id is about, None where it is unknown."""
    known = state.transaction(str(transaction_id))
    if known is not None and known.charge_box_id != state.charge_box_id:
        known = None
    if known is not None and known.note is TransactionNote.PHANTOM:
        return state.running_transaction(known.connector_id or 0) or known
    if transaction_id > 0 or (known is not None and known.running):
        return known
    running = [t for t in state.transactions if t.running and t.charge_box_id == state.charge_box_id]
    return running[0] if len(running) == 1 else known


def is_over(known: Transaction, state: ChargePointState) -> bool:
    """True where a StopTransaction for this transaction adds nothing to what is known."""
    if known.note is not TransactionNote.PHANTOM:
        return not known.running and known.note not in OPEN_NOTES
    begun_at = known.start_timestamp
    return any(  # the session it was a second start of has ended
        t.connector_id == known.connector_id
        and t.charge_box_id == known.charge_box_id
        and t.note is None
        and None not in (begun_at, t.start_timestamp, t.stop_timestamp)
        and t.start_timestamp <= begun_at <= t.stop_timestamp  # type: ignore[operator]  # not None
        for t in state.transactions
    )


def ended_by(request: core.StopTransaction, stopped_at: datetime, state: ChargePointState) -> Transaction | None:
    """The session that a StopTransaction with id 0 or -1 has ended already, by its time and meterStop."""
    for t in state.transactions if request.transaction_id <= 0 else ():
        is_same = (t.stop_timestamp, t.meter_stop_wh) == (stopped_at, request.meter_stop)
        if is_same and t.charge_box_id == state.charge_box_id and t.note is None:
            return t
    return None


def resumed(known: Transaction | None, at: datetime, state: ChargePointState) -> Iterator[Entry]:
    """The entry by which a transaction runs again, as the charger used its id at `at`; none where it does not.

    It does where another start was reported meanwhile, and nothing followed that one.
    """
    if known is None or known.running or known.note is not TransactionNote.ANOTHER_BEGAN:
        return
    later = later_starts(state, known)
    began_at = later[-1].start_timestamp if later else None
    if began_at is not None and at >= began_at:
        yield TransactionResumed(known)


def found_running(request: core.MeterValues, context: Context) -> Iterator[Entry]:
    """The entries for a transaction that these values show to run, though it is unknown or counts as ended."""
    state, found_id = context.state, request.transaction_id
    if found_id is None or found_id <= 0:
        return
    connector = state.connector(request.connector_id)
    if connector.transaction_id == str(found_id):
        return
    known = state.transaction(str(found_id))
    is_own = known is not None and known.charge_box_id == state.charge_box_id
    if connector.transaction_id is not None:
        if known is not None and is_own and known.connector_id == request.connector_id:
            yield from resumed(known, max(value.timestamp or context.now for value in request.meter_value), state)
    elif connector.activity not in RUNNING:
        return
    elif known is None or not is_own:
        box = state.charge_box_id or ''
        found = Transaction(
            str(found_id),
            box,
            request.connector_id,
            number=context.next_number,
            energy=SessionEnergy.started(None, context.now),
            note=TransactionNote.NEVER_STARTED,
        )
        yield TransactionStarted(found, context.now)
    elif known.connector_id == request.connector_id and (known.running or known.note == TransactionNote.NEVER_ENDED):
        yield TransactionResumed(known)
