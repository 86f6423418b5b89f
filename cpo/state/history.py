"""The history of the last day: a point of powers for each minute in which something changed."""

from __future__ import annotations

from datetime import datetime

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.frozen import replace
from cpo.state.flow import power_arrival, power_w
from cpo.state.solar_reading import ReadingName
from cpo.state.state import MAX_HISTORY_POINTS, ChargePointState, HistoryPoint

HOUSE: tuple[ReadingName, ...] = ('pv_w', 'grid_w', 'battery_w')
"""The readings that say what the house takes."""


def with_history(state: ChargePointState, at: datetime) -> ChargePointState:
    """The state whose history includes the last minute that had a change; to be called before each change, at `at`."""
    minute = at.replace(second=0, microsecond=0)
    if state.changed_in == minute:
        return state
    if state.changed_in is None:
        return replace(state, changed_in=minute)
    point = point_of(state, state.changed_in)
    return replace(state, changed_in=minute, history=(*state.history, point)[-MAX_HISTORY_POINTS:])


def point_of(state: ChargePointState, at: datetime) -> HistoryPoint:
    """The powers in this state in W as a point at `at`; a power whose newest value is stale is unknown."""
    solar, arrivals = state.solar.fresh(at), state.solar.arrivals
    car_w, car_until = _car(state, at)
    until = {name: arrivals[name].fresh_until for name in HOUSE if name in arrivals}
    house_until = min((*until.values(), *((car_until,) if car_until else ())), default=None)
    return HistoryPoint(
        at,
        solar.pv_w,
        car_w,
        _limit_w(state),
        until.get('pv_w'),
        car_until,
        solar.grid_w,
        solar.house_w(car_w),
        until.get('grid_w'),
        house_until,
    )


def _car(state: ChargePointState, at: datetime) -> tuple[float | None, datetime | None]:
    """The power of all cars, and from when on one of those measured is stale."""
    known, until = [], []
    for connector in state.charging_connectors:
        measured = power_arrival(connector)
        if (power := power_w(connector, gone=not state.connected)) is None:
            continue
        if measured is not None:
            until.append(measured.fresh_until)
        known.append(power)
    car_until = min(until, default=None)
    is_stale = car_until is not None and car_until <= at
    return (None if is_stale or not known else sum(known)), car_until


def _limit_w(state: ChargePointState) -> float | None:
    limits = [
        c.limit.limit_a * (c.meter.phases_seen or state.phases)
        for c in state.charging_connectors
        if c.limit is not None and c.transaction_id is not None
    ]
    return sum(limits) * NOMINAL_VOLTAGE_V if limits else None
