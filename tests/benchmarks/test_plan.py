"""The plan benchmark without its judge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks import plan
from tests.benchmarks.plan_adapter import make

EVENING = 1_768_420_800  # 2026-01-14 20:00 UTC


def test_without_a_judge_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan.main(tmp_path) == 0
    assert 'no judge' in capsys.readouterr().out


@dataclass(frozen=True)
class View:
    """What the judge shows at the start of a slot, as its README says."""

    t: int = EVENING
    tz: str = 'Europe/Amsterdam'
    buy: tuple[float, ...] = (0.3, 0.3, 0.1, 0.1, 0.3, 0.3)
    sell: tuple[float, ...] = (0.05,) * 6
    past_buy: tuple[float, ...] = (0.25,) * 672
    pv_w: tuple[float, ...] = (0.0,) * 6
    house_w: tuple[float, ...] = (300.0,) * 6
    pv_now_w: float = 0.0
    house_now_w: float = 300.0
    depart: int = EVENING + 6 * 900
    need_kwh: float = 5.0
    soc: int | None = None
    phases: tuple[int, ...] = (3,)
    imin: int = 6
    imax: int = 16
    car_max_a: int | None = 16
    car_phases: int | None = 3
    volts: float = 230.0
    status: str = 'Preparing'
    offered_a: int = 0
    offered_phases: int = 3
    drawn_a: float = 0.0
    drawn_phases: int = 0
    restarts_left: int | None = None
    closing_cost: float = 0.04


def test_the_adapter_hands_over_what_the_judge_shows_and_answers_as_it_asks() -> None:
    answer = make().update(View())
    assert (answer['amps'], answer['phases']) == (0.0, 3)
    assert answer['plan'] == [0.0, 0.0, 16.0, 13.0, 0.0, 0.0]
    assert answer['cost'] == pytest.approx(0.5)
