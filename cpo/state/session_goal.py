"""What somebody wants of charging, of one connector or with one card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class SessionGoal:
    """What somebody wants of charging.

    With `ready_by`, a time of the local clock, so much energy or state of charge is to be in the car by then; without,
    charging stops there. It also stops at a cost (in the currency of the settings), or after so many minutes of it.
    `repeat` are the weekdays (0: Monday) on which it is to be ready, or on which a car is plugged in; empty: once.
    One without any of them wants nothing.
    """

    energy_kwh: float | None = None
    soc: float | None = None
    cost: float | None = None
    minutes: float | None = None
    ready_by: time | None = None
    repeat: tuple[int, ...] = ()
