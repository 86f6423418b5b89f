"""A stay of a car in slots of a quarter of an hour, for tests of the planner: charger, car, prices, and surprises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from cpo.controllers.plan import step
from cpo.controllers.plan_values import (
    Charging,
    Goal,
    PlanInputs,
    PlanRules,
    PlanState,
    PlanStep,
    Powers,
    Prices,
    Series,
    Span,
)

SLOT = timedelta(minutes=15)
EVENING = datetime(2026, 1, 14, 20, 0, tzinfo=UTC)
STATES = TypeAdapter(PlanState)


def spans(values: Sequence[float], starts_at: datetime = EVENING, each: timedelta = SLOT) -> Series:
    """Values one after the other."""
    return tuple(Span(starts_at + each * n, starts_at + each * (n + 1), value) for n, value in enumerate(values))


@dataclass(frozen=True)
class Car:
    """What a car really does, whatever the settings say."""

    most_a: float = 16.0
    phases: int = 3
    less_a: float = 0.0
    takes_kwh: float = 1000.0


@dataclass
class Stay:
    """Drives the planner from plug-in to departure; `surprise` may change its inputs before each slot."""

    inputs: PlanInputs
    car: Car = field(default_factory=Car)
    surprise: Callable[[int, PlanInputs], PlanInputs] = lambda _, inputs: inputs
    starts_at: datetime = EVENING
    restarts: bool = False
    state: PlanState = field(default_factory=PlanState)
    charged_kwh: float = 0.0
    steps: list[PlanStep] = field(default_factory=list)

    def drive(self) -> Stay:
        """All slots until the departure."""
        now, index = self.starts_at, 0
        while now < self.inputs.goal.departure:
            self.inputs = self.surprise(index, self.inputs)
            if self.restarts:
                self.state = STATES.validate_json(STATES.dump_json(self.state))
            self._slot(now)
            now, index = now + SLOT, index + 1
        return self

    def _slot(self, now: datetime) -> None:
        done = step(self.state, self.inputs, now)
        self.steps.append(done)
        self.state = done.state
        rules, goal, charging = self.inputs.rules, self.inputs.goal, self.inputs.charging
        phases = min(done.phases, self.car.phases)
        drawn_a = max(min(done.current_a - self.car.less_a, self.car.most_a), 0.0) if done.current_a else 0.0
        power_kwh = drawn_a * phases * rules.voltage_v * SLOT.total_seconds() / 3.6e6
        energy_kwh = min(power_kwh, goal.need_kwh, self.car.takes_kwh - self.charged_kwh)
        self.charged_kwh += energy_kwh
        is_charging = energy_kwh > 0
        left, closes = charging.closings_left, is_charging and charging.phases != done.phases
        self.inputs = replace(
            self.inputs,
            goal=replace(goal, need_kwh=goal.need_kwh - energy_kwh),
            charging=Charging(
                phases=done.phases if is_charging and energy_kwh == power_kwh else 0,
                offered_a=done.current_a,
                offered_phases=done.phases,
                drawn_a=drawn_a if is_charging else 0.0,
                drawn_phases=phases if is_charging else 0,
                closings_left=left if left is None else left - closes,
            ),
        )

    @property
    def currents_a(self) -> list[float]:
        """What was offered in each slot."""
        return [done.current_a for done in self.steps]

    @property
    def closings(self) -> int:
        """How often charging began."""
        return sum(
            now > 0 and not before for before, now in zip([0.0, *self.currents_a], self.currents_a, strict=False)
        )


def inputs_with(
    imported: Sequence[float],
    need_kwh: float,
    slots: int | None = None,
    *,
    starts_at: datetime = EVENING,
    surplus_w: Sequence[float] = (),
    rules: PlanRules | None = None,
    **changes: object,
) -> PlanInputs:
    """A stay of so many slots (by default as many as there are prices), three phases, 0.05 for what is fed in."""
    rules = rules or PlanRules(phases=(3,), car_max_a=16.0, car_phases=3)
    inputs = PlanInputs(
        goal=Goal(need_kwh, starts_at + SLOT * (len(imported) if slots is None else slots)),
        rules=rules,
        prices=Prices(imported=spans(imported, starts_at), feed_in=spans([0.05] * len(imported), starts_at)),
        powers=Powers(pv_w=spans(surplus_w, starts_at)),
    )
    return replace(inputs, **changes)  # type: ignore[arg-type]
