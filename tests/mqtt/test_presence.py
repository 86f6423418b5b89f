"""What the broker is to hold, as the state and the settings change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from cpo.house import House
from cpo.journal import Journal
from cpo.mqtt.presence import Presence
from cpo.mqtt.topics import Topics
from cpo.settings import DEMO_CHARGE_BOX_ID, Settings
from cpo.state import Connected, Disconnected
from main import DIALECTS

DEVICE, CONNECTED = 'homeassistant/device/homecpo_garage/config', 'homecpo/garage/connected'


@pytest.fixture
async def house() -> House:
    """A house that keeps nothing, without doors."""
    return House.build(Settings(mqtt='127.0.0.1:1'), Journal(None), DIALECTS)


@pytest.fixture
def presence(house: House) -> Iterator[Presence]:
    """What its broker is to hold."""
    yield Presence(house.charge_point, house.goals, lambda number: (f'Connector {number}', ''))
    house.charge_point.journal.close()


def arrive(house: House, name: str) -> None:
    """A charger connects."""
    house.charge_point.record(Connected(datetime.now(UTC), name, '127.0.0.1'))


async def test_before_any_charger_there_is_nothing(presence: Presence) -> None:
    assert (presence.messages(), presence.topics) == ({}, None)


async def test_a_device_comes_before_its_values_and_before_it_is_said_to_be_there(
    house: House, presence: Presence
) -> None:
    arrive(house, 'garage')
    assert list(presence.messages()) == [DEVICE, 'homecpo/garage/state', 'homecpo/garage/1/state', CONNECTED]
    assert presence.messages()[CONNECTED] == 'ON'
    house.charge_point.record(Disconnected(datetime.now(UTC)))
    assert presence.messages()[CONNECTED] == 'OFF'


async def test_a_setting_that_changes_is_in_the_device_at_once(house: House, presence: Presence) -> None:
    arrive(house, 'garage')
    await house.charge_point.settings_keeper.change({'max_current': 10, 'name': 'Carport'}, '')
    device: Any = presence.messages()[DEVICE]
    assert device['device']['name'] == 'Carport'
    assert device['components']['connector_1_charge_limit']['max'] == 10


async def test_a_charger_that_was_replaced_is_not_connected(house: House, presence: Presence) -> None:
    arrive(house, 'garage')
    presence.messages()
    arrive(house, 'yard')
    messages = presence.messages()
    assert (messages[CONNECTED], messages['homecpo/yard/connected']) == ('OFF', 'ON')
    assert DEVICE not in messages
    arrive(house, 'garage')
    messages = presence.messages()
    assert (messages[CONNECTED], messages['homecpo/yard/connected']) == ('ON', 'OFF')


async def test_the_demo_charger_is_removed_when_another_one_comes(house: House, presence: Presence) -> None:
    arrive(house, DEMO_CHARGE_BOX_ID)
    shown = set(presence.messages())
    arrive(house, 'garage')
    messages = presence.messages()
    assert shown <= {topic for topic, payload in messages.items() if payload == ''}


async def test_the_charger_that_is_here_is_not_said_to_have_left(house: House, presence: Presence) -> None:
    arrive(house, 'garage')
    presence.leave(Topics('homecpo', 'garage'))
    assert presence.messages()[CONNECTED] == 'ON'
