"""Which transactions a free connector ends, and what an end means for limit, wish and read-back (pure).

A wish is what somebody wants the limit to be, a read-back the comparison of the limit with what the car draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cpo.frozen import replace
from cpo.state.activity import Activity
from cpo.state.connector import Connector, StatusChange
from cpo.state.entries import with_connector
from cpo.state.modes import UNPLUGGED
from cpo.state.read_back import Finding
from cpo.state.source import SourceKind
from cpo.state.state import ChargePointState
from cpo.state.vocabulary import Ending

WITHOUT_CAR = frozenset({Activity.IDLE, Activity.UNAVAILABLE, Activity.FAULTED, Activity.RESERVED, Activity.UNKNOWN})
"""The activities that a connector can have with no car plugged in."""


def freed_by_idle(state: ChargePointState, connector_id: int, previous: StatusChange | None) -> Iterator[int]:
    """The connectors on which no transaction can run any more, as `connector_id` has become IDLE after `previous`.

    IDLE of connector 0 says that the charger works, unless it reported a car there before. A transaction on connector 0
    (some chargers start it there) is over too, once a car has left and every connector is IDLE.
    """
    had_car = previous is not None and previous.activity not in WITHOUT_CAR
    if connector_id > 0 or had_car:
        yield connector_id
    if connector_id > 0 and had_car and all(c.activity is Activity.IDLE for c in state.charging_connectors):
        yield 0


def is_by_person(connector: Connector, ending: Ending | None) -> bool:
    """True where a person or another program ended the transaction: how the limit was followed matters no longer.

    False where the solar controller, the plan or the charger ended it, and where the car drew more than it may, or
    nothing showed that it did not: that stays for people to read.
    """
    stopping, found = connector.stopping, connector.read_back
    is_wished = (
        stopping is not None and stopping.limit_a == 0 and stopping.by.kind not in (SourceKind.SUN, SourceKind.PLAN)
    )
    is_ended = is_wished or ending in (Ending.AT_CHARGER, Ending.UNPLUGGED)
    return is_ended and (found is None or found.finding not in (Finding.ABOVE_MAXIMUM, Finding.UNMEASURED))


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


def without_past_stop(state: ChargePointState, connector_id: int) -> ChargePointState:
    """The state after a status, without the 0 A that ended or paused the last session where its car has left.

    Until then it says why nothing flows. It does not limit the next car, so it must not be shown to either.
    """
    connector = state.connector(connector_id)
    has_left = connector.transaction_id is None and connector.activity in UNPLUGGED
    if not has_left or connector.limit is None or connector.limit.limit_a:
        return state
    return with_connector(state, replace(connector, limit=None))
