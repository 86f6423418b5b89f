"""Entries about cards: a used allowance, the charger's own list of them (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.frozen import replace
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class AllowanceUsed:
    """A card has charged its allowance of this month; this is an event, and changes nothing in the state."""

    id_tag: str
    allowance_kwh: float

    def apply(self, state: ChargePointState) -> ChargePointState:
        return state


@dataclass(frozen=True, slots=True)
class CardListChanged:
    """Somebody changed the charger's own list of cards by a command, and the charger accepted that."""

    at: datetime

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, card_list_changed_at=self.at)
