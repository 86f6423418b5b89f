"""What a step of the solar rule costs: its time, and its function calls, which are the same on every machine."""

from __future__ import annotations

import sys
from datetime import datetime
from time import perf_counter

from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import Readings, SurplusRules, SurplusState
from tests.benchmarks.solar_days import NOON_S, SKIES, day
from tests.controllers.surplus_home import Home

SMALL_CLOUDS = SKIES[1]
REPEATS = 20
Given = tuple[SurplusState, Readings, datetime, SurplusRules]


def steps_at_noon(phases: tuple[int, ...], hours: float = 1.0) -> list[Given]:
    """What each step is given in the hours before noon of a day of small clouds, with these phases to choose from."""
    home, given = Home(SurplusRules(phases=phases)), list[Given]()
    for second, pv_w, house_w in day(SMALL_CLOUDS, 1):
        if NOON_S - hours * 3600 <= second < NOON_S:
            home.pass_time()
            readings = home.readings((pv_w - house_w) * max(phases))
            given.append((home.state, readings, home.now, home.rules))
            home.once(readings)
    return given


def microseconds(given: list[Given]) -> float:
    """The mean time of a step; the fastest of several repeats of each counts, as other programs disturb the rest."""
    fastest_s = [min(_seconds(each) for _ in range(REPEATS)) for each in given]
    return sum(fastest_s) / len(fastest_s) * 1e6


def _seconds(given: Given) -> float:
    began_s = perf_counter()
    step(*given)
    return perf_counter() - began_s


def calls(given: list[Given]) -> float:
    """The mean number of function calls of a step."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ('call', 'c_call')

    sys.setprofile(counted)
    try:
        for each in given:
            step(*each)
    finally:
        sys.setprofile(None)
    return count / len(given)
