"""What goals and plans are in words."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from cpo.controllers.goal_aim import Planned
from cpo.controllers.goal_values import Aim, Begun, GoalBook, GoalResult, Idle, Progress
from cpo.controllers.plan_room import Room
from cpo.controllers.plan_sentences import goal_sentence, money, plan_sentence, regret_sentence
from cpo.controllers.plan_values import Outlook, Plan, PlannedSlot, PlanRules, PlanState, PlanStep
from cpo.frozen import replace
from cpo.state import SessionGoal

NOW = datetime(2026, 6, 14, 20, tzinfo=UTC)
READY = SessionGoal(energy_kwh=18, ready_by=time(7))


def clock(at: datetime) -> str:
    return f'{at:%H:%M}'


def planned(outlook: Outlook, *hours: float, energy_kwh: float = 18, paid: float = 0) -> Planned:
    """A plan that charges for an hour after each of so many hours; it costs 3.10."""
    starts = [NOW + timedelta(hours=n) for n in range(10)]
    slots = [
        PlannedSlot(at, at + timedelta(hours=1), 16.0 * (n in hours), 1, 1, 0, 0, True) for n, at in enumerate(starts)
    ]
    plan = Plan(tuple(slots), outlook, energy_kwh, 0, 0, 3.1, 1)
    return Planned(PlanStep(0.0, 1, plan, NOW, PlanState()), 18, PlanRules(), paid)


def book(goal: SessionGoal = READY, plugged: bool = True) -> GoalBook:
    until = NOW + timedelta(hours=11) if goal.ready_by else None
    return GoalBook(1, goal, NOW, Begun(NOW), until, plugged_at=NOW if plugged else None)


SHORT = planned(Outlook.OUT_OF_REACH, 0, energy_kwh=11)
BY_SOC = book(SessionGoal(soc=80, ready_by=time(7)), plugged=False)


@pytest.mark.parametrize(
    ('known', 'aim', 'plan', 'sentence'),
    [
        (book(), Aim.PLAN, planned(Outlook.REACHED, 6), 'Ready at 07:00: 18 kWh, starts 02:00, about 3.10 €.'),
        (book(), Aim.PLAN, planned(Outlook.REACHED, 0), 'Ready at 07:00: 18 kWh, charges now, about 3.10 €.'),
        (book(), Aim.PLAN, planned(Outlook.REACHED, 6, paid=1), 'Ready at 07:00: 18 kWh, starts 02:00, about 4.10 €.'),
        (
            book(replace(READY, cost=3)),
            Aim.PLAN,
            planned(Outlook.REACHED, 6),
            'Ready at 07:00: 18 kWh, starts 02:00, about 3.10 €, but it stops at 3.00 €.',
        ),
        (
            book(replace(READY, cost=5)),
            Aim.PLAN,
            planned(Outlook.REACHED, 6),
            'Ready at 07:00: 18 kWh, starts 02:00, about 3.10 €.',
        ),
        (
            book(replace(READY, minutes=90)),
            Aim.PLAN,
            planned(Outlook.REACHED, 6),
            'Ready at 07:00: 18 kWh, starts 02:00, about 3.10 €, but it stops at 90 min.',
        ),
        (
            book(replace(READY, cost=5)),
            Aim.STOP,
            planned(Outlook.REACHED, 6),
            'Stopped after 3.2 kWh: it was to stop at 5.00 €. Start to go on.',
        ),
        (book(), Aim.PLAN, SHORT, 'By 07:00 it gets 11.0 of 18.0 kWh, at full current.'),
        (book(), Aim.PLAN, planned(Outlook.DONE), 'Ready: 18 kWh are in the car.'),
        (book(), Aim.PLAN, None, 'Ready at 07:00: 18 kWh.'),
        (book(plugged=False), Aim.MODE, None, 'Ready at 07:00: 18 kWh, once a car is plugged in.'),
        (BY_SOC, Aim.MODE, None, 'Ready at 07:00: 80 %, once a car is plugged in.'),
        (book(SessionGoal(energy_kwh=10, cost=5)), Aim.MODE, None, 'Stops at 10 kWh or 5.00 €; 3.2 kWh so far.'),
        (book(SessionGoal(minutes=90)), Aim.STOP, None, 'Stopped after 3.2 kWh: the goal was 90 min. Start to go on.'),
    ],
)
def test_the_sentence_of_a_goal(known: GoalBook, aim: Aim, plan: Planned | None, sentence: str) -> None:
    assert goal_sentence(known, Progress(3.2), aim, plan, 1.0, None, 'EUR', clock) == sentence


@pytest.mark.parametrize(
    ('idle', 'goal', 'sentence'),
    [
        (Idle.SKIPPED, READY, 'The goal is skipped until 07:00.'),
        (Idle.OVERRIDDEN, READY, 'You took over; the goal counts again when a car is plugged in.'),
        (Idle.OFF, READY, 'Charging is off; the goal (18 kWh by 07:00) counts again once it is on.'),
        (
            Idle.OFF,
            SessionGoal(energy_kwh=10, cost=5),
            'Charging is off; the goal (10 kWh or 5.00 €) counts again once it is on.',
        ),
        (
            Idle.OTHER_DAY,
            SessionGoal(energy_kwh=10, repeat=(0, 4)),
            'The goal (10 kWh) is for cars that are plugged in on Mon, Fri.',
        ),
    ],
)
def test_a_goal_that_does_not_count_now_says_why(idle: Idle, goal: SessionGoal, sentence: str) -> None:
    plan = planned(Outlook.REACHED, 6)
    assert goal_sentence(book(goal), Progress(), Aim.MODE, plan, 1.0, idle, 'EUR', clock) == sentence


UNTOLD = 'The car does not tell its charge, so'


@pytest.mark.parametrize(
    ('goal', 'plan', 'untold'),
    [
        (SessionGoal(soc=80), None, f'Stops at 80 %; 3.2 kWh so far. {UNTOLD} this cannot stop it.'),
        (SessionGoal(soc=80, cost=5), None, f'Stops at 80 % or 5.00 €; 3.2 kWh so far. {UNTOLD} 80 % cannot stop it.'),
        (
            SessionGoal(soc=80, ready_by=time(7)),
            planned(Outlook.REACHED, 6),
            f'Ready at 07:00: 80 %, starts 02:00, about 3.10 €. {UNTOLD} this is estimated as if it came with 20 %.',
        ),
        (
            SessionGoal(soc=80, ready_by=time(7)),
            planned(Outlook.DONE),
            f'Ready: the car has 80 %. {UNTOLD} this is estimated as if it came with 20 %.',
        ),
    ],
)
def test_a_goal_in_percent_says_so_where_the_car_does_not_tell_its_charge(
    goal: SessionGoal, plan: Planned | None, untold: str
) -> None:
    known = book(goal)
    assert goal_sentence(known, Progress(3.2), Aim.PLAN, plan, 1.0, None, 'EUR', clock) == untold
    assert UNTOLD not in goal_sentence(known, Progress(3.2, soc=54), Aim.PLAN, plan, 1.0, None, 'EUR', clock)
    away = book(goal, plugged=False)
    assert UNTOLD not in goal_sentence(away, Progress(), Aim.MODE, None, 1.0, None, 'EUR', clock)


BOTH = SessionGoal(energy_kwh=18, soc=80)
BOTH_READY = replace(BOTH, ready_by=time(7))


@pytest.mark.parametrize(
    ('goal', 'plan', 'sentence'),
    [
        (BOTH, None, 'Stops at 18 kWh or 80 %; 3.2 kWh so far.'),
        (replace(BOTH, cost=5, minutes=90), None, 'Stops at 18 kWh, 80 %, 90 min or 5.00 €; 3.2 kWh so far.'),
        (BOTH_READY, None, 'Ready at 07:00: 18 kWh and 80 %.'),
        (BOTH_READY, planned(Outlook.REACHED, 6), 'Ready at 07:00: 18 kWh and 80 %, starts 02:00, about 3.10 €.'),
        (BOTH_READY, planned(Outlook.DONE), 'Ready: 18 kWh are in the car, and it has 80 %.'),
        (BOTH_READY, SHORT, 'By 07:00 it gets 11.0 of 18.0 kWh for 18 kWh and 80 %, at full current.'),
        (replace(BOTH_READY, energy_kwh=None), planned(Outlook.DONE), 'Ready: the car has 80 %.'),
        (replace(BOTH_READY, energy_kwh=None), SHORT, 'By 07:00 it gets 11.0 of 18.0 kWh for 80 %, at full current.'),
    ],
)
def test_a_goal_in_kwh_and_percent(goal: SessionGoal, plan: Planned | None, sentence: str) -> None:
    aim = Aim.MODE if plan is None else Aim.PLAN
    assert goal_sentence(book(goal), Progress(3.2, soc=54), aim, plan, 1.0, None, 'EUR', clock) == sentence


def test_where_both_are_wanted_only_the_percentage_is_estimated() -> None:
    found = goal_sentence(book(BOTH_READY), Progress(3.2), Aim.PLAN, None, 1.0, None, 'EUR', clock)
    estimated = f'{UNTOLD} 80 % is estimated as if it came with 20 %.'
    assert found == f'Ready at 07:00: 18 kWh and 80 %. {estimated}'


HELD = SHORT._replace(charged_kwh=0.3, missing_kwh=1.2, room=Room(NOW, 6, 'fuse'))


def test_what_cannot_be_reached_says_what_holds_it_back_and_the_amount_of_the_whole_goal() -> None:
    short = HELD._replace(step=HELD.step._replace(plan=replace(HELD.step.plan, energy_kwh=0.4)))
    found = goal_sentence(book(), Progress(0.3), Aim.PLAN, short, 1.0, None, 'EUR', clock)
    assert found == 'By 07:00 it gets 0.70 of 1.5 kWh, as fast as the fuse allows.'
    assert plan_sentence(short, clock) == 'Time is short: it charges as fast as the fuse allows.'


def test_how_a_plan_went() -> None:
    result = GoalResult(1, NOW, 12.0, 0.0, 1.92, 1.84, 1.9, 7)
    assert regret_sentence(result, 'EUR') == '12.0 kWh for 1.92 €; with perfect knowledge 1.84 €.'
    missing = replace(result, missing_kwh=2.5)
    assert regret_sentence(missing, 'DKK').endswith('with perfect knowledge 1.84 DKK, 2.5 kWh were missing.')


def test_money() -> None:
    assert [money(3.1, each) for each in ('EUR', 'GBP', 'SEK')] == ['3.10 €', '3.10 £', '3.10 SEK']
