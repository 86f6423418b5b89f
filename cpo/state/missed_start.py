"""A start from here that was given up before the car came (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.state.activity import Activity
from cpo.state.connector import Connector, Limit, WishEnd
from cpo.state.read_back import Finding

WORTH_SAYING = timedelta(hours=1)


def missed_start(connector: Connector, now: datetime) -> Limit | None:
    """What was asked for, where the charger accepted a start, gave it up without a car, and has one now; else None.

    Nobody repeats it but a person: whoever plugs in later may not want that any more.
    """
    found, change = connector.read_back, connector.last_status
    if found is None or change is None or found.finding is not Finding.NO_TRANSACTION:
        return None
    came_later = found.figures.status == Activity.IDLE or change.at > found.at
    waits = change.activity is Activity.PLUGGED_IN and connector.transaction_id is None and came_later
    is_over = connector.wish_end is WishEnd.NO_TRANSACTION and connector.remote_start is None
    return connector.last_wish if waits and is_over and now - found.at < WORTH_SAYING else None
