"""Readings of the house's meters by MQTT, each as a plain number; `grid_a` as three, `[4.2, -1.0, 0.3]` (pure)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cpo.errors import InvalidReading
from cpo.mqtt.commands import MQTT
from cpo.mqtt.numbers import number_of
from cpo.state import READINGS, Currents, ReadingName, SolarRead, can_be_read

MAX_BYTES = 200


def reading_topics(prefix: str) -> dict[str, ReadingName]:
    """The readings by the topic that takes each."""
    return {f'{prefix}/{name}': name for name in READINGS}


def solar_read(name: ReadingName, payload: bytes, now: datetime) -> SolarRead:
    """The fact that a reading arrived; an empty message forgets it. Raises InvalidReading."""
    text = payload[:MAX_BYTES].decode(errors='replace').strip()
    if not text:
        return SolarRead(now, by=MQTT, forgotten=frozenset({name}))
    value: float | Currents | None
    if name == 'grid_a':
        numbers = [number_of(part.strip()) for part in text.removeprefix('[').removesuffix(']').split(',')]
        known = tuple(number for number in numbers if number is not None)
        value = (known[0], known[1], known[2]) if len(numbers) == len(known) == 3 else None
    else:
        value = number_of(text)
    values = value if isinstance(value, tuple) else (value,)
    if value is None or not all(number is not None and can_be_read(name, number) for number in values):
        raise InvalidReading(f'{text[:40]!r} is no {name} of a home.')
    members: dict[Any, Any] = {name: value}
    return SolarRead(now, by=MQTT, **members)
