"""The entry about a card's allowance (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass

from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class AllowanceUsed:
    """A card has charged its allowance of this month; this is an event, and changes nothing in the state."""

    id_tag: str
    allowance_kwh: float

    def apply(self, state: ChargePointState) -> ChargePointState:
        return state
