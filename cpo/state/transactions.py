"""The list of transactions in the state (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import compress
from operator import is_not

from cpo.frozen import replace
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


def changed_transactions(old: Sequence[Transaction], new: Sequence[Transaction]) -> list[Transaction]:
    """Those of `new` that are others than before; mostly the same ones are in both, in the same places."""
    if old and len(old) == len(new) and old[0].number == new[0].number:
        return list(compress(new, map(is_not, new, old)))
    known = set(map(id, old))
    return [t for t in new if id(t) not in known]


def with_contact(state: ChargePointState, charge_box_id: str | None, lost_at: datetime | None) -> ChargePointState:
    """The state with `charge_box_id` as the charger in contact (None: none is).

    Running transactions of others are without contact, since `lost_at` where they had it until now.
    """

    def judged(t: Transaction) -> Transaction:
        since = None if t.charge_box_id == charge_box_id or not t.running else t.no_contact_since or lost_at
        return t if t.no_contact_since == since else replace(t, no_contact_since=since)

    transactions = tuple(judged(t) for t in state.transactions)
    is_same = all(new is old for new, old in zip(transactions, state.transactions, strict=True))
    return state if is_same else replace(state, transactions=transactions)


def is_late(new: Transaction, live: Transaction | None) -> bool:
    """True for a start that was buffered: from at most MAX_LATE before the start of `live`, the running transaction.

    One from even longer before comes from a charger's clock that was set back. A start that this program asked for is
    never late.
    """
    if live is None or live.start_timestamp is None or new.start_timestamp is None or new.remote:
        return False
    return timedelta(0) < live.start_timestamp - new.start_timestamp <= MAX_LATE
