"""Every persona, from every state of its connector: the car follows each wish, or the person learns why not.

All wishes are reached, but for those in BEYOND. With `-s -n0` a table of the messages and the forms of profiles that
took is printed at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise, product
from typing import Any

import pytest

from cpo.charge_point import ChargePoint
from cpo.chargers import ChargerKind, ChargerQuirks, quirks_for
from cpo.chargers.quirks import shipped_entries
from simulator import Persona, persona_names
from tests.limits.situations import (
    STATES,
    USED_UP,
    bring_to,
    is_reached,
    obstacle,
    remove,
    wake_the_car,
    wish_again,
)
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse
from tests.simulated.recorder import TOLERANCE_A

WISHES_A = (0, 6, 10, 16, 10, 0, 8)
MAX_A = 16
PATIENCE_S = 300  # for a ladder of forms that are accepted and ignored, each found out after more than 30 s
REFUSED_PATIENCE_S = 60  # a refusal is final, but what draws more than the maximum is still to be ended
STEADY_S = 5
REFUSING_S = 10 + 30  # until the first MeterValues, and from then on
IGNORING_S = 10 + 4 * 20  # the limit is sent in four forms, and each has two MeterValues to show


@dataclass(frozen=True, slots=True)
class Beyond:
    """The wishes a persona cannot reach, and why: from each state or from one, always or only without its entry.

    `above_maximum_s` is how long it may draw more than the maximum until its session is ended, as only that helps.
    """

    why: str
    wishes_a: frozenset[float] = frozenset({6, 8, 10, 16})
    state: str | None = None
    without_entry: bool = False
    above_maximum_s: int = 0

    def holds_for(self, state: str, with_entry: bool) -> bool:
        """In this run."""
        return self.state in (None, state) and not (self.without_entry and with_entry)


BEYOND = {
    'wallbox-pulsar-pro': Beyond('an old limit of 9 A is stronger', frozenset({10, 16})),
    'alfen': Beyond('only its entry knows which idTag it takes', without_entry=True),
    'etrel': Beyond('it accepts every start and starts nothing'),
    'grizzl-e': Beyond('only its entry knows which idTag it takes', without_entry=True),
    'heidelberg': Beyond('it obeys no limit, and always gives 16 A', frozenset({6, 8, 10})),
    'hoarder': Beyond('a limit that was there first is stronger', state='SuspendedEVSE'),
    'huawei': Beyond(
        'only its entry knows that 4140 W go to one phase',
        frozenset({6}),
        without_entry=True,
        above_maximum_s=IGNORING_S,
    ),
    'ignores-limits': Beyond('it obeys no limit, and always gives 32 A', above_maximum_s=IGNORING_S),
    'no-smart-charging': Beyond('it takes no limit, and always gives 32 A', above_maximum_s=REFUSING_S),
    'schneider-locked': Beyond('it refuses every limit, and always gives 16 A', frozenset({6, 8, 10})),
    'strict': Beyond('it wants more members in one profile than any form has'),
    'unlimited': Beyond('it refuses every limit, and always gives 32 A', above_maximum_s=REFUSING_S),
}

HOLD_BACK_NOBODY = (
    'beny',
    'en-plus',
    'heidelberg',
    'huawei',
    'ignores-limits',
    'necharge',
    'no-smart-charging',
    'schneider-locked',
    'strict',
    'unlimited',
)
UNREACHABLE = {
    ('beny', 'Preparing'),  # these two start by themselves
    ('evbox-elvi', 'Preparing'),
    *((persona, 'SuspendedEVSE') for persona in HOLD_BACK_NOBODY),
}
"""The personas and the states they are never in."""

UNKNOWN_TO_THE_QUIRKS = partial(ChargePoint, quirks_for=lambda kind: ChargerQuirks())


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one wish: reached after so many s, or the words of the obstacle, or both."""

    limit_a: float
    after_s: float | None = None
    shown: str | None = None
    sentence: str = ''


@dataclass(frozen=True, slots=True)
class Run:
    """All wishes from one state. `forms` are those tried, in order.

    `above_maximum_s` is how long the car drew more than the maximum, each time; `is_tamed` is whether it drew nothing
    afterwards.
    """

    persona: str
    state: str
    with_entry: bool
    results: tuple[Result, ...]
    messages: int
    forms: tuple[str, ...]
    max_seen_a: float
    above_maximum_s: tuple[int, ...]
    is_tamed: bool

    @property
    def reached(self) -> int:
        """How many wishes were."""
        return sum(result.after_s is not None for result in self.results)

    @property
    def missed_a(self) -> set[float]:
        """The wishes that were not, at least once."""
        return {result.limit_a for result in self.results if result.after_s is None}


RUNS: list[Run] = []


@pytest.fixture(scope='module', autouse=True)
def table() -> Iterator[None]:
    """Printed at the end."""
    RUNS.clear()
    yield
    print('\n' + as_markdown(RUNS))


def quirks_of(name: str) -> ChargerQuirks:
    """What the entry for this persona says; nothing where there is none."""
    persona = Persona.load(name)
    return quirks_for(ChargerKind(persona.vendor, persona.model, persona.firmware))


def test_every_quirk_entry_has_a_persona() -> None:
    met = {name for persona in persona_names() for name in quirks_of(persona).names}
    assert met == {name for entry in shipped_entries() for name in entry.quirks.names}


def test_only_personas_that_exist_are_excused() -> None:
    assert set(BEYOND) <= set(persona_names())


def entries() -> Iterator[tuple[str, bool]]:
    """Each persona with its entry, where it has one, and without."""
    for name in persona_names():
        if quirks_of(name) != ChargerQuirks():
            yield name, True
        yield name, False


