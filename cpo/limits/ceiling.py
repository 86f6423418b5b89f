"""The configured maximum as a ceiling for a session that nobody limited, such as one that a card started (pure)."""

from __future__ import annotations

from datetime import datetime

from cpo.amperes import rounded_down
from cpo.limits.facts import Facts
from cpo.state import (
    THE_MAXIMUM,
    Connector,
    Entry,
    Finding,
    Limit,
    LimitReadBack,
    LimitWished,
    Reaction,
    ReadBack,
    Verdict,
)


def is_to_cap(connector: Connector, facts: Facts) -> bool:
    """True for a running session without a limit and without a wish, unless somebody steers it past this program.

    Once for each session: a refusal, and a read-back that says why there is no limit, are not repeated. With
    `startup_requests` off the program sends nothing that nobody asked for.
    """
    is_unlimited = connector.transaction_id is not None and connector.wish is None and connector.limit is None
    is_left_alone = connector.wish_end is not None or connector.read_back is not None or connector.is_stopping
    return is_unlimited and not is_left_alone and facts.settings.startup_requests


def cap(connector: Connector, facts: Facts, now: datetime) -> Entry:
    """The maximum becomes the wish; where the charger hangs up on limits, only that is recorded."""
    if facts.hang_ups.is_hopeless:
        found = ReadBack(Verdict.ALARM, Finding.HANGS_UP, now, reaction=Reaction.GAVE_UP)
        return LimitReadBack(connector.connector_id, found)
    return LimitWished(connector.connector_id, Limit(rounded_down(facts.settings.max_current), THE_MAXIMUM, now))


def is_ceiling(wish: Limit | None) -> bool:
    """True for the wish that `cap` makes: it starts and ends no session, and knows no fallback current."""
    return wish is not None and wish.by == THE_MAXIMUM
