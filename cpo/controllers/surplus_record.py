"""The record of a decision: what it was made from, and what would have changed it (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from cpo.controllers import surplus_house
from cpo.controllers.surplus_case import case_of, plant_of
from cpo.controllers.surplus_flip import nearest_flip
from cpo.controllers.surplus_house import House
from cpo.controllers.surplus_switching import Case
from cpo.controllers.surplus_values import (
    Aim,
    Beyond,
    Counterfactual,
    Input,
    Part,
    Readings,
    Reason,
    SurplusRules,
    SurplusState,
    UsedInput,
)

HORIZONS_S = (300.0, 900.0)
"""For how long a surplus is imagined to last, where it cannot flip the decision by the next reading; a car that is
about to start changes the case before."""
SWITCHING = frozenset(
    {
        Reason.TOO_LITTLE,
        Reason.STARTED,
        Reason.WITHDRAWN,
        Reason.FOLLOWS,
        Reason.AT_MAXIMUM,
        Reason.RIDES_OUT,
        Reason.STOPPED,
        Reason.MORE_PHASES,
        Reason.FEWER_PHASES,
        Reason.MINIMUM,
        Reason.HELD_BACK,
    }
)
"""The reasons with which what is left over decides."""


class _Made(NamedTuple):
    at: datetime
    readings: Readings
    rules: SurplusRules
    reason: Reason
    state: SurplusState
    next_at: datetime | None = None


class DecisionRecord(_Made):
    """One decision with all that it was made from, to be checked; what people read of it is made where they read it.

    `state` is what the decision led to. It is decided again at `next_at` at the latest, earlier when a reading comes.
    """

    @property
    def rule(self) -> Aim:
        """What the rule charged for."""
        return self.rules.aim

    @property
    def import_price(self) -> float:
        """λ: what an imported kWh counted."""
        return self.rules.import_price

    @property
    def limit_a(self) -> float:
        """The limit in A per phase, 0 while paused."""
        return self.state.limit_a

    @property
    def phases(self) -> int:
        """The number of phases; while paused, that of the next start."""
        return self.state.phases or self.rules.phases[0]

    @property
    def house(self) -> House:
        """The values that could be trusted."""
        return surplus_house.seen(self.readings, self.at)

    @cached_property
    def inputs(self) -> tuple[UsedInput, ...]:
        """The readings of house and charger, with what was used of them."""
        return tuple(_inputs(self))

    @cached_property
    def parts(self) -> Mapping[Part, float]:
        """The numbers that belong to the reason."""
        return dict(_parts(self))

    @cached_property
    def counterfactual(self) -> Counterfactual | None:
        """The surplus that would flip the decision, exactly; None where it cannot be said or nothing would."""
        return _counterfactual(self) if self.reason in SWITCHING else None


class Step(NamedTuple):
    """The result of one step: the wished limit in A per phase (0: pause), the phases, why, and the state to go on with.

    Nothing changes before `next_at` unless a reading does; None: only readings change it.
    """

    limit_a: float
    phases: int
    record: DecisionRecord
    next_at: datetime | None
    state: SurplusState


def _inputs(record: DecisionRecord) -> Iterator[UsedInput]:
    at, readings, house = record.at, record.readings, record.house
    given = (
        (Input.GRID_W, readings.grid_w, house.grid_w),
        (Input.PV_W, readings.pv_w, house.pv_w),
        (Input.BATTERY_W, readings.battery_w, house.battery_w),
        (Input.BATTERY_SOC, readings.battery_soc, house.battery_soc),
        (Input.CHARGER_A, readings.charger_a, house.charger_a),
        (Input.VOLTAGE_V, readings.voltage_v, house.voltage_v),
    )
    for name, reading, value in given:
        if reading is not None:
            age_s, is_stale = (at - reading.at).total_seconds(), surplus_house.is_stale(reading, at)
            yield UsedInput(name, value, age_s, reading.source, is_stale)


def _parts(record: DecisionRecord) -> Iterator[tuple[Part, float]]:
    if record.reason in (Reason.WAKING, Reason.CAR_ASLEEP):
        yield Part.ATTEMPTS, record.state.wake_attempts
    if record.reason in SWITCHING or record.reason is Reason.CAR_FULL:
        yield Part.SURPLUS_W, round(record.state.surplus_w)
        if kept_w := surplus_house.battery_first_w(record.house, record.rules.battery):
            yield Part.BATTERY_FIRST_W, round(kept_w)


def _counterfactual(record: DecisionRecord) -> Counterfactual | None:
    state, rules = record.state, record.rules
    plant = plant_of(state.car, record.house.voltage_v, rules)

    def case_after(seconds: float) -> Case:
        return case_of(state, record.at + timedelta(seconds=seconds), rules)

    starts = bool(state.phases) and not state.charged
    horizons_s = (state.every_s, *(() if starts else (each_s for each_s in HORIZONS_S if each_s > state.every_s)))
    flip = nearest_flip(state.memory, plant, case_after, state.surplus_w / 1000, horizons_s)
    if flip is None:
        return None
    beyond = Beyond.ABOVE if flip.above else Beyond.BELOW
    return Counterfactual(Input.SURPLUS_W, beyond, flip.surplus_kw * 1000, flip.for_s, flip.phases)
