"""Commands by MQTT: what a message asks for, and doing it as REST does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cpo.charge_point import ChargePoint
from cpo.controllers import choose_mode
from cpo.errors import InvalidLimit, InvalidMode, UnknownAction
from cpo.mqtt.entities import OFF, ON
from cpo.mqtt.numbers import number_of
from cpo.mqtt.topics import topic_id
from cpo.state import Mode, Source, SourceKind

MQTT = Source(SourceKind.PROGRAM, 'MQTT')


@dataclass(frozen=True, slots=True)
class Command:
    """A command for a charger (by its `topic_id`) or one of its connectors, None: the whole charger."""

    charger: str
    connector_id: int | None
    name: str
    payload: str


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


async def perform(command: Command, charge_point: ChargePoint) -> None:
    """Do what the command asks, and wait for the charger's answer. Raises CpoError where it is wrong or refused."""
    known = OF_CHARGER if command.connector_id is None else OF_CONNECTOR
    is_ours = command.charger == topic_id(charge_point.state.charge_box_id or '')
    if not is_ours or command.name not in known:
        raise UnknownAction(f'There is no command {command.name} for {command.charger}.')
    await known[command.name](charge_point, command.connector_id or 0, command.payload)


async def _set_limit(charge_point: ChargePoint, connector_id: int, payload: str) -> None:
    limit_a = number_of(payload)
    if limit_a is None:
        raise InvalidLimit(f'The limit must be a current in A like 10, not {payload[:40]!r}.')
    await charge_point.set_charging_limit(connector_id, limit_a, MQTT)


async def _set_mode(charge_point: ChargePoint, connector_id: int, payload: str) -> None:
    modes = [mode.value for mode in Mode]
    if payload not in modes:
        raise InvalidMode(f'The mode must be one of {", ".join(modes)}.')
    _check_connector(charge_point, connector_id)
    await choose_mode(charge_point, connector_id, Mode(payload), MQTT)


async def _switch(charge_point: ChargePoint, connector_id: int, payload: str) -> None:
    """Start with the limit that was wished last, or end the transaction; switched again, nothing changes."""
    if payload not in (ON, OFF):
        raise InvalidLimit(f'Charging is switched {ON} or {OFF}, not {payload[:40]!r}.')
    connector, most_a = charge_point.state.connector(connector_id), charge_point.settings.max_current
    limit_a = min(connector.own_limit_a or most_a, most_a) if payload == ON else 0
    await charge_point.set_charging_limit(connector_id, limit_a, MQTT)


async def _unlock(charge_point: ChargePoint, connector_id: int, payload: str) -> None:
    _check_connector(charge_point, connector_id)
    request = charge_point.dialect.unlock(connector_id)
    await charge_point.command(request.action, dict(request.payload))


async def _restart(charge_point: ChargePoint, connector_id: int, payload: str) -> None:
    await charge_point.restart()


async def _clear_profiles(charge_point: ChargePoint, connector_id: int, payload: str) -> None:
    await charge_point.clear_all_profiles()


def _check_connector(charge_point: ChargePoint, connector_id: int) -> None:
    if all(connector.connector_id != connector_id for connector in charge_point.state.charging_connectors):
        raise UnknownAction(f'The charger has no connector {connector_id}.')


Performer = Callable[[ChargePoint, int, str], Awaitable[None]]
OF_CHARGER: dict[str, Performer] = {'restart': _restart, 'clear_profiles': _clear_profiles}
OF_CONNECTOR: dict[str, Performer] = {
    'charge_limit': _set_limit,
    'mode': _set_mode,
    'charging': _switch,
    'unlock': _unlock,
}
"""The commands by their names, which are the keys of the entities."""
