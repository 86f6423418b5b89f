"""Where the solar reading comes from: a real one is shown with source and age; without one it can be simulated."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpo.dashboard.words.times import charger_text, marker
from cpo.sentences import source_name
from cpo.state import YOU, ChargePointState, Connector, Mode, SolarReading, SourceKind

REAL_FOR = timedelta(hours=24)
"""How long after its last reading a real source is still waited for, rather than simulated."""


def may_simulate(state: ChargePointState, now: datetime) -> bool:
    """True where a person may simulate the sun on the page: for the demo charger, or after 24 h without a reading."""
    solar = state.solar
    is_real = solar.pv_w is not None and solar.by != YOU
    return state.demo or not is_real or solar.at is None or now - solar.at >= REAL_FOR


def sun_line(solar: SolarReading) -> str:
    """Where the solar reading comes from and how old it is: `Sun, from Home Assistant, 12 s ago` with a time marker."""
    source = f', from {charger_text(source_name(solar.by), 40)}' if solar.by else ''
    return f'Sun{source}, {marker("age", solar.at)}' if solar.at else f'Sun{source}'


def may_take_over(connector: Connector) -> bool:
    """True where simulating the sun may set the mode to SOLAR.

    It may in mode MANUAL, unless a person or program set the limit of the running session, or stopped one.
    """
    limit = connector.limit
    is_limited = connector.transaction_id is not None and limit is not None and limit.by.kind is not SourceKind.SUN
    return connector.mode is Mode.MANUAL and connector.mode_after is None and not is_limited
