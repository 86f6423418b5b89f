"""The entry about a decision of the surplus rule (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class SurplusDecided:
    """The surplus rule decided on the limit of a connector; this is recorded and changes nothing in the state.

    `inputs` is a JSON text with what the rule was given and was not given before; where `whole` is not None, with all
    of it, and `whole` has the rule's state and settings. `is_news` says that the result is another one than before.
    """

    at: datetime
    connector_id: int
    inputs: str
    whole: str | None
    limit_a: float
    phases: int
    reason: str
    is_news: bool = False

    def apply(self, state: ChargePointState) -> ChargePointState:
        return state
