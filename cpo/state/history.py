"""The history of the last hour: a point of powers for each minute in which something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cpo.amperes import NOMINAL_VOLTAGE_V
from cpo.state.state import MAX_HISTORY_POINTS, ChargePointState, HistoryPoint


def with_history(state: ChargePointState, at: datetime) -> ChargePointState:
    """The state with a point for the last minute that had a change; call it before a change at `at`."""
    minute = at.replace(second=0, microsecond=0)
    if state.changed_in == minute:
        return state
    if state.changed_in is None:
        return replace(state, changed_in=minute)
    point = point_of(state, state.changed_in)
    return replace(state, changed_in=minute, history=(*state.history, point)[-MAX_HISTORY_POINTS:])


def point_of(state: ChargePointState, at: datetime) -> HistoryPoint:
    """The powers of this state in W, as a point at `at`."""
    return HistoryPoint(at, state.solar.pv_w, _car_w(state), _limit_w(state))


def _car_w(state: ChargePointState) -> float | None:
    powers = [c.meter.power_w for c in state.charging_connectors]
    known = [p for p in powers if p is not None]
    if known:
        return sum(known)
    return 0.0 if state.connected and all(c.transaction_id is None for c in state.charging_connectors) else None


def _limit_w(state: ChargePointState) -> float | None:
    limits = [
        c.limit.limit_a for c in state.charging_connectors if c.limit is not None and c.transaction_id is not None
    ]
    return sum(limits) * NOMINAL_VOLTAGE_V * state.phases if limits else None
