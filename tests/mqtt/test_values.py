"""What is published of a state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.frozen import replace
from cpo.mqtt.values import charger_values, connector_values, last_session, session_record
from cpo.state import (
    CURRENT,
    ENERGY,
    POWER,
    REST,
    VOLTAGE,
    Activity,
    BootInformation,
    ChargePointState,
    Connector,
    Ending,
    Limit,
    Meter,
    MeterSample,
    SessionEnergy,
    StatusChange,
    Transaction,
)

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
SAMPLES = (
    MeterSample(POWER, '', 7210.4),
    MeterSample(CURRENT, 'L1', 10.44),
    MeterSample(CURRENT, 'L2', 10.5),
    MeterSample(VOLTAGE, 'L1', 230.0),
    MeterSample(VOLTAGE, 'L2', 232.0),
    MeterSample(ENERGY, '', 20150.0),
)
LIMIT = Limit(10.0, REST, NOW)
SESSION = Transaction(
    '7',
    'garage',
    1,
    'Tag1',
    number=7,
    meter_start_wh=19000,
    start_timestamp=NOW - timedelta(minutes=32, seconds=40),
    energy=SessionEnergy(NOW, NOW, NOW, energy_wh=1150.0),
    sun_wh=460.0,
)


def status(activity: Activity, error_code: str = '') -> tuple[StatusChange, ...]:
    """A reported status."""
    return (StatusChange('its word', activity, NOW, error_code),)


CHARGING = Connector(
    1,
    status_changes=status(Activity.CHARGING),
    limit=LIMIT,
    last_wish=LIMIT,
    wish_holds=True,
    own_limit_a=10.0,
    transaction_id='7',
    last_transaction_id='7',
    meter=Meter().updated(NOW, SAMPLES, NOW),
)
STATE = ChargePointState(
    charge_box_id='garage',
    connected=True,
    boot=BootInformation('VendorX', 'Box', '1.4.2'),
    connectors={1: CHARGING},
    transactions=(SESSION,),
)


def values(connector: Connector = CHARGING, **state: Any) -> dict[str, Any]:
    """The values of a connector in this state."""
    its_state = replace(STATE, connectors={1: connector}, **state)
    return connector_values(connector, its_state, 16, ('Charging', 'You set 10 A.'), NOW)


def test_a_car_charges() -> None:
    assert values() == {
        'status': 'charging',
        'why': 'Charging',
        'sentence': 'You set 10 A.',
        'plugged': 'ON',
        'power': 7210.0,
        'current_l1': 10.4,
        'current_l2': 10.5,
        'voltage': 231.0,
        'wanted': 10.0,
        'limit': 10.0,
        'energy': 20.15,
        'last_error': 'none',
        'charge_limit': 10.0,
        'mode': 'manual',
        'charging': 'ON',
        'session_energy': 1.15,
        'session_start': '2026-06-14T11:27:20Z',
        'session_duration': 32,
        'session_sun': 40,
    }
    assert charger_values(STATE) == {'firmware': '1.4.2'}


@pytest.mark.parametrize(
    ('activity', 'plugged'),
    [
        (Activity.IDLE, 'OFF'),
        (Activity.RESERVED, 'OFF'),
        (Activity.PLUGGED_IN, 'ON'),
        (Activity.FINISHING, 'ON'),
        (Activity.FAULTED, None),
        (Activity.UNKNOWN, None),
    ],
)
def test_without_a_session_the_status_says_whether_a_car_is_there(activity: Activity, plugged: str | None) -> None:
    found = values(Connector(1, status_changes=status(activity)))
    assert (found.get('plugged'), found['power'], found['charging']) == (plugged, 0.0, 'OFF')


def test_what_is_unknown_is_absent() -> None:
    found = values(Connector(1), transactions=())
    assert found.keys() == {'status', 'why', 'sentence', 'power', 'last_error', 'mode', 'charging'}


def test_the_power_between_the_end_of_a_session_and_its_status_is_0() -> None:
    ended = replace(CHARGING.without_flow(), transaction_id=None, wish_holds=False, limit=None)
    assert values(ended)['power'] == 0.0
    assert 'power' not in values(ended, connected=False)


def test_a_running_session_without_a_value_has_no_power() -> None:
    assert 'power' not in values(CHARGING.without_flow())


@pytest.mark.parametrize(('wished_a', 'charging', 'slider'), [(0, 'OFF', 10.0), (5, 'ON', None), (16, 'ON', 16)])
def test_switch_and_slider_show_what_is_wanted(wished_a: float, charging: str, slider: float | None) -> None:
    found = values(replace(CHARGING, last_wish=Limit(wished_a, REST, NOW)))
    assert (found['charging'], found.get('charge_limit'), found['wanted']) == (charging, slider, wished_a)


def test_a_pause_by_a_ceiling_does_not_switch_charging_off() -> None:
    held = Limit(0, REST, NOW, held_by='fuse', wished_a=10.0)
    found = values(replace(CHARGING, last_wish=held, limit=held))
    assert (found['charging'], found['wanted'], found['limit']) == ('ON', 10.0, 0)


def test_the_last_error_stays_after_it_is_over() -> None:
    over = (*status(Activity.IDLE), *status(Activity.FAULTED, 'GroundFailure'))
    assert values(Connector(1, status_changes=over))['last_error'] == 'GroundFailure'


def test_the_record_of_a_session() -> None:
    ended = replace(SESSION, stop_timestamp=NOW, meter_stop_wh=20150.0, ending=Ending.UNPLUGGED)
    state = replace(STATE, transactions=(replace(SESSION, number=8, charge_box_id='other', stop_timestamp=NOW), ended))
    found = last_session(state, 1)
    assert found is ended
    assert session_record(found) == {
        'number': 7,
        'transaction_id': '7',
        'connector': 1,
        'id_tag': 'Tag1',
        'start': '2026-06-14T11:27:20Z',
        'end': '2026-06-14T12:00:00Z',
        'duration_min': 32,
        'energy_kwh': 1.15,
        'meter_start_kwh': 19.0,
        'meter_stop_kwh': 20.15,
        'sun_kwh': 0.46,
        'sun_percent': 40,
        'ended_by': 'unplugged',
    }
    assert last_session(STATE, 1) is None
