"""The connection with the MQTT broker: renewed whenever it ends, with a last will; a broker that is away harms nothing.

It is MQTT 5, as two of its options are needed: a retained command must be told from a new one, and what this program
publishes must not come back to it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from aiomqtt import Client, Message, MqttCodeError, MqttError, ProtocolVersion, Will
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from cpo.mqtt.topics import OFFLINE, ONLINE, status_topic
from cpo.settings import Settings

logger = logging.getLogger(__name__)

PORT, TLS_PORT = 1883, 8883
KEEPALIVE_S = 15
MOST_BYTES = 16_384
"""The broker keeps a larger message to itself; commands and readings have a few."""
ANSWER_S = 10
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
NOT_LET_IN = (134, 135)
"""Reason codes: bad user name or password, not authorized (MQTT 5 §3.2.2.2)."""
UNSUPPORTED = 132

Serve = Callable[[Client], Awaitable[None]]
"""Uses a connection until it ends or is cancelled."""


class Broker:
    """The broker of the settings; `problem` is a sentence while it cannot be used, None while it can."""

    def __init__(self, settings: Settings, on_change: Callable[[], None]) -> None:
        """`on_change` is called when the problem becomes another one."""
        self._settings, self._on_change = settings, on_change
        parts = urlsplit(f'mqtt://{settings.mqtt}')
        self._host = parts.hostname or ''
        self._port = parts.port or (TLS_PORT if settings.mqtt_tls else PORT)
        self.problem: str | None = None

    async def keep_connected(self, serve: Serve, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Connect, serve, and after the end of the connection do it again, with growing pauses; until cancelled."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                async with self._client() as client:
                    pause_s = FIRST_PAUSE_S
                    self._set_problem(None)
                    await self._serve(client, serve)
            except (MqttError, OSError) as error:
                self._set_problem(problem_of(self.name, error))
            except Exception:  # a mistake of ours ends MQTT no more than a broker that is away
                logger.exception('MQTT failed')
                self._set_problem('MQTT failed by a mistake of this program; its log says more. It is tried again.')
            await sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _serve(self, client: Client, serve: Serve) -> None:
        status = status_topic(self._settings.mqtt_prefix)
        await client.publish(status, ONLINE, qos=1, retain=True)
        try:
            await serve(client)
        except asyncio.CancelledError:  # a clean end has no last will
            with suppress(MqttError):
                await client.publish(status, OFFLINE, qos=1, retain=True, timeout=1)
            raise

    def _client(self) -> Client:
        settings, password = self._settings, self._settings.mqtt_password
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # it has no types
        properties.MaximumPacketSize = MOST_BYTES
        will = Will(status_topic(settings.mqtt_prefix), OFFLINE, qos=1, retain=True)
        return Client(
            self._host,
            self._port,
            username=settings.mqtt_user,
            password=None if password is None else password.get_secret_value(),
            # the same at each start: the broker then ends an older connection, with its will, before this one begins
            identifier=f'{settings.mqtt_prefix}-{socket.gethostname()}-{settings.port}',
            protocol=ProtocolVersion.V5,
            will=will,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_S,
            tls_context=ssl.create_default_context() if settings.mqtt_tls else None,
            properties=properties,
            max_queued_incoming_messages=1000,
        )

    def _set_problem(self, problem: str | None) -> None:
        if problem == self.problem:
            return
        self.problem = problem
        if problem is None:
            logger.info('Connected with the MQTT broker %s', self.name)
        else:
            logger.warning('%s', problem)
        self._on_change()

    @property
    def name(self) -> str:
        """Its address, as people know it."""
        return f'{self._host}:{self._port}'


def problem_of(broker: str, error: Exception) -> str:
    """What is wrong, in a sentence for people; `broker` is its address."""
    code = error.rc if isinstance(error, MqttCodeError) else None
    value = code.value if isinstance(code, ReasonCode) else code
    if value in NOT_LET_IN:
        return f'The MQTT broker {broker} refuses the user name or the password (CPO_MQTT_USER, CPO_MQTT_PASSWORD).'
    if value == UNSUPPORTED:
        return f'The MQTT broker {broker} does not speak MQTT 5.'
    reason = re.sub(r'^\[[^]]*\] *', '', str(error)).rstrip('.')
    return f'The MQTT broker {broker} cannot be reached{f" ({reason})" if reason else ""}; charging goes on without it.'


async def subscribe(client: Client, topic: str, *, with_retained: bool = False) -> None:
    """Subscribe to what others publish; `with_retained`: also to what the broker kept, else to new messages only.

    The flag `retain` of a message is as its sender set it.
    """
    handling = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE if with_retained else SubscribeOptions.RETAIN_DO_NOT_SEND
    options = SubscribeOptions(qos=1, noLocal=True, retainAsPublished=True, retainHandling=handling)
    await client.subscribe(topic, options=options)


def text_of(message: Message) -> str:
    """The payload as text; what is no UTF-8 is replaced."""
    return payload_of(message).decode(errors='replace')


def payload_of(message: Message) -> bytes:
    """The payload, empty where there is none."""
    payload = message.payload
    return payload if isinstance(payload, bytes) else str(payload or '').encode()
