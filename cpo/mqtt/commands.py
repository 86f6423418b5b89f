"""Commands by MQTT: what a message asks for, and doing it as REST does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cpo.charge_point import ChargePoint
from cpo.controllers import GoalKeeper, choose_mode
from cpo.errors import InvalidLimit, InvalidMode, InvalidPayload, UnknownAction
from cpo.mqtt.entities import OFF, ON
from cpo.mqtt.goals import with_departure, with_energy
from cpo.mqtt.numbers import number_of
from cpo.mqtt.topics import topic_id
from cpo.state import Mode, Source, SourceKind

PRESS = 'PRESS'
"""What Home Assistant sends for a button."""
MQTT = Source(SourceKind.PROGRAM, 'MQTT')


@dataclass(frozen=True, slots=True)
class Command:
    """A command for a charger (by its `topic_id`) or one of its connectors, None: the whole charger."""

    charger: str
    connector_id: int | None
    name: str
    payload: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """What commands are for."""

    charge_point: ChargePoint
    goals: GoalKeeper


def command_of(topic: str, payload: bytes, prefix: str) -> Command | None:
    """The command in a message; None where the topic is that of none."""
    parts = topic.removeprefix(f'{prefix}/').split('/')
    text = payload[:100].decode(errors='replace').strip()
    match parts:
        case [charger, name, 'set']:
            return Command(charger, None, name, text)
        case [charger, connector, name, 'set'] if connector.isascii() and connector.isdigit() and len(connector) < 4:
            return Command(charger, int(connector), name, text)
    return None


async def perform(command: Command, house: Commanded) -> None:
    """Do what the command asks, and wait for the charger's answer. Raises CpoError where it is wrong or refused."""
    known = OF_CHARGER if command.connector_id is None else OF_CONNECTOR
    is_ours = command.charger == topic_id(house.charge_point.state.charge_box_id or '')
    if not is_ours or command.name not in known:
        raise UnknownAction(f'There is no command {command.name} for {command.charger}.')
    await known[command.name](house, command.connector_id or 0, command.payload)


async def _set_limit(house: Commanded, connector_id: int, payload: str) -> None:
    limit_a = number_of(payload)
    if limit_a is None:
        raise InvalidLimit(f'The limit must be a current in A like 10, not {payload[:40]!r}.')
    await house.charge_point.set_charging_limit(connector_id, limit_a, MQTT)


async def _set_mode(house: Commanded, connector_id: int, payload: str) -> None:
    modes = [mode.value for mode in Mode]
    if payload not in modes:
        raise InvalidMode(f'The mode must be one of {", ".join(modes)}.')
    _check_connector(house.charge_point, connector_id)
    await choose_mode(house.charge_point, connector_id, Mode(payload), MQTT)


async def _switch(house: Commanded, connector_id: int, payload: str) -> None:
    """Start with the limit that was wished last, or end the transaction; switched again, nothing changes."""
    if payload not in (ON, OFF):
        raise InvalidLimit(f'Charging is switched {ON} or {OFF}, not {payload[:40]!r}.')
    connector, most_a = house.charge_point.state.connector(connector_id), house.charge_point.settings.max_current
    limit_a = min(connector.own_limit_a or most_a, most_a) if payload == ON else 0
    await house.charge_point.set_charging_limit(connector_id, limit_a, MQTT)


async def _unlock(house: Commanded, connector_id: int, payload: str) -> None:
    _check_pressed(payload)
    _check_connector(house.charge_point, connector_id)
    request = house.charge_point.dialect.unlock(connector_id)
    await house.charge_point.command(request.action, dict(request.payload))


async def _restart(house: Commanded, connector_id: int, payload: str) -> None:
    _check_pressed(payload)
    await house.charge_point.restart()


async def _clear_profiles(house: Commanded, connector_id: int, payload: str) -> None:
    _check_pressed(payload)
    await house.charge_point.clear_all_profiles()


async def _set_goal(house: Commanded, connector_id: int, payload: str) -> None:
    _check_connector(house.charge_point, connector_id)
    view = house.goals.view(connector_id)
    goal = with_energy(None if view is None else view.book.in_force, payload)
    if goal is not None:
        await house.goals.put(connector_id, goal, tonight=view is not None and view.book.tonight is not None)
    elif view is not None:
        await house.goals.clear(connector_id)


async def _set_departure(house: Commanded, connector_id: int, payload: str) -> None:
    _check_connector(house.charge_point, connector_id)
    view = house.goals.view(connector_id)
    goal = with_departure(None if view is None else view.book.in_force, payload)
    await house.goals.put(connector_id, goal, tonight=view is not None and view.book.tonight is not None)


def _check_pressed(payload: str) -> None:
    if payload != PRESS:
        raise InvalidPayload(f'A button is pressed with {PRESS}, not {payload[:40]!r}.')


def _check_connector(charge_point: ChargePoint, connector_id: int) -> None:
    if all(connector.connector_id != connector_id for connector in charge_point.state.charging_connectors):
        raise UnknownAction(f'The charger has no connector {connector_id}.')


Performer = Callable[[Commanded, int, str], Awaitable[None]]
OF_CHARGER: dict[str, Performer] = {'restart': _restart, 'clear_profiles': _clear_profiles}
OF_CONNECTOR: dict[str, Performer] = {
    'charge_limit': _set_limit,
    'mode': _set_mode,
    'charging': _switch,
    'unlock': _unlock,
    'goal': _set_goal,
    'departure': _set_departure,
}
"""The commands by their names, which are the keys of the entities."""
