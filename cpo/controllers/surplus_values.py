"""The values of the surplus rule: what it reads, what it is set to, what it remembers and says (no logic).

All of them are frozen and made of numbers, texts, enumerations and aware times: `pydantic.TypeAdapter(SurplusState)`
and its like turn each into JSON and back without loss, so a stored day can be replayed exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.chargers import Numbers
from cpo.controllers.surplus_car import Car
from cpo.controllers.surplus_switching import Memory
from cpo.state import Activity, Source


class Reading(NamedTuple):
    """A measured value: `at` is when it was measured by the program's clock (its arrival where only that is known).

    From `fresh_until` on it is stale, and then never used; None: it stays, as one that a person simulates.
    """

    value: float
    at: datetime
    source: Source | None = None
    fresh_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """All that the rule knows of house, charger and car at one moment; None is unknown.

    `grid_w` is import positive, `battery_w` discharge positive, `battery_soc` in percent. `charger_a` is the current of
    the phase that carries most, `phases` on how many of them current flows. `in_force_a` is the limit the charger said
    is in force. `held_a` is what a ceiling leaves of the limit that the rule decided (0: it pauses the car), None where
    none lowers it.
    """

    grid_w: Reading | None = None
    pv_w: Reading | None = None
    battery_w: Reading | None = None
    battery_soc: Reading | None = None
    charger_w: Reading | None = None
    charger_a: Reading | None = None
    voltage_v: Reading | None = None
    in_force_a: float | None = None
    activity: Activity = Activity.UNKNOWN
    plugged_in: bool = False
    held_a: float | None = None
    phases: int | None = None


class Aim(StrEnum):
    """What the rule charges for: the surplus, the surplus but never less than the minimum, or as fast as possible."""

    SURPLUS = 'surplus'
    SURPLUS_AND_MINIMUM = 'surplus_and_minimum'
    FAST = 'fast'


@dataclass(frozen=True, slots=True)
class CarRules:
    """What this car and charger can take.

    `min_current_a` is the least the car charges with (6, some 7 or 8 A); `numbers` are the steps of limits that the
    charger obeys. `latency_s` passes from a command to its limit in force, where the charger does not say what is in
    force. `restarts` is how many starts in a session the car is good for before it no longer resumes: the more are used
    up, the longer a deficit is ridden out; None: it always resumes. A car that takes nothing within `starts_within_s`
    is asleep: it is woken `wake_attempts` times, by a pause of `wake_pause_s` each.
    """

    min_current_a: float = MIN_CHARGING_CURRENT_A
    max_current_a: float = 16.0
    numbers: Numbers = Numbers.ANY
    latency_s: float = 2.0
    restarts: int | None = None
    starts_within_s: float = 180.0
    wake_attempts: int = 2
    wake_pause_s: float = 60.0


@dataclass(frozen=True, slots=True)
class BatteryRules:
    """Who comes first, the house battery or the car.

    The battery does until it holds `first_to_soc` percent (0: the car comes first): so long the car leaves it up to
    `max_charge_w`. Beyond, the power it charges with counts as surplus. Its discharge never does.
    """

    first_to_soc: float = 0.0
    max_charge_w: float = 0.0


@dataclass(frozen=True, slots=True)
class SurplusRules:
    """The settings of the rule for one connector.

    `import_price` is λ: what an imported kWh costs the owner, in kWh of the sun. `phases` are the numbers of phases
    that charger and car can use together, fewest first; a change, which wears contactors and pauses the car, rests for
    `phase_dwell_s` (as long as with openWB), and a pause for `pause_rest_s` before the next start. `stale_a` is the
    limit while no grid reading says what is left over (0, and less than the car charges with: pause).
    """

    aim: Aim = Aim.SURPLUS
    import_price: float = 1.0
    phases: tuple[int, ...] = (1,)
    phase_dwell_s: float = 420.0
    pause_rest_s: float = 60.0
    stale_a: float = 0.0
    car: CarRules = field(default_factory=CarRules)
    battery: BatteryRules = field(default_factory=BatteryRules)


class Preset(StrEnum):
    """A choice of the owner, as a mode button offers it."""

    SOLAR_ONLY = 'solar_only'
    BALANCED = 'balanced'
    EAGER = 'eager'
    SOLAR_AND_MINIMUM = 'solar_and_minimum'
    FAST = 'fast'


PRESETS: Final[Mapping[Preset, tuple[Aim, float]]] = {
    Preset.SOLAR_ONLY: (Aim.SURPLUS, 8.0),
    Preset.BALANCED: (Aim.SURPLUS, 1.0),
    Preset.EAGER: (Aim.SURPLUS, 0.3),
    Preset.SOLAR_AND_MINIMUM: (Aim.SURPLUS_AND_MINIMUM, 1.0),
    Preset.FAST: (Aim.FAST, 1.0),
}
"""`aim` and `import_price` of each preset: charging at the least current pays from λ / (1 + λ) of its power on."""


class Input(StrEnum):
    """What a decision was made from."""

    GRID_W = 'grid_w'
    PV_W = 'pv_w'
    BATTERY_W = 'battery_w'
    BATTERY_SOC = 'battery_soc'
    CHARGER_W = 'charger_w'
    CHARGER_A = 'charger_a'
    VOLTAGE_V = 'voltage_v'
    SURPLUS_W = 'surplus_w'


class UsedInput(NamedTuple):
    """One input of a decision: its value (None: unknown or not a number), how old it was, who sent it."""

    name: Input
    value: float | None
    age_s: float
    source: Source | None
    stale: bool = False


class Reason(StrEnum):
    """Why the limit is what it is; the parts a reader needs for the sentence are in `DecisionRecord.parts`."""

    FAST = 'fast'
    UNPLUGGED = 'unplugged'
    NO_GRID_READING = 'no_grid_reading'
    STALE_GRID_READING = 'stale_grid_reading'
    STALE_BATTERY_READING = 'stale_battery_reading'
    CAR_FULL = 'car_full'
    CAR_ASLEEP = 'car_asleep'
    WAKING = 'waking'
    TOO_LITTLE = 'too_little'
    STARTED = 'started'
    WITHDRAWN = 'withdrawn'
    FOLLOWS = 'follows'
    AT_MAXIMUM = 'at_maximum'
    RIDES_OUT = 'rides_out'
    STOPPED = 'stopped'
    MINIMUM = 'minimum'
    HELD_BACK = 'held_back'
    PAUSED_BY_CEILING = 'paused_by_ceiling'
    MORE_PHASES = 'more_phases'
    FEWER_PHASES = 'fewer_phases'
    CHANGING_PHASES = 'changing_phases'


class Part(StrEnum):
    """A number that belongs to a reason: W, kWh, seconds or a count, as its name ends."""

    SURPLUS_W = 'surplus_w'
    BATTERY_FIRST_W = 'battery_first_w'
    ATTEMPTS = 'attempts'


class Beyond(StrEnum):
    """On which side of the value the input has to be."""

    ABOVE = 'above'
    BELOW = 'below'


class Counterfactual(NamedTuple):
    """What would change the decision: `input`, constantly beyond `value` for `for_s` seconds from the decision on.

    Then `phases` would be the new result (0: paused); with an input on the other side of `value` it stays as it is.
    """

    input: Input
    beyond: Beyond
    value: float
    for_s: float
    phases: int


class SurplusState(NamedTuple):
    """Everything the rule remembers from step to step; a new one is the state of a car just plugged in.

    `phases` is the present mode (0: off) since `switched_at`, `limit_a` the limit that was decided last, `error_kwh`
    by how much it has missed the surplus since. `grid_at`, `pv_w` and `surplus_w` are of the last grid reading that was
    judged, `rises_w` is by how much the sun's part will rise until the car follows, `every_s` how often they come.
    `charged` says that the car took energy since it was offered, `full` that it then
    paused by itself, `waking` that the present pause is to wake it.
    """

    phases: int = 0
    limit_a: float = 0.0
    switched_at: datetime | None = None
    error_kwh: float = 0.0
    car: Car = Car()
    memory: Memory = Memory()
    grid_at: datetime | None = None
    every_s: float = 5.0
    pv_w: float | None = None
    surplus_w: float = 0.0
    rises_w: float = 0.0
    charged: bool = False
    full: bool = False
    waking: bool = False
    starts: int = 0
    wake_attempts: int = 0
