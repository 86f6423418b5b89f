"""The list of transactions in the state (pure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cpo.state.state import MAX_TRANSACTIONS, ChargePointState, Transaction

MAX_LATE = timedelta(days=30)


def with_new_transaction(state: ChargePointState, new: Transaction) -> ChargePointState:
    """The state with one more transaction, the newest; beyond MAX_TRANSACTIONS the oldest that has ended is dropped."""
    others = state.transactions
    if len(others) >= MAX_TRANSACTIONS:
        oldest = next((t for t in reversed(others) if not t.running), others[-1])
        others = tuple(t for t in others if t is not oldest)
    return replace(state, transactions=(new, *others))


def with_transaction(state: ChargePointState, old: Transaction, new: Transaction) -> ChargePointState:
    """The state with a transaction replaced."""
    return replace(state, transactions=tuple(new if t is old else t for t in state.transactions))


def is_late(new: Transaction, live: Transaction | None) -> bool:
    """True for a start that was buffered: from at most MAX_LATE before the start of `live`, the running transaction.

    One from even longer before comes from a charger's clock that was set back. A start that this program asked for is
    never late.
    """
    if live is None or live.start_timestamp is None or new.start_timestamp is None or new.remote:
        return False
    return timedelta(0) < live.start_timestamp - new.start_timestamp <= MAX_LATE
