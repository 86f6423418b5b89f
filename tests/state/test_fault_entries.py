"""A fault that stopped a session leaves its trace, until somebody dismisses it, and in the session for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.state import (
    ChargePointState,
    Connector,
    Fault,
    FaultDismissed,
    FaultTrace,
    StatusNotified,
    Transaction,
)
from tests.statuses import status_change

NOW = datetime(2026, 6, 14, 18, 40, tzinfo=UTC)
SESSION = Transaction('7', 'garage', 1, start_timestamp=NOW - timedelta(hours=1))
TRACE = FaultTrace(NOW, Fault.GROUND, 'GroundFailure')


def state_with(session: Transaction) -> ChargePointState:
    running = session.transaction_id if session.running else None
    connector = Connector(1, transaction_id=running, last_transaction_id=session.transaction_id)
    return ChargePointState('garage', connected=True, connectors={1: connector}, transactions=(session,))


def after(state: ChargePointState, status: str, error_code: str = '', connector_id: int = 1) -> ChargePointState:
    change = status_change(status, NOW, error_code) if error_code else status_change(status, NOW)
    return StatusNotified(connector_id, change, NOW).apply(state)


@pytest.mark.parametrize('connector_id', [0, 1])
def test_a_fault_leaves_its_trace_on_its_connector_and_its_session(connector_id: int) -> None:
    state = after(state_with(SESSION), 'Faulted', 'GroundFailure', connector_id)
    state = after(state, 'Finishing')
    assert (state.connector(1).fault_trace, state.transactions[0].fault_trace) == (TRACE, TRACE)
    state = FaultDismissed(1).apply(state)
    assert (state.connector(1).fault_trace, state.transactions[0].fault_trace) == (None, TRACE)


@pytest.mark.parametrize(('ended_s', 'is_cause'), [(5, True), (61, False)])
def test_a_charger_may_end_the_session_before_it_says_why(ended_s: float, is_cause: bool) -> None:
    ended = replace(SESSION, stop_timestamp=NOW - timedelta(seconds=ended_s))
    state = after(state_with(ended), 'Faulted', 'GroundFailure')
    assert (state.transactions[0].fault_trace == TRACE) is is_cause


def test_a_fault_without_a_session_stopped_nothing() -> None:
    state = after(ChargePointState('garage', connected=True), 'Faulted', 'GroundFailure')
    assert state.connector(1).fault_trace is None
