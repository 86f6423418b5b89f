"""The entry for what a session costs."""

from __future__ import annotations

from dataclasses import dataclass

from cpo.frozen import replace
from cpo.state.session_cost import CostPart, SessionCost
from cpo.state.state import ChargePointState
from cpo.state.transactions import with_transaction


@dataclass(frozen=True, slots=True)
class SessionPriced:
    """More of a session has a price: its `cost` so far, and the parts that are new in it."""

    number: int
    cost: SessionCost
    parts: tuple[CostPart, ...]

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state in which the transaction of this number has this cost; others stay as they are."""
        old = next((t for t in state.transactions if t.number == self.number), None)
        return state if old is None else with_transaction(state, old, replace(old, cost=self.cost))
