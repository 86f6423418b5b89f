"""The body of `PUT /api/solar`: readings of the house's meters, and how a connector charges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cpo.errors import InvalidConnector, InvalidMode, InvalidReading
from cpo.rest_api.bodies import from_json, is_number, moment_in
from cpo.state import MOST_HOUSE_W, READINGS, Currents, Mode, Preset, ReadingName, SolarRead, Source, can_be_read

MAX_NAME_LENGTH = 40
MODES = [mode.value for mode in Mode]
PRESETS = [preset.value for preset in Preset]
MEMBERS = (*READINGS, 'by', 'timestamp', 'mode', 'preset', 'connector')
ALONE_NOTHING = {'connector', 'by', 'timestamp'}
NULL_SAYS_SOMETHING = {*READINGS, 'preset'}
"""A reading that is null is forgotten, and a preset is the one of the settings; elsewhere null is as not given."""
WANTED: dict[ReadingName, str] = {
    'pv_w': 'a power in W like 3200',
    'grid_w': 'a power in W like -900, positive when importing',
    'battery_w': 'a power in W like 500, positive when the battery gives power',
    'battery_soc': 'a charge in % from 0 to 100',
    'grid_a': 'three currents in A like [4.2, -1.0, 0.3], positive when importing',
}


@dataclass(frozen=True, slots=True)
class SolarInput:
    """The members of a PUT; `readings` has those given, None for one to be forgotten.

    `presets` is empty or has the preset, None for the one of the settings.
    """

    readings: dict[ReadingName, float | Currents | None]
    measured_at: datetime | None
    by: str | None
    mode: Mode | None
    presets: tuple[Preset | None, ...]
    connector_id: int

    def entry(self, now: datetime, by: Source) -> SolarRead:
        """The readings as the fact that they arrived at `now` from `by`."""
        values: dict[Any, Any] = {name: value for name, value in self.readings.items() if value is not None}
        forgotten = frozenset(self.readings.keys() - values.keys())
        return SolarRead(now, by=by, measured_at=self.measured_at, forgotten=forgotten, **values)


def solar_input_of(body: bytes) -> SolarInput:
    """Parse the body of `PUT /api/solar`; raises InvalidReading, InvalidMode or InvalidConnector."""
    members = from_json(body)
    if not isinstance(members, dict):
        raise InvalidReading('The body must be a JSON object like {"pv_w": 3200}.')
    if unknown := members.keys() - set(MEMBERS):
        raise InvalidReading(f'{min(unknown)!r} is not known here; there are {_and(MEMBERS)}.')
    members = {name: value for name, value in members.items() if value is not None or name in NULL_SAYS_SOMETHING}
    if not members.keys() - ALONE_NOTHING:
        raise InvalidReading('Nothing to do: give a reading like pv_w or grid_w, a mode or a preset.')
    readings = {name: _reading(name, members[name]) for name in READINGS if name in members}
    return SolarInput(readings, _timestamp(members), _by(members), *_choices(members))


def _reading(name: ReadingName, value: Any) -> float | Currents | None:
    """A reading as `SolarReading` has it; None stays None."""
    if value is None:
        return None
    if name != 'grid_a':
        return _number(name, value)
    if not isinstance(value, list) or len(value) != 3:
        raise InvalidReading(f'{name} must be {WANTED[name]}, or null to forget it.')
    l1_a, l2_a, l3_a = (_number(name, current) for current in value)
    return l1_a, l2_a, l3_a


def _number(name: ReadingName, value: Any) -> float:
    if not is_number(value):
        raise InvalidReading(f'{name} must be {WANTED[name]}, or null to forget it.')
    if not can_be_read(name, value) and name.endswith('_w'):
        raise InvalidReading(f'{name} is a power that no home has; in W it is at most {MOST_HOUSE_W:,.0f}.')
    if not can_be_read(name, value):
        raise InvalidReading(f'{name} is a value that no home has; it must be {WANTED[name]}.')
    number: float = value
    return number


def _timestamp(members: dict[str, Any]) -> datetime | None:
    """When the readings were measured."""
    if 'timestamp' not in members:
        return None
    if (at := moment_in(members['timestamp'])) is None:
        raise InvalidReading('timestamp must be a time with its zone like "2026-01-01T10:00:55Z".')
    return at


def _by(members: dict[str, Any]) -> str | None:
    by = members.get('by')
    if 'by' in members and not (isinstance(by, str) and by.strip() and len(by) <= MAX_NAME_LENGTH):
        raise InvalidReading(f'by must be the name of a source, at most {MAX_NAME_LENGTH} characters.')
    return by


def _choices(members: dict[str, Any]) -> tuple[Mode | None, tuple[Preset | None, ...], int]:
    """The mode, the preset and the connector they are for."""
    if 'mode' in members and members['mode'] not in MODES:
        raise InvalidMode(f'The mode must be one of {", ".join(MODES)}.')
    preset = members.get('preset')
    if preset is not None and preset not in PRESETS:
        raise InvalidMode(f'The preset must be one of {", ".join(PRESETS)}, or null for the one of the settings.')
    presets = (preset and Preset(preset),) if 'preset' in members else ()
    return (Mode(members['mode']) if 'mode' in members else None), presets, _connector_id(members)


def _connector_id(members: dict[str, Any]) -> int:
    connector_id = members.get('connector', 1)
    if not isinstance(connector_id, int) or isinstance(connector_id, bool) or connector_id < 1:
        raise InvalidConnector('The connector must be a number: 1, 2, …')
    return connector_id


def _and(names: tuple[str, ...]) -> str:
    return f'{", ".join(names[:-1])} and {names[-1]}'
