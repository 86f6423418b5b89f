"""The ids and topics of chargers with any name."""

from __future__ import annotations

import re

import pytest

from cpo.mqtt.topics import Topics, topic_id


@pytest.mark.parametrize('box', ['garage', 'CP-1_b', '/demo-charger'])
def test_a_plain_name_stays(box: str) -> None:
    assert topic_id(box) == box.strip('/')


@pytest.mark.parametrize('box', ['a/b', 'a b', 'Garage +', 'wall#1', 'Straße', '$SYS', 'a.2', '\ud800'])
def test_another_character_becomes_an_underscore_with_a_hash(box: str) -> None:
    assert re.fullmatch('[A-Za-z0-9_-]+_[0-9a-f]{6}', topic_id(box))


def test_names_that_differ_in_such_characters_only_stay_apart() -> None:
    assert len({topic_id(box) for box in ('a b', 'a_b', 'a/b', 'a+b')}) == 4


def test_topics_are_written_out() -> None:
    topics = Topics('homecpo', 'garage')
    assert topics.of('state', 2) == 'homecpo/garage/2/state'
    assert topics.command('restart') == 'homecpo/garage/restart/set'
    assert topics.command('charge_limit', 1) == 'homecpo/garage/1/charge_limit/set'
    assert topics.device() == 'homeassistant/device/homecpo_garage/config'
    assert topics.device(2) == 'homeassistant/device/homecpo_garage/2/config'


def test_a_connector_is_no_charger_of_a_similar_name() -> None:
    second, other = Topics('homecpo', 'garage'), Topics('homecpo', 'garage_2')
    assert second.unique_id('power', 2) != other.unique_id('power', 1)
    assert second.device(2) != other.device()
