"""The document of `GET /api/chargepoint`, from states built by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from cpo.meter import CURRENT, ENERGY, POWER, SOC, VOLTAGE, Meter, MeterSample
from cpo.rest_api.state_document import state_document
from cpo.session_energy import SessionEnergy
from cpo.state import BootInformation, ChargePointState, Connector, Limit, StatusChange, Transaction

NOW = datetime(2026, 1, 1, 10, 0, 0, 250_000, tzinfo=UTC)
NOW_MS = 1767261600250
REGISTER = MeterSample(ENERGY, '', 20150.4)
STARTED = SessionEnergy.started(19000, NOW - timedelta(hours=1))
RUNNING = Transaction(
    7, 'garage', 1, 'Tag1', meter_start_wh=19000, start_timestamp=NOW, energy=STARTED.with_register(20150.4, NOW)
)
PROMISED = {
    'txId',
    'idTag',
    'meterStart',
    'lastMeterValue',
    'totalCharged',
    'txStartTimestamp',
    'txStopTimestamp',
    'timestamp',
}


def connector_1(connector: Connector, *transactions: Transaction) -> dict[str, Any]:
    state = ChargePointState('garage', connectors={1: connector}, transactions=transactions)
    document: dict[str, Any] = state_document(state)['connectors']['1']
    return document


def charging(transaction: Transaction, *samples: MeterSample) -> Connector:
    running = transaction.transaction_id if transaction.running else None
    meter = Meter().updated(NOW, samples) if samples else Meter()
    return Connector(1, transaction_id=running, last_transaction_id=transaction.transaction_id, meter=meter)


def test_before_any_charger_there_is_connector_1_and_nothing_is_invented() -> None:
    assert state_document(ChargePointState()) == {
        'chargePointId': 'Not connected',
        'status': None,
        'timestamp': None,
        'connected': False,
        'demo': False,
        'connectors': {
            '1': {'status': 'Unknown', 'mode': 'manual', 'limit': None, 'limitSetBy': None, 'attributes': {}}
        },
    }


def test_status_and_time_at_the_top_are_connector_0_which_is_not_among_the_connectors() -> None:
    connectors = {
        0: Connector(0, (StatusChange('Unavailable', NOW),)),
        2: Connector(2, (StatusChange('Charging', NOW),)),
    }
    document = state_document(ChargePointState('garage', connected=True, connectors=connectors))
    assert (document['status'], document['timestamp']) == ('Unavailable', NOW_MS)
    assert {i: c['status'] for i, c in document['connectors'].items()} == {'1': 'Unknown', '2': 'Charging'}


def test_the_charger_is_named_where_it_introduced_itself() -> None:
    state = ChargePointState('garage', True, NOW, last_message_at=NOW, boot=BootInformation('VendorX', 'One', '1.4.2'))
    members = ('chargePointId', 'since', 'lastMessage', 'vendor', 'model', 'firmwareVersion')
    document = state_document(state)
    assert [document[m] for m in members] == ['garage', NOW_MS, NOW_MS, 'VendorX', 'One', '1.4.2']


def test_a_running_transaction_has_every_promised_member_in_whole_wh_and_no_end() -> None:
    attributes = connector_1(charging(RUNNING, REGISTER), RUNNING)['attributes']
    assert attributes.keys() == PROMISED
    assert attributes == {
        'txId': 7,
        'idTag': 'Tag1',
        'meterStart': 19000,
        'lastMeterValue': 20150,
        'totalCharged': 1150,
        'txStartTimestamp': NOW_MS,
        'txStopTimestamp': None,
        'timestamp': NOW_MS,
    }
    assert b'"lastMeterValue":20150,' in orjson.dumps(attributes)


def test_an_ended_transaction_stays_until_the_next_one() -> None:
    end = NOW + timedelta(hours=1)
    ended = replace(RUNNING, meter_stop_wh=20600, stop_timestamp=end, energy=STARTED.stopped(20600, end))
    attributes = connector_1(charging(ended, MeterSample(ENERGY, '', 20600)), ended)['attributes']
    assert (attributes['txId'], attributes['totalCharged']) == (7, 1600)
    assert attributes['txStopTimestamp'] == NOW_MS + 3_600_000


@pytest.mark.parametrize(
    ('transaction', 'samples', 'expected'),
    [
        (RUNNING, (REGISTER,), 20150),
        (replace(RUNNING, meter_stop_wh=20600, stop_timestamp=NOW), (), 20600),
        (RUNNING, (), 19000),
        (replace(RUNNING, meter_start_wh=None), (), 'absent'),
        (replace(RUNNING, meter_start_wh=0), (), 0),
    ],
)
def test_last_meter_value_is_the_sample_else_the_stop_else_the_start_else_absent(
    transaction: Transaction, samples: tuple[MeterSample, ...], expected: object
) -> None:
    attributes = connector_1(charging(transaction, *samples), transaction)['attributes']
    assert attributes.get('lastMeterValue', 'absent') == expected


def test_a_register_read_before_the_first_transaction_is_shown_without_transaction_members() -> None:
    meter = Meter().updated(NOW, (REGISTER,))
    assert connector_1(Connector(1, meter=meter))['attributes'] == {'lastMeterValue': 20150, 'timestamp': NOW_MS}


def test_live_values_stand_beside_the_status() -> None:
    samples = (
        MeterSample(POWER, '', 6900.0),
        MeterSample(CURRENT, 'L1', 10.0),
        MeterSample(CURRENT, 'L2', 9.9),
        MeterSample(VOLTAGE, 'L1', 230.1),
        MeterSample(SOC, '', 55.0),
        REGISTER,
    )
    limit = Limit(10.0, 'Home Assistant', NOW)
    connector = Connector(
        1, (StatusChange('Charging', NOW, 'OverVoltage'),), limit=limit, meter=Meter().updated(NOW, samples)
    )
    document = connector_1(connector)
    assert {name: document[name] for name in document if name != 'attributes'} == {
        'status': 'Charging',
        'mode': 'manual',
        'limit': 10.0,
        'limitSetBy': 'Home Assistant',
        'power': 6900.0,
        'currents': {'L1': 10.0, 'L2': 9.9},
        'voltages': {'L1': 230.1},
        'soc': 55.0,
        'energy': 20150.4,
        'errorCode': 'OverVoltage',
        'statusTimestamp': NOW_MS,
    }


def test_a_current_without_a_phase_stands_for_l1_only_where_no_phase_is_known() -> None:
    alone = Meter().updated(NOW, (MeterSample(CURRENT, '', 8.0),))
    both = alone.updated(NOW, (MeterSample(CURRENT, 'L1', 7.9),))
    assert connector_1(Connector(1, meter=alone))['currents'] == {'L1': 8.0}
    assert connector_1(Connector(1, meter=both))['currents'] == {'L1': 7.9}
