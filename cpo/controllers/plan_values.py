"""The values of the planner: what it is given, and the plan it hands back (no logic).

All of them are frozen and made of numbers, enumerations and aware times: `pydantic.TypeAdapter(PlanState)` and its like
turn each into JSON and back without loss, so a plan can be stored at any moment and continued after a restart.
Prices are in the currency of the settings per kWh, costs in that currency: estimates, never a bill.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

from cpo.amperes import MIN_CHARGING_CURRENT_A, NOMINAL_VOLTAGE_V
from cpo.chargers import Numbers


class Span(NamedTuple):
    """A value that holds from one instant until another: a price, a power in W, a current in A.

    Spans of one series do not overlap and are in order; they may be of any length and leave gaps.
    """

    starts_at: datetime
    ends_at: datetime
    value: float


Series = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """What has to be in the car by when: kWh at the meter that are still missing.

    `is_estimated` says that the energy was made of a state of charge in percent, and may turn out larger.
    """

    need_kwh: float
    departure: datetime
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Prices:
    """What energy costs: known prices, those of the last days, and the fixed ones where nothing else is known.

    `imported` is what the grid is paid, `feed_in` what the grid pays. Both may end before the departure, or be empty.
    """

    imported: Series = ()
    feed_in: Series = ()
    past_imported: Series = ()
    fixed_import: float = 0.30
    fixed_feed_in: float = 0.08


@dataclass(frozen=True, slots=True)
class Powers:
    """Production and house in W, without the car: forecasts, what was measured in the last days, and now.

    Where no forecast is given, the same hours of the last days are one; without those there is no sun.
    """

    pv_w: Series = ()
    house_w: Series = ()
    past_pv_w: Series = ()
    past_house_w: Series = ()
    pv_now_w: float | None = None
    house_now_w: float | None = None


@dataclass(frozen=True, slots=True)
class PlanRules:
    """What charger and car can take together, and what wear costs.

    `phases` are the numbers of phases the charger can be told to use, fewest first. `car_max_a` and `car_phases` are
    what the settings say of the car: they may be wrong, and None where nothing is known. `closing_price` is what one
    closing of the contactor costs. `zone` is the local time that prices repeat by.
    """

    min_current_a: float = MIN_CHARGING_CURRENT_A
    max_current_a: float = 16.0
    phases: tuple[int, ...] = (1,)
    numbers: Numbers = Numbers.ANY
    voltage_v: float = NOMINAL_VOLTAGE_V
    car_max_a: float | None = None
    car_phases: int | None = None
    closing_price: float = 0.04
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Charging:
    """What the charger does now.

    `phases` is the number of phases that are closed on a car that charges (0: none). `offered_a` on `offered_phases`
    was in force while `drawn_a` (of one phase) on `drawn_phases` was measured; 0 where nothing was drawn.
    `closings_left` is how many closings the car still bears before it no longer wakes, None: any number.
    """

    phases: int = 0
    offered_a: float = 0.0
    offered_phases: int = 0
    drawn_a: float = 0.0
    drawn_phases: int = 0
    closings_left: int | None = None


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """All that the planner knows at one moment.

    `ceilings_a` are spans in which less than the maximum may flow (main fuse, grid operator); elsewhere the maximum.
    """

    goal: Goal
    rules: PlanRules = field(default_factory=PlanRules)
    prices: Prices = field(default_factory=Prices)
    powers: Powers = field(default_factory=Powers)
    charging: Charging = field(default_factory=Charging)
    ceilings_a: Series = ()


@dataclass(frozen=True, slots=True)
class SeenCar:
    """What the car has shown since it was plugged in; None: not yet.

    `most_a` is the current above which it takes no more, `less_a` what it takes less than it is offered.
    """

    phases: int | None = None
    most_a: float | None = None
    less_a: float = 0.0

    @property
    def was_seen(self) -> bool:
        """True once the car was offered all there is."""
        return self.most_a is not None


class Run(NamedTuple):
    """A time during which the last plan charges without a pause."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PlanState:
    """What the planner remembers from one call to the next; a new stay begins with `PlanState()`."""

    car: SeenCar = field(default_factory=SeenCar)
    runs: tuple[Run, ...] = ()


class Outlook(StrEnum):
    """How the plan ends: with the goal reached, with the goal out of reach, or with nothing left to do."""

    REACHED = 'reached'
    OUT_OF_REACH = 'out_of_reach'
    DONE = 'done'


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One slot of a plan: the current in A (0: none) on so many phases, and what is expected of it.

    `sun_kwh` is the part of `energy_kwh` that would have been fed in. `is_price_known` is False where the price was
    taken from the last days.
    """

    starts_at: datetime
    ends_at: datetime
    current_a: float
    phases: int
    energy_kwh: float
    sun_kwh: float
    cost: float
    is_price_known: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The current of every slot until the departure, and what it will come to.

    `cost` is that of the energy (feed-in price for the sun, import price for the rest), without wear. `missing_kwh` is
    what cannot be had by the departure.
    """

    slots: tuple[PlannedSlot, ...]
    outlook: Outlook
    energy_kwh: float
    sun_kwh: float
    missing_kwh: float
    cost: float
    closings: int


@dataclass(frozen=True, slots=True)
class PlanOutline:
    """What a plan does next; `starts_at` is None where it charges now, is done, or is still being made."""

    starts_at: datetime | None = None
    is_done: bool = False


class PlanStep(NamedTuple):
    """One planning: what to offer from now on, the whole plan, when it is due again, and the state for then."""

    current_a: float
    phases: int
    plan: Plan
    next_at: datetime
    state: PlanState
