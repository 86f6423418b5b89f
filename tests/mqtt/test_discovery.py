"""The discovery that Home Assistant gets, beside one that was tried on its releases."""

from __future__ import annotations

from typing import Any

import pytest

from cpo.mqtt.discovery import Device, device_payload, least_limit_a
from cpo.mqtt.entities import OF_CHARGER, OF_CONNECTOR
from cpo.mqtt.topics import Topics
from cpo.state import BootInformation

DEVICE = Device(
    Topics('homecpo', 'garage'),
    'Garage',
    'http://192.168.1.20:8080',
    16,
    'EUR',
    BootInformation('VendorX', 'Box', '1.4.2', 'SN7'),
)
ALL = {entity.key for entity in (*OF_CHARGER, *OF_CONNECTOR)}
TRIED = (
    ('connected', 'binary_sensor', 'connectivity', None, None),
    ('plugged', 'binary_sensor', 'plug', None, None),
    ('status', 'sensor', 'enum', None, None),
    ('power', 'sensor', 'power', 'measurement', 'W'),
    ('current_l1', 'sensor', 'current', 'measurement', 'A'),
    ('energy', 'sensor', 'energy', 'total_increasing', 'kWh'),
    ('session_energy', 'sensor', 'energy', None, 'kWh'),
    ('session_start', 'sensor', 'timestamp', None, None),
    ('session_duration', 'sensor', 'duration', None, 'min'),
    ('limit', 'sensor', 'current', 'measurement', 'A'),
    ('why', 'sensor', None, None, None),
    ('charge_limit', 'number', 'current', None, 'A'),
    ('charging', 'switch', None, None, None),
    ('mode', 'select', None, None, None),
    ('session_cost', 'sensor', 'monetary', None, 'EUR'),
    ('goal', 'number', 'energy', None, 'kWh'),
    ('departure', 'text', None, None, None),
    ('restart', 'button', 'restart', None, None),
    ('session', 'event', None, None, None),
)


def component(key: str, connector_id: int = 1) -> dict[str, Any]:
    """A component of the payload by its key."""
    components: dict[str, dict[str, Any]] = device_payload(DEVICE, connector_id, ALL)['components']
    return next(each for name, each in components.items() if name in (key, f'connector_{connector_id}_{key}'))


@pytest.mark.parametrize(('key', 'platform', 'kind', 'state_class', 'unit'), TRIED)
def test_an_entity_is_as_it_was_tried(
    key: str, platform: str, kind: str | None, state_class: str | None, unit: str | None
) -> None:
    found = component(key)
    names = ('platform', 'device_class', 'state_class', 'unit_of_measurement')
    assert tuple(found.get(name) for name in names) == (platform, kind, state_class, unit)


def test_topics_are_written_out_and_ids_are_unique() -> None:
    components = device_payload(DEVICE, 1, ALL)['components']
    topics = [v for c in components.values() for k, v in c.items() if k.endswith('_topic')]
    assert topics
    assert all(topic.startswith('homecpo/garage/') and '~' not in topic for topic in topics)
    assert len({c['unique_id'] for c in components.values()}) == len(components) == len(ALL)


def test_each_charger_has_an_availability_of_its_own() -> None:
    program = {'topic': 'homecpo/status', 'payload_available': 'online', 'payload_not_available': 'offline'}
    charger = {'topic': 'homecpo/garage/connected', 'payload_available': 'ON', 'payload_not_available': 'OFF'}
    assert component('power')['availability'] == [program, charger]
    assert component('connected')['availability'] == [program]
    assert {c['availability_mode'] for c in device_payload(DEVICE, 1, ALL)['components'].values()} == {'all'}


def test_the_number_ends_at_the_configured_maximum() -> None:
    assert (component('charge_limit')['min'], component('charge_limit')['max']) == (6, 16)


@pytest.mark.parametrize(('max_a', 'least_a'), [(16, 6), (6, 5), (6.5, 5.5), (1, 0)])
def test_the_least_limit_is_below_the_most(max_a: float, least_a: float) -> None:
    assert least_limit_a(max_a) == least_a < max_a


def test_another_connector_is_a_device_below_its_charger() -> None:
    first, second = (device_payload(DEVICE, number, ALL) for number in (1, 2))
    assert second['device']['via_device'] in first['device']['identifiers']
    assert second['device']['identifiers'] != first['device']['identifiers']
    assert 'restart' not in second['components']
    assert component('power', 2)['state_topic'] == 'homecpo/garage/2/state'
    ids = [{c['unique_id'] for c in payload['components'].values()} for payload in (first, second)]
    assert not ids[0] & ids[1]


def test_a_device_says_who_made_it() -> None:
    assert device_payload(DEVICE, 1, ())['device'] == {
        'identifiers': ['homecpo_garage'],
        'name': 'Garage',
        'configuration_url': 'http://192.168.1.20:8080',
        'manufacturer': 'VendorX',
        'model': 'Box',
        'sw_version': '1.4.2',
        'serial_number': 'SN7',
    }


def test_what_only_some_chargers_measure_is_offered_once_it_was_seen() -> None:
    names = [device_payload(DEVICE, 1, seen)['components'].keys() for seen in ((), ('current_l2', 'soc'))]
    assert names[1] - names[0] == {'connector_1_current_l2', 'connector_1_soc'}


def test_the_energy_page_is_offered_the_register_only() -> None:
    components = device_payload(DEVICE, 1, ALL)['components'].values()
    counted = [c['name'] for c in components if c.get('device_class') == 'energy' and 'state_class' in c]
    assert counted == ['Energy']
