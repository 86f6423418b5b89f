"""What the end of a transaction means for the wish and the read-back of its connector (pure).

A wish is what somebody wants the limit to be, a read-back the comparison of the limit with what the car draws.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.state.connector import Connector
from cpo.state.read_back import Finding
from cpo.state.source import THE_SUN
from cpo.state.state import ChargePointState
from cpo.state.vocabulary import Ending


def is_by_person(connector: Connector, ending: Ending | None) -> bool:
    """True where a person or another program ended the transaction: how the limit was followed matters no longer.

    False where the solar controller or the charger ended it, and where the car drew more than the configured maximum:
    that stays for people to read.
    """
    stopping, found = connector.stopping, connector.read_back
    is_wished = stopping is not None and stopping.limit_a == 0 and stopping.by != THE_SUN
    is_ended = is_wished or ending in (Ending.AT_CHARGER, Ending.UNPLUGGED)
    return is_ended and (found is None or found.finding is not Finding.ABOVE_MAXIMUM)


def is_for_the_next_session(connector: Connector, state: ChargePointState, heard_at: datetime) -> bool:
    """True where the wished limit is for the next transaction, not for the one whose end arrived at `heard_at`.

    So it is where the charger replays that end from its buffer, and the limit was wished on this connection. False for
    a transaction that the program itself started on this connection.
    """
    wish, since, ended = connector.last_wish, state.since, state.running_transaction(connector.connector_id)
    began_at = ended.start_timestamp if ended is not None and ended.remote else None
    if began_at is not None and since is not None and began_at - (state.clock_off or timedelta(0)) >= since:
        return False
    is_newer = wish is not None and since is not None and wish.limit_a > 0 and wish.at >= since
    return is_newer and connector.backlog.is_replaying(heard_at)
