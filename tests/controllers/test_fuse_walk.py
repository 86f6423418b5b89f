"""Loads, meter faults, lost messages, ceilings and wishes in any order: the fuse is exceeded for a moment at most.

The rules that hold all the time: never above the maximum; never above the fuse, and never above a ceiling, for longer
than one reading and what the charger needs; a lost meter ends at the floor.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from cpo.controllers import FuseKeeper
from cpo.errors import UnknownCeiling
from cpo.state import REST, Ceiling, SolarRead
from simulator import Persona
from tests.examples import examples
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What

MAX_A, FUSE_A, FLOOR_A = 16, 25.0, 6
TIMEOUT_S = 4
FAULT_COSTS_S = {
    What.LOST: TIMEOUT_S + 5,  # it is sent again after 5 s
    What.UNANSWERED: TIMEOUT_S + 5,
    What.REFUSED: 45,  # another form may be accepted without effect, which is seen after 30 s
    What.FAILS: 45,
}
FOLLOWS_S = 12
"""What the charger and its car need, as the guard takes it, and a little."""
STALE_S = 120
"""A reading counts no longer than that, where its usual gaps are long or not known yet."""
A_LITTLE_A = 0.15

Step = tuple[str, object]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just('load'), st.tuples(st.sampled_from((0, 1, 2)), st.sampled_from((-8, 0, 3, 9, 14, 19, 24, 30)))),
    st.tuples(st.just('wish'), st.sampled_from((0, 6, 8, 13, 16))),
    st.tuples(st.just('wait'), st.sampled_from((0.5, 3, 12, 40))),
    st.tuples(st.just('meter lost'), st.sampled_from((3, 45))),
    st.tuples(st.just('meter late'), st.sampled_from((0, 2))),
    st.tuples(st.just('power only'), st.booleans()),
    st.tuples(st.just('ceiling'), st.tuples(st.sampled_from(('a', 'b')), st.sampled_from((0, 5, 7, 11, 30)))),
    st.tuples(st.just('lift'), st.sampled_from(('a', 'b'))),
    st.tuples(st.just('fault'), st.sampled_from((What.LOST, What.UNANSWERED, What.REFUSED, What.FAILS))),
    st.tuples(st.just('cut the link'), st.sampled_from((1, 40))),
)


class GuardedHome:
    """A simulated house with a fuse, its meter and a car on one phase or three, watched ten times a second."""

    def __init__(self, house: SimulatedHouse, phase: int, every_s: float) -> None:
        self.house, self.phase, self.every_s = house, phase, every_s
        self.base_a = [2.0, 1.0, 3.0]
        self.lag_s = 0.0
        self.is_power_only = self.is_meter_lost = self.is_cut = False
        self.excused_until_s = 0.0
        self.faults_cost_s = 0.0
        self._since_s: dict[str, float] = {}
        self.complaints: list[str] = []

    @property
    def currents_a(self) -> tuple[float, float, float]:
        car_a = self.house.car_current_a
        on = (
            {self.phase, (self.phase + 1) % 3, (self.phase + 2) % 3} if self.house.persona.phases == 3 else {self.phase}
        )
        first, second, third = (base + (car_a if i in on else 0.0) for i, base in enumerate(self.base_a))
        return first, second, third

    async def measure(self) -> None:
        while True:
            await asyncio.sleep(self.every_s)
            if not self.is_meter_lost:
                currents, at = self.currents_a, self.house.charge_point.now()
                self.house.in_background(self._tell(currents, at, self.lag_s))

    async def _tell(self, currents: tuple[float, float, float], at: object, lag_s: float) -> None:
        await asyncio.sleep(lag_s)
        now = self.house.charge_point.now()
        grid_a = None if self.is_power_only else currents
        self.house.charge_point.record(SolarRead(now, grid_w=sum(currents) * 230, by=REST, grid_a=grid_a))

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            car_a, ceilings = self.house.car_current_a, self.house.charge_point.state.ceilings.values()
            others_a = min((c.limit_a for c in ceilings if c.name != 'fuse' and c.limit_a is not None), default=MAX_A)
            self._check('the maximum', car_a > MAX_A + 0.05, 0.0)
            self._check('the fuse', car_a > 0 and max(self.currents_a) > FUSE_A + A_LITTLE_A, self.every_s + self.lag_s)
            self._check('a ceiling', car_a > max(0.0, others_a) + A_LITTLE_A, 0.0)
            self._check('the floor', self.is_meter_lost and car_a > FLOOR_A + A_LITTLE_A, STALE_S)

    def _check(self, what: str, is_exceeded: bool, reading_s: float) -> None:
        """Complain where it is exceeded for too long; nothing counts that happens without a meter or a charger."""
        now_s = self.house.time_s
        is_excused = what in ('the fuse', 'a ceiling') and now_s < self.excused_until_s
        if self.is_cut or (what == 'the fuse' and self.is_meter_lost) or is_excused or not is_exceeded:
            self._since_s.pop(what, None)
            return
        since_s = self._since_s.setdefault(what, now_s)
        allowed_s = 0.0 if what == 'the maximum' else reading_s + FOLLOWS_S + self.faults_cost_s
        if now_s - since_s > allowed_s:
            car_a = self.house.car_current_a
            self.complaints.append(f'{now_s:.1f} s: above {what} since {since_s:.1f} s: {self.currents_a}, {car_a}')

    def excuse(self, seconds: float) -> None:
        self.excused_until_s = max(self.excused_until_s, self.house.time_s + seconds)


@settings(max_examples=examples(60), deadline=None)
@given(
    steps=st.lists(STEPS, min_size=3, max_size=14),
    phase=st.sampled_from((0, 1, 2)),
    phases=st.sampled_from((1, 3)),
    every_s=st.sampled_from((1, 5)),
)
@example(
    steps=[('wish', 16), ('wait', 40), ('load', (0, 14)), ('wait', 3), ('load', (0, 19)), ('wait', 40)],
    phase=0,
    phases=1,
    every_s=1,
)
@example(
    steps=[('wish', 16), ('wait', 40), ('fault', What.LOST), ('load', (1, 24)), ('wait', 40)],
    phase=1,
    phases=3,
    every_s=1,
)
def test_whatever_happens_the_fuse_is_exceeded_for_a_moment_at_most(
    steps: list[Step], phase: int, phases: int, every_s: float
) -> None:
    run_simulated(_walk(steps, phase, phases, every_s))


async def _walk(steps: list[Step], phase: int, phases: int, every_s: float) -> None:
    persona = Persona(phases=phases)
    async with SimulatedHouse(persona, max_current=MAX_A, fuse=FUSE_A, call_timeout=TIMEOUT_S, phases=phases) as house:
        home = GuardedHome(house, phase, every_s)
        FuseKeeper(house.charge_point, house.charge_point.now)
        house.charger.plug_in(1, car_for(house.persona))
        house.in_background(home.measure())
        house.in_background(home.watch())
        await house.settle(10)
        for name, value in steps:
            await DEEDS[name](home, value)
        house.forget_faults()
        home.is_meter_lost = True
        await house.settle(STALE_S + FOLLOWS_S + home.faults_cost_s)
        assert house.car_current_a <= FLOOR_A, '\n'.join(house.charger_events)
        # a ceiling and a stop overtake a lost Call after 2 s, which the witness takes for outstanding until its timeout
        house.complaints[:] = [said for said in house.complaints if 'went out before' not in said]
    note('\n'.join(house.charger_events))
    assert home.complaints == []


# ---- what happens


async def _load(home: GuardedHome, value: tuple[int, float]) -> None:
    home.base_a[value[0]] = value[1]


async def _wish(home: GuardedHome, limit_a: float) -> None:
    home.house.wish_soon(1, limit_a)


async def _wait(home: GuardedHome, seconds: float) -> None:
    await home.house.settle(seconds)


async def _lose_meter(home: GuardedHome, seconds: float) -> None:
    home.is_meter_lost = True
    await home.house.settle(seconds)
    home.is_meter_lost = False
    home.excuse(home.every_s + home.lag_s + FOLLOWS_S)


async def _late_meter(home: GuardedHome, seconds: float) -> None:
    home.lag_s = seconds


async def _power_only(home: GuardedHome, value: bool) -> None:
    home.is_power_only = value


async def _ceiling(home: GuardedHome, value: tuple[str, float]) -> None:
    name, limit_a = value
    now = home.house.charge_point.now()
    await home.house.charge_point.ceilings.put(Ceiling(name, limit_a, None, REST, now))


async def _lift(home: GuardedHome, name: str) -> None:
    with contextlib.suppress(UnknownCeiling):
        await home.house.charge_point.ceilings.lift(name)


async def _fault(home: GuardedHome, what: What) -> None:
    home.faults_cost_s += FAULT_COSTS_S[what]
    home.house.next_call(what, 'SetChargingProfile', 'RemoteStopTransaction')


async def _cut_the_link(home: GuardedHome, seconds: float) -> None:
    home.is_cut = True
    home.house.cut_link()
    await home.house.settle(seconds)
    home.house.mend_link()
    await home.house.seconds_until(lambda: home.house.charge_point.sender is not None, 120)
    home.is_cut = False
    home.excuse(15)


DEEDS: dict[str, Callable[..., Awaitable[None]]] = {
    'load': _load,
    'wish': _wish,
    'wait': _wait,
    'meter lost': _lose_meter,
    'meter late': _late_meter,
    'power only': _power_only,
    'ceiling': _ceiling,
    'lift': _lift,
    'fault': _fault,
    'cut the link': _cut_the_link,
}
