"""The list of transactions in the state (pure)."""

from __future__ import annotations

from dataclasses import replace

from cpo.state.state import MAX_TRANSACTIONS, ChargePointState, Transaction


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
