"""Phantoms: transactions that never were (pure).

Some chargers send a second StartTransaction for a session that already runs. It is one where no meter value names the
new transaction and no energy is added until the connector is free; a phantom is not listed as a session.
"""

from __future__ import annotations

from dataclasses import replace

from cpo.state.entries import with_connector
from cpo.state.state import ChargePointState, Transaction, TransactionNote
from cpo.state.vocabulary import Ending


def later_starts(state: ChargePointState, old: Transaction) -> tuple[Transaction, ...]:
    """The transactions that began on the connector after `old`, while it still ran.

    Empty where one of them is real: meter values named it, or it has ended.
    """
    later = tuple(t for t in state.transactions if t.number > old.number and t.is_session and _shares(t, old))
    return later if all(_is_open(t) for t in later) else ()


def is_phantom(state: ChargePointState, second: Transaction) -> bool:
    """True for a transaction that began while another ran, and that never got a meter value or energy of its own."""
    previous = _previous(state, second)
    began_late = previous is not None and previous.note is TransactionNote.ANOTHER_BEGAN
    return began_late and _is_open(second) and not second.energy_wh


def as_phantom(second: Transaction) -> Transaction:
    """The transaction `second` marked as a phantom: it ended when it began, and its note is PHANTOM."""
    started_at = second.energy.started_at if second.energy is not None else None
    ended_at = second.start_timestamp or started_at
    return replace(second, stop_timestamp=ended_at, ending=Ending.OTHER, note=TransactionNote.PHANTOM)


def with_last_session(state: ChargePointState, ended: Transaction) -> ChargePointState:
    """The state after a transaction ended; after a phantom, the connector's last transaction is the one before it."""
    if ended.is_session:
        return state
    connector, previous = state.connector(ended.connector_id or 0), _previous(state, ended)
    last_id = previous.transaction_id if previous is not None else None
    return with_connector(state, replace(connector, last_transaction_id=last_id))


def _is_open(second: Transaction) -> bool:
    is_named = second.energy is not None and second.energy.is_named
    return not is_named and (second.running or second.note is TransactionNote.ANOTHER_BEGAN)


def _previous(state: ChargePointState, second: Transaction) -> Transaction | None:
    older = (t for t in state.transactions if t.number < second.number and t.is_session and _shares(t, second))
    return next(older, None)


def _shares(one: Transaction, other: Transaction) -> bool:
    return (one.connector_id, one.charge_box_id) == (other.connector_id, other.charge_box_id)
