"""The rule for charging with the sun, in W of production and A of limit (pure).

Production above 1500 W for 10 s raises the limit to W / 235, a fall lowers it at once, below 1500 W it becomes 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cpo.controllers.plan_values import PlanOutline
from cpo.controllers.surplus_record import DecisionRecord
from cpo.controllers.surplus_sentences import decision_sentence
from cpo.errors import CpoError

START_ABOVE_W = 1500.0
HOLD_S = 10.0
WATTS_PER_AMPERE = 235.0
NO_READING = 'There is no solar reading yet.'


@dataclass(frozen=True, slots=True)
class Decision:
    """The limit the rule wants for a connector, in A, and why.

    `limit_a` is None where the rule does not act. `reason` is '' where the `record` says it: the decision of the
    surplus rule, None where another rule decides. While a raise waits, `next_limit_a` is what it would be with the
    newest production, and `next_at` when it is due. `phases` are 1 or 3, None for a charger that does not switch.
    `failure` is the error of the last command, None where there is none. `plan` is what the plan of a goal does next,
    None where no plan decides.
    """

    limit_a: float | None = None
    reason: str = ''
    at: datetime | None = None
    next_limit_a: float | None = None
    next_at: datetime | None = None
    failure: CpoError | None = None
    record: DecisionRecord | None = None
    phases: int | None = None
    plan: PlanOutline | None = None

    @property
    def sentence(self) -> str:
        """Why, and what would change it."""
        return decision_sentence(self.record) if not self.reason and self.record is not None else self.reason


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of the rule: the maximum in A, and for how many seconds the production has to allow a raise."""

    max_current_a: float
    hold_s: float = HOLD_S


def step(
    rules: Rules, current_a: float, pv_w: float, rising_since: datetime | None, now: datetime
) -> tuple[Decision, datetime | None]:
    """One step of the rule: its decision, and since when the production has allowed a raise (None: it does not).

    `current_a` is the limit so far, `rising_since` the second result of the step before. The production may change
    while a raise waits, as long as it allows one; the limit then rises to what the newest allows.
    """
    target = 0.0 if pv_w < START_ABOVE_W else min(round(pv_w / WATTS_PER_AMPERE, 1), rules.max_current_a)
    if target < current_a:
        fall = f'{pv_w:.0f} W of sun' + ('' if target else f', less than the {START_ABOVE_W:.0f} W needed')
        return Decision(target, f'{fall}: the limit falls to {target:g} A at once.', now), None
    if target == current_a or pv_w <= START_ABOVE_W:
        reason = f'{pv_w:.0f} W of sun: the limit stays at {current_a:g} A.'
        return Decision(current_a, reason, now), None
    since = rising_since or now
    due = since + timedelta(seconds=rules.hold_s)
    if now >= due:
        reason = f'{pv_w:.0f} W of sun for {rules.hold_s:g} s: the limit rises to {target:g} A.'
        return Decision(target, reason, now), None
    reason = f'{pv_w:.0f} W of sun: the limit rises to {target:g} A when it stays for {rules.hold_s:g} s.'
    return Decision(current_a, reason, now, target, due), since


def without_reading(current_a: float, now: datetime) -> Decision:
    """The decision while no reading says how strong the sun is: 0 A, as the sun may give nothing."""
    if current_a:
        return Decision(0.0, 'No solar reading comes any more: the limit falls to 0 A until one does.', now)
    return Decision(0.0, 'No solar reading comes any more: it waits for one.', now)


def with_minimum(rules: Rules, decision: Decision, least_a: float) -> Decision:
    """The decision with at least the current `least_a` that the car charges with, also where no reading is known."""
    least_a = min(least_a, rules.max_current_a)
    if decision.limit_a is not None and decision.limit_a >= least_a:
        return decision
    return replace(
        decision, limit_a=least_a, reason=f'{least_a:g} A while a car is plugged in; more when the sun gives it.'
    )


def at_full_speed(rules: Rules, now: datetime) -> Decision:
    """The decision of mode FAST: the maximum."""
    return Decision(rules.max_current_a, f'As fast as car and charger can: {rules.max_current_a:g} A.', now)
