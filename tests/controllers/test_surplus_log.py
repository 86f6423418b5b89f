"""Decisions in the journal's form: whatever the rule was given, it can be given again, and decides the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cpo.controllers.surplus_log import Given, entry_of, replayed
from cpo.controllers.surplus_replay import replay, rules_like
from cpo.controllers.surplus_rule import step
from cpo.controllers.surplus_values import Reading, Readings, SurplusRules, SurplusState
from cpo.state import HOME_ASSISTANT, Activity, Source, SourceKind, SurplusDecided

BEGIN = datetime(2026, 6, 14, 12, tzinfo=UTC)
SOURCES = (None, HOME_ASSISTANT, Source(SourceKind.PROGRAM, 'house meter'), Source(SourceKind.PERSON))


def readings(now: datetime) -> st.SearchStrategy[Readings]:
    """Readings at `now`, each measured up to a minute before, or unknown."""
    ages = st.integers(0, 60_000).map(lambda ms: now - timedelta(milliseconds=ms))
    fresh = st.one_of(st.none(), st.integers(1, 60_000).map(lambda ms: now + timedelta(milliseconds=ms)))
    reading = st.builds(Reading, st.floats(-20_000, 20_000), ages, st.sampled_from(SOURCES), fresh)
    maybe = st.one_of(st.none(), reading)
    activity = st.sampled_from(list(Activity))
    amperes = st.one_of(st.none(), st.floats(0, 16))
    known = (maybe, maybe, maybe, maybe, maybe, maybe, maybe, amperes, activity, st.booleans())
    return st.builds(Readings, *known, phases=st.sampled_from([None, 1, 3]))


@st.composite
def days(draw: st.DrawFn) -> list[Readings]:
    """What a rule is given, every 7 s."""
    count = draw(st.integers(1, 12))
    return [draw(readings(BEGIN + timedelta(seconds=7 * number))) for number in range(count)]


def decided(day: list[Readings], every_s: float = 7) -> tuple[list[Given], list[SurplusDecided]]:
    """The steps of a day, and their entries."""
    state, steps, entries, whole_at = SurplusState(), list[Given](), list[SurplusDecided](), None
    for number, given_now in enumerate(day):
        at = BEGIN + timedelta(seconds=every_s * number)
        now = Given(state, given_now, SurplusRules(), step(state, given_now, at, SurplusRules()))
        entry = entry_of(1, now, steps[-1] if steps else None, whole_at)
        whole_at = whole_at if entry.whole is None else at
        steps, entries, state = [*steps, now], [*entries, entry], now.step.state
    return steps, entries


@given(days())
def test_what_was_given_is_read_again_and_decided_the_same(day: list[Readings]) -> None:
    steps, entries = decided(day)
    again = list(replayed(entries))
    assert [each.given for each in again] == steps
    assert all(each.is_same for each in again)
    assert entries[0].whole is not None
    assert entries[0].is_news


def test_what_did_not_change_is_not_stored_again_and_each_quarter_stands_alone() -> None:
    now = Readings(Reading(-900.0, BEGIN, HOME_ASSISTANT), activity=Activity.PLUGGED_IN, plugged_in=True)
    _, entries = decided([now] * 40, every_s=60)
    assert {entry.inputs for entry in entries if entry.whole is None} == {'{}'}
    assert [number for number, entry in enumerate(entries) if entry.whole is not None] == [0, 15, 30]
    assert [each.is_same for each in replayed(entries[10:])] == [True] * 25


def test_another_rule_sees_the_house_as_its_own_limits_would_have_left_it() -> None:
    house = [
        Readings(
            grid_w=Reading(300.0, BEGIN + timedelta(seconds=10 * number), HOME_ASSISTANT),
            in_force_a=0.0,
            activity=Activity.PLUGGED_IN,
            plugged_in=True,
        )
        for number in range(31)
    ]
    _, entries = decided(house, every_s=10)
    same, fast = replay(entries), replay(entries, rules_like('fast', None))
    assert (same.differing, same.now.bought_kwh, same.now.closings) == (0, 0, 0)
    assert (fast.differing, fast.count) == (31, 31)
    assert fast.then.bought_kwh == 0
    assert 0.28 < fast.now.bought_kwh < 0.32  # 16 A at 230 V for 5 min
    assert fast.now.solar_kwh == 0
    assert replay([]).count == 0
