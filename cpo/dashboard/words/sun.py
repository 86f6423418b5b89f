"""When a person may simulate the sun on the page: while no meter says how strong it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.state import ChargePointState, Connector, Mode, SourceKind

REAL_FOR = timedelta(hours=24)
"""How long after its last reading a real source is still waited for, rather than simulated."""


def may_simulate(state: ChargePointState, now: datetime) -> bool:
    """True where a person may simulate the sun on the page: for the demo charger, or after 24 h without a reading."""
    arrivals = (state.solar.arrival(name) for name in ('pv_w', 'grid_w'))
    return state.demo or all(arrival is None or now - arrival.at >= REAL_FOR for arrival in arrivals)


def may_take_over(connector: Connector) -> bool:
    """True where simulating the sun may set the mode to SOLAR.

    It may in mode MANUAL, unless a person or program set the limit of the running session, or stopped one.
    """
    limit = connector.limit
    is_limited = connector.transaction_id is not None and limit is not None and limit.by.kind is not SourceKind.SUN
    return connector.mode is Mode.MANUAL and connector.mode_after is None and not is_limited
