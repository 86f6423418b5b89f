"""The numbers of amperes a make of charger can express: any, whole ones, or the steps that many boxes have (pure)."""

from __future__ import annotations

from enum import StrEnum

from cpo.amperes import rounded_down

STEPS_A = (6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 32.0)


class Numbers(StrEnum):
    """Which limits in A a make obeys: values of the journal and of quirks.toml, from the finest to the coarsest."""

    ANY = 'any'
    WHOLE = 'whole'
    STEPS = 'steps'


def expressed(limit_a: float, numbers: Numbers) -> float:
    """The greatest number of these that is not above the limit; a limit below the least step stays as it is."""
    match numbers:
        case Numbers.WHOLE:
            return float(int(limit_a + 1e-6))
        case Numbers.STEPS:
            return max((step_a for step_a in STEPS_A if step_a <= limit_a), default=limit_a)
        case _:
            return rounded_down(limit_a)


def coarser(limit_a: float, numbers: Numbers) -> Numbers | None:
    """The next coarser numbers in which this limit is another; None where there are none."""
    order = list(Numbers)
    later = order[order.index(numbers) + 1 :]
    now_a = expressed(limit_a, numbers)
    return next((each for each in later if expressed(limit_a, each) != now_a), None)
