"""Conversions of a JSON value of the wrong type whose meaning is clear: the text "1" where an integer is due."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

NUMBER = re.compile(r'\s*[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?\s*', re.ASCII)
INTEGER = re.compile(r'\s*[+-]?\d{1,100}\s*', re.ASCII)


def impossible(value: Any) -> Any:
    """Raise ValueError: there is no conversion."""
    raise ValueError(value)


def _text(value: Any) -> str:
    if not isinstance(value, bool | int | float):
        raise ValueError
    return json.dumps(value)


def _number(value: Any) -> float:
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise ValueError
    return float(value)


def _integer(value: Any) -> int:
    if isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    return round(value if isinstance(value, float) else _number(value))


def _boolean(value: Any) -> bool:
    word = value.strip().lower() if isinstance(value, str) else _text(value)
    return {'true': True, 'false': False, '1': True, '0': False}[word]


def time_of(value: Any) -> datetime:
    """The time in a text that is close to RFC 3339; without a zone it is in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(value.strip().upper())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    'bool_type': _boolean,
    'enum': _text,
    'float_type': _number,
    'int_type': _integer,
    'string_type': _text,
}
"""By the type of pydantic's error; each raises ValueError, LookupError or OverflowError where nothing is clear."""
