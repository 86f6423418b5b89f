"""The record of a fault that stopped a session, for when the charger no longer reports it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cpo.state.vocabulary import Fault


@dataclass(frozen=True, slots=True)
class FaultTrace:
    """A fault during a session, or right after its end; the members are those of the StatusChange that reported it."""

    at: datetime
    fault: Fault | None = None
    error_code: str = ''
    vendor_error_code: str | None = None
