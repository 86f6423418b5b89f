"""The entities that Home Assistant is offered for a charger and each connector, as tables (pure).

The key of an entity is the member of the state that has its value, and the topic of its command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpo.mqtt.goals import MOST_KWH, TIME_PATTERN
from cpo.state import Activity, Mode

CARD_REFUSED, FIRMWARE, COMMAND_REFUSED = 'card_refused', 'firmware', 'command_refused'
STARTED, ENDED, ALARM = 'started', 'ended', 'alarm'
"""The types of events, of the charger and of a connector; an alarm is of either."""
ON, OFF = 'ON', 'OFF'


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity: `members` are those of its discovery besides ids and topics (Home Assistant, MQTT discovery).

    `topic` is the topic of its state, None where it has none. `is_optional`: only some chargers send the value, so it
    is offered once that was seen.
    """

    key: str
    platform: str
    name: str
    members: Mapping[str, Any]
    topic: str | None = 'state'
    is_optional: bool = False

    @property
    def takes_commands(self) -> bool:
        """True for what a person can change or press."""
        return self.platform in ('number', 'select', 'switch', 'button', 'text')


def _sensor(key: str, name: str, *, is_optional: bool = False, topic: str = 'state', **members: Any) -> Entity:
    value = {'value_template': f'{{{{ value_json.{key} | default(none) }}}}'}
    return Entity(key, 'sensor', name, value | members, topic, is_optional)


def _measured(key: str, name: str, kind: str, unit: str, digits: int, is_optional: bool = False) -> Entity:
    return _sensor(
        key,
        name,
        is_optional=is_optional,
        device_class=kind,
        state_class='measurement',
        unit_of_measurement=unit,
        suggested_display_precision=digits,
    )


def _button(key: str, name: str, icon: str, **members: Any) -> Entity:
    return Entity(key, 'button', name, {'icon': icon, 'entity_category': 'config'} | members, None)


OF_CHARGER = (
    Entity(
        'connected', 'binary_sensor', 'Connection',
        {'device_class': 'connectivity', 'entity_category': 'diagnostic'}, 'connected',
    ),
    _sensor('firmware', 'Firmware', icon='mdi:chip', entity_category='diagnostic'),
    _button('restart', 'Restart', 'mdi:restart', device_class='restart'),
    _button('clear_profiles', 'Clear charging profiles', 'mdi:playlist-remove'),
    Entity(
        'event', 'event', 'Event',
        {'event_types': [CARD_REFUSED, FIRMWARE, COMMAND_REFUSED, ALARM], 'icon': 'mdi:bell-outline'}, 'event',
    ),
)  # fmt: skip
"""The entities of the whole charger."""

OF_CONNECTOR = (
    _sensor('status', 'Status', device_class='enum', options=[a.value for a in Activity], icon='mdi:ev-station'),
    _sensor('why', 'Why', icon='mdi:information-outline'),
    Entity(
        'plugged', 'binary_sensor', 'Car',
        {'device_class': 'plug', 'value_template': '{{ value_json.plugged | default(none) }}'},
    ),
    _measured('power', 'Power', 'power', 'W', 0),
    _measured('current_l1', 'Current L1', 'current', 'A', 1),
    _measured('current_l2', 'Current L2', 'current', 'A', 1, is_optional=True),
    _measured('current_l3', 'Current L3', 'current', 'A', 1, is_optional=True),
    _measured('voltage', 'Voltage', 'voltage', 'V', 0),
    _measured('offered', 'Offered limit', 'current', 'A', 1),
    _measured('wanted', 'Wanted limit', 'current', 'A', 1),
    _measured('limit', 'Limit in force', 'current', 'A', 1),
    _sensor(
        'energy', 'Energy', device_class='energy', state_class='total_increasing', unit_of_measurement='kWh',
        suggested_display_precision=2,
    ),
    # without a state class: the Energy page must not offer it, as it misses what flows between two sessions
    _sensor(
        'session_energy', 'Session energy', device_class='energy', unit_of_measurement='kWh',
        suggested_display_precision=2,
    ),
    _sensor('session_duration', 'Session duration', device_class='duration', unit_of_measurement='min'),
    _sensor('session_start', 'Session start', device_class='timestamp'),
    _sensor(
        'session_sun', 'Session from the sun', is_optional=True, unit_of_measurement='%',
        icon='mdi:solar-power-variant',
    ),
    _sensor('session_cost', 'Session cost', is_optional=True, device_class='monetary', suggested_display_precision=2),
    _measured('soc', 'Car battery', 'battery', '%', 0, is_optional=True),
    _measured('temperature', 'Temperature', 'temperature', '°C', 0, is_optional=True),
    _sensor('last_error', 'Last error', icon='mdi:alert-circle-outline', entity_category='diagnostic'),
    _sensor(
        'last_session', 'Last session', topic='session', value_template='{{ value_json.energy_kwh | default(none) }}',
        device_class='energy', unit_of_measurement='kWh', suggested_display_precision=2,
    ),
    Entity(
        'charge_limit', 'number', 'Charge limit',
        {
            'device_class': 'current', 'unit_of_measurement': 'A', 'step': 1, 'mode': 'slider',
            'value_template': '{{ value_json.charge_limit | default(none) }}',
        },
    ),
    Entity(
        'goal', 'number', 'Goal',
        {
            'device_class': 'energy', 'unit_of_measurement': 'kWh', 'min': 0, 'max': MOST_KWH, 'step': 1, 'mode': 'box',
            'icon': 'mdi:flag-checkered', 'value_template': '{{ value_json.goal | default(none) }}',
        },
    ),
    Entity(
        'departure', 'text', 'Departure',
        {
            'pattern': TIME_PATTERN, 'min': 0, 'max': 5, 'icon': 'mdi:clock-outline',
            'value_template': '{{ value_json.departure }}',
        },
    ),
    Entity(
        'mode', 'select', 'Mode',
        {
            'options': [mode.value for mode in Mode], 'icon': 'mdi:solar-power-variant',
            'value_template': '{{ value_json.mode }}',
        },
    ),
    Entity(
        'charging', 'switch', 'Charging',
        {'icon': 'mdi:ev-plug-type2', 'value_template': '{{ value_json.charging }}'},
    ),
    _button('unlock', 'Unlock', 'mdi:lock-open-variant-outline'),
    Entity(
        'session', 'event', 'Session', {'event_types': [STARTED, ENDED, ALARM], 'icon': 'mdi:history'}, 'event',
    ),
)  # fmt: skip
"""The entities of each connector."""

WITH_ATTRIBUTES = {'why': '{{ {"sentence": value_json.sentence} | tojson }}', 'last_session': '{{ value }}'}
"""What of the state's JSON an entity shows beside its value."""
