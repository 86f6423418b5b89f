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
    Activity,
    ChargePointState,
    Entry,
    SessionEnergy,
    Transaction,
    TransactionNote,
    TransactionResumed,
    TransactionStarted,
    adds_nothing,
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
        running = state.running_transaction(known.connector_id or 0)
        return running if running is not None and running.number < known.number else known
    if transaction_id > 0 or (known is not None and known.running):
        return known
    all_running = [t for t in state.transactions if t.running and t.charge_box_id == state.charge_box_id]
    candidates = [t for t in all_running if t.connector_id != 0] or all_running  # of the whole charger: the last guess
    return candidates[0] if len(candidates) == 1 else known


def is_over(known: Transaction, request: core.StopTransaction, stopped_at: datetime, state: ChargePointState) -> bool:
    """True where this StopTransaction adds nothing to what is known of its transaction."""
    if known.note is TransactionNote.PHANTOM:
        return adds_nothing(state, known, request.meter_stop, stopped_at)
    return not known.running and known.note not in OPEN_NOTES


def ended_by(request: core.StopTransaction, stopped_at: datetime, state: ChargePointState) -> Transaction | None:
    """The session that a StopTransaction with id 0 or -1 has ended already, by its time and meterStop."""
    for t in state.transactions if request.transaction_id <= 0 else ():
        is_same = (t.stop_timestamp, t.meter_stop_wh) == (stopped_at, request.meter_stop)
        if is_same and t.charge_box_id == state.charge_box_id and t.note is None:
            return t
    return None


def resumed(known: Transaction | None, at: datetime, context: Context) -> Iterator[Entry]:
    """The entry by which a transaction runs again, as the charger used its id at `at`; none where it does not.

    It does where another start was reported meanwhile, and nothing followed that one.
    """
    if known is None or known.running or known.note is not TransactionNote.ANOTHER_BEGAN:
        return
    later = later_starts(context.state, known)
    began_at = later[-1].start_timestamp if later else None
    if began_at is not None and at >= began_at:
        yield TransactionResumed(known, at, context.now)


def found_running(request: core.MeterValues, context: Context) -> Iterator[Entry]:
    """The entries for a transaction that these values show to run, though it is unknown or counts as ended."""
    state, found_id = context.state, request.transaction_id
    if found_id is None or found_id <= 0:
        return
    connector = state.connector(request.connector_id)
    if connector.transaction_id == str(found_id):
        return
    known = state.transaction(str(found_id))
    if known is None or known.charge_box_id != state.charge_box_id:
        if connector.transaction_id is None and connector.activity in RUNNING:
            yield _never_started(str(found_id), connector.connector_id, context)
        return
    at = max(value.timestamp or context.now for value in request.meter_value)
    if known.connector_id == request.connector_id:
        if _runs_after_all(known, state):
            yield TransactionResumed(known, at, context.now)
        elif connector.transaction_id is not None:
            yield from resumed(known, at, context)


def _runs_after_all(known: Transaction, state: ChargePointState) -> bool:
    """True where meter values of this transaction show that it runs, though it is not its connector's running one."""
    connector, running = state.connector(known.connector_id or 0), state.running_transaction(known.connector_id or 0)
    if known.note is TransactionNote.PHANTOM:  # it was a session
        return connector.activity is not Activity.IDLE if running is None else running.number < known.number
    is_open = known.running or known.note is TransactionNote.NEVER_ENDED
    return running is None and is_open and connector.activity in RUNNING


def _never_started(transaction_id: str, connector_id: int, context: Context) -> TransactionStarted:
    """The start of a transaction that was never reported."""
    found = Transaction(
        transaction_id,
        context.state.charge_box_id or '',
        connector_id,
        number=context.next_number,
        energy=SessionEnergy.started(None, context.now),
        note=TransactionNote.NEVER_STARTED,
    )
    return TransactionStarted(found, context.now)
