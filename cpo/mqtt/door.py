"""The door to MQTT: publishes the charger as a device of Home Assistant, takes commands and readings of the house."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import orjson
from aiomqtt import Client, Message

from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper, SolarController
from cpo.errors import CpoError
from cpo.mqtt.broker import Broker, payload_of, subscribe, text_of
from cpo.mqtt.commands import Command, Commanded, command_of, perform
from cpo.mqtt.entities import COMMAND_REFUSED, ON
from cpo.mqtt.happenings import Happening, happening
from cpo.mqtt.house_readings import reading_topics, solar_read
from cpo.mqtt.outbox import Outbox, Payload
from cpo.mqtt.presence import Presence
from cpo.mqtt.topics import BIRTH, Topics

logger = logging.getLogger(__name__)

MOST_COMMANDS = 20
"""So many wait for the charger's answer at once; further ones are refused."""
MISSED_FOR = timedelta(minutes=1)
"""An event that happened while the broker was away is published as long."""

WordsOf = Callable[[int], tuple[str, str]]
"""Headline and sentence of a connector, as plain text."""


class Mqtt:
    """Follows the ChargePoint for its whole life; `run` is what talks with the broker."""

    def __init__(
        self, charge_point: ChargePoint, solar_controller: SolarController, goals: GoalKeeper, words_of: WordsOf
    ) -> None:
        self._charge_point = charge_point
        self._presence = Presence(charge_point, goals, words_of)
        self._commanded = Commanded(charge_point, goals)
        self._prefix = charge_point.settings.mqtt_prefix
        self._readings = reading_topics(self._prefix)
        self._useless: set[str] = set()
        self._broker = Broker(charge_point.settings, charge_point.live.notify_next)
        self._outbox = Outbox()
        self._changed = asyncio.Event()
        self._newest_event = 0
        self._happenings: list[Happening] = []
        self._commands: set[asyncio.Task[None]] = set()
        charge_point.subscribe(self._changed.set)
        solar_controller.subscribe(self._changed.set)
        goals.subscribe(self._changed.set)

    def problem(self) -> str | None:
        """A sentence while the broker cannot be used, None while it can."""
        return self._broker.problem

    async def run(self) -> None:
        """Talk with the broker until cancelled."""
        await self._broker.keep_connected(self._serve)

    async def _serve(self, client: Client) -> None:
        self._outbox.clear()
        for topic in (f'{self._prefix}/+/+/set', f'{self._prefix}/+/+/+/set', *self._readings, BIRTH):
            await subscribe(client, topic)
        await subscribe(client, f'{self._prefix}/+/connected', with_retained=True)
        tasks = [asyncio.create_task(work) for work in (self._publish_changes(client), self._read(client))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # ---- out

    async def _publish_changes(self, client: Client) -> None:
        """Publish what has changed, at the pace of the outbox, until cancelled."""
        while True:
            self._changed.clear()
            self._collect_events()
            due = self._outbox.due(self._presence.messages(), asyncio.get_running_loop().time())
            for topic, payload in due.messages.items():
                await client.publish(topic, encoded(payload), qos=1, retain=True)
            while self._happenings:
                await client.publish(self._happenings[0].topic, encoded(self._happenings[0].payload), qos=1)
                del self._happenings[0]
            with suppress(TimeoutError):
                async with asyncio.timeout(due.again_in_s):
                    await self._changed.wait()

    def _collect_events(self) -> None:
        state, oldest = self._charge_point.state, self._charge_point.now() - MISSED_FOR
        topics = self._presence.topics
        for event in self._charge_point.events:
            if event.number > self._newest_event:
                self._newest_event = event.number
                found = happening(event, topics, state) if topics and event.at >= oldest else None
                self._happenings += [found] if found else []

    # ---- in

    async def _read(self, client: Client) -> None:
        async for message in client.messages:
            self._take(message)

    def _take(self, message: Message) -> None:
        topic = str(message.topic)
        if topic in self._readings:
            self._take_reading(topic, message)
        elif topic == BIRTH:
            if text_of(message) == 'online':
                self._outbox.clear()
                self._changed.set()
        elif topic.endswith('/connected'):
            self._take_leftover(topic, text_of(message))
        elif message.retain:
            logger.warning('A retained command is not obeyed: %s', topic)
        elif command := command_of(topic, payload_of(message), self._prefix):
            self._begin(command)

    def _take_reading(self, topic: str, message: Message) -> None:
        try:
            entry = solar_read(self._readings[topic], payload_of(message), self._charge_point.now())
        except CpoError as error:
            if topic not in self._useless:  # said once, as a meter may send it each second
                logger.warning('A reading by MQTT is of no use: %s', error)
            self._useless.add(topic)
        else:
            self._useless.discard(topic)
            self._charge_point.record(entry)

    def _take_leftover(self, topic: str, text: str) -> None:
        """Another charger that the broker still has as connected: it left while the broker or this program was away."""
        charger = topic.removeprefix(f'{self._prefix}/').removesuffix('/connected')
        if text == ON and '/' not in charger:
            self._presence.leave(Topics(self._prefix, charger))
            self._changed.set()

    def _begin(self, command: Command) -> None:
        """Perform a command beside the others: the answer of a charger may take half a minute."""
        if len(self._commands) >= MOST_COMMANDS:
            logger.warning('Too many commands by MQTT at once: %s', command.name)
            return
        task = asyncio.create_task(self._perform(command))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _perform(self, command: Command) -> None:
        """Do it, and answer with the state, whether or not it has changed; a refusal is an event as well."""
        topics = self._presence.topics
        try:
            await perform(command, self._commanded)
        except CpoError as error:
            logger.warning('A command by MQTT was refused: %s', error)
            if topics is not None:
                refused = {'event_type': COMMAND_REFUSED, 'command': command.name, 'detail': str(error)}
                self._happenings.append(Happening(topics.of('event'), refused))
        except Exception:
            logger.exception('A command by MQTT failed')
        if topics is not None:
            self._outbox.forget(topics.of('state', command.connector_id))
        self._changed.set()


def encoded(payload: Payload) -> str | bytes:
    """A payload as the broker gets it."""
    return payload if isinstance(payload, str) else orjson.dumps(payload)
