"""The device discovery of Home Assistant: what makes a charger a device with its entities (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.mqtt.entities import OF_CHARGER, OF_CONNECTOR, OFF, ON, WITH_ATTRIBUTES, Entity
from cpo.mqtt.topics import OF_US, OFFLINE, ONLINE, Topics
from cpo.state import BootInformation
from cpo.version import VERSION


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of a charger's device besides its values; `name` is what people call it or this connector."""

    topics: Topics
    name: str
    url: str
    max_current_a: float
    currency: str
    boot: BootInformation | None = None


def device_payload(device: Device, connector_id: int, seen: Collection[str]) -> dict[str, Any]:
    """The discovery of a connector: connector 1 with its charger, each further one as a device of its own.

    `seen` are the keys of values that this charger has sent; optional entities are among it or not offered.
    """
    entities: list[tuple[Entity, int | None]] = [(entity, connector_id) for entity in _offered(OF_CONNECTOR, seen)]
    if connector_id == 1:
        entities += [(entity, None) for entity in OF_CHARGER]
    return {
        'device': _device(device, connector_id),
        'origin': {'name': 'Home CPO', 'sw_version': VERSION, 'support_url': device.url},
        'qos': 1,
        'components': {
            _component_id(entity, of): _component(device, entity, of) for entity, of in entities
        },
    }  # fmt: skip


def _offered(entities: Iterable[Entity], seen: Collection[str]) -> list[Entity]:
    return [entity for entity in entities if not entity.is_optional or entity.key in seen]


def _device(device: Device, connector_id: int) -> dict[str, Any]:
    own, boot = OF_US + device.topics.charger, device.boot
    about: dict[str, Any] = {'name': device.name, 'configuration_url': device.url}
    if boot is not None:
        found = {
            'manufacturer': boot.vendor,
            'model': boot.model,
            'sw_version': boot.firmware_version,
            'serial_number': boot.serial_number,
        }
        about |= {name: value for name, value in found.items() if value}
    if connector_id == 1:
        return {'identifiers': [own], **about}
    return {'identifiers': [f'{own}.{connector_id}'], **about, 'via_device': own}


def _component_id(entity: Entity, connector_id: int | None) -> str:
    return entity.key if connector_id is None else f'connector_{connector_id}_{entity.key}'


def _component(device: Device, entity: Entity, connector_id: int | None) -> dict[str, Any]:
    topics = device.topics
    component = {
        'platform': entity.platform,
        'unique_id': topics.unique_id(entity.key, connector_id),
        'name': entity.name,
        'availability': _availability(topics, entity),
        'availability_mode': 'all',
        **entity.members,
    }
    if entity.topic is not None:
        is_connected = entity.topic == 'connected'
        component['state_topic'] = topics.connected if is_connected else topics.of(entity.topic, connector_id)
    if entity.takes_commands:
        component['command_topic'] = topics.command(entity.key, connector_id)
    if entity.key == 'session_cost':
        component['unit_of_measurement'] = device.currency
    if entity.key == 'charge_limit':
        component |= {'min': least_limit_a(device.max_current_a), 'max': device.max_current_a}
    if template := WITH_ATTRIBUTES.get(entity.key):
        component |= {'json_attributes_topic': component['state_topic'], 'json_attributes_template': template}
    return component


def _availability(topics: Topics, entity: Entity) -> list[dict[str, str]]:
    """This program has to be there, and the charger, where the entity is not about that."""
    program = {'topic': topics.status, 'payload_available': ONLINE, 'payload_not_available': OFFLINE}
    if entity.topic in ('connected', 'session', 'event'):
        return [program]
    charger = {'topic': topics.connected, 'payload_available': ON, 'payload_not_available': OFF}
    return [program, charger]


def least_limit_a(max_current_a: float) -> float:
    """The least limit a slider has: what a car needs, but below the configured maximum, as Home Assistant wants it."""
    return min(MIN_CHARGING_CURRENT_A, max(0.0, max_current_a - 1))
