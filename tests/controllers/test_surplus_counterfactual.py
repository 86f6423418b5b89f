"""What a decision says would flip it does flip it, and less does not."""

from __future__ import annotations

from copy import copy

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from cpo.controllers.surplus_values import Aim, Beyond, Counterfactual, SurplusRules
from tests.controllers.surplus_home import EVERY_S, Home
from tests.examples import examples

LITTLE_W = 20.0
PHASES = st.sampled_from([(1,), (3,), (1, 3)])
PAST = st.lists(st.tuples(st.integers(1, 120), st.integers(-2500, 9000)), min_size=1, max_size=5)


def phases_after(home: Home, surplus_w: float, seconds: float) -> int | None:
    """The mode that is switched to within so many seconds in which exactly this much is left over; None: none."""
    home = copy(home)
    home.steps = list(home.steps)
    before = home.state.phases
    for _ in range(round(seconds / EVERY_S)):
        home.pass_time()
        home.once(home.with_surplus(surplus_w))
        if home.state.phases != before:
            return home.state.phases
    return None


def said(home: Home) -> Counterfactual | None:
    return home.last.record.counterfactual


def check(home: Home, counterfactual: Counterfactual) -> None:
    more = LITTLE_W if counterfactual.beyond is Beyond.ABOVE else -LITTLE_W
    value, for_s = counterfactual.value, counterfactual.for_s
    assert phases_after(home, value + more, for_s) == counterfactual.phases
    assert phases_after(home, value - more, for_s) is None
    assert phases_after(home, value, for_s - EVERY_S) is None


@settings(max_examples=examples(40), deadline=None, phases=[Phase.explicit, Phase.generate])
@example([(1, 5511)], (3,), 0.3, 0.0)  # a little more would stop it earlier
@example([(61, 403), (20, -1218), (2, 8693)], (1, 3), 1.0, 0.0)  # a little less pauses it instead
@given(past=PAST, phases=PHASES, price=st.sampled_from([0.3, 1.0, 8.0]), rests_s=st.sampled_from([0.0, 120.0]))
def test_the_stated_surplus_flips_the_decision_and_a_little_less_does_not(
    past: list[tuple[int, int]], phases: tuple[int, ...], price: float, rests_s: float
) -> None:
    home = Home(SurplusRules(import_price=price, phases=phases, phase_dwell_s=rests_s))
    for readings, surplus_w in past:
        home.run(readings * EVERY_S, surplus_w)
    home.freeze()
    counterfactual = said(home)
    if counterfactual is not None:
        check(home, counterfactual)


@pytest.mark.parametrize(
    ('seconds', 'surplus_w', 'beyond', 'phases'),
    [
        pytest.param(600, 500, Beyond.ABOVE, 1, id='off: charges when more is left over'),
        pytest.param(600, 3000, Beyond.BELOW, 0, id='charging: would stop when less is'),
    ],
)
def test_the_usual_cases_have_one(seconds: float, surplus_w: float, beyond: Beyond, phases: int) -> None:
    home = Home()
    home.run(seconds, surplus_w)
    home.freeze()
    counterfactual = said(home)
    assert counterfactual is not None
    assert (counterfactual.beyond, counterfactual.phases) == (beyond, phases)
    check(home, counterfactual)


def test_it_is_solved_for_when_somebody_reads_it_and_once() -> None:
    home = Home()
    record = home.run(600, 3000).record
    assert 'counterfactual' not in vars(record)
    assert record.counterfactual is record.counterfactual is not None


def test_where_the_surplus_does_not_decide_nothing_is_said() -> None:
    home = Home(SurplusRules(aim=Aim.FAST))
    home.run(60, 3000)
    assert said(home) is None
