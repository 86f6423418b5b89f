"""What a stay cost beside what perfect knowledge would have paid."""

from __future__ import annotations

from datetime import datetime

import pytest

from cpo.controllers.plan_car import Ability
from cpo.controllers.plan_regret import PastSlot, regret
from cpo.controllers.plan_values import PlanRules
from tests.controllers.plan_stay import EVENING, SLOT

RULES, ABILITY = PlanRules(phases=(1,)), Ability(16.0, 0.0, 1)
FULL_KWH = 0.92


def past(index: int, price: float, energy_kwh: float, surplus_w: float = 0.0, ceiling_a: float = 16.0) -> PastSlot:
    """A slot that is over; 0.05 for what is fed in."""
    starts_at: datetime = EVENING + SLOT * index
    return PastSlot(starts_at, starts_at + SLOT, price, 0.05, surplus_w, ceiling_a, energy_kwh, 1)


def test_the_best_plan_has_no_regret() -> None:
    found = regret([past(0, 0.3, 0.0), past(1, 0.1, FULL_KWH), past(2, 0.3, 0.0)], RULES, ABILITY)
    assert found.cost == found.best_cost == pytest.approx(0.092)
    assert found.closings == found.best_closings == 1


def test_charging_in_the_dear_hour_is_regretted() -> None:
    found = regret([past(0, 0.3, FULL_KWH), past(1, 0.1, 0.0)], RULES, ABILITY)
    assert found.cost == pytest.approx(0.276)
    assert found.best_cost == pytest.approx(0.092)


def test_perfect_knowledge_knows_the_sun_and_the_ceilings() -> None:
    stay = [past(0, 0.3, FULL_KWH), past(1, 0.3, 0.0, surplus_w=4000.0), past(2, 0.01, 0.0, ceiling_a=0.0)]
    assert regret(stay, RULES, ABILITY).best_cost == pytest.approx(0.046)


def test_a_stay_without_energy_costs_nothing() -> None:
    found = regret([past(0, 0.3, 0.0)], RULES, ABILITY)
    assert (found.cost, found.best_cost, found.closings) == (0.0, 0.0, 0)
