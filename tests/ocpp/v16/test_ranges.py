"""Integers no charger can mean: a connector is refused, a register or an id is unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cpo.errors import InvalidPayload
from cpo.ocpp import Call, CallError, CallResult, Context, Handled
from cpo.ocpp import Request as Command
from cpo.ocpp.v16 import Ocpp16Dialect
from cpo.state import ChargePointState, MeterRead, TransactionRepeated, TransactionStarted, TransactionStopped

NOON = '2030-01-31T12:00:00Z'
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
START = {'connectorId': 1, 'idTag': 'Tag1', 'meterStart': 0, 'timestamp': NOON}
STOP = {'transactionId': 1, 'meterStop': 10, 'timestamp': NOON}
STATE = ChargePointState(charge_box_id='CP1')
SAMPLES = [{'timestamp': NOON, 'sampledValue': [{'value': '1'}]}]


def handled(action: str, payload: dict[str, Any], state: ChargePointState | None = None) -> Handled:
    return Ocpp16Dialect().handle(
        Call('1', action, payload), Context(state or STATE, NOW, 300, 'Tag1', 1, free_charging=True)
    )


@pytest.mark.parametrize('connector_id', [-1, 1_001, 2**31, 2**63, 10**400, '2000'])
@pytest.mark.parametrize(
    ('action', 'payload'),
    [
        ('StartTransaction', START),
        ('StatusNotification', {'status': 'Available', 'errorCode': 'NoError'}),
        ('MeterValues', {'meterValue': SAMPLES}),
    ],
)
def test_a_connector_that_cannot_be_is_refused(action: str, payload: dict[str, Any], connector_id: Any) -> None:
    result = handled(action, payload | {'connectorId': connector_id})
    assert isinstance(result.answer, CallError)
    assert result.answer.code == 'PropertyConstraintViolation'
    assert result.answer.description.startswith('“connectorId” is ')
    assert result.entries == ()


@pytest.mark.parametrize('register', [2**31 - 1, 2**32 - 1, -1, 2**63, 10**15])
def test_a_register_that_no_meter_shows_is_unknown(register: int) -> None:
    begun = handled('StartTransaction', START | {'meterStart': register})
    assert isinstance(begun.answer, CallResult)
    started = begun.entries[0]
    assert isinstance(started, TransactionStarted)
    assert started.transaction.meter_start_wh is None
    assert begun.violations[0].endswith('It was read as unknown.')
    ended = handled('StopTransaction', STOP | {'meterStop': register}, started.apply(STATE))
    stopped = ended.entries[0]
    assert isinstance(stopped, TransactionStopped)
    assert stopped.meter_stop_wh is None
    assert ended.violations[0].endswith('It was read as unknown.')


@pytest.mark.parametrize(
    ('transaction_id', 'what'),
    [
        (2**31, 'has more than 32 bits'),
        (2**63 - 1, 'has more than 32 bits'),
        (2**63, 'has more than 32 bits'),
        (2**70, 'has more than 32 bits'),
        (-(2**31), 'has more than 32 bits'),
        (-2, 'is negative'),
    ],
)
def test_a_transaction_id_that_cannot_be_means_the_one_transaction_that_runs(transaction_id: int, what: str) -> None:
    """Alfen Eve sends 2^63 - 1 (lbbrhzn/ocpp)."""
    state = running()
    values = handled('MeterValues', {'connectorId': 1, 'transactionId': transaction_id, 'meterValue': SAMPLES}, state)
    stop = handled('StopTransaction', STOP | {'transactionId': transaction_id}, state)
    for result in (values, stop):
        assert isinstance(result.answer, CallResult)
        assert f'“transactionId” {what}. It was read as unknown.' in result.violations
    (read,) = values.entries
    assert isinstance(read, MeterRead)
    after = read.apply(state)
    assert [t.transaction_id for t in after.transactions] == ['1']
    for entry in stop.entries:
        after = entry.apply(after)
    assert [(t.transaction_id, t.running, t.meter_stop_wh) for t in after.transactions] == [('1', False, 10)]


@pytest.mark.parametrize('transaction_id', [4711, 2**31 - 1])
def test_a_positive_transaction_id_of_32_bits_is_never_guessed(transaction_id: int) -> None:
    state = running()
    result = handled('StopTransaction', STOP | {'transactionId': transaction_id}, state)
    assert result.violations == ()
    for entry in result.entries:
        state = entry.apply(state)
    assert {t.transaction_id: t.running for t in state.transactions} == {'1': True, str(transaction_id): False}


def running() -> ChargePointState:
    """A state in which the transaction 1 runs."""
    state = STATE
    for entry in handled('StartTransaction', START).entries:
        state = entry.apply(state)
    return state


def test_a_reservation_id_of_more_than_32_bits_is_none() -> None:
    result = handled('StartTransaction', START | {'reservationId': 2**40})
    assert isinstance(result.answer, CallResult)
    assert result.violations == ('“reservationId” has more than 32 bits. It was read as absent.',)


@pytest.mark.parametrize(
    'command',
    [
        Command('UnlockConnector', {'connectorId': 2**63}),
        Command('RemoteStopTransaction', {'transactionId': 2**63}),
        Command('CancelReservation', {'reservationId': 2**31}),
    ],
)
def test_a_person_is_told_the_same(command: Command) -> None:
    with pytest.raises(InvalidPayload):
        Ocpp16Dialect().check_request(command, 32, 3)


def test_a_start_without_times_and_registers_is_the_same_when_it_is_sent_again() -> None:
    payload = {'connectorId': 1, 'idTag': 'Tag1'}
    first = handled('StartTransaction', payload)
    started = first.entries[0]
    assert isinstance(started, TransactionStarted)
    assert started.transaction.start_timestamp == NOW
    state = started.apply(STATE)
    again = handled('StartTransaction', payload, state)
    assert again.entries == (TransactionRepeated(state.transactions[0]),)
    assert again.answer == first.answer


def test_of_the_samples_of_a_stop_those_of_its_end_count() -> None:
    samples = [{'value': '9000', 'context': 'Transaction.End'}, {'value': '3000', 'context': 'Transaction.Begin'}]
    entries = handled('StopTransaction', STOP | {'transactionData': [{'timestamp': NOON, 'sampledValue': samples}]})
    (read,) = (entry for entry in entries.entries if isinstance(entry, MeterRead))
    assert [sample.value for sample in read.samples] == [9000]


def test_a_stop_without_time_and_register_ends_the_session_now() -> None:
    state = STATE
    for entry in handled('StartTransaction', START).entries:
        state = entry.apply(state)
    for entry in handled('StopTransaction', {'transactionId': 1, 'transactionData': [{}, None]}, state).entries:
        state = entry.apply(state)
    (ended,) = state.transactions
    assert (ended.stop_timestamp, ended.meter_stop_wh, ended.running) == (NOW, None, False)


@pytest.mark.parametrize('connector_id', [0, '0', 0.0])
def test_a_transaction_of_the_whole_charger_is_recorded_with_a_violation(connector_id: Any) -> None:
    begun = handled('StartTransaction', START | {'connectorId': connector_id})
    assert isinstance(begun.answer, CallResult)
    assert isinstance(begun.entries[0], TransactionStarted)
    assert any(violation.startswith('“connectorId” is 0, the whole charger;') for violation in begun.violations)
    assert not any('whole charger' in v for v in handled('StartTransaction', START).violations)
    status = {'connectorId': connector_id, 'status': 'Available', 'errorCode': 'NoError'}
    assert not any('whole charger' in v for v in handled('StatusNotification', status).violations)
