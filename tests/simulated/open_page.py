"""Home about connector 1, as a page that stays open shows it in the sun, and where it says what is not so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cpo.controllers import DecisionRecord, Part
from cpo.dashboard.live import QUIET_S
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.phrases import Words
from cpo.dashboard.words.sentence import sentence
from tests.simulated.event_loop import simulated_loop
from tests.simulated.house import SimulatedHouse
from tests.simulated.sunny_house import SunnyHouse

FOLLOWS_S, SETTLED_S = 4.0, 35.0
"""So long after a message or a switch of phases, the car follows; so long, the rule has measured what it draws."""


class Seen(NamedTuple):
    """What was decided and shown at one time, and what was so; `quiet_s` is since when nothing was sent."""

    at_s: float
    record: DecisionRecord
    words: Words
    car_a: float
    left_over_w: float
    quiet_s: float


class OpenPage:
    """Home as `Live` keeps it: its words are made again after every change, and after 10 s without one."""

    def __init__(self, house: SimulatedHouse, sunny: SunnyHouse) -> None:
        self._house, self._sunny, self._loop = house, sunny, simulated_loop()
        self._shown: tuple[DecisionRecord, Words] | None = None
        self._made_at_s: float | None = None
        house.charge_point.subscribe(self._on_change)
        sunny.controller.subscribe(self._on_change)

    def look(self) -> Seen | None:
        """What the page shows now, and what is so; None while the rule has not decided."""
        house, now_s = self._house, self._loop.time()
        if self._made_at_s is None or now_s - self._made_at_s >= QUIET_S:
            self._shown, self._made_at_s = self._made(), now_s
        if self._shown is None:
            return None
        calls = house.messages_sent
        quiet_s = now_s - (calls[-1].at_s if calls else 0)
        return Seen(now_s, *self._shown, house.car_current_a, self._sunny.left_over_w, quiet_s)

    def _on_change(self) -> None:
        self._made_at_s = None

    def _made(self) -> tuple[DecisionRecord, Words] | None:
        decision, point = self._sunny.controller.decision(1), self._house.charge_point
        if decision.record is None:
            return None
        situation = situation_of(point.state, 1, decision, point.settings, point.quirks, self._loop.now())
        return decision.record, sentence(situation)


def lies(seen: Seen) -> Iterator[str]:
    """Where the page says what is not so."""
    record, text = seen.record, f'{seen.words.headline}. {seen.words.sentence}'
    if seen.quiet_s < FOLLOWS_S:
        return
    if 'waiting for sun' in text and seen.car_a > 0:
        yield f'it waits, but the car charges: {text}'
    if 'Would stop' in text and seen.car_a == 0:
        yield f'it would stop, but nothing charges: {text}'
    if 'to spare' in text:
        spare_w, needed_w, *_ = numbers_of(text)
        if seen.quiet_s > SETTLED_S and abs(spare_w - seen.left_over_w) > 60:
            yield f'{seen.left_over_w:.0f} W are left over: {text}'
        if needed_w < spare_w and 'needed for' not in text:
            yield f'less is needed than there is: {text}'
    stated_w = record.parts.get(Part.SURPLUS_W)
    if stated_w is not None and seen.quiet_s > SETTLED_S and abs(stated_w - seen.left_over_w) > 100:
        yield f'{stated_w} W are said to be left over, {seen.left_over_w:.0f} W are'
    if record.limit_a and not record.phases:
        yield 'a limit without phases'


def numbers_of(text: str) -> list[float]:
    """The powers in a text, in W."""
    return [
        float(n) * (1000 if unit == 'kW' else 1)
        for n, unit in re.findall(r'([-−]?[\d.]+)\s(kW|W)\b', text.replace('−', '-'))
    ]
