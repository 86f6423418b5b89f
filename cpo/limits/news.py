"""What a change of the connector says about its charge and its limit (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.limits.facts import Facts
from cpo.state import RUNNING, Connector

BUFFERED_AFTER = timedelta(seconds=30)
"""A report that is older than this may come from the charger's buffer."""


def continues(before: Connector | None, connector: Connector, facts: Facts, now: datetime) -> bool:
    """True where the charger has just reported, and not from its buffer, that the transaction still runs."""
    if before is None or connector.transaction_id is None or connector.activity not in RUNNING:
        return False
    off, measured_at = facts.state.clock_off, connector.meter.timestamp
    has_status = connector.status_heard_at != before.status_heard_at and off is not None and abs(off) < BUFFERED_AFTER
    if has_status or measured_at is None or measured_at == before.meter.timestamp:
        return has_status
    return now - measured_at < BUFFERED_AFTER


def has_news(before: Connector | None, connector: Connector) -> bool:
    """True where the charger has reported something that shows whether it follows the limit."""
    return (
        before is None
        or connector.meter is not before.meter
        or connector.status_changes is not before.status_changes
        or connector.scheduled_a != before.scheduled_a
        or connector.transaction_id != before.transaction_id
    )


def is_wish_alone(before: Connector | None, connector: Connector) -> bool:
    """True where the wished limit is another one, and nothing that counts for the phases of the session."""
    return (
        before is not None
        and connector is not before
        and connector.last_wish is not before.last_wish
        and connector.meter is before.meter
        and connector.limit is before.limit
        and connector.backlog is before.backlog
        and connector.watt_phases is before.watt_phases
        and connector.status_changes is before.status_changes
        and connector.transaction_id == before.transaction_id
    )
