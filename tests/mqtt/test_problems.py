"""What is wrong with a broker, in a sentence for people."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiomqtt import Client, MqttCodeError, MqttError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from cpo.mqtt.broker import Broker, problem_of
from cpo.settings import Settings


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


async def test_the_pauses_between_two_tries_grow() -> None:
    pauses_s: list[float] = []
    problems: list[str | None] = []
    broker = Broker(Settings(mqtt='127.0.0.1:1'), lambda: problems.append(broker.problem))

    async def sleep(pause_s: float) -> None:
        pauses_s.append(pause_s)
        if len(pauses_s) == 7:
            raise asyncio.CancelledError

    async def serve(client: Client) -> None:
        raise AssertionError('nobody listens there')

    with pytest.raises(asyncio.CancelledError):
        await broker.keep_connected(serve, sleep)
    assert pauses_s == [1, 2, 4, 8, 16, 30, 30]
    assert problems == [
        'The MQTT broker 127.0.0.1:1 cannot be reached (Connection refused); charging goes on without it.'
    ]


@pytest.mark.parametrize(
    ('settings', 'name'),
    [
        ({'mqtt': 'nas.lan'}, 'nas.lan:1883'),
        ({'mqtt': 'nas.lan', 'mqtt_tls': True}, 'nas.lan:8883'),
        ({'mqtt': '[fd00::1]:1884'}, 'fd00::1:1884'),
    ],
)
def test_an_address_without_a_port_has_the_usual_one(settings: dict[str, Any], name: str) -> None:
    assert Broker(Settings(**settings), lambda: None).name == name
