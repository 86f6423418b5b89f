"""When to start, to stop and to change the number of phases: by what each mode would earn (pure).

The **rate** of a mode, in kW, is the sun's power it would use less λ times the power it would buy; off earns nothing.
What counts is the **advantage** of another mode's rate over the present one's, now and in the **mean** of the last 25
minutes, as clouds come and go. Two more facts tell whether it will last. The **trend** of the production, its 5-minute
mean less its 25-minute mean, tells morning and evening from a cloud. The **unrest** of the surplus, its mean distance
from its 5-minute mean, tells a sky in which a deficit passes, and is ridden out, from one in which it stays:

    start:  advantage + mean + 1.6 · trend                     > 1.1 kW
    stop:   advantage + ½ mean − 1.1 · trend − 1.2 · unrest    > 0

A start is a switch to more phases, a stop one to fewer; off has none. A start also needs that the stop which would take
it back is not due, by a margin of 0.1 kW: so no surplus starts and stops. All is in kW, so the same numbers serve one
and three phases. The means are exact for a surplus that is constant between two readings: so it is known what they will
be if it stays, and `surplus_flip` can solve for the surplus at which the decision flips.
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
MARGIN_KW = 0.1
"""A start has to be so far from the stop that would take it back."""
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
        if not phases:
            return 0.0
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
    """Some time in which the surplus is constant: how much is left of what a slow and a fast mean were."""

    slow: float
    fast: float


@lru_cache(maxsize=64)
def ahead_by(seconds: float) -> Ahead:
    """The time ahead in so many seconds."""
    return Ahead(math.exp(-seconds / SLOW_S), math.exp(-seconds / FAST_S))


NOW = ahead_by(0.0)
BECOMES_UNREST = FAST_S / (SLOW_S - FAST_S)
"""The part of the surplus's distance from its fast mean that passes through its unrest while that mean approaches."""


class Excess(NamedTuple):
    """By how much the threshold is exceeded at any time of a constant surplus: a constant, and what fades."""

    constant_kw: float
    slow_kw: float
    fast_kw: float

    def after(self, ahead: Ahead) -> float:
        """The excess in kW at that time."""
        return self.constant_kw + self.slow_kw * ahead.slow + self.fast_kw * ahead.fast

    def turns_after_s(self) -> float | None:
        """When it turns from rising to falling or back; it does so once at most."""
        ratio = -self.slow_kw * FAST_S / (self.fast_kw * SLOW_S) if self.fast_kw else 0.0
        return -math.log(ratio) / (1 / FAST_S - 1 / SLOW_S) if 0.0 < ratio < 1.0 else None


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
        sky.unrest_kw * ahead.slow + abs(surplus_kw - sky.surplus_fast_kw) * BECOMES_UNREST * (ahead.slow - ahead.fast),
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
    if best_of(lines_of(memory, case, backs=False), plant, surplus_kw, NOW, case.phases) == case.phases:
        return case.phases  # as nearly always; what a stop could take back makes no start better
    return best_of(lines_of(memory, case), plant, surplus_kw, NOW, case.phases)


def best_of(lines: Sequence[Line], plant: Plant, surplus_kw: float, ahead: Ahead, present: int) -> int:
    """The number of phases that is best at that time, after this surplus lasted until then."""
    best, best_kw = present, 0.0
    for line in lines:
        excess_kw = min(excess.after(ahead) for excess in line.excesses(plant, surplus_kw))
        if excess_kw > best_kw:
            best, best_kw = line.phases, excess_kw
    return best


class Line(NamedTuple):
    """What counts for another mode than the present one; `backs` are the stops that could take a start back."""

    present: int
    phases: int
    dearer_kw: float
    weights: Weights
    mean_kw: float
    sky: Sky
    backs: tuple[Line, ...] = ()

    def excesses(self, plant: Plant, surplus_kw: float) -> list[Excess]:
        """All that must be above 0 for the switch while this surplus lasts: its own, and the distance of each stop."""
        return [self._excess(plant, surplus_kw), *(back._distance(plant, surplus_kw) for back in self.backs)]

    def _distance(self, plant: Plant, surplus_kw: float) -> Excess:
        excess = self._excess(plant, surplus_kw)
        return Excess(-excess.constant_kw - MARGIN_KW, -excess.slow_kw, -excess.fast_kw)

    def _excess(self, plant: Plant, surplus_kw: float) -> Excess:
        """By how much the threshold is exceeded while this surplus lasts."""
        advantage_kw = plant.rate_kw(self.phases, surplus_kw) - plant.rate_kw(self.present, surplus_kw)
        sky, (threshold_kw, mean_share, trend_share, unrest_share) = self.sky, self.weights
        passing_kw = abs(surplus_kw - sky.surplus_fast_kw) * BECOMES_UNREST
        return Excess(
            advantage_kw * (1 + mean_share) - threshold_kw - self.dearer_kw,
            mean_share * (self.mean_kw - advantage_kw)
            - trend_share * (sky.pv_slow_kw - sky.pv_kw)
            - unrest_share * (sky.unrest_kw + passing_kw),
            trend_share * (sky.pv_fast_kw - sky.pv_kw) + unrest_share * passing_kw,
        )


def lines_of(memory: Memory, case: Case, backs: bool = True) -> list[Line]:
    """One for each mode that may be chosen, with the stops that could take a start back; none before a reading."""
    modes, sky = memory
    if sky is None:
        return []
    present = next(mode for mode in modes if mode.phases == case.phases)
    return [
        Line(
            case.phases,
            mode.phases,
            _dearer_kw(case, mode.phases),
            START if mode.phases > case.phases else STOP,
            mode.mean_kw - present.mean_kw,
            sky,
            _backs_of(memory, mode.phases) if backs and mode.phases > case.phases else (),
        )
        for mode in modes
        if mode.phases in case.choices and mode.phases != case.phases
    ]


def _backs_of(memory: Memory, phases: int) -> tuple[Line, ...]:
    """The stops from a mode that has just been started."""
    fewer = tuple(mode.phases for mode in memory.modes if mode.phases < phases)
    return tuple(lines_of(memory, Case(phases, fewer, withdrawable=True, spent=0.0)))


def _dearer_kw(case: Case, phases: int) -> float:
    """What is added to the threshold."""
    if case.phases and phases:
        return PHASES_KW
    if phases:
        return 0.0
    return SPENT_KW * case.spent + (WITHDRAW_KW if case.withdrawable else 0.0)
