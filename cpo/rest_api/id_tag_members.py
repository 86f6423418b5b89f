"""The members of an id tag in REST: how each is written and read (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.errors import InvalidGoal, InvalidIdTag
from cpo.rest_api.bodies import from_json, is_number, moment_in
from cpo.rest_api.goal_input import goal_document, goal_of
from cpo.rest_api.json_response import whole
from cpo.state import (
    ChargePointState,
    IdTag,
    Mode,
    SessionGoal,
    TagStatus,
    cards,
)

STATUSES = tuple(status for status in TagStatus if status is not TagStatus.CONCURRENT)
MODES = tuple(mode for mode in Mode if mode is not Mode.OFF)
OF_OCPP = ('status', 'expiryDate', 'parentIdTag')
MAX_TEXT = 40
MOST_KWH = 100_000


def id_tag_document(
    tag: IdTag, state: ChargePointState, now: datetime, energies_wh: Mapping[str, float]
) -> dict[str, Any]:
    """The JSON document (REST) of an id tag of the list; `energies_wh` are what each card has charged this month."""
    seen = state.seen_tags.get(tag.id_tag.casefold())
    return {
        'idTag': tag.id_tag,
        'status': tag.status_at(now),
        'expiryDate': tag.expiry_date,
        'parentIdTag': tag.parent_id_tag,
        'name': tag.name or None,
        'person': tag.person or None,
        'mode': tag.mode,
        'limit': tag.limit_a,
        'hours': None if tag.hours is None else str(tag.hours),
        'allowance_kwh': tag.allowance_kwh,
        'after_allowance': tag.after_allowance,
        'goal': None if tag.goal is None else goal_document(tag.goal),
        'refusal': cards.card_refusal(tag, state, now),
        'last_seen': None if seen is None else seen.at,
        'energy_month_wh': whole(energies_wh.get(tag.id_tag.casefold(), 0.0)),
    }


def members_of(id_tag: str, body: bytes, max_length: int, max_current_a: float) -> dict[str, Any]:
    """Parse the body of a PUT into members of an IdTag; raises InvalidIdTag, whose text names the wrong member."""
    members = from_json(body)
    _text(max_length, 'idTag', id_tag)
    if not isinstance(members, dict):
        raise InvalidIdTag('The body must be a JSON object like {"status": "Accepted"}.')
    readers = _readers(max_length, max_current_a)
    if not members:
        raise InvalidIdTag(f'The body names nothing to change; there are {", ".join(readers)}.')
    if unknown := members.keys() - readers.keys():
        raise InvalidIdTag(f'{min(unknown)!r} is not known here; there are {", ".join(readers)}.')
    if 'status' in members:
        members = dict.fromkeys(OF_OCPP) | members
    return {readers[name][0]: readers[name][1](name, value) for name, value in members.items()}


def _readers(max_length: int, max_current_a: float) -> Mapping[str, tuple[str, Callable[[str, Any], Any]]]:
    """By the name of each member in REST: its name in IdTag, and what reads its value."""
    name = _or(lambda name, value: _text(MAX_TEXT, name, value).strip(), '')
    limit = partial(_number, MIN_CHARGING_CURRENT_A, max_current_a, 'A')
    return {
        'status': ('status', partial(_choice, STATUSES)),
        'expiryDate': ('expiry_date', _or(_expiry_date)),
        'parentIdTag': ('parent_id_tag', _or(partial(_text, max_length))),
        'name': ('name', name),
        'person': ('person', name),
        'mode': ('mode', _or(lambda name, value: Mode(_choice(MODES, name, value)))),
        'limit': ('limit_a', _or(limit)),
        'hours': ('hours', _or(_hours)),
        'allowance_kwh': ('allowance_kwh', _or(partial(_number, 0, MOST_KWH, 'kWh'))),
        'after_allowance': (
            'after_allowance',
            _or(
                lambda name, value: cards.AfterAllowance(_choice(tuple(cards.AfterAllowance), name, value)),
                cards.AfterAllowance.SAY,
            ),
        ),
        'goal': ('goal', _or(_goal)),
    }


def _or(read: Callable[[str, Any], Any], nothing: Any = None) -> Callable[[str, Any], Any]:
    """Reads null, and an empty text where that stands for none, as nothing."""
    return lambda name, value: nothing if value is None or value == nothing else read(name, value)


def _choice(choices: tuple[str, ...], name: str, value: object) -> str:
    if value not in choices:
        raise InvalidIdTag(f'{name} must be one of {", ".join(choices)}.')
    return str(value)


def _text(max_length: int, name: str, value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= max_length or not value.isprintable():
        raise InvalidIdTag(f'{name} must be a text of 1 to {max_length} characters.')
    return value


def _number(least: float, most: float, unit: str, name: str, value: Any) -> float:
    if not (is_number(value) and least <= value <= most):
        raise InvalidIdTag(f'{name} must be a number from {least:,.10g} to {most:,.10g} {unit}, or null.')
    return float(value)


def _goal(name: str, value: object) -> SessionGoal:
    if not isinstance(value, dict):
        raise InvalidIdTag(f'{name} must be an object like {{"ready_by": "07:00", "energy_kwh": 18}}, or null.')
    try:
        goal, tonight = goal_of(value)
    except InvalidGoal as error:
        raise InvalidIdTag(f'{name}: {error}') from None
    if tonight or goal.repeat:
        raise InvalidIdTag(f'{name}: that of a card holds for each of its sessions, without repeat and tonight.')
    return goal


def _hours(name: str, value: object) -> cards.Hours:
    try:
        return cards.Hours.parse(value if isinstance(value, str) else '')
    except ValueError:
        raise InvalidIdTag(f'{name} must be a time of day to another, like 22:00-06:00, or null.') from None


def _expiry_date(name: str, value: object) -> datetime:
    if (at := moment_in(value)) is None:
        raise InvalidIdTag(f'{name} must be a time like 2030-01-01T12:00:00Z, or null.')
    return at


GOAL: Mapping[str, Any] = {
    'energy_kwh': 18.0,
    'soc': None,
    'cost': None,
    'minutes': None,
    'ready_by': '07:00',
    'repeat': [],
}
ID_TAG = {
    'idTag': 'Tag1',
    'status': 'Accepted',
    'expiryDate': '2030-01-01T12:00:00Z',
    'parentIdTag': None,
    'name': 'Blue card',
    'person': 'Anna',
    'mode': 'manual',
    'limit': 10.0,
    'hours': '22:00-06:00',
    'allowance_kwh': 150.0,
    'after_allowance': 'sun',
    'goal': GOAL,
    'refusal': 'outside_hours',
    'last_seen': '2026-06-14T17:02:11Z',
    'energy_month_wh': 84200,
}
BODIES = {
    'may charge': {'status': 'Accepted'},
    'until a date, in a group': {
        'status': 'Accepted',
        'expiryDate': '2030-01-01T12:00:00Z',
        'parentIdTag': 'Family',
    },
    'may not': {'status': 'Blocked'},
    'whose card it is': {'name': 'Blue card', 'person': 'Anna'},
    'how it charges': {
        'mode': 'solar',
        'hours': '22:00-06:00',
        'allowance_kwh': 150,
        'after_allowance': 'refuse',
    },
    'ready in the morning': {'goal': {'ready_by': '07:00', 'energy_kwh': 18}},
    'stop after so much': {'goal': {'energy_kwh': 10}},
}
