"""The steps of A in which a make of charger obeys limits: any, whole numbers, or those that many boxes have (pure)."""

from __future__ import annotations

import math
from enum import StrEnum

from cpo.amperes import rounded_down

STEPS_A = (6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 32.0)


class Numbers(StrEnum):
    """The steps of A in which a make obeys limits, from the finest to the coarsest.

    The values are those of the journal and of quirks.toml.
    """

    ANY = 'any'
    WHOLE = 'whole'
    STEPS = 'steps'


ORDER = tuple(Numbers)


def expressed(limit_a: float, numbers: Numbers) -> float:
    """The greatest limit in these steps that is not above `limit_a`; a limit below the lowest step stays as it is."""
    match numbers:
        case Numbers.WHOLE:
            return float(int(limit_a + 1e-6))
        case Numbers.STEPS:
            return max((step_a for step_a in STEPS_A if step_a <= limit_a), default=limit_a)
        case _:
            return rounded_down(limit_a)


def nearest(current_a: float, numbers: Numbers, least_a: float, most_a: float) -> float:
    """The limit in these steps that is nearest to a current, between `least_a` and `most_a`; none is above `most_a`."""
    if numbers is Numbers.STEPS:
        steps_a = tuple(each_a for each_a in STEPS_A if least_a <= each_a <= most_a)
        return min(steps_a or (expressed(most_a, numbers),), key=lambda each_a: abs(each_a - current_a))
    step_a = 1.0 if numbers is Numbers.WHOLE else 0.1
    lowest, highest = math.ceil(least_a / step_a - 1e-6), math.floor(most_a / step_a + 1e-6)
    return rounded_down(min(max(round(current_a / step_a), lowest), highest) * step_a)


def coarsest(*several: Numbers) -> Numbers:
    """The coarsest steps of several."""
    return max(several, key=ORDER.index)


def coarser(limit_a: float, numbers: Numbers) -> Numbers | None:
    """The next coarser steps that change this limit, to be tried where it is not obeyed; None where there are none."""
    later = ORDER[ORDER.index(numbers) + 1 :]
    now_a = expressed(limit_a, numbers)
    return next((each for each in later if expressed(limit_a, each) != now_a), None)