def beginnings() -> Iterator[Any]:
    """Persona, whether with its entry, and the state it begins in."""
    for (name, with_entry), state in product(entries(), STATES):
        yield pytest.param(name, with_entry, state, id=f'{name}-{"with" if with_entry else "without"}-entry-{state}')


@pytest.mark.turns(25)  # prime to the nine states: a day has all of them
@pytest.mark.parametrize(('persona', 'with_entry', 'state'), [*beginnings()])
def test_the_car_follows_every_wish_or_the_person_learns_why_not(persona: str, with_entry: bool, state: str) -> None:
    run = run_simulated(_run(persona, state, with_entry))
    assert (run is None) is ((persona, state) in UNREACHABLE)
    if run is None:
        return
    RUNS.append(run)
    unexplained = [result for result in run.results if result.after_s is None and result.shown is None]
    assert unexplained == []
    beyond = BEYOND.get(persona)
    expected = beyond if beyond is not None and beyond.holds_for(state, with_entry) else Beyond('', frozenset())
    assert run.missed_a == expected.wishes_a, expected.why
    if not expected.above_maximum_s:
        assert run.max_seen_a <= MAX_A + TOLERANCE_A
        return
    wishes = [limit_a for limit_a in WISHES_A if limit_a in expected.wishes_a]
    sessions = len(wishes) + (state == 'Charging')  # none starts again by itself
    assert len(run.above_maximum_s) <= sessions
    assert max(run.above_maximum_s, default=0) <= expected.above_maximum_s
    assert run.is_tamed


async def _run(name: str, state: str, with_entry: bool) -> Run | None:
    persona = Persona.load(name)
    tags = ('Tag1', *([persona.own_tag] if persona.own_tag else []))
    make = ChargePoint if with_entry else UNKNOWN_TO_THE_QUIRKS
    settings: dict[str, Any] = {'max_current': MAX_A, 'phases': persona.phases, 'id_tags': tags}
    async with SimulatedHouse(persona, make_charge_point=make, **settings) as house:
        await house.settle(20)
        if not await bring_to(house, state):
            return None
        begun, begun_s, results = len(house.messages_sent), house.time_s, []
        for limit_a in WISHES_A:
            results.append(await _wish(house, limit_a))
        sent = len(house.messages_sent) - begun
        forms = tuple(house.forms_tried)
        above_s, is_tamed = _above_maximum([s.current_a for s in house.recorder.samples if s.at_s >= begun_s])
        return Run(name, state, with_entry, tuple(results), sent, forms, house.max_seen_a, above_s, is_tamed)


def _above_maximum(currents_a: list[float]) -> tuple[tuple[int, ...], bool]:
    """As Run says, from the current in each second."""
    spells = [list(spell) for _, spell in groupby(currents_a, lambda current_a: current_a > MAX_A + TOLERANCE_A)]
    above = [spell for spell in spells if spell[0] > MAX_A + TOLERANCE_A]
    afterwards = [after[0] for spell, after in pairwise(spells) if spell[0] > MAX_A + TOLERANCE_A]
    return tuple(len(spell) for spell in above), afterwards == [0.0] * len(above)


async def _wish(house: SimulatedHouse, limit_a: float) -> Result:
    """Wish; what a person is asked to do is done, and the wish repeated unless it still holds."""
    shown, wished_at_s = None, house.time_s
    for attempt in range(3):
        if attempt:
            await wish_again(house, limit_a)
        else:
            await house.wish(1, limit_a)
        if limit_a:
            await wake_the_car(house)
        after_s = await _reached(house, limit_a)
        if after_s is not None:
            return Result(limit_a, after_s, shown)
        what = obstacle(house, limit_a, wished_at_s)
        if not what.is_shown_in(house.sentence):
            if not USED_UP.is_shown_in(house.sentence):
                return Result(limit_a, sentence=f'{what.name}, but shown: {house.sentence}')
            what = USED_UP
        shown = what.name
        if not what.can_be_removed:
            break
        await remove(house, what)
    return Result(limit_a, None, shown)


async def _reached(house: SimulatedHouse, limit_a: float) -> float | None:
    persona = house.persona
    patience_s = PATIENCE_S + persona.follows_after_s + persona.reconnects_after_s
    refused = house.newest is not None and house.newest.error in ('Rejected', 'CallErrorReceived')
    within_s = REFUSED_PATIENCE_S if refused else patience_s
    return await house.seconds_until(lambda: is_reached(house, limit_a), within_s, STEADY_S)


def as_markdown(runs: list[Run]) -> str:
    """One row for each persona; each cell is with its entry, then without."""
    rows = [
        '| Persona | reached | shown instead | messages | forms tried | slowest | most A |',
        '|---|---|---|---|---|---|---|',
    ]
    for name in dict.fromkeys(run.persona for run in runs):
        both = [[r for r in runs if r.persona == name and r.with_entry is with_entry] for with_entry in (True, False)]
        cells = zip(*[_cells(some) for some in both if some], strict=True)
        rows.append(' | '.join([f'| {name}', *(' / '.join(cell) for cell in cells)]) + ' |')
    return '\n'.join(rows)


def _cells(runs: list[Run]) -> list[str]:
    results = [result for run in runs for result in run.results]
    shown = sorted({result.shown for result in results if result.after_s is None and result.shown})
    slowest_s = max((result.after_s for result in results if result.after_s is not None), default=0.0)
    return [
        f'{sum(run.reached for run in runs)} of {len(results)}',
        ', '.join(shown) or '–',
        f'{sum(run.messages for run in runs) / len(runs):.1f}',
        str(max(len(run.forms) for run in runs)),
        f'{slowest_s:.0f} s',
        f'{max(run.max_seen_a for run in runs):.1f}',
    ]
