"""The document of `GET /api/chargepoint`, from states built by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from cpo.chargers import ChargerKind, ChargerKnowledge, Kind, ProfileForm, RemoteStart
from cpo.rest_api.state_document import state_document
from cpo.state import (
    CURRENT,
    ENERGY,
    HOME_ASSISTANT,
    OFFERED,
    POWER,
    VOLTAGE,
    YOU,
    BootInformation,
    ChargePointState,
    Connector,
    Figures,
    Finding,
    Limit,
    Meter,
    MeterSample,
    ProfileWrites,
    ReadBack,
    SessionEnergy,
    Transaction,
    Verdict,
)
from cpo.state.meter import SOC
from tests.statuses import status_change

NOW = datetime(2026, 1, 1, 10, 0, 0, 250_000, tzinfo=UTC)
NOW_MS = 1767261600250
REGISTER = MeterSample(ENERGY, '', 20150.4)
STARTED = SessionEnergy.started(19000, NOW - timedelta(hours=1))
RUNNING = Transaction(
    '7', 'garage', 1, 'Tag1', meter_start_wh=19000, start_timestamp=NOW, energy=STARTED.with_register(20150.4, NOW)
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
    state = ChargePointState('garage', connected=True, connectors={1: connector}, transactions=transactions)
    document: dict[str, Any] = state_document(state, NOW)['connectors']['1']
    return document


def charging(transaction: Transaction, *samples: MeterSample) -> Connector:
    running = transaction.transaction_id if transaction.running else None
    meter = Meter().updated(NOW, samples) if samples else Meter()
    return Connector(1, transaction_id=running, last_transaction_id=transaction.transaction_id, meter=meter)


def test_before_any_charger_there_is_connector_1_and_nothing_is_invented() -> None:
    assert state_document(ChargePointState(), NOW) == {
        'chargePointId': 'Not connected',
        'status': None,
        'timestamp': None,
        'connected': False,
        'demo': False,
        'connectors': {
            '1': {
                'status': 'Unknown',
                'activity': 'unknown',
                'mode': 'manual',
                'limit': None,
                'limitSetBy': None,
                'attributes': {},
            }
        },
    }


def test_status_and_time_at_the_top_are_connector_0_which_is_not_among_the_connectors() -> None:
    connectors = {
        0: Connector(0, (status_change('Unavailable', NOW),)),
        2: Connector(2, (status_change('Charging', NOW),)),
    }
    document = state_document(ChargePointState('garage', connected=True, connectors=connectors), NOW)
    assert (document['status'], document['timestamp']) == ('Unavailable', NOW_MS)
    assert {i: c['status'] for i, c in document['connectors'].items()} == {'1': 'Unknown', '2': 'Charging'}


def test_the_charger_is_named_where_it_introduced_itself() -> None:
    state = ChargePointState('garage', True, NOW, last_message_at=NOW, boot=BootInformation('VendorX', 'One', '1.4.2'))
    members = ('chargePointId', 'since', 'lastMessage', 'vendor', 'model', 'firmwareVersion')
    document = state_document(state, NOW)
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
    limit = Limit(10.0, HOME_ASSISTANT, NOW)
    connector = Connector(
        1, (status_change('Charging', NOW, 'OverVoltage'),), limit=limit, meter=Meter().updated(NOW, samples)
    )
    document = connector_1(connector)
    assert {name: document[name] for name in document if name != 'attributes'} == {
        'status': 'Charging',
        'activity': 'charging',
        'mode': 'manual',
        'limit': 10.0,
        'limitSetBy': 'Home Assistant',
        'power': 6900.0,
        'currents': {'L1': 10.0, 'L2': 9.9},
        'voltages': {'L1': 230.1},
        'phases': 2,
        'measured': 10.0,
        'soc': 55.0,
        'energy': 20150.4,
        'ages': {'power': 0, 'current': 0, 'voltage': 0, 'energy': 0, 'soc': 0},
        'errorCode': 'OverVoltage',
        'statusTimestamp': NOW_MS,
    }


def test_a_current_without_a_phase_stands_for_l1_only_where_no_phase_is_known() -> None:
    alone = Meter().updated(NOW, (MeterSample(CURRENT, '', 8.0),))
    both = alone.updated(NOW, (MeterSample(CURRENT, 'L1', 7.9),))
    assert connector_1(Connector(1, meter=alone))['currents'] == {'L1': 8.0}
    assert connector_1(Connector(1, meter=both))['currents'] == {'L1': 7.9}


def test_what_is_wished_offered_and_measured_and_whether_it_is_obeyed_stands_beside_the_limit() -> None:
    figures = Figures(limit_a=8.0, current_a=12.0)
    limit, found = Limit(8.0, YOU, NOW), ReadBack(Verdict.IGNORES, Finding.CURRENT_DRAWN, NOW, figures)
    samples = (MeterSample('Power.Offered', '', 2070.0), MeterSample(POWER, '', 2760.0))
    connector = Connector(
        1,
        limit=limit,
        last_wish=replace(limit, limit_a=6.0),
        wish_holds=True,
        scheduled_a=8.0,
        read_back=found,
        profile_writes=ProfileWrites(NOW.date(), 3),
        meter=Meter().updated(NOW, samples),
    )
    document = connector_1(connector)
    assert [document[name] for name in ('limit', 'wish', 'offered', 'measured')] == [8.0, 6.0, 9.0, 12.0]
    assert document['readBack'] == {
        'verdict': 'ignores',
        'detail': 'The charger accepted 8 A, but lets the car draw 12.0 A.',
    }
    assert document['profileWritesToday'] == 3


def test_what_the_charger_says_it_offers_counts_more_than_its_schedule() -> None:
    told = Meter().updated(NOW, (MeterSample(OFFERED, 'L1', 7.5),))
    assert connector_1(Connector(1, scheduled_a=8.0, meter=told))['offered'] == 7.5
    assert connector_1(Connector(1, scheduled_a=8.0))['offered'] == 8.0


def test_a_wish_that_is_over_is_absent_and_the_writes_of_yesterday_are_none_today() -> None:
    yesterday = ProfileWrites(NOW.date() - timedelta(days=1), 40)
    document = connector_1(Connector(1, last_wish=Limit(8.0, YOU, NOW), profile_writes=yesterday))
    assert 'wish' not in document
    assert document['profileWritesToday'] == 0


def test_what_was_learned_is_of_this_make_and_in_words() -> None:
    knowledge = ChargerKnowledge(
        form=ProfileForm(kind=Kind.ABSOLUTE), remote_start=RemoteStart.PROFILE_AFTER, unasked=('', 'SupportedFeatures')
    )
    boot = BootInformation('VendorX', 'One', '1.4.2')
    state = ChargePointState(boot=boot, knowledge={ChargerKind('VendorX', 'One', '1.4.2'): knowledge})
    assert state_document(state, NOW, advice=('Update it.',))['advice'] == ['Update it.']
    assert state_document(state, NOW)['learned'] == {
        'profile': 'TxProfile, Absolute, stack level 0, in A',
        'remoteStart': 'with the profile sent once the transaction has begun',
        'neverAsked': ['all configuration keys at once', 'SupportedFeatures'],
    }
    other = replace(state, boot=replace(boot, firmware_version='1.5'))
    assert 'learned' not in state_document(other, NOW)


def test_each_live_value_has_an_age_and_is_called_stale_where_it_is_too_old() -> None:
    samples = (MeterSample(POWER, '', 3660.0), REGISTER)
    state = ChargePointState('garage', True, NOW, connectors={1: charging(RUNNING, *samples)}, transactions=(RUNNING,))
    documents = [state_document(state, NOW + timedelta(seconds=age))['connectors']['1'] for age in (12, 40)]
    assert [(d['power'], d['ages'], d.get('stale')) for d in documents] == [
        (3660, {'power': 12, 'energy': 12}, None),
        (3660, {'power': 40, 'energy': 40}, ['power', 'energy']),
    ]


@pytest.mark.parametrize('connected', [True, False])
def test_what_a_silent_or_lost_charger_draws_is_unknown(connected: bool) -> None:
    connector = charging(RUNNING, MeterSample(POWER, '', 3660.0), MeterSample(CURRENT, 'L1', 15.9))
    state = ChargePointState('garage', connected, NOW, connectors={1: connector}, transactions=(RUNNING,))
    document = state_document(state, NOW + timedelta(minutes=4), silent_since=NOW if connected else None)
    assert {'power', 'currents', 'measured'}.isdisjoint(document['connectors']['1'])
    assert document.get('silentSince') == (NOW_MS if connected else None)


def test_the_power_is_0_while_connected_and_nothing_charges() -> None:
    assert connector_1(Connector(1, (status_change('Available', NOW),)))['power'] == 0
    assert 'power' not in connector_1(Connector(1, (status_change('Charging', NOW),)))
