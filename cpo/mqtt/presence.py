"""What the broker is to hold of the chargers: the one that is shown, and that others are not connected."""

from __future__ import annotations

from collections.abc import Callable

from cpo.addresses import websocket_urls
from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper
from cpo.mqtt.discovery import Device, device_payload
from cpo.mqtt.entities import OFF, ON
from cpo.mqtt.goals import goal_values
from cpo.mqtt.outbox import Payload
from cpo.mqtt.topics import Topics, topic_id
from cpo.mqtt.values import charger_values, connector_values, last_session, session_record
from cpo.settings import DEMO_CHARGE_BOX_ID, Settings
from cpo.state import ChargePointState


class Presence:
    """The retained messages about the chargers, as they should be now."""

    def __init__(
        self, charge_point: ChargePoint, goals: GoalKeeper, words_of: Callable[[int], tuple[str, str]]
    ) -> None:
        """`words_of` returns headline and sentence of a connector."""
        self._charge_point, self._goals, self._words_of = charge_point, goals, words_of
        self._shown: Topics | None = None
        self._left: dict[str, Payload] = {}
        self._seen: dict[int, set[str]] = {}
        self._address: tuple[Settings | None, str] = (None, '')

    @property
    def topics(self) -> Topics | None:
        """The topics of the charger that is shown, None before any was seen."""
        box = self._charge_point.state.charge_box_id
        return None if box is None else Topics(self._charge_point.settings.mqtt_prefix, topic_id(box))

    def leave(self, topics: Topics) -> None:
        """Say that a charger is not here, unless it is the one that is shown."""
        if topics != self.topics:
            self._left |= farewell(topics)

    def messages(self) -> dict[str, Payload]:
        """Every message, by topic in the order to send: first that others left, then devices, then values."""
        topics = self.topics
        if topics != self._shown:
            if self._shown is not None:
                self.leave(self._shown)
            self._shown, self._seen = topics, {}
        if topics is None:
            return self._left
        state, devices, values = self._charge_point.state, dict[str, Payload](), dict[str, Payload]()
        for connector in state.charging_connectors:
            number = connector.connector_id
            words, max_a = self._words_of(number), self._charge_point.settings.max_current
            found = connector_values(connector, state, max_a, words, self._charge_point.now())
            goal = self._goals.view(number)
            found |= goal_values(None if goal is None else goal.book.in_force)
            seen = self._seen.setdefault(number, set())
            seen |= found.keys()
            devices[topics.device(number)] = device_payload(self._device(topics, state, number), number, seen)
            values[topics.of('state', number)] = found
            if ended := last_session(state, number):
                values[topics.of('session', number)] = session_record(ended)
        connected: dict[str, Payload] = {topics.connected: ON if state.connected else OFF}
        whole: dict[str, Payload] = {topics.of('state'): charger_values(state)}
        here = devices | whole | values | connected
        self._left = {topic: payload for topic, payload in self._left.items() if topic not in here}
        return self._left | here

    def _device(self, topics: Topics, state: ChargePointState, connector_id: int) -> Device:
        settings, box = self._charge_point.settings, state.charge_box_id or ''
        own = known.name if (known := state.chargers.get(box)) else ''
        name = 'Demo charger' if state.demo else own or settings.name or box.strip('/')
        if connector_id > 1:
            names = settings.connector_names
            name = f'{name} {names[connector_id - 1] if connector_id <= len(names) else connector_id}'
        return Device(topics, name, self._url(settings), settings.max_current, settings.currency, state.boot)

    def _url(self, settings: Settings) -> str:
        """Where Home Assistant finds the pages of this program."""
        if self._address[0] is not settings:
            url = settings.public_url or f'http://{websocket_urls(settings, "")[0].host}:{settings.port}'
            self._address = (settings, url)
        return self._address[1]


def farewell(topics: Topics) -> dict[str, Payload]:
    """What says that a charger is not here: the demo charger is removed, any other is no longer connected."""
    if topics.charger != topic_id(DEMO_CHARGE_BOX_ID):
        return {topics.connected: OFF}
    connector = {topics.of(name, 1): '' for name in ('state', 'session')}
    return {topics.device(): '', topics.of('state'): '', topics.connected: '', **connector}
