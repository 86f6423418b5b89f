"""Deviations of payloads from the specification, in plain sentences that name the member."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]
"""The path to a value in a payload: member names as on the wire, and list indexes."""

WANTED = {
    'bool_type': 'true or false',
    'finite_number': 'a finite number',
    'float_type': 'a number',
    'int_type': 'an integer',
    'model_type': 'an object',
    'string_type': 'text',
    'string_unicode': 'valid Unicode',
    'time_format': 'a time such as "2030-01-31T12:00:00Z"',
    'time_type': 'a time as text',
    'tuple_type': 'a list',
}


def complaint(error: ErrorDetails) -> str:
    """A sentence for a pydantic error that names the member, its value and what the specification wants."""
    name, value, context = named(error['loc']), error['input'], error.get('ctx', {})
    match error['type']:
        case 'missing':
            return f'{name} is missing.'
        case 'extra_forbidden':
            return f'{name} is unknown to the specification.'
        case 'string_too_long':
            return f'{name} has {len(value)} characters; the specification allows {context["max_length"]}.'
        case 'too_short':
            return f'{name} has {len(value)} items; the specification wants at least {context["min_length"]}.'
        case 'int_type' if isinstance(value, float):
            return f'{name} is {quoted(value)}; the specification wants an integer.'
        case 'multiple_of':
            return f'{name} is {quoted(value)}; the specification wants a multiple of {context["multiple_of"]}.'
        case 'enum':
            return f'{name} is {described(value)}; the specification wants {context["expected"]}.'
    return f'{name} is {described(value)}; the specification wants {WANTED.get(error["type"], "something else")}.'


def named(loc: Location) -> str:
    """The member at this path, as it is named in sentences: “chargingSchedule.duration”."""
    path = ''.join(f'[{step}]' if isinstance(step, int) else f'.{step}' for step in loc)
    return f'“{_shortened(path.removeprefix("."))}”' if path else 'The payload'


def described(value: Any) -> str:
    """A value, or what kind of value it is, in words for use after “is”."""
    match value:
        case None:
            return 'null'
        case '':
            return 'empty'
        case bool():
            return json.dumps(value)
        case int() | float():
            return 'a number'
        case str():
            return f'the text {quoted(value)}'
        case list():
            return 'a list'
    return 'an object'


def quoted(value: Any) -> str:
    """A text, number, boolean or time as in JSON, cut at 80 characters."""
    if isinstance(value, datetime):
        return value.isoformat().replace('+00:00', 'Z')
    return _shortened(json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else f'"{value}"')


def _shortened(text: str) -> str:
    return valid_text(text if len(text) <= 80 else text[:79] + '…')


def valid_text(text: str) -> str:
    """The text with U+FFFD for each lone surrogate."""
    return text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')
