"""The solar benchmark without its judge, and the days it makes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.benchmarks import solar
from tests.benchmarks.solar_adapter import make
from tests.benchmarks.solar_cost import calls, steps_at_noon
from tests.benchmarks.solar_days import EVERY_S, SKIES, Sky, day, write

PROFILE = SimpleNamespace(imin=6.0, imax=16.0, step=0.1, max_resumes=10**9, lam=1.0, switchable=False, phases=1)
VOLTAGE_V = 231.0


@pytest.mark.turns(3)
def test_without_a_judge_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert solar.main(tmp_path) == 0
    assert 'no judge' in capsys.readouterr().out


@pytest.mark.parametrize('sky', SKIES, ids=lambda sky: sky.name)
def test_a_day_is_the_same_for_the_same_seed_and_plausible(sky: Sky, tmp_path: Path) -> None:
    rows = day(sky, 1)
    assert rows == day(sky, 1) != day(sky, 2)
    assert all(0 <= pv_w < 7000 and 0 < house_w < 12_000 for _, pv_w, house_w in rows)
    assert len(write(sky, 1, tmp_path).read_text().splitlines()) == len(rows) + 1


@pytest.mark.parametrize(('phases', 'most'), [((1,), 250), ((1, 3), 270)])
def test_a_step_has_so_few_calls_that_it_takes_less_than_50_microseconds(phases: tuple[int, ...], most: int) -> None:
    given = steps_at_noon(phases)
    assert len({bool(state.phases) for state, *_ in given}) == 2
    assert calls(given) < most


@pytest.mark.turns(3)
def test_a_day_of_small_clouds_in_the_closed_loop() -> None:
    """The adapter with a car that follows at once: most of the sun is taken and little is bought."""
    adapter, car_w, closings, sun_wh, bought_wh, left_wh = make(PROFILE), 0.0, 0, 0.0, 0.0, 0.0
    for second, pv_w, house_w in day(SKIES[1], 3):
        measured = {'grid_w': house_w + car_w - pv_w, 'pv_w': pv_w, 'grid_t': second, 'ev_a': car_w / VOLTAGE_V}
        charger = {'ev_t': second, 'status': 'Charging' if car_w else 'Preparing', 'offered_a': adapter.state.limit_a}
        plug = {'connected': True, 'voltage': VOLTAGE_V, 'session_kwh': 0.0}
        limit_a, _ = adapter.update(second, {**measured, **charger, **plug})
        closings += limit_a > 0 and not car_w
        car_w = max(limit_a - 0.3, 0.0) * VOLTAGE_V
        surplus_w = max(pv_w - house_w, 0.0)
        sun_wh += min(car_w, surplus_w) * EVERY_S / 3600
        bought_wh += max(car_w - surplus_w, 0.0) * EVERY_S / 3600
        left_wh += min(surplus_w, 15.7 * VOLTAGE_V) * EVERY_S / 3600
    assert sun_wh > 0.85 * left_wh
    assert bought_wh < 0.15 * sun_wh
    assert closings < 20
