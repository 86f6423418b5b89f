"""The dynamic programme beside every plan there is, for problems small enough to try them all."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from cpo.controllers.plan_search import OPEN, Choice, Problem, Solution


def random_problem(random: Random) -> Problem:
    """Some slots with one or two groups of phases, prices of either sign, and a car that may bear few closings."""
    factors = random.choice([(1,), (1, 3)])
    slots = []
    for _ in range(random.randint(2, 4)):
        price, sun, worth = random.uniform(-1, 5), random.choice([0, 0, 2, 4]), random.uniform(0, 1)
        costs = [price * steps - min(steps, sun) * (price - worth) for steps in range(3 * 3 + 1)]
        slots.append([Choice(2 * factor, costs[: 3 * factor + 1], factor) for factor in factors])
    if random.random() < 0.3:
        slots[0] = [Choice(1, ())] * len(factors)
    closings_left = random.choice([None, 0, 1, 2])
    return Problem(slots, random.randint(1, 9), 0.5, 1000.0, random.randint(0, len(factors)), closings_left)


def cost_of(problem: Problem, way: tuple[tuple[int, int], ...]) -> float:
    """What a way of (state, steps) costs, infinite where it may not be gone."""
    left, state, closings, cost = problem.need, problem.state, 0, 0.0
    for choices, (group, wanted) in zip(problem.slots, way, strict=True):
        if group == OPEN or not left:
            state = OPEN if left else state
            continue
        choice = choices[group - 1]
        if not choice.costs or wanted > choice.most:
            return float('inf')
        closings += group != state
        steps, state = min(wanted, left), group
        cost, left = cost + choice.costs[steps], left - steps
    if problem.closings_left is not None and closings > problem.closings_left:
        return float('inf')
    return cost + closings * problem.closing + left * problem.missing


@pytest.mark.parametrize('seed', range(60))
def test_no_plan_is_cheaper(seed: int) -> None:
    problem = random_problem(Random(seed))
    actions = [(OPEN, 0)]
    for group, choice in enumerate(problem.slots[-1]):
        actions += [(group + 1, steps) for steps in range(choice.least, choice.most + 1, choice.stride)]
    solution = Solution(problem)
    assert solution.value == pytest.approx(
        min(cost_of(problem, way) for way in product(actions, repeat=len(problem.slots)))
    )
    assert cost_of(problem, tuple(solution.follow())) == pytest.approx(solution.value)


def test_of_equal_ways_the_one_that_charges_first_is_taken() -> None:
    flat = [Choice(6, [0.1 * steps for steps in range(17)])]
    steps = [taken.steps for taken in Solution(Problem([flat] * 4, 36, 0.0, 100.0)).follow()]
    assert steps == [16, 16, 4, 0]


def test_a_car_that_has_to_show_what_it_takes_begins_in_time_and_with_all_of_it() -> None:
    dear, cheap = ([Choice(6, [price * steps for steps in range(17)], begins_full=True)] for price in (0.3, 0.1))
    taken = Solution(Problem([dear, dear, dear, cheap, cheap], 20, 0.01, 100.0, shown_by=1)).follow()
    assert [each.steps for each in taken] == [16, 0, 0, 4, 0]
