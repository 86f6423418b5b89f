"""What is wrong with a broker, in a sentence for people."""

from __future__ import annotations

import pytest
from aiomqtt import MqttCodeError, MqttError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from cpo.mqtt.broker import problem_of


def refused(code: int) -> MqttCodeError:
    """The answer of a broker that speaks MQTT 5."""
    return MqttCodeError(ReasonCode(PacketTypes.CONNACK, identifier=code))


@pytest.mark.parametrize(
    ('error', 'sentence'),
    [
        (refused(134), 'refuses the user name or the password (CPO_MQTT_USER, CPO_MQTT_PASSWORD).'),
        (refused(135), 'refuses the user name or the password (CPO_MQTT_USER, CPO_MQTT_PASSWORD).'),
        (refused(132), 'does not speak MQTT 5.'),
        (refused(136), 'cannot be reached (Server unavailable); charging goes on without it.'),
        (
            MqttError('[Errno 111] Connection refused'),
            'cannot be reached (Connection refused); charging goes on without it.',
        ),
        (MqttError(''), 'cannot be reached; charging goes on without it.'),
    ],
)
def test_it_says_what_to_do(error: Exception, sentence: str) -> None:
    assert problem_of('nas.lan:1883', error) == f'The MQTT broker nas.lan:1883 {sentence}'
