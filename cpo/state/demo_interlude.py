"""What remains when the demo charger has given way to a real one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cpo.state.state import ChargePointState, Transaction


def without_demo(state: ChargePointState, at: datetime) -> ChargePointState:
    """As before the demo charger came, with what is not its own: the attempts, the id tags, its sessions as ended."""
    house = state.before_demo or ChargePointState(phases=state.phases)
    return replace(
        house,
        transactions=tuple(_demo_over(t, at) for t in state.transactions),
        attempts=state.attempts,
        id_tags=state.id_tags,
        reservations=state.reservations,
        solar=house.solar if state.solar.by == 'you' else state.solar,
    )


def _demo_over(transaction: Transaction, at: datetime) -> Transaction:
    if not transaction.demo or not transaction.running:
        return transaction
    return replace(
        transaction,
        stop_timestamp=at,
        stop_reason='Other',
        energy=transaction.energy and transaction.energy.abandoned(),
        note='The demo charger gave way to a real one.',
    )
