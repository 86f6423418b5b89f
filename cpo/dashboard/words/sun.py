"""Where the solar reading comes from: a real one is shown with source and age; without one it can be simulated."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.dashboard.words.times import charger_text, marker
from cpo.sentences import source_name
from cpo.state import ChargePointState, Connector, Mode, SolarReading, SourceKind

REAL_FOR = timedelta(hours=24)
"""How long after its last reading a real source is still waited for, rather than simulated."""


def may_simulate(state: ChargePointState, now: datetime) -> bool:
    """True where a person may simulate the sun on the page: for the demo charger, or after 24 h without a reading."""
    arrivals = (state.solar.arrival(name) for name in ('pv_w', 'grid_w'))
    return state.demo or all(arrival is None or now - arrival.at >= REAL_FOR for arrival in arrivals)


def sun_line(solar: SolarReading) -> str:
    """Where the solar reading comes from and how old it is: `Sun, from Home Assistant, 12 s ago` with a time marker."""
    by, arrival = solar.source('pv_w'), solar.arrival('pv_w')
    source = f', from {charger_text(source_name(by), 40)}' if by else ''
    return f'Sun{source}, {marker("age", arrival.at)}' if arrival else f'Sun{source}'


def may_take_over(connector: Connector) -> bool:
    """True where simulating the sun may set the mode to SOLAR.

    It may in mode MANUAL, unless a person or program set the limit of the running session, or stopped one.
    """
    limit = connector.limit
    is_limited = connector.transaction_id is not None and limit is not None and limit.by.kind is not SourceKind.SUN
    return connector.mode is Mode.MANUAL and connector.mode_after is None and not is_limited
