"""The surplus rule in closed loop with the simulated charger: few messages, true sentences, days replayed exactly."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from cpo.controllers import DecisionRecord, Part, Reason, SolarController
from cpo.controllers.surplus_log import replayed
from cpo.controllers.surplus_replay import replay, rules_like
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.phrases import Words
from cpo.dashboard.words.sentence import sentence
from cpo.journal.decisions import decisions_of_day
from cpo.state import Mode, ReadingName, SolarRead, SurplusDecided
from tests.examples import JUDGED
from tests.simulated.event_loop import BEGINNING, run_simulated, simulated_loop
from tests.simulated.house import SimulatedHouse
from tests.simulated.sunny_house import METER, METER_EVERY_S, SunnyHouse

FOLLOWS_S, SETTLED_S = 4.0, 35.0
"""So long after a message, the car follows; so long, the rule's idea of what a car draws has caught up with it."""
BATTERY: frozenset[ReadingName] = frozenset({'battery_w', 'battery_soc'})
DAYS, STEP_S, SUN_HOURS = (7, 5.0, 10.0) if JUDGED else (1, 10.0, 2.5)


class Seen(NamedTuple):
    """What was decided and shown at one time, and what was so."""

    at_s: float
    record: DecisionRecord
    words: Words
    car_a: float
    left_over_w: float
    quiet_s: float


def look(house: SimulatedHouse, sunny: SunnyHouse) -> Seen | None:
    """What Home shows now, None while the rule has not decided."""
    decision, charge_point = sunny.controller.decision(1), house.charge_point
    if decision.record is None:
        return None
    now = simulated_loop().now()
    situation = situation_of(charge_point.state, 1, decision, charge_point.settings, charge_point.quirks, now)
    calls = house.messages_sent
    quiet_s = house.time_s - (calls[-1].at_s if calls else 0)
    return Seen(house.time_s, decision.record, sentence(situation), house.car_current_a, sunny.left_over_w, quiet_s)


async def days(house: SimulatedHouse, sunny: SunnyHouse, hours: float, step_s: float) -> list[Seen]:
    """Let time pass, and look again and again, between two readings of the meter."""
    seen: list[Seen] = []
    await house.settle(METER_EVERY_S * 1.55 - house.time_s % METER_EVERY_S)
    while house.time_s < hours * 3600:
        if (now := look(house, sunny)) is not None:
            seen.append(now)
        await house.settle(step_s if sunny.pv_w else METER_EVERY_S)
    return seen


def numbers_of(text: str) -> list[float]:
    """The powers in a text, in W."""
    return [
        float(n) * (1000 if unit == 'kW' else 1)
        for n, unit in re.findall(r'([-−]?[\d.]+)\s(kW|W)\b', text.replace('−', '-'))
    ]


def lies(seen: Seen) -> Iterator[str]:
    """Where a sentence says what is not so."""
    record, text = seen.record, f'{seen.words.headline}. {seen.words.sentence}'
    if seen.quiet_s < FOLLOWS_S:
        return
    if 'waiting for sun' in text and seen.car_a > 0:
        yield 'it waits, but the car charges'
    if 'Would stop' in text and seen.car_a == 0:
        yield 'it would stop, but nothing charges'
    if 'to spare' in text:
        spare_w, needed_w, *_ = numbers_of(text)
        if seen.quiet_s > SETTLED_S and abs(spare_w - seen.left_over_w) > 60:
            yield f'{spare_w} W to spare, but {seen.left_over_w:.0f} W are left over'
        if needed_w < spare_w and 'needed for' not in text:
            yield 'less is needed than there is'
    stated_w = record.parts.get(Part.SURPLUS_W)
    if stated_w is not None and seen.quiet_s > SETTLED_S and abs(stated_w - seen.left_over_w) > 100:
        yield f'{stated_w} W are said to be left over, {seen.left_over_w:.0f} W are'
    if record.limit_a and not record.phases:
        yield 'a limit without phases'


def test_a_day_in_the_sun_is_quiet_true_and_can_be_replayed(tmp_path: Path) -> None:
    async def work() -> tuple[SimulatedHouse, list[Seen]]:
        async with SimulatedHouse(startup_requests=False, folder=tmp_path) as house:
            await house.settle(20)
            sunny = SunnyHouse(house, sun_hours=SUN_HOURS)
            hours = (DAYS - 1) * 24 + SUN_HOURS + 0.5
            seen = await days(house, sunny, hours, STEP_S)
            await house.charge_point.flushed()
        return house, seen

    house, seen = run_simulated(work())
    assert [f'{each.at_s:.0f} s: {lie}: {each.words.sentence}' for each in seen for lie in lies(each)] == []
    kinds = {word for each in seen for word in ('to spare', 'Would stop') if word in each.words.sentence}
    assert kinds == {'to spare', 'Would stop'}

    at_s = [call.at_s for call in house.messages_sent]
    assert len(at_s) < DAYS * SUN_HOURS * 60
    assert max(sum(1 for other in at_s if 0 <= other - one < 60) for one in at_s) <= 8
    closings = sum(before == 0 < after for before, after in itertools.pairwise(each.car_a for each in seen))
    assert 1 <= closings <= 20 * DAYS
    assert house.max_seen_a <= 16

    first, *more = (stored_day(tmp_path, BEGINNING.astimezone().date() + timedelta(days=day)) for day in range(DAYS))
    again = replay(first)
    assert (again.count, again.differing) == (len(first), 0)
    assert again.now == again.then
    assert again.then.solar_kwh > 2
    eager = replay(first, rules_like('eager', None))
    assert eager.differing > 0
    assert eager.now.bought_kwh > again.now.bought_kwh
    assert all((each.count, each.differing) == (len(day), 0) for day in more[-1:] for each in (replay(day),))
    assert sum(len(entry.inputs) + len(entry.whole or '') for entry in first) / len(first) < 250


