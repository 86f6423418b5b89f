"""Wishes, broken connections, reboots, refusals and late answers in any order: the newest wish is never forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.limits.situations import USED_UP, is_reached, obstacle, remove, wish_again
from tests.simulated.event_loop import run_simulated
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.witness import What

MAX_A = 16
WISHES_A = (0, 6, 8, 10, 16)
CALM_S = 600  # more than all timeouts and pauses between two attempts together
MOST_MESSAGES = 12  # of ours, from the end of all faults until the last wish is reached
LIMITS = ('RemoteStartTransaction', 'RemoteStopTransaction', 'SetChargingProfile')

Step = tuple[str, object]

STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just('wish'), st.sampled_from(WISHES_A)),
    st.tuples(st.just('wish and wait'), st.sampled_from(WISHES_A)),
    st.tuples(st.just('wait'), st.sampled_from((0.1, 1, 7, 45, 130))),
    st.tuples(st.just('refuse'), st.sampled_from(LIMITS)),
    st.tuples(st.just('fail'), st.sampled_from(LIMITS)),
    st.tuples(st.just('lose'), st.sampled_from(LIMITS)),
    st.tuples(st.just('answer late'), st.sampled_from((5, 29, 40))),
    st.tuples(st.just('cut the link'), st.sampled_from((0.1, 5, 400))),
    st.tuples(st.just('reboot'), st.sampled_from((0.1, 20))),
    st.tuples(st.just('plug or unplug'), st.none()),
)


@pytest.mark.no_cover  # counting lines takes two thirds of the time, and others run the same
@settings(max_examples=examples(150), deadline=None)
@given(steps=st.lists(STEPS, min_size=2, max_size=14), last_a=st.sampled_from((0, 6, 10, 16)))
@example(steps=[('wish', 6), ('reboot', 20)], last_a=10)  # a Call that cannot be sent any more
@example(steps=[('plug or unplug', None), ('lose', 'RemoteStartTransaction'), ('wish and wait', 8)], last_a=0)
@example(
    steps=[('answer late', 40), ('plug or unplug', None), ('reboot', 0.1), ('wait', 130), ('wish and wait', 6)],
    last_a=10,
)
@example(  # it tells first what was hours ago; that it ended comes last
    steps=[('wish', 6), ('wait', 1), ('cut the link', 400), ('cut the link', 400), ('reboot', 0.1)],
    last_a=6,
)
@example(  # what it tells of the past ends with a session that had ended before the wish
    steps=[('wish and wait', 6), ('cut the link', 400), ('reboot', 20), ('plug or unplug', None)], last_a=6
)
@example(  # a stop waits for a Call without an answer, here for another stop, for 2 s only
    steps=[
        ('wish', 6),
        ('wish and wait', 0),
        ('lose', 'RemoteStopTransaction'),
        ('wish and wait', 0),
        ('wish', 0),
    ],
    last_a=6,
)
def test_whatever_happens_the_newest_wish_is_reached_or_a_sentence_says_why_not(
    steps: list[Step], last_a: float
) -> None:
    run_simulated(_walk(steps, last_a))


async def _walk(steps: list[Step], last_a: float) -> None:
    async with SimulatedHouse(max_current=MAX_A) as house:
        house.charger.plug_in(1, car_for(house.persona))
        await house.settle(10)
        for name, value in steps:
            await DEEDS[name](house, value)
        house.wish_soon(1, last_a)
        house.forget_faults()
        house.mend_link()
        if house.charger.station.connectors[1].car is None:
            house.charger.plug_in(1, car_for(house.persona))
        begun = len(house.messages_sent)
        await _check(house, last_a, begun)
    note('\n'.join(house.charger_events))


async def _check(house: SimulatedHouse, last_a: float, begun: int) -> None:
    """A person does what the sentence says, and wishes again where the wish no longer holds."""
    for _ in range(4):
        reached = await house.seconds_until(lambda: is_reached(house, last_a), CALM_S, 10)
        if reached is not None:
            break
        what = obstacle(house, last_a)
        shown = what if what.is_shown_in(house.sentence) else USED_UP
        story = '\n'.join([*house.charger_events, f'wished {last_a:g} A; {what.name}, but shown: {house.sentence}'])
        assert shown.is_shown_in(house.sentence), story
        await remove(house, shown)
        await wish_again(house, last_a)
    else:
        raise AssertionError(f'{last_a:g} A is never reached: {house.sentence}\n' + '\n'.join(house.charger_events))
    sent = [call for call in house.messages_sent[begun:] if call.action in LIMITS]
    assert len(sent) <= MOST_MESSAGES, [(call.action, call.status) for call in sent]
    assert house.max_seen_a <= MAX_A + 0.05, '\n'.join(house.charger_events)
    assert house.outstanding_max <= 1


# ---- what happens on the way


async def _wish(house: SimulatedHouse, limit_a: float) -> None:
    house.wish_soon(1, limit_a)


async def _wish_and_wait(house: SimulatedHouse, limit_a: float) -> None:
    await house.wish(1, limit_a)


async def _wait(house: SimulatedHouse, seconds: float) -> None:
    await house.settle(seconds)


async def _refuse(house: SimulatedHouse, action: str) -> None:
    house.next_call(What.REFUSED, action)


async def _fail(house: SimulatedHouse, action: str) -> None:
    house.next_call(What.FAILS, action)


async def _lose(house: SimulatedHouse, action: str) -> None:
    house.next_call(What.UNANSWERED, action)


async def _answer_late(house: SimulatedHouse, delay_s: float) -> None:
    house.next_call(What.LATE, *LIMITS, delay_s=delay_s)


async def _cut_the_link(house: SimulatedHouse, seconds: float) -> None:
    house.cut_link()
    await house.settle(seconds)
    house.mend_link()


async def _reboot(house: SimulatedHouse, seconds: float) -> None:
    await house.reboot(seconds)


async def _plug_or_unplug(house: SimulatedHouse, _nothing: None) -> None:
    if house.charger.station.connectors[1].car is None:
        house.charger.plug_in(1, car_for(house.persona))
    else:
        house.charger.unplug(1)
    await house.settle(1)  # nobody is faster


DEEDS: dict[str, Callable[..., Awaitable[None]]] = {
    'wish': _wish,
    'wish and wait': _wish_and_wait,
    'wait': _wait,
    'refuse': _refuse,
    'fail': _fail,
    'lose': _lose,
    'answer late': _answer_late,
    'cut the link': _cut_the_link,
    'reboot': _reboot,
    'plug or unplug': _plug_or_unplug,
}
