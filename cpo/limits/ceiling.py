"""The ceiling: the configured maximum as the limit of a session that nobody set a limit for (pure).

Such a session is, for example, one that a card started.
"""

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
    """True for a running session with no limit in force and none wished: it gets the configured maximum.

    It gets it once: not where the charger refused it or did not follow it, and not where somebody sent commands of
    their own about the limit. With the setting `startup_requests` off it never does, as the program then sends nothing
    that nobody asked for.
    """
    is_unlimited = connector.transaction_id is not None and connector.wish is None and connector.limit is None
    is_left_alone = connector.wish_end is not None or connector.read_back is not None or connector.is_stopping
    return is_unlimited and not is_left_alone and facts.settings.startup_requests


def is_held_lower(connector: Connector, max_a: float) -> bool:
    """True where the charger itself offers at most the configured maximum, as the limit of another system is in it.

    A TxProfile with the maximum would rank above that limit (OCPP 1.6 §3.13.3) and raise the current.
    """
    return connector.scheduled_a is not None and connector.scheduled_a <= max_a


def cap(connector: Connector, facts: Facts, now: datetime) -> Entry:
    """The entry by which the configured maximum becomes the wished limit of the connector's session.

    Where the charger ends the connection at every limit, none is wished: the entry is an alarm that says so.
    """
    if facts.hang_ups.is_hopeless:
        found = ReadBack(Verdict.ALARM, Finding.HANGS_UP, now, reaction=Reaction.GAVE_UP)
        return LimitReadBack(connector.connector_id, found)
    return LimitWished(connector.connector_id, Limit(rounded_down(facts.settings.max_current), THE_MAXIMUM, now))


def is_ceiling(wish: Limit | None) -> bool:
    """True for a wished limit that `cap` made; it starts and ends no session, and has no fallback current."""
    return wish is not None and wish.by == THE_MAXIMUM
