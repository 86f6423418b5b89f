"""What a message of somebody else says: a command, a reading, or nothing of use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cpo.errors import InvalidReading
from cpo.mqtt.commands import MQTT, Command, command_of
from cpo.mqtt.house_readings import reading_topics, solar_read
from cpo.state import ReadingName, SolarRead

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ('topic', 'command'),
    [
        ('my/homecpo/garage/restart/set', Command('garage', None, 'restart', '10')),
        ('my/homecpo/garage/2/charge_limit/set', Command('garage', 2, 'charge_limit', '10')),
        ('my/homecpo/garage/x/charge_limit/set', None),
        ('my/homecpo/garage/²/charge_limit/set', None),
        ('my/homecpo/garage/1/state', None),
        ('my/homecpo/garage/1/2/3/set', None),
        ('my/homecpo/set', None),
    ],
)
def test_a_topic_says_what_is_asked_for(topic: str, command: Command | None) -> None:
    assert command_of(topic, b' 10\n', 'my/homecpo') == command


def test_each_reading_has_a_topic() -> None:
    assert list(reading_topics('homecpo')) == [
        *('homecpo/pv_w', 'homecpo/grid_w', 'homecpo/battery_w', 'homecpo/battery_soc', 'homecpo/grid_a')
    ]


@pytest.mark.parametrize(
    ('name', 'payload', 'value'),
    [
        ('grid_w', b'-900', -900.0),
        ('pv_w', b' 3.2e3 ', 3200.0),
        ('battery_soc', b'64.5', 64.5),
        ('grid_a', b'[4.2, -1.0, .3]', (4.2, -1.0, 0.3)),
        ('grid_a', b'4,5,6', (4.0, 5.0, 6.0)),
    ],
)
def test_a_reading_is_a_plain_number(name: ReadingName, payload: bytes, value: Any) -> None:
    members: dict[Any, Any] = {name: value}
    assert solar_read(name, payload, NOW) == SolarRead(NOW, by=MQTT, **members)


def test_an_empty_message_forgets_a_reading() -> None:
    assert solar_read('battery_w', b'', NOW) == SolarRead(NOW, by=MQTT, forgotten=frozenset({'battery_w'}))


@pytest.mark.parametrize(
    ('name', 'payload'),
    [
        *[('grid_w', each) for each in (b'unavailable', b'nan', b'inf', b'1e999', b'1_000', b'\xff', b'true', b'1e9')],
        *[('grid_a', each) for each in (b'4.2', b'[1,2]', b'[1,2,3,4]', b'[1,2,x]', b'[1,2,1e6]')],
        ('battery_soc', b'101'),
        ('pv_w', '٣'.encode()),
    ],
)
def test_what_is_no_reading_of_a_home_is_refused(name: ReadingName, payload: bytes) -> None:
    with pytest.raises(InvalidReading):
        solar_read(name, payload, NOW)
