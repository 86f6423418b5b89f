"""A JSON frame in indented lines, with every number and name exactly as it was sent."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 36


class _Number(str):
    """A number's text in the frame."""


class _Members(list[tuple[str, Any]]):
    """An object's members in the order of the frame, repeated names included."""


def pretty_json(text: str, width: int = WIDTH) -> str:
    """Break JSON into indented lines of about `width` characters; text that is not JSON is returned as it is."""
    try:
        value = json.loads(
            text, parse_int=_Number, parse_float=_Number, parse_constant=_Number, object_pairs_hook=_Members
        )
        return printable(_broken(value, '', width))
    except (ValueError, RecursionError):
        return printable(text)


def printable(text: str) -> str:
    """The text with `?` for lone surrogates, which cannot be sent to a browser."""
    return text.encode('utf-8', 'replace').decode('utf-8')


def _broken(value: Any, indent: str, width: int, before: int = 0) -> str:
    flat = _flat(value)
    if len(indent) + before + len(flat) <= width or not isinstance(value, list) or not value:
        return flat
    if isinstance(value, _Members):
        inner = indent + '  '
        parts = [f'{_flat(name)}: {_broken(item, inner, width, len(name) + 4)}' for name, item in value]
        return '{' + _filled(parts, inner, width) + f'\n{indent}}}'
    if any(isinstance(item, _Members) for item in value):
        return '[' + ', '.join(_broken(item, indent, width) for item in value) + ']'
    inner = indent + '  '
    return '[' + _filled([_broken(item, inner, width) for item in value], inner, width) + f'\n{indent}]'


def _filled(parts: list[str], indent: str, width: int) -> str:
    """The parts on lines, several short ones on one line."""
    lines: list[str] = []
    for part in parts:
        joined = f'{lines[-1]}, {part}' if lines else ''
        if lines and '\n' not in joined and len(indent) + len(joined) < width:
            lines[-1] = joined
        else:
            lines.append(part)
    return ','.join(f'\n{indent}{line}' for line in lines)


def _flat(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, _Members):
        return '{' + ', '.join(f'{_flat(name)}: {_flat(item)}' for name, item in value) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(_flat(item) for item in value) + ']'
    return json.dumps(value, ensure_ascii=False)
