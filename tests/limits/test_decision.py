"""What is done about a wish, and when it is decided again: one row for each situation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.chargers import ChargerKind, ChargerKnowledge, ChargerQuirks, HangUps, Outcome, ProfileForm, Question
from cpo.limits.compliance import END_AGAIN_AFTER, LimitCompliance
from cpo.limits.deadline import Deadline
from cpo.limits.decision import ROWS, WAITS, Action, decide
from cpo.limits.facts import Facts
from cpo.limits.follow_ups import FollowUps
from cpo.limits.memory import Memory
from cpo.limits.pacing import INTERVAL, Pacing
from cpo.limits.read_back import ABOVE_MAXIMUM_FOR
from cpo.limits.wish import START_HOLDS_FOR
from cpo.settings import Settings
from cpo.state import (
    OFFERED,
    THE_MAXIMUM,
    THE_SUN,
    YOU,
    ChargePointState,
    Connector,
    Finding,
    Limit,
    Meter,
    MeterSample,
    Mode,
    ReadBack,
    Source,
    Verdict,
    WishEnd,
)
from cpo.state.backlog import Backlog

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
CONNECTION = object()


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def soon(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def limit(limit_a: float, by: Source = YOU, seconds_ago: float = 10) -> Limit:
    return Limit(limit_a, by, ago(seconds_ago))


def idle(wish: Limit | None = None, **members: Any) -> Connector:
    return Connector(1, last_wish=wish, wish_holds=wish is not None, **members)


def charging(wish: Limit | None = None, in_force: Limit | None = None, **members: Any) -> Connector:
    return idle(wish, transaction_id='7', limit=in_force, **members)


def limit_held(hours: float) -> Limit:
    """A limit wished so long ago, which a ceiling holds at 0 A."""
    return replace(limit(0, seconds_ago=3600 * hours), held_by='fuse', wished_a=10)


DEFAULTS = Settings()


def facts(**members: Any) -> Facts:
    given = {'settings': DEFAULTS, 'state': ChargePointState(), 'quirks': ChargerQuirks(), 'connection': CONNECTION}
    return Facts(**{**given, **members})


AWAY = facts(connection=None)
PAUSES = facts(settings=Settings(pause_at_zero=True))
SIX, TEN, ZERO = limit(6), limit(10), limit(0)
MAXIMUM = limit(16, THE_MAXIMUM)
SUN_SIX, SUN_TEN = limit(6, THE_SUN), limit(10, THE_SUN)
HELD_SIX, PAUSED = (replace(TEN, limit_a=a, held_by='fuse', wished_a=10) for a in (6.0, 0.0))
HELD_BACK = Memory(held_back_at=ago(1))
ENDS_AT_ZERO = facts(quirks=ChargerQuirks(zero_ends=True))
OFFERS = Meter().updated(NOW, (MeterSample(OFFERED, '', 10.0),))
REPLAYING = Backlog(until=soon(4))
ABOVE_CAP = LimitCompliance(above_maximum_since=ago(60), given_up=MAXIMUM)
ALARM = ReadBack(Verdict.ALARM, Finding.HANGS_UP, NOW)
ABOVE = LimitCompliance(above_maximum_since=ago(60), given_up=TEN)
GAVE_UP = Memory(compliance=LimitCompliance(given_up=TEN))
RAISED = Memory(pacing=Pacing(raises=(ago(3),)))
NOT_FOLLOWED = Memory(compliance=LimitCompliance(write_again=True))
ASKED = Memory(follow_ups=FollowUps(schedule_due=ago(1)))
SILENT = Memory(follow_ups=FollowUps(meter_due=ago(1)))
ASKED_HERE = Memory(follow_ups=FollowUps(schedule_asked_in='7'))
ABOVE_SAID = Memory(compliance=LimitCompliance(above_maximum_since=ago(1)), follow_ups=ASKED_HERE.follow_ups)
SILENT_ON_SCHEDULE = HangUps().after(Question.SCHEDULE, Outcome.SILENCE)


def knowing(**members: Any) -> Facts:
    return facts(state=ChargePointState(knowledge={ChargerKind(): ChargerKnowledge(**members)}))


def never(*questions: Question) -> Facts:
    return knowing(unasked=tuple(questions))


@dataclass(frozen=True)
class Row:
    """A situation, what is to be done, and when it is decided again."""

    name: str
    connector: Connector
    action: Action
    due: datetime | None = None
    memory: Memory = field(default_factory=Memory)
    facts: Facts = field(default_factory=facts)


TABLE = [
    # nobody wishes
    Row('no wish', idle(), Action.NOTHING),
    Row('no wish, a transaction runs', charging(in_force=TEN), Action.NOTHING),
    Row('no wish, our default profile is left', idle(default_profile=True), Action.CLEAR_DEFAULT),
    Row('the same while a transaction runs', charging(in_force=TEN, default_profile=True), Action.NOTHING),
    Row('the same with a wish', idle(TEN, default_profile=True), Action.START),
    Row('the same without a charger', idle(default_profile=True), Action.NOTHING, facts=AWAY),
    Row(
        'the charger hangs up on that', idle(default_profile=True), Action.NOTHING, facts=never(Question.CLEAR_PROFILE)
    ),
    Row(
        'it got no answer a while ago',
        idle(default_profile=True),
        Action.NOTHING,
        soon(20),
        Memory(follow_ups=FollowUps(clear_not_before=soon(20))),
    ),
    # a session that nobody limited
    Row('nobody limited it', charging(), Action.READ_SCHEDULE),
    Row('the charger did not say whether it does', charging(), Action.CAP, None, ASKED_HERE),
    Row('it does so', charging(scheduled_a=7.0), Action.NOTHING, None, ASKED_HERE),
    Row('it offers more than the maximum', charging(scheduled_a=20.0), Action.CAP, None, ASKED_HERE),
    Row('it says so and gives more', charging(scheduled_a=7.0), Action.CAP, None, ABOVE_SAID),
    Row('it never answers that', charging(), Action.CAP, facts=knowing(hang_ups=SILENT_ON_SCHEDULE)),
    Row('it is never asked that', charging(), Action.CAP, facts=never(Question.SCHEDULE)),
    Row('the same while its charger is away', charging(), Action.CAP, facts=AWAY),
    Row('the same after limits made it hang up', charging(), Action.CAP, facts=knowing(hang_ups=HangUps(in_a_row=6))),
    Row(
        'nothing is sent by itself', charging(), Action.NOTHING, facts=facts(settings=Settings(startup_requests=False))
    ),
    Row('somebody steers it past this program', charging(wish_end=WishEnd.OVERRIDDEN), Action.NOTHING),
    Row('the charger refused a limit', charging(wish_end=WishEnd.REFUSED), Action.NOTHING),
    Row('it is known why it has none', charging(read_back=ALARM), Action.NOTHING),
    Row('it is about to end', charging(stopping=ZERO), Action.NOTHING),
    Row('the maximum is written', charging(MAXIMUM), Action.CHANGE),
    Row('the maximum is in force', charging(MAXIMUM, MAXIMUM), Action.NOTHING),
    Row('the maximum starts nothing', idle(MAXIMUM), Action.END_WISH),
    Row('the maximum ends nothing', charging(MAXIMUM, MAXIMUM), Action.NOTHING, memory=Memory(compliance=ABOVE_CAP)),
    # start
    Row('a wish, nothing runs', idle(TEN), Action.START),
    Row('a wish, no charger', idle(TEN), Action.WAIT_FOR_CHARGER, facts=AWAY),
    Row('a wish, the connection broke', idle(TEN), Action.WAIT_FOR_CHARGER, memory=Memory(broken=CONNECTION)),
    Row(
        'a wish, the charger has just connected',
        idle(TEN),
        Action.WAIT_TO_RETRY,
        soon(5),
        Memory(pacing=Pacing(retry_at=soon(5))),
    ),
    Row('a start is too old', idle(limit(10, seconds_ago=301)), Action.END_WISH),
    Row('it is on its way', idle(TEN, remote_start=TEN), Action.WAIT_FOR_START),
    Row(
        'it has some time',
        idle(TEN, remote_start=TEN),
        Action.WAIT_FOR_START,
        soon(30),
        Memory(start_by=Deadline(TEN, soon(30))),
    ),
    Row(
        'its time is over',
        idle(TEN, remote_start=TEN),
        Action.GIVE_UP_START,
        memory=Memory(start_by=Deadline(TEN, NOW)),
    ),
    Row(
        'that of another start',
        idle(TEN, remote_start=SIX),
        Action.WAIT_FOR_START,
        memory=Memory(start_by=Deadline(TEN, NOW)),
    ),
    Row('an unanswered start is sent again', idle(TEN, unanswered_start=TEN), Action.START),
    # 0 A
    Row('0 A, nothing runs', idle(ZERO), Action.END_WISH),
    Row('0 A, a start is on its way', idle(ZERO, remote_start=TEN), Action.WAIT_FOR_START),
    Row('0 A, a start may still follow', idle(ZERO, unanswered_start=TEN), Action.WAIT_FOR_START),
    Row('0 A, that start is long ago', idle(ZERO, unanswered_start=limit(10, seconds_ago=601)), Action.END_WISH),
    Row('0 A stops', charging(ZERO, TEN), Action.STOP),
    Row('0 A pauses where the owner wants it', charging(ZERO, TEN), Action.CHANGE, facts=PAUSES),
    Row('0 A pauses this make', charging(ZERO, TEN), Action.CHANGE, facts=facts(quirks=ChargerQuirks(pauses=True))),
    Row('a pause was refused', charging(ZERO, TEN), Action.STOP, memory=Memory(unpausable=ZERO), facts=PAUSES),
    Row(
        'a pause would end it',
        charging(ZERO, TEN),
        Action.STOP,
        facts=facts(settings=PAUSES.settings, quirks=ChargerQuirks(zero_ends=True)),
    ),
    Row('the charger hangs up on a stop', charging(ZERO, TEN), Action.CHANGE, facts=never(Question.STOP)),
    Row(
        'it does, and a pause would end it',
        charging(ZERO, TEN),
        Action.NOTHING,
        facts=never(Question.STOP)._replace(quirks=ChargerQuirks(zero_ends=True)),
    ),
    # a stop on its way
    Row(
        'the end is awaited',
        charging(ZERO, ZERO, stopping=ZERO),
        Action.WAIT_FOR_STOP,
        soon(9),
        Memory(stop_soon_by=Deadline(ZERO, soon(9))),
    ),
    Row('a newer wish waits for it', charging(TEN, ZERO, stopping=ZERO), Action.WAIT_FOR_STOP),
    Row('0 A where another stop was accepted', charging(ZERO, stopping=TEN), Action.STOP),
    Row(
        'the end does not come',
        charging(ZERO, ZERO, stopping=ZERO),
        Action.GIVE_UP_STOP,
        memory=Memory(stop_by=Deadline(ZERO, NOW)),
    ),
    Row(
        'it is overdue: the limit is written as well',
        charging(ZERO, ZERO, stopping=ZERO),
        Action.CHANGE,
        memory=Memory(unstoppable=ZERO, compliance=LimitCompliance(write_again=True)),
    ),
    Row('that is written', charging(ZERO, ZERO, stopping=ZERO), Action.NOTHING, memory=Memory(unstoppable=ZERO)),
    # change
    Row('less is wished', charging(SIX, TEN), Action.CHANGE),
    Row('more is wished', charging(TEN, SIX), Action.CHANGE),
    Row('no limit is in force', charging(TEN), Action.CHANGE),
    Row('the wish is in force', charging(TEN, TEN), Action.NOTHING),
    Row('it is, for some time', charging(TEN, TEN, limit_expires_at=soon(1000)), Action.NOTHING, soon(400)),
    Row('it would fall back', charging(TEN, TEN, limit_expires_at=soon(600)), Action.RENEW),
    Row(
        'it would, without a charger', charging(TEN, TEN, limit_expires_at=soon(9)), Action.WAIT_FOR_CHARGER, facts=AWAY
    ),
    Row('it is not followed', charging(TEN, TEN), Action.CHANGE, memory=NOT_FOLLOWED),
    Row('no form helps', charging(TEN, SIX), Action.NOTHING, memory=GAVE_UP),
    Row(
        'no form helps, but it would fall back', charging(TEN, TEN, limit_expires_at=NOW), Action.RENEW, memory=GAVE_UP
    ),
    Row('no form helped with an older wish', charging(limit(10, seconds_ago=1), SIX), Action.CHANGE, memory=GAVE_UP),
    # a ceiling
    Row('a ceiling leaves less', charging(HELD_SIX, TEN), Action.CHANGE),
    Row('it leaves so much', charging(HELD_SIX, HELD_SIX), Action.NOTHING),
    Row('it leaves too little', charging(PAUSED, TEN), Action.CHANGE),
    Row('so it does, and 0 A would end it', charging(PAUSED, TEN), Action.STOP, facts=ENDS_AT_ZERO),
    Row('so it does, and a pause was refused', charging(PAUSED, TEN), Action.STOP, memory=Memory(unpausable=PAUSED)),
    Row('it leaves too little for a start', idle(PAUSED), Action.HOLD_BACK, soon(300.001)),
    Row('that was for hours', idle(limit_held(hours=2)), Action.END_WISH),
    Row('the car is plugged in', idle(limit_held(hours=2)), Action.HOLD_BACK, soon(299.001), HELD_BACK),
    Row('it has gone up', idle(limit(10, seconds_ago=7200)), Action.START, memory=HELD_BACK),
    Row(
        'it has gone up, and the sun raised just before',
        charging(SUN_TEN, replace(SUN_SIX, held_by='fuse', wished_a=10), mode=Mode.SOLAR),
        Action.WAIT_TO_RAISE,
        ago(3) + INTERVAL,
        RAISED,
    ),
    # the sun
    Row('the sun raises', charging(SUN_TEN, SUN_SIX, mode=Mode.SOLAR), Action.CHANGE),
    Row(
        'the sun raises again',
        charging(SUN_TEN, SUN_SIX, mode=Mode.SOLAR),
        Action.WAIT_TO_RAISE,
        ago(3) + INTERVAL,
        RAISED,
    ),
    Row('the sun decreases', charging(SUN_SIX, SUN_TEN, mode=Mode.SOLAR), Action.CHANGE, memory=RAISED),
    Row('a person raises', charging(TEN, SIX), Action.CHANGE, memory=RAISED),
    Row('solar is off, something is in force', charging(SUN_TEN, SUN_SIX), Action.KEEP_LIMIT),
    Row('solar is off, nothing is in force', charging(SUN_TEN), Action.END_WISH),
    Row('solar is off, nothing runs', idle(SUN_TEN), Action.END_WISH),
    Row('solar is off, the wish is in force', charging(SUN_TEN, SUN_TEN), Action.NOTHING),
    # a replay
    Row('more, while the charger replays', charging(TEN, SIX, backlog=REPLAYING), Action.WAIT_FOR_REPLAY, soon(4)),
    Row('less, while it replays', charging(SIX, TEN, backlog=REPLAYING), Action.CHANGE),
    Row(
        'less, which it refused',
        charging(SIX, TEN, backlog=REPLAYING),
        Action.WAIT_FOR_REPLAY,
        soon(4),
        Memory(refused_in_replay=SIX),
    ),
    Row('a start, while it replays', idle(TEN, backlog=REPLAYING), Action.START),
    # above the maximum
    Row('above the maximum, nothing helps', charging(TEN, TEN), Action.END, memory=Memory(compliance=ABOVE)),
    Row(
        'above it without a charger',
        charging(TEN, TEN),
        Action.WAIT_FOR_CHARGER,
        memory=Memory(compliance=ABOVE),
        facts=AWAY,
    ),
    Row(
        'above it since a moment',
        charging(TEN, TEN),
        Action.NOTHING,
        ago(1) + ABOVE_MAXIMUM_FOR,
        Memory(compliance=replace(ABOVE, above_maximum_since=ago(1))),
    ),
    Row(
        'it was told to stop',
        charging(TEN, TEN),
        Action.NOTHING,
        ago(9) + END_AGAIN_AFTER,
        Memory(compliance=replace(ABOVE, stop_sent=ago(9))),
    ),
    Row(
        'limits get no answer',
        charging(TEN, TEN),
        Action.END,
        memory=Memory(compliance=replace(ABOVE, given_up=None, is_deaf=True)),
    ),
    Row(
        'another form may help',
        charging(TEN, TEN),
        Action.CHANGE,
        memory=Memory(compliance=replace(ABOVE, given_up=None, write_again=True)),
    ),
    # questions
    Row('what it offers is not known', charging(TEN, TEN), Action.READ_SCHEDULE, memory=ASKED),
    Row('it is measured', charging(TEN, TEN, meter=OFFERS), Action.NOTHING, memory=ASKED),
    Row('it hangs up on that', charging(TEN, TEN), Action.NOTHING, memory=ASKED, facts=never(Question.SCHEDULE)),
    Row('no meter values come', charging(TEN, TEN), Action.ASK_METER, memory=SILENT),
    Row('it hangs up on this', charging(TEN, TEN), Action.NOTHING, memory=SILENT, facts=never(Question.METER_VALUES)),
    Row(
        'it does not take the question',
        charging(TEN, TEN),
        Action.NOTHING,
        memory=Memory(follow_ups=FollowUps(meter_due=ago(1), is_deaf=True)),
    ),
    Row('a change goes first', charging(SIX, TEN), Action.CHANGE, memory=SILENT),
    Row('nobody is there to ask', charging(TEN, TEN), Action.NOTHING, memory=SILENT, facts=AWAY),
]


@pytest.mark.parametrize('row', [pytest.param(row, id=row.name) for row in TABLE])
def test_each_situation_has_its_step_and_its_time(row: Row) -> None:
    decision = decide(row.connector, row.memory, row.facts, NOW)
    assert decision.action is row.action
    if row.action in WAITS or row.action is Action.NOTHING:
        assert decision.due == row.due


def test_the_table_has_a_row_for_every_action() -> None:
    assert {row.action for row in TABLE} == set(Action)
    assert len({row.name for row in TABLE}) == len(TABLE)
    assert {action for _, action in ROWS} <= set(Action)


def test_a_charger_that_tells_no_schedule_is_not_asked_for_one() -> None:
    state = ChargePointState(knowledge={ChargePointState().charger_kind: ChargerKnowledge(tells_schedule=False)})
    assert decide(charging(TEN, TEN), ASKED, facts(state=state), NOW).action is Action.NOTHING
    known = ChargerKnowledge(form=ProfileForm(), tells_schedule=True)
    state = ChargePointState(knowledge={ChargePointState().charger_kind: known})
    assert decide(charging(TEN, TEN), ASKED, facts(state=state), NOW).action is Action.READ_SCHEDULE


def test_a_wish_waits_also_while_a_question_is_asked() -> None:
    memory = replace(RAISED, follow_ups=SILENT.follow_ups)
    asking = decide(charging(SUN_TEN, SUN_SIX, mode=Mode.SOLAR), memory, facts(), NOW)
    assert (asking.action, asking.waits) == (Action.ASK_METER, True)
    assert decide(charging(TEN, TEN), SILENT, facts(), NOW).waits is False


def test_a_start_holds_to_the_last_second() -> None:
    wish = Limit(10.0, YOU, NOW - START_HOLDS_FOR)
    assert decide(idle(wish), Memory(), facts(), NOW).action is Action.START
