"""A goal as a slider and a time."""

from __future__ import annotations

from datetime import time

import pytest

from cpo.controllers import NOTHING
from cpo.errors import InvalidGoal
from cpo.mqtt.goals import goal_values, with_departure, with_energy
from cpo.state import SessionGoal

READY = SessionGoal(energy_kwh=18, ready_by=time(7), repeat=(0, 1))


@pytest.mark.parametrize(
    ('goal', 'values'),
    [
        (None, {'goal': 0.0, 'departure': ''}),
        (NOTHING, {'goal': 0.0, 'departure': ''}),
        (READY, {'goal': 18, 'departure': '07:00'}),
        (SessionGoal(soc=80, ready_by=time(6, 30)), {'departure': '06:30'}),
        (SessionGoal(energy_kwh=150), {'departure': ''}),
    ],
)
def test_what_the_entities_show(goal: SessionGoal | None, values: dict[str, object]) -> None:
    assert goal_values(goal) == values


def test_a_goal_keeps_what_is_not_changed() -> None:
    assert with_energy(READY, '20') == SessionGoal(energy_kwh=20, ready_by=time(7), repeat=(0, 1))
    assert with_departure(READY, '06:45') == SessionGoal(energy_kwh=18, ready_by=time(6, 45), repeat=(0, 1))
    assert with_departure(READY, '') == SessionGoal(energy_kwh=18, repeat=(0, 1))


def test_0_removes_it() -> None:
    assert with_energy(READY, '0') is None


@pytest.mark.parametrize('payload', ['-1', '101', 'nan', '', 'much'])
def test_a_wrong_energy_is_refused(payload: str) -> None:
    with pytest.raises(InvalidGoal):
        with_energy(None, payload)


@pytest.mark.parametrize('payload', ['24:00', '7:00', '07:60', '07:00\n', '٠٧:٠٠'])
def test_a_wrong_departure_is_refused(payload: str) -> None:
    with pytest.raises(InvalidGoal):
        with_departure(READY, payload)


def test_a_departure_needs_to_know_how_much_is_wanted() -> None:
    with pytest.raises(InvalidGoal, match='first'):
        with_departure(None, '07:00')
