"""What somebody wants of charging: how it is read from a body, and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from cpo.errors import InvalidGoal
from cpo.rest_api.bodies import from_json, is_number
from cpo.state import SessionGoal

DAYS = ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
RANGES = {'energy_kwh': (0.1, 300.0), 'soc': (1.0, 100.0), 'cost': (0.01, 100_000.0), 'minutes': (1.0, 2880.0)}
MEMBERS = (*RANGES, 'ready_by', 'repeat', 'tonight')
TIME = re.compile('([01][0-9]|2[0-3]):([0-5][0-9])')


def goal_input_of(body: bytes) -> tuple[SessionGoal, bool]:
    """The goal that a body says, and whether it is for the coming departure only. Raises InvalidGoal."""
    return goal_of(from_json(body))


def goal_of(members: object) -> tuple[SessionGoal, bool]:
    """As `goal_input_of`, of what a body is in JSON."""
    if not isinstance(members, dict):
        raise InvalidGoal('The body must be a JSON object like {"ready_by": "07:00", "energy_kwh": 18}.')
    if unknown := members.keys() - {*MEMBERS}:
        raise InvalidGoal(f'{min(unknown)!r} is not known here; there are {", ".join(MEMBERS)}.')
    given = {name: value for name, value in members.items() if value is not None}
    energy_kwh, soc, cost, minutes = (_number(given, name) for name in RANGES)
    goal = SessionGoal(energy_kwh, soc, cost, minutes, _time(given), _days(given))
    tonight = given.get('tonight', False)
    if not isinstance(tonight, bool):
        raise InvalidGoal('tonight must be true or false.')
    if not given.keys() & {*RANGES}:
        raise InvalidGoal(f'Nothing is wanted: give one of {", ".join(RANGES)}.')
    if goal.ready_by is not None and goal.energy_kwh is None and goal.soc is None:
        raise InvalidGoal('What is to be in the car by then? Give energy_kwh or soc.')
    if tonight and (goal.ready_by is None or goal.repeat):
        raise InvalidGoal('A goal for tonight has ready_by, and does not repeat.')
    return goal, tonight


def _number(members: Mapping[str, Any], name: str) -> float | None:
    value, (least, most) = members.get(name), RANGES[name]
    if value is not None and not (is_number(value) and least <= value <= most):
        raise InvalidGoal(f'{name} must be a number from {least:,.10g} to {most:,.10g}.')
    return None if value is None else float(value)


def _time(members: Mapping[str, Any]) -> time | None:
    value = members.get('ready_by')
    if value is None:
        return None
    found = TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidGoal('ready_by must be a time by the local clock, like "07:00".')
    return time(int(found[1]), int(found[2]))


def _days(members: Mapping[str, Any]) -> tuple[int, ...]:
    value = members.get('repeat', [])
    if not isinstance(value, list) or any(day not in DAYS for day in value):
        raise InvalidGoal(f'repeat must be a list of weekdays: {", ".join(DAYS)}.')
    return tuple(sorted({DAYS.index(day) for day in value}))


def goal_document(goal: SessionGoal) -> dict[str, Any]:
    """The members of a goal as somebody sets them."""
    return {
        'energy_kwh': goal.energy_kwh,
        'soc': goal.soc,
        'cost': goal.cost,
        'minutes': goal.minutes,
        'ready_by': None if goal.ready_by is None else f'{goal.ready_by:%H:%M}',
        'repeat': [DAYS[day] for day in goal.repeat],
    }
