"""Every persona, from every state of its connector: the car follows each wish, or the person is told why not.

With `-s` a table of the messages and the forms of profiles that took is printed at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from cpo.charge_point import ChargePoint
from cpo.charger_knowledge import ChargerKind
from cpo.charger_quirks import ChargerQuirks, quirks_for, shipped_entries
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

WISHES_A = (0, 6, 10, 16, 10, 0, 8)
MAX_A = 16
PATIENCE_S = 300  # for a ladder of forms that are accepted and ignored, each found out after more than 30 s
STEADY_S = 5

UNKNOWN_TO_THE_QUIRKS = partial(ChargePoint, quirks_for=lambda kind: ChargerQuirks())


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one wish: reached after so many s, or the words of the obstacle, or both."""

    limit_a: float
    after_s: float | None = None
    told: str | None = None
    sentence: str = ''


@dataclass(frozen=True, slots=True)
class Run:
    """All wishes from one state. `forms` are those tried, in order."""

    persona: str
    state: str
    with_entry: bool
    results: tuple[Result, ...]
    messages: int
    forms: tuple[str, ...]
    max_seen_a: float

    @property
    def reached(self) -> int:
        """How many wishes were."""
        return sum(result.after_s is not None for result in self.results)


RUNS: list[Run] = []


@pytest.fixture(scope='module', autouse=True)
def table() -> Iterator[None]:
    """Printed at the end."""
    RUNS.clear()
    yield
    print('\n' + as_markdown(RUNS))


def test_every_quirk_entry_has_a_persona() -> None:
    personas = [Persona.load(name) for name in persona_names()]
    kinds = [ChargerKind(persona.vendor, persona.model, persona.firmware) for persona in personas]
    met = {name for kind in kinds for name in quirks_for(kind).names}
    assert met == {name for entry in shipped_entries() for name in entry.quirks.names}


@pytest.mark.parametrize('with_entry', [True, False], ids=['with-entry', 'without-entry'])
@pytest.mark.parametrize('state', STATES)
@pytest.mark.parametrize('persona', persona_names())
def test_the_car_follows_every_wish_or_the_person_is_told_why_not(persona: str, state: str, with_entry: bool) -> None:
    run = run_simulated(_run(persona, state, with_entry))
    if run is None:
        return  # this charger is never in that state
    RUNS.append(run)
    unexplained = [result for result in run.results if result.after_s is None and result.told is None]
    assert unexplained == []
    assert run.max_seen_a <= MAX_A + 0.05


async def _run(name: str, state: str, with_entry: bool) -> Run | None:
    persona = Persona.load(name)
    tags = ('Tag1', *([persona.own_tag] if persona.own_tag else []))
    make = ChargePoint if with_entry else UNKNOWN_TO_THE_QUIRKS
    settings: dict[str, Any] = {'max_current': MAX_A, 'phases': persona.phases, 'id_tags': tags}
    async with SimulatedHouse(persona, make_charge_point=make, **settings) as house:
        await house.settle(20)
        if not await bring_to(house, state):
            return None
        begun, results = len(house.messages_sent), []
        for limit_a in WISHES_A:
            results.append(await _wish(house, limit_a))
        sent = len(house.messages_sent) - begun
        return Run(name, state, with_entry, tuple(results), sent, tuple(house.forms_tried), house.max_seen_a)


async def _wish(house: SimulatedHouse, limit_a: float) -> Result:
    """Wish; what a person is told to do is done, and the wish repeated unless it still holds."""
    told = None
    for attempt in range(3):
        if attempt:
            await wish_again(house, limit_a)
        else:
            await house.wish(1, limit_a)
        if limit_a:
            await wake_the_car(house)
        after_s = await _reached(house, limit_a)
        if after_s is not None:
            return Result(limit_a, after_s, told)
        what = obstacle(house, limit_a)
        if not what.is_told_in(house.sentence):
            if not USED_UP.is_told_in(house.sentence):
                return Result(limit_a, sentence=f'{what.name}, but told: {house.sentence}')
            what = USED_UP
        told = what.name
        if not what.can_be_removed:
            break
        await remove(house, what)
    return Result(limit_a, None, told)


async def _reached(house: SimulatedHouse, limit_a: float) -> float | None:
    """A refusal is final."""
    persona = house.persona
    patience_s = PATIENCE_S + persona.follows_after_s + persona.reconnects_after_s
    refused = house.newest is not None and house.newest.error in ('Rejected', 'CallErrorReceived')
    return await house.seconds_until(lambda: is_reached(house, limit_a), 10 if refused else patience_s, STEADY_S)


def as_markdown(runs: list[Run]) -> str:
    """One row for each persona; each cell is with its entry, then without."""
    rows = [
        '| Persona | reached | told instead | messages | forms tried | slowest | most A |',
        '|---|---|---|---|---|---|---|',
    ]
    for name in dict.fromkeys(run.persona for run in runs):
        both = [[r for r in runs if r.persona == name and r.with_entry is with_entry] for with_entry in (True, False)]
        cells = zip(*[_cells(some) for some in both if some], strict=True)
        rows.append(' | '.join([f'| {name}', *(' / '.join(cell) for cell in cells)]) + ' |')
    return '\n'.join(rows)


def _cells(runs: list[Run]) -> list[str]:
    results = [result for run in runs for result in run.results]
    told = sorted({result.told for result in results if result.after_s is None and result.told})
    slowest_s = max((result.after_s for result in results if result.after_s is not None), default=0.0)
    return [
        f'{sum(run.reached for run in runs)} of {len(results)}',
        ', '.join(told) or '–',
        f'{sum(run.messages for run in runs) / len(runs):.1f}',
        str(max(len(run.forms) for run in runs)),
        f'{slowest_s:.0f} s',
        f'{max(run.max_seen_a for run in runs):.1f}',
    ]
