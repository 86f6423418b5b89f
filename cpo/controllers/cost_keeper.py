"""Gives sessions their cost while they charge, and at their end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cpo.charge_point import ChargePoint
from cpo.clock import utc_now
from cpo.controllers.session_pricing import Charged, priced
from cpo.prices import Prices
from cpo.state import ChargePointState, SessionCost, SessionPriced, Transaction, changed_transactions

EVERY = timedelta(seconds=10)
"""So often the cost of a running session is renewed, at most; the last one comes with its end."""


class CostKeeper:
    """Follows the ChargePoint for its whole life, and prices what each session has charged since it was priced last.

    Sessions that had ended before the program started keep what they have.
    """

    def __init__(self, charge_point: ChargePoint, prices: Prices, now: Callable[[], datetime] = utc_now) -> None:
        self._charge_point, self._prices, self._now = charge_point, prices, now
        self._seen = tuple(t for t in charge_point.state.transactions if not t.running)
        charge_point.subscribe(self._on_change)
        self._on_change()

    def _on_change(self) -> None:
        """Price the sessions that are others than at the last change."""
        state = self._charge_point.state
        if state.transactions is self._seen:
            return
        changed, self._seen = changed_transactions(self._seen, state.transactions), state.transactions
        entries = [entry for transaction in changed for entry in self._entries(transaction, state)]
        if entries:
            self._charge_point.record(*entries)

    def _entries(self, transaction: Transaction, state: ChargePointState) -> Iterator[SessionPriced]:
        """The entry for a session that has charged something, and is due."""
        energy_wh, now = transaction.energy_wh, self._now()
        if energy_wh is None or not transaction.is_session:
            return
        old = transaction.cost
        cost = old or SessionCost(self._prices.currency, min(transaction.begun_at or transaction.ended_at or now, now))
        is_same = energy_wh == cost.energy_wh
        measured_at = transaction.ended_at or _measured_at(transaction, state, cost.until, now)
        until = measured_at or (cost.until if is_same else now)
        is_due = until >= cost.until + EVERY if transaction.running else not is_same
        if old is not None and not is_due:
            return
        charged = Charged(energy_wh, transaction.sun_wh or 0.0, until)
        cost, parts = priced(cost, charged, self._prices.between)
        if cost != old:
            yield SessionPriced(transaction.number, cost, parts)


def _measured_at(transaction: Transaction, state: ChargePointState, since: datetime, now: datetime) -> datetime | None:
    """When the newest values of a session were measured, by the program's clock.

    None where its charger claims a time before `since`, or one that is yet to come.
    """
    energy = transaction.energy
    claimed = None if energy is None else max(energy.register_at, energy.power_at) - (state.clock_off or timedelta(0))
    return claimed if claimed is not None and since < claimed <= now else None