def test_a_day_with_a_forgotten_and_a_stale_reading_is_decided_again_exactly(tmp_path: Path) -> None:
    async def work() -> SolarController:
        async with SimulatedHouse(startup_requests=False, folder=tmp_path, battery_first=80) as house:
            await house.settle(20)
            sunny, charge_point = SunnyHouse(house, sun_hours=1), house.charge_point
            await house.settle(600)
            charge_point.record(SolarRead(charge_point.now(), by=METER, battery_w=-500, battery_soc=20))
            await house.settle(20)
            charge_point.record(SolarRead(charge_point.now(), by=METER, forgotten=BATTERY))
            await house.settle(300)
            sunny.is_meter_silent = True
            await house.settle(60)
            charge_point.record(SolarRead(charge_point.now(), by=METER, forgotten=frozenset({'grid_w'})))
            await house.settle(60)
            sunny.is_meter_silent = False
            await house.settle(600)
            await charge_point.flushed()
            await house.restart_program()
            recalling = SolarController(house.charge_point, simulated_loop().now)
            await recalling.recall()
            assert recalling.records == sunny.controller.records
            return sunny.controller

    shown = [decided.record for decided in run_simulated(work()).records]
    stored = stored_day(tmp_path, BEGINNING.astimezone().date())
    assert (replay(stored).count, replay(stored).differing) == (len(stored), 0)
    again = [each.given.step.record for each in replayed(stored)]
    assert [record for record in shown if record not in again] == []
    batteries = [record.readings.battery_w is not None for record in again]
    assert [is_known for is_known, _ in itertools.groupby(batteries)] == [False, True, False]
    assert Reason.STALE_GRID_READING in {record.reason for record in shown}
    gaps_s = [(after.at - before.at).total_seconds() for before, after in itertools.pairwise(again)]
    assert max(gaps_s) > 55  # another rule decided while there was no reading of the grid


def stored_day(folder: Path, day: date) -> list[SurplusDecided]:
    """The decisions of a day in the file."""
    with closing(sqlite3.connect(folder / 'journal.db')) as connection:
        connection.row_factory = sqlite3.Row
        return decisions_of_day(connection, 1, day)


def test_after_a_restart_the_rule_goes_on_where_it_was(tmp_path: Path) -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False, folder=tmp_path) as house:
            await house.settle(20)
            sunny = SunnyHouse(house, sun_hours=1)
            assert await house.seconds_until(lambda: house.car_current_a > 0, 1200) is not None
            await house.settle(120)
            before = sunny.controller.records[-1]
            await house.charge_point.flushed()
            await house.restart_program()
            sunny.controller = SolarController(house.charge_point, simulated_loop().now)
            sent = len(house.messages_sent)
            await house.settle(60)
            assert sunny.controller.records[0].record.at <= before.record.at
            assert house.car_current_a > 0
            assert {call.action for call in house.messages_sent[sent:]} <= {'SetChargingProfile'}

    run_simulated(work())


def test_a_car_that_charges_already_goes_on_when_the_sun_takes_over() -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False) as house:
            await house.settle(20)
            sunny = SunnyHouse(house, sun_hours=1, clouds=(1.0,))
            assert await house.seconds_until(lambda: 1900 < sunny.left_over_w < 2400, 1800) is not None
            await house.wish(1, 8)
            await house.settle(METER_EVERY_S * 3)
            sent = len(house.messages_sent)
            house.charge_point.set_mode(1, Mode.SOLAR)
            await house.settle(60)
            assert house.car_current_a > 5
            assert {call.action for call in house.messages_sent[sent:]} <= {'SetChargingProfile'}

    run_simulated(work())


@pytest.mark.parametrize(('fallback_a', 'expected_a'), [(0, 0.0), (6, 5.9)])
def test_a_silent_meter_ends_at_the_fallback_and_home_says_so(fallback_a: float, expected_a: float) -> None:
    async def work() -> None:
        async with SimulatedHouse(startup_requests=False, meter_fallback=fallback_a) as house:
            await house.settle(20)
            sunny = SunnyHouse(house, sun_hours=1)
            assert await house.seconds_until(lambda: house.car_current_a > 8, 1800) is not None
            sunny.is_meter_silent = True
            await house.settle(50)
            assert house.car_current_a == pytest.approx(expected_a)
            assert 'The house meter is silent' in sunny.controller.decision(1).sentence
            if (seen := look(house, sunny)) is not None and not fallback_a:
                assert 'The house meter is silent' in seen.words.sentence
            sunny.is_meter_silent = False
            assert await house.seconds_until(lambda: house.car_current_a > 8, 120) is not None

    run_simulated(work())
