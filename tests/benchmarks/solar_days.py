"""Days of sun and house load as the project makes them itself, for the solar benchmark and for tests: its own model.

Clouds come in spells of sun and shade with long-tailed lengths, as deep as each is; a house draws its base load, and
now and then a kettle, an oven with its thermostat, a heat pump. Nothing in it was fitted to the rule that is judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

EVERY_S = 5
FROM_S, UNTIL_S = 5 * 3600, 22 * 3600
NOON_S = 13 * 3600


@dataclass(frozen=True, slots=True)
class Sky:
    """A kind of day: the peak of the production, its hours, and how long sun and shade last in the median (s)."""

    name: str
    peak_w: float
    daylight_h: float
    sun_s: float
    shade_s: float
    heat_pump_w: float = 0.0


SKIES = (
    Sky('clear_summer', 5200, 15, 40_000, 10),
    Sky('small_clouds', 5400, 15, 200, 150),
    Sky('torn_sky', 5400, 15, 80, 80),
    Sky('large_clouds', 5200, 14, 900, 700),
    Sky('changing_spring', 4800, 13, 300, 600, 1800),
    Sky('grey_autumn', 4000, 11, 120, 1500, 1600),
    Sky('clear_winter', 3400, 9, 40_000, 10, 2000),
)


def day(sky: Sky, seed: int) -> list[tuple[int, float, float]]:
    """Second of the day, production and house load in W, every 5 s."""
    random = Random(f'{sky.name} {seed}')
    clouds, loads = _clouds(sky, random), _loads(sky, random)
    return [
        (second, _clear_w(sky, second) * clear, max(load_w + random.gauss(0, 8), 40.0))
        for second, clear, load_w in zip(range(FROM_S, UNTIL_S, EVERY_S), clouds, loads, strict=False)
    ]


def write(sky: Sky, seed: int, folder: Path) -> Path:
    """The day as a file with the columns of the judge."""
    path = folder / f'{sky.name}_{seed}.csv'
    rows = '\n'.join(f'{second},{pv_w:.0f},{house_w:.0f}' for second, pv_w, house_w in day(sky, seed))
    path.write_text(f't_s,pv_w,house_w\n{rows}\n', encoding='utf-8')
    return path


def _clear_w(sky: Sky, second: int) -> float:
    angle = (second - NOON_S) / (sky.daylight_h * 3600) * math.pi
    return sky.peak_w * math.cos(angle) ** 1.3 if abs(angle) < math.pi / 2 else 0.0


def _clouds(sky: Sky, random: Random) -> Iterator[float]:
    """The part of the clear sky's production that comes through; it moves to each new one within some seconds."""
    clear, sunny = 1.0, random.random() < 0.5
    while True:
        sunny = not sunny
        lasts_s = (sky.sun_s if sunny else sky.shade_s) * math.exp(1.1 * random.gauss(0, 1))
        goal = 1.0 + random.uniform(-0.02, 0.1) if sunny else random.uniform(0.15, 0.65)
        edge = random.uniform(0.2, 0.7)
        for _ in range(max(1, int(lasts_s / EVERY_S))):
            clear += (goal - clear) * edge
            yield clear


def _loads(sky: Sky, random: Random) -> list[float]:
    base_w = random.uniform(150, 350)
    loads = [base_w] * ((UNTIL_S - FROM_S) // EVERY_S)
    for _ in range(random.randint(4, 8)):  # kettles
        _add(loads, random.uniform(7, 20) * 3600, random.uniform(90, 240), random.uniform(1800, 2200))
    oven_s, oven_w = random.uniform(11, 18) * 3600, random.uniform(1500, 2500)
    for pulse in range(15):
        _add(loads, oven_s + pulse * 170, 75, oven_w)
    if sky.heat_pump_w:
        begin_s = float(FROM_S)
        while begin_s < UNTIL_S:
            _add(loads, begin_s, lasts_s := random.uniform(500, 1200), sky.heat_pump_w)
            begin_s += lasts_s + random.uniform(500, 1500)
    return loads


def _add(loads: list[float], begin_s: float, lasts_s: float, power_w: float) -> None:
    first = int((begin_s - FROM_S) / EVERY_S)
    for index in range(max(first, 0), min(first + max(int(lasts_s / EVERY_S), 1), len(loads))):
        loads[index] += power_w
