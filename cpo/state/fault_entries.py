"""Entries about faults, and the trace a fault leaves in the sessions it stopped (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cpo.frozen import replace
from cpo.state.connector import StatusChange
from cpo.state.entries import time_of, with_connector
from cpo.state.fault_trace import FaultTrace
from cpo.state.state import ChargePointState, Transaction

JUST_ENDED = timedelta(minutes=1)
"""How long after a session's end a fault still counts as its cause: some chargers end it first and say why then."""


@dataclass(frozen=True, slots=True)
class FaultDismissed:
    """A person has read the notice of a fault on a connector and closed it."""

    connector_id: int

    def apply(self, state: ChargePointState) -> ChargePointState:
        """The state without the fault's trace on the connector; the session it stopped still has its own."""
        return with_connector(state, replace(state.connector(self.connector_id), fault_trace=None))


def with_fault(
    state: ChargePointState, connector_id: int, change: StatusChange, heard_at: datetime
) -> ChargePointState:
    """The state after a fault: the sessions it stopped, and their connectors, get a `fault_trace`.

    A fault of connector 0 concerns all connectors.
    """
    at = time_of(state, change.at, heard_at)
    trace = FaultTrace(at, change.fault, change.error_code, change.vendor_error_code)
    for connector in state.charging_connectors:
        newest = state.transaction(connector.last_transaction_id)
        if connector_id not in (0, connector.connector_id) or newest is None or not _is_stopped(newest, at):
            continue
        stopped = replace(newest, fault_trace=trace)
        transactions = tuple(stopped if each is newest else each for each in state.transactions)
        state = replace(state, transactions=transactions)
        state = with_connector(state, replace(connector, fault_trace=trace))
    return state


def _is_stopped(session: Transaction, at: datetime) -> bool:
    ended_at = session.ended_at
    return session.fault_trace is None and (ended_at is None or timedelta(0) <= at - ended_at <= JUST_ENDED)
