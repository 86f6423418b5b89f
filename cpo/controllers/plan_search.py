"""The cheapest way to charge so much energy in so many slots: an exact dynamic programme (pure).

The energy is counted in steps, a whole number of which flows in every slot. For each slot, backwards from the
departure, a table holds what it costs from there on

    with  s   the contactor: open, or closed on one of the groups of phases,
          k   the closings that the car still bears (one row where it bears any number), and
          r   the steps of energy that are still missing.

    value[open][k][r]   = least of  value'[open][k][r]                         charge nothing
                                    charged[g][k - 1][r] + closing             close the contactor on g
    value[g][k][r]      = least of  value'[open][k][r]                         open the contactor
                                    charged[g][k][r]                           stay closed
                                    charged[other][k - 1][r] + closing         change the phases
    charged[g][k][r]    = least of  cost of u steps + value'[g][k][r - u]      over all u that g allows

where ' is the table of the slot after. At the departure every missing step costs more than any energy does, so a plan
that leaves something out is chosen only where there is none that does not. Charging ends by itself with the last step.
Nothing but the size of a step is rounded: of all plans in whole steps, none is cheaper.

Rows are lists over r and worked on as wholes, which Python does ten times as fast as number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

OPEN = 0
INFINITE = float('inf')
EQUAL = 1e-9
"""Costs that differ by less are the same."""
Row = list[float]
Table = list[list[Row]]
"""Rows by state of the contactor (`OPEN`, or 1 + the group) and by closings left."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one group of phases can do in a slot: u steps for `costs[u]`, from `least` on in steps of `stride`.

    No costs: it can do nothing. `begins_full`: where nothing has flowed yet, it begins with the most.
    """

    least: int
    costs: Sequence[float]
    stride: int = 1
    begins_full: bool = False

    @property
    def most(self) -> int:
        """The most steps that flow in this slot."""
        return len(self.costs) - 1

    def steps(self, left: int) -> Iterator[int]:
        """The steps that can flow while so many are missing, most first: charging ends with the last one."""
        if left <= self.most:
            yield left
        yield from (steps for steps in range(self.most, self.least - 1, -self.stride) if steps < left)


@dataclass(frozen=True, slots=True)
class Problem:
    """Slots with a choice for each group of phases, and what is to be had from them.

    `state` is that of the contactor now. `shown_by` is the slot in which charging begins at the latest, to see what the
    car takes; None: no such slot.
    """

    slots: Sequence[Sequence[Choice]]
    need: int
    closing: float
    missing: float
    state: int = OPEN
    closings_left: int | None = None
    shown_by: int | None = None


class Taken(NamedTuple):
    """What a slot of a solution does: the state of the contactor, and the steps that flow (0: open)."""

    state: int
    steps: int


class Solution:
    """The tables of a solved problem; `value` is the least cost, `follow` the way to it."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        groups = len(problem.slots[0]) if problem.slots else 0
        budgets = 1 if problem.closings_left is None else problem.closings_left + 1
        last = [missing * problem.missing for missing in range(problem.need + 1)]
        tables: list[Table] = [[[last] * budgets for _ in range(groups + 1)]]
        for index in range(len(problem.slots) - 1, -1, -1):
            tables.append(self._before(tables[-1], index))
        self.tables = tables[::-1]

    @property
    def value(self) -> float:
        """The least cost, closings and what is missing included."""
        return self.tables[0][self._problem.state][-1][self._problem.need]

    def follow(self) -> list[Taken]:
        """What each slot does on the cheapest way; of ways that cost the same, the one that charges most first."""
        left, state, budget = self._problem.need, self._problem.state, len(self.tables[0][OPEN]) - 1
        taken = []
        for index in range(len(self._problem.slots)):
            taken.append(Taken(OPEN, 0))
            if left:
                taken[-1], budget = self._best(index, state, budget, left)
            state, left = taken[-1].state, max(left - taken[-1].steps, 0)
        return taken

    def finest(self, first: Taken, amounts: Sequence[float], cost_of: Callable[[float], float]) -> float:
        """The best of some amounts, in parts of steps, for the first slot as `first` has its contactor.

        Of equal ones it is the first of them. Between two steps the table is taken for a line.
        """
        problem, tables = self._problem, self.tables[1][first.state]
        row = tables[-1 if first.state == problem.state else self._after_closing(len(tables) - 1)]

        def value(amount: float) -> float:
            left = max(problem.need - amount, 0.0)
            below = int(left)
            above = min(below + 1, problem.need)
            return round(cost_of(amount) + row[below] + (left - below) * (row[above] - row[below]), 9)

        return min(amounts, key=value)

    def _before(self, after: Table, index: int) -> Table:
        """The table of a slot from that of the next one."""
        choices, budgets = self._problem.slots[index], range(len(after[OPEN]))
        charged = [
            [_charged(choice, row) if choice.costs else None for row in after[group + 1]]
            for group, choice in enumerate(choices)
        ]
        opened = [self._opened(after, charged, budget, index) for budget in budgets]
        closed = [
            [row if stays is None else list(map(min, row, stays)) for row, stays in zip(opened, rows, strict=True)]
            for rows in charged
        ]
        return [opened, *closed]

    def _opened(self, after: Table, charged: list[list[Row | None]], budget: int, index: int) -> Row:
        """The row of the open contactor: it stays open, or closes on one of the groups."""
        problem, row = self._problem, after[OPEN][budget]
        rows = [row]
        if index == problem.shown_by and any(choice.costs for choice in problem.slots[index]):
            rows = [[*row[:-1], row[-1] + problem.missing * problem.need]]
        paid = self._after_closing(budget)
        for group, by_budget in enumerate(charged):
            stays = by_budget[paid] if paid >= 0 else None
            if stays is not None:
                rows.append([value + problem.closing for value in stays])
                choice = problem.slots[index][group]
                if choice.begins_full:
                    steps = min(choice.most, problem.need)
                    rows[-1][-1] = choice.costs[steps] + after[group + 1][paid][problem.need - steps] + problem.closing
        return list(map(min, *rows)) if len(rows) > 1 else rows[0]

    def _after_closing(self, budget: int) -> int:
        """The closings left after one more; below 0: there is none left."""
        return budget if self._problem.closings_left is None else budget - 1

    def _best(self, index: int, state: int, budget: int, left: int) -> tuple[Taken, int]:
        problem, after = self._problem, self.tables[index + 1]
        value, best, paid = after[OPEN][budget][left], Taken(OPEN, 0), budget
        if index == problem.shown_by and left == problem.need:
            value += problem.missing * problem.need
        for group, choice in enumerate(problem.slots[index]):
            stays = state == group + 1
            remains = budget if stays else self._after_closing(budget)
            if remains < 0 or not choice.costs:
                continue
            row = after[group + 1][remains]
            is_full = choice.begins_full and state == OPEN and left == problem.need
            for steps in [min(choice.most, left)] if is_full else choice.steps(left):
                cost = choice.costs[steps] + row[left - steps] + (0.0 if stays else problem.closing)
                if cost < value - EQUAL or (not best.steps and cost <= value + EQUAL):
                    value, best, paid = cost, Taken(group + 1, steps), remains
        return best, paid


def _charged(choice: Choice, after: Row) -> Row:
    """The least cost from a slot on in which charging continues, by missing steps."""
    size, most, costs = len(after), choice.most, choice.costs
    padded = [INFINITE] * most + after
    rows = []
    for steps in range(choice.least, most + 1, choice.stride):
        cost = costs[steps]
        rows.append([value + cost for value in padded[most - steps : most - steps + size]])
    row = list(map(min, *rows)) if len(rows) > 1 else rows[0]
    row[0] = INFINITE
    for steps in range(1, min(most + 1, size)):
        row[steps] = min(row[steps], costs[steps])
    return row
