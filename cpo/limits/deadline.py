"""When the effect of a request is expected at the latest (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.state import Limit

TRANSACTION_WAIT = timedelta(seconds=60)
"""How long a transaction may take to begin or to end once the charger has accepted that."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time by which the effect of a request for `limit` is expected."""

    limit: Limit
    at: datetime


def expected(old: Deadline | None, wish: Limit, now: datetime) -> Deadline:
    """The deadline of a request; one that is sent again after a lost connection gets no more time."""
    is_running = old is not None and old.limit is wish and old.at > now
    return old if old is not None and is_running else Deadline(wish, now + TRANSACTION_WAIT)
