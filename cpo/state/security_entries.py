"""Entries about a charger's security events and the upload of its log (see `cpo.state.entries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.frozen import replace
from cpo.state.state import ChargePointState


@dataclass(frozen=True, slots=True)
class SecurityEventNotified:
    """The charger reported a security event of this `type`, in its own words; it happened at `at` by its clock.

    It changes nothing in the state: it is an event (see `cpo.state.events`).
    """

    type: str
    at: datetime
    tech_info: str | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return state


@dataclass(frozen=True, slots=True)
class LogStatusNotified:
    """The charger reported the progress of the upload of a log, in its own word; `request_id` is that of the GetLog."""

    status: str
    at: datetime
    request_id: int | None = None

    def apply(self, state: ChargePointState) -> ChargePointState:
        return replace(state, log_status=self.status)
