"""The entry about a charger that knocked (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.frozen import replace
from cpo.state.known_charger import KnownCharger
from cpo.state.state import ChargePointState

MAX_KNOWN_CHARGERS = 200


@dataclass(frozen=True, slots=True)
class ChargerKnown:
    """A charge box id knocked for the first time, or what is known of it changed.

    `by` is who changed it, empty where nobody did. Beyond MAX_KNOWN_CHARGERS, the ids that knocked longest ago are
    forgotten, those not adopted before all others.
    """

    charger: KnownCharger
    by: str = ''

    def apply(self, state: ChargePointState) -> ChargePointState:
        known = {**state.chargers, self.charger.charge_box_id: self.charger}
        while len(known) > MAX_KNOWN_CHARGERS:
            others = (charger for charger in known.values() if charger is not self.charger)
            del known[min(others, key=_worth).charge_box_id]
        return replace(state, chargers=known)


def _worth(charger: KnownCharger) -> tuple[bool, bool, datetime | None]:
    """The least is forgotten first; an id that was adopted before it ever knocked is forgotten last."""
    return charger.adopted, charger.knocked_at is None, charger.knocked_at
