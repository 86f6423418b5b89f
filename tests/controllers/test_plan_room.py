"""When a plan is made again because the guards of the house leave more or less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cpo.controllers.plan_room import Room, is_outdated
from cpo.controllers.plan_values import Outlook, Plan, PlanState, PlanStep

NOW = datetime(2026, 6, 14, 20, tzinfo=UTC)
SHORT, REACHED = Outlook.OUT_OF_REACH, Outlook.REACHED


@pytest.mark.parametrize(
    ('outlook', 'asked_a', 'before_a', 'room_a', 'after_s', 'outdated'),
    [
        pytest.param(REACHED, 16, 16, 15.5, 0, False, id='hardly less'),
        pytest.param(REACHED, 16, 16, 12, 0, True, id='less than it asks for'),
        pytest.param(REACHED, 8, 16, 12, 0, False, id='less, and still enough'),
        pytest.param(REACHED, 0, 16, 6, 0, False, id='less while it waits'),
        pytest.param(REACHED, 6, 6, 16, 10, False, id='more, but in time anyway: not at once'),
        pytest.param(REACHED, 6, 6, 16, 60, True, id='more, after a minute'),
        pytest.param(REACHED, 6, 10, 16, 60, False, id='more than it wants anyway'),
        pytest.param(SHORT, 6, 6, 12, 0, True, id='more, and a departure out of reach'),
        pytest.param(SHORT, 6, 6, 6.4, 0, False, id='hardly more'),
        pytest.param(SHORT, 0, 0, 8, 0, True, id='more, after nothing at all'),
    ],
)
def test_a_plan_is_made_again_where_the_guards_leave_enough_less_or_more(
    outlook: Outlook, asked_a: float, before_a: float, room_a: float, after_s: float, outdated: bool
) -> None:
    plan = PlanStep(asked_a, 1, Plan((), outlook, 0, 0, 0, 0, 0), NOW, PlanState())
    assert is_outdated(plan, Room(NOW, before_a), Room(NOW + timedelta(seconds=after_s), room_a)) is outdated
