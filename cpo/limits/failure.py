"""A failed request for a limit, and the read-back that records why it failed (pure)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cpo.errors import CallErrorReceived, CallTimeout, ChargerError, CpoError
from cpo.state import Connector, Figures, Finding, Limit, ReadBack, Verdict


@dataclass(frozen=True, slots=True)
class Failure:
    """A request for a wished limit failed: `found` is why, `was_reported` says that the caller was answered so."""

    wish: Limit
    found: ReadBack
    was_reported: bool


def found_by(error: CpoError, wish: Limit, connector: Connector, is_stop: bool, now: datetime) -> ReadBack:
    """The read-back that records why a request for a wished limit failed; `is_stop`: it was to stop the transaction."""
    figures = Figures(limit_a=wish.limit_a, answer=error.answer if isinstance(error, ChargerError) else str(error))
    if isinstance(error, CallTimeout):
        finding, figures = Finding.NO_ANSWER, Figures(timeout_s=error.timeout_s)
    elif isinstance(error, CallErrorReceived):
        finding = Finding.ERROR
    else:
        finding = Finding.STOP_REFUSED if is_stop else Finding.REFUSED
        figures = replace(figures, stays_a=connector.limit_shown.in_force_a if connector.limit_shown else None)
    return ReadBack(Verdict.IGNORES, finding, now, figures)
