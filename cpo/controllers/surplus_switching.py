"""When to start, to stop and to change the number of phases: by what each mode would earn (pure).

The **rate** of a mode, in kW, is the sun's power it would use less λ times the power it would buy; off earns nothing.
What counts is the **advantage** of another mode's rate over the present one's, now and in the **mean** of the last 25
minutes, as clouds come and go. Two more facts tell whether it will last. The **trend** of the production, its 5-minute
mean less its 25-minute mean, tells morning and evening from a cloud. The **unrest** of the surplus, its mean distance
from its 5-minute mean, tells a sky in which a deficit passes, and is ridden out, from one in which it stays:

    start:  advantage + mean + 1.6 · trend                     > 1.1 kW
    stop:   advantage + ½ mean − 1.1 · trend − 1.2 · unrest    > 0

A start is a switch to more phases, a stop one to fewer; off has none. All is in kW, so the same numbers serve one and
three phases. The means are exact for a surplus that is constant between two readings: so it is known what they will be
if it stays, and `surplus_flip` can solve for the surplus at which the decision flips.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

SLOW_S = 1500.0
FAST_S = 300.0
"""Time constants of the means."""


class Weights(NamedTuple):
    """The numbers of one direction; a share weighs what it is named after."""

    threshold_kw: float
    mean_share: float
    trend_share: float
    unrest_share: float


START = Weights(threshold_kw=1.1, mean_share=1.0, trend_share=1.6, unrest_share=0.0)
STOP = Weights(threshold_kw=0.0, mean_share=0.5, trend_share=-1.1, unrest_share=1.2)
PHASES_KW = 1.75
WITHDRAW_KW = -1.0
SPENT_KW = 1.0
"""Added to the threshold: a change of phases pauses the car; a start that did not close the contactor yet is free to
withdraw; a stop gets dearer as the starts that a car is good for are used up, so much when all are."""


class OfMode(NamedTuple):
    """What is remembered of the mode with so many phases (0: off): its mean rate."""

    phases: int
    mean_kw: float = 0.0


class Sky(NamedTuple):
    """What is remembered of the production and of the surplus; the production is 0 where it is unknown."""

    pv_kw: float
    pv_fast_kw: float
    pv_slow_kw: float
    surplus_fast_kw: float
    unrest_kw: float = 0.0


class Memory(NamedTuple):
    """All that switching remembers; without a sky there was no reading yet."""

    modes: tuple[OfMode, ...] = ()
    sky: Sky | None = None


class Plant(NamedTuple):
    """What the car can take on one phase, in kW, and λ."""

    least_kw: float
    most_kw: float
    import_price: float

    def rate_kw(self, phases: int, surplus_kw: float) -> float:
        """What a mode earns, in kW of the sun; 0 when off."""
        least_kw, most_kw = self.least_kw * phases, self.most_kw * phases
        if surplus_kw >= least_kw:
            return min(surplus_kw, most_kw)
        sun_kw = max(surplus_kw, 0.0)
        return sun_kw - self.import_price * (least_kw - sun_kw)


class Case(NamedTuple):
    """The present mode by its number of phases, the modes that may be chosen, and what makes a switch dearer.

    `withdrawable` is a start that has not closed the contactor; `spent` is the used part of the starts the car is good
    for.
    """

    phases: int
    choices: tuple[int, ...]
    withdrawable: bool
    spent: float


class Flip(NamedTuple):
    """The surplus beyond which another mode is switched to within `for_s`, and not on the other side of it."""

    phases: int
    above: bool
    surplus_kw: float
    for_s: float


class Ahead(NamedTuple):
    """Some time in which the surplus is constant: how much is left of what each mean was.

    `unrest` is the part of a distance from the fast mean that becomes unrest while that mean approaches.
    """

    slow: float
    fast: float
    unrest: float


@lru_cache(maxsize=64)
def ahead_by(seconds: float) -> Ahead:
    """The time ahead in so many seconds."""
    slow, fast = math.exp(-seconds / SLOW_S), math.exp(-seconds / FAST_S)
    return Ahead(slow, fast, (slow - fast) * FAST_S / (SLOW_S - FAST_S))


NOW = ahead_by(0.0)


def remembered(memory: Memory, plant: Plant, surplus_kw: float, pv_kw: float | None, seconds: float) -> Memory:
    """The memory after `seconds` of a surplus and a production (None: unknown)."""
    ahead, sky = ahead_by(seconds), memory.sky
    rates = [(mode, plant.rate_kw(mode.phases, surplus_kw)) for mode in memory.modes]
    if sky is None:
        known_kw = pv_kw or 0.0
        modes = tuple(OfMode(mode.phases, rate_kw) for mode, rate_kw in rates)
        return Memory(modes, Sky(known_kw, known_kw, known_kw, surplus_kw))
    modes = tuple(OfMode(mode.phases, rate_kw + (mode.mean_kw - rate_kw) * ahead.slow) for mode, rate_kw in rates)
    return Memory(modes, _sky_after(sky, surplus_kw, sky.pv_kw if pv_kw is None else pv_kw, ahead))


def _sky_after(sky: Sky, surplus_kw: float, pv_kw: float, ahead: Ahead) -> Sky:
    return Sky(
        pv_kw,
        pv_kw + (sky.pv_fast_kw - pv_kw) * ahead.fast,
        pv_kw + (sky.pv_slow_kw - pv_kw) * ahead.slow,
        surplus_kw + (sky.surplus_fast_kw - surplus_kw) * ahead.fast,
        sky.unrest_kw * ahead.slow + abs(surplus_kw - sky.surplus_fast_kw) * ahead.unrest,
    )


def with_modes(memory: Memory, phases: Sequence[int]) -> Memory:
    """The memory with the modes off and these numbers of phases."""
    wanted = (0, *phases)
    if tuple(mode.phases for mode in memory.modes) == wanted:
        return memory
    known = {mode.phases: mode for mode in memory.modes}
    return Memory(tuple(known.get(each, OfMode(each)) for each in wanted), memory.sky)


def chosen(memory: Memory, plant: Plant, case: Case, surplus_kw: float) -> int:
    """The number of phases that is best from now on, the present one included."""
    best, best_kw = case.phases, 0.0
    for line in lines_of(memory, case):
        excess_kw = line.excess_kw(line.advantage_kw(plant, surplus_kw), surplus_kw, NOW)
        if excess_kw > best_kw:
            best, best_kw = line.phases, excess_kw
    return best


class Line(NamedTuple):
    """What counts for another mode than the present one."""

    present: int
    phases: int
    threshold_kw: float
    weights: Weights
    mean_kw: float
    sky: Sky

    def advantage_kw(self, plant: Plant, surplus_kw: float) -> float:
        """What it earns more than the present one."""
        return plant.rate_kw(self.phases, surplus_kw) - plant.rate_kw(self.present, surplus_kw)

    def excess_kw(self, advantage_kw: float, surplus_kw: float, ahead: Ahead) -> float:
        """By how much the threshold is exceeded after some time of a constant surplus, with this advantage."""
        slow, fast, unrest = ahead
        sky, weights = self.sky, self.weights
        mean_kw = advantage_kw + (self.mean_kw - advantage_kw) * slow
        trend_kw = (sky.pv_fast_kw - sky.pv_kw) * fast - (sky.pv_slow_kw - sky.pv_kw) * slow
        unrest_kw = sky.unrest_kw * slow + abs(surplus_kw - sky.surplus_fast_kw) * unrest
        return (
            advantage_kw
            + weights.mean_share * mean_kw
            + weights.trend_share * trend_kw
            - weights.unrest_share * unrest_kw
            - self.threshold_kw
        )


def lines_of(memory: Memory, case: Case) -> list[Line]:
    """One for each mode that may be chosen; none before the first reading."""
    modes, sky = memory
    if sky is None:
        return []
    present = next(mode for mode in modes if mode.phases == case.phases)
    return [
        Line(
            case.phases,
            mode.phases,
            _threshold_kw(case, mode.phases),
            START if mode.phases > case.phases else STOP,
            mode.mean_kw - present.mean_kw,
            sky,
        )
        for mode in modes
        if mode.phases in case.choices and mode.phases != case.phases
    ]


def _threshold_kw(case: Case, phases: int) -> float:
    if case.phases and phases:
        return PHASES_KW + (START if phases > case.phases else STOP).threshold_kw
    if phases:
        return START.threshold_kw
    return STOP.threshold_kw + SPENT_KW * case.spent + (WITHDRAW_KW if case.withdrawable else 0.0)
