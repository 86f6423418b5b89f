"""The fast way through MeterValues brings the same entries as the payload model, and leaves the rest to that."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cpo.ocpp import Context
from cpo.ocpp.payloads import read
from cpo.ocpp.v16 import core
from cpo.ocpp.v16.handlers import on_meter_values
from cpo.ocpp.v16.regular_meter_values import regular_reads
from cpo.state import ChargePointState, Connector

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
RUNNING = ChargePointState(connectors={1: Connector(1, transaction_id='7')})
CONTEXT = Context(RUNNING, NOW, 300, 'Tag1', 8)
POWER = {'value': '7.4', 'measurand': 'Power.Active.Import', 'unit': 'kW', 'context': 'Sample.Periodic'}
CURRENT = {'value': '16.0', 'measurand': 'Current.Import', 'phase': 'L1', 'unit': 'A', 'location': 'Outlet'}
VOLTAGE = {'value': '230', 'measurand': 'Voltage', 'phase': 'L1-N', 'format': 'Raw'}
NEAR_NOTHING = {'value': '-115', 'measurand': 'Power.Active.Import'}
FAHRENHEIT = {'value': '86', 'measurand': 'Temperature', 'unit': 'Fahrenheit'}
VALUE = {'timestamp': '2030-01-31T12:00:00.5Z', 'sampledValue': [POWER, CURRENT, VOLTAGE, {'value': '1500'}]}
PAYLOAD: dict[str, Any] = {'connectorId': 1, 'transactionId': 7, 'meterValue': [VALUE]}


@pytest.mark.parametrize(
    'payload',
    [
        PAYLOAD,
        {'meterValue': [VALUE], 'connectorId': 0},
        {'connectorId': 2, 'meterValue': [VALUE]},
        PAYLOAD | {'meterValue': [VALUE, VALUE | {'timestamp': '2030-01-31t13:00:01+01:00'}]},
        PAYLOAD | {'meterValue': [VALUE | {'sampledValue': [NEAR_NOTHING, FAHRENHEIT]}]},
    ],
)
def test_regular_values_are_read_as_by_the_payload_model(payload: dict[str, Any]) -> None:
    request, violations = read(core.MeterValues, payload)
    assert violations == ()
    assert regular_reads(payload, CONTEXT) == on_meter_values(request, CONTEXT)[1]


@pytest.mark.parametrize(
    'changed',
    [
        {'connectorId': True},
        {'connectorId': 1.0},
        {'connectorId': 1001},
        {'connectorId': -1},
        {'transactionId': 0},
        {'transactionId': -1},
        {'transactionId': None},
        {'transactionId': '7'},
        {'transactionId': 8},
        {'transactionId': 2**31},
        {'idTag': 'x'},
        {'meterValue': []},
        {'meterValue': {}},
        {'meterValue': None},
        {'meterValue': ['x']},
        {'meterValue': [VALUE | {'timestamp': None}]},
        {'meterValue': [VALUE | {'timestamp': '2030-01-31'}]},
        {'meterValue': [VALUE | {'timestamp': '2030-02-31T12:00:00Z'}]},
        {'meterValue': [VALUE | {'more': 1}]},
        {'meterValue': [VALUE, {'timestamp': VALUE['timestamp']}]},
        {'meterValue': [VALUE | {'sampledValue': []}]},
        {'meterValue': [VALUE | {'sampledValue': {}}]},
        {'meterValue': [VALUE | {'sampledValue': [POWER, []]}]},
        *(
            {'meterValue': [VALUE | {'sampledValue': [POWER, CURRENT | member]}]}
            for member in (
                {'value': 16.0},
                {'value': None},
                {'value': ['16']},
                {'value': ''},
                {'value': '1_000'},
                {'value': 'nan'},
                {'value': '1e999'},
                {'value': '2000000000'},
                {'phase': None},
                {'phase': 'L4'},
                {'phase': ['L1']},
                {'unit': 'kWh'},
                {'unit': 'Amp'},
                {'format': 'SignedData'},
                {'context': 'Transaction.Begin'},
                {'measurand': 'Current'},
                {'more': 'x'},
            )
        ),
    ],
)
def test_what_deviates_is_left_to_the_payload_model(changed: dict[str, Any]) -> None:
    payload = deepcopy(PAYLOAD | changed)
    assert regular_reads(payload, CONTEXT) is None
    assert payload == PAYLOAD | changed


@pytest.mark.parametrize('payload', [None, [], 'x', 1, {}, {'connectorId': 1}, {'meterValue': [VALUE]}])
def test_what_is_no_meter_values_is_left_to_the_payload_model(payload: Any) -> None:
    assert regular_reads(payload, CONTEXT) is None


def test_values_of_a_transaction_that_is_not_known_to_run_are_left_to_the_payload_model() -> None:
    idle = CONTEXT._replace(state=replace(RUNNING, connectors={}))
    assert regular_reads(PAYLOAD, idle) is None
