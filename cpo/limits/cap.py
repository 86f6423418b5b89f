"""The cap: the configured maximum as the wish (wanted limit) for a session that nobody set a limit for (pure).

Such a session is, for example, one that a card started.
"""

from __future__ import annotations

from datetime import datetime

from cpo.amperes import rounded_down
from cpo.limits.ceilings import least_ceiling
from cpo.limits.facts import Facts
from cpo.settings import Settings
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
    WishEnd,
)


def is_to_cap(connector: Connector, facts: Facts, is_above: bool = False) -> bool:
    """True for a running session with no limit in force and none wished: it gets the configured maximum.

    It gets it once: not where the charger refused it or did not follow it, and not where somebody set a limit by a
    command of their own, unless the car draws more than the maximum after all (`is_above`), or there is a ceiling
    (`cpo.limits.ceilings`), which holds for every session. With the setting `startup_requests` off it never does, as
    the program then sends nothing that nobody asked for.
    """
    if connector.transaction_id is None or connector.wish is not None or connector.is_stopping:
        return False
    found, end = connector.read_back, connector.wish_end
    is_steered = end is not None and not (is_above and end is WishEnd.OVERRIDDEN)
    is_left_alone = connector.limit is not None or is_steered or found is not None
    if facts.state.ceilings:
        is_left_alone = end is WishEnd.REFUSED or (is_in_vain(connector, facts) and found is not None)
    return not is_left_alone and facts.settings.startup_requests


def is_in_vain(connector: Connector, facts: Facts) -> bool:
    """True where the charger ends the connection at every limit.

    False where a ceiling is lower than the maximum: what cannot be limited to it has to end.
    """
    return facts.hang_ups.is_hopeless and most_allowed_a(connector, facts) >= facts.settings.max_current


def most_allowed_a(connector: Connector, facts: Facts) -> float:
    """The most current in A that may flow at this connector: the configured maximum, or less by a ceiling."""
    ceiling = least_ceiling(connector, facts.state, facts.settings)
    max_a = facts.settings.max_current
    return max_a if ceiling is None else min(max_a, ceiling[0])


def is_held_lower(connector: Connector, max_a: float) -> bool:
    """True where the charger itself offers at most `max_a`, as the limit of another system is in it.

    A TxProfile with more would rank above that limit (OCPP 1.6 §3.13.3) and raise the current.
    """
    return connector.scheduled_a is not None and connector.scheduled_a <= max_a


def cap(connector: Connector, facts: Facts, now: datetime) -> Entry:
    """The entry by which the configured maximum becomes the wished limit of the connector's session.

    It is the lower limit of another system, where that is known and only a ceiling is lower still. Where the
    charger ends the connection at every limit (`is_in_vain`), none is wished: the entry is an alarm that says so.
    """
    if is_in_vain(connector, facts):
        found = ReadBack(Verdict.ALARM, Finding.HANGS_UP, now, reaction=Reaction.GAVE_UP)
        return LimitReadBack(connector.connector_id, found)
    max_a, scheduled_a = facts.settings.max_current, connector.scheduled_a
    if scheduled_a is not None and most_allowed_a(connector, facts) < scheduled_a:
        max_a = min(max_a, scheduled_a)
    return LimitWished(connector.connector_id, Limit(rounded_down(max_a), THE_MAXIMUM, now))


def falls_back(wish: Limit | None, settings: Settings) -> bool:
    """True for a limit that the fallback current takes the place of, where this program no longer renews it.

    It does not for what `cap` made, unless there is a fuse to guard.
    """
    return not is_cap(wish) or settings.fuse is not None


def is_cap(wish: Limit | None) -> bool:
    """True for a wished limit that `cap` made; it starts and ends no session by itself."""
    return wish is not None and wish.by == THE_MAXIMUM
