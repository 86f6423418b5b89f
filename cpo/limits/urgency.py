"""Which limits are urgent: decreases that wait for nothing that was learned about the charger (pure)."""

from __future__ import annotations

from cpo.state import ChargePointState, Connector, Limit


def is_urgent(wish: Limit, connector: Connector, state: ChargePointState) -> bool:
    """True for what a ceiling lowers, and for what was wished on this connection, where it is less than is in force.

    So it is where the limit in force is unknown: it may be more. A limit of an older connection that no ceiling lowers
    is only repeated, which is not urgent.
    """
    limit = connector.limit
    is_newer = wish.held_by is not None or state.since is None or wish.at >= state.since
    is_lower = limit is None or wish.limit_a < limit.limit_a
    return connector.transaction_id is not None and is_newer and is_lower
