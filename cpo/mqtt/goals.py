"""The goal of a connector as a slider and a time: so many kWh, ready by then (pure)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from typing import Any

from cpo.controllers import NOTHING
from cpo.errors import InvalidGoal
from cpo.mqtt.numbers import number_of
from cpo.state import SessionGoal

MOST_KWH = 100.0
"""The end of the slider; REST takes more."""
TIME_PATTERN = '(([01][0-9]|2[0-3]):[0-5][0-9])?'
"""A time by the local clock; empty: none."""


def goal_values(goal: SessionGoal | None) -> dict[str, Any]:
    """The values of a goal by the keys of its entities; 0 kWh: there is none. One of another kind has no kWh."""
    if goal is None or goal == NOTHING:
        return {'goal': 0.0, 'departure': ''}
    departure = '' if goal.ready_by is None else f'{goal.ready_by:%H:%M}'
    energy_kwh = goal.energy_kwh
    return {'departure': departure} | ({'goal': energy_kwh} if energy_kwh and energy_kwh <= MOST_KWH else {})


def with_energy(goal: SessionGoal | None, payload: str) -> SessionGoal | None:
    """The goal after the slider was moved, None: it is removed. Raises InvalidGoal."""
    energy_kwh = number_of(payload)
    if energy_kwh is None or not 0 <= energy_kwh <= MOST_KWH:
        raise InvalidGoal(f'The goal must be an energy from 0 to {MOST_KWH:g} kWh, not {payload[:40]!r}.')
    return replace(goal or NOTHING, energy_kwh=energy_kwh) if energy_kwh else None


def with_departure(goal: SessionGoal | None, payload: str) -> SessionGoal:
    """The goal with another departure, '' for none. Raises InvalidGoal, also where nothing says how much is wanted."""
    if not re.fullmatch(TIME_PATTERN, payload, re.ASCII):
        raise InvalidGoal(f'The departure must be a time like 07:00, not {payload[:40]!r}.')
    if goal is None or (goal.energy_kwh is None and goal.soc is None):
        raise InvalidGoal('What is to be in the car by then? Set the goal in kWh first.')
    return replace(goal, ready_by=time.fromisoformat(payload) if payload else None)
