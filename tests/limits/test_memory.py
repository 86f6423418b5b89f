"""What is remembered of a limit: each thing that happens gives a newer memory, and what is to be recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.chargers import ChargerKnowledge, ChargerQuirks, HangUps, ProfileForm
from cpo.chargers.hang_ups import MAX_TIMES
from cpo.errors import CallErrorReceived, CallTimeout, CpoError, Rejected
from cpo.limits.deadline import TRANSACTION_WAIT, Deadline
from cpo.limits.facts import Facts
from cpo.limits.failure import Failure, found_by
from cpo.limits.follow_ups import ASKED_EVERY, SCHEDULE_AFTER, SILENT_FOR
from cpo.limits.memory import STOP_WAIT, Memory
from cpo.limits.pacing import MAX_FAILURES, RARELY_AFTER, SETTLED_AFTER, SOON_AFTER, SOON_SETTLED_AFTER
from cpo.limits.read_back import HELD_BACK_FOR, TOO_MUCH_FOR
from cpo.settings import Settings
from cpo.state import (
    CURRENT,
    OFFERED,
    YOU,
    Activity,
    BootInformation,
    ChargePointState,
    Connector,
    Entry,
    Finding,
    Learned,
    Limit,
    LimitReadBack,
    LimitWished,
    MeterSample,
    Reaction,
    ReadBack,
    StatusChange,
    Verdict,
    WishEnd,
    WishEnded,
)
from cpo.state.backlog import Backlog

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
CONNECTION = object()
SIX, TEN, ZERO = Limit(6.0, YOU, NOW), Limit(10.0, YOU, NOW), Limit(0.0, YOU, NOW)
FORM, OTHER_FORM = ProfileForm(), ProfileForm(stack_level=1)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def facts(known: ChargerKnowledge | None = None, **members: Any) -> Facts:
    state = ChargePointState(knowledge={ChargePointState().charger_kind: known or ChargerKnowledge(form=FORM)})
    given = {'settings': Settings(), 'state': state, 'quirks': ChargerQuirks(), 'connection': CONNECTION}
    return Facts(**{**given, **members})


def charging(wish: Limit | None = TEN, in_force: Limit | None = TEN, **members: Any) -> Connector:
    holds = {'last_wish': wish, 'wish_holds': wish is not None, 'transaction_id': '7', 'limit': in_force}
    return Connector(1, **{**holds, **members})


def drawing(connector: Connector, current_a: float, seconds: float, measurand: str = CURRENT) -> Connector:
    return connector.with_measured(at(seconds), (MeterSample(measurand, 'L1', current_a),), at(seconds), None)


def found(entries: tuple[Entry, ...]) -> list[tuple[Verdict, Finding, Reaction]]:
    backs = [entry.read_back for entry in entries if isinstance(entry, LimitReadBack)]
    return [(back.verdict, back.finding, back.reaction) for back in backs]


class Play:
    """A memory to which things happen; all it wants recorded is in `entries`."""

    def __init__(self, connector: Connector, given: Facts | None = None) -> None:
        self.connector = connector
        self.facts = given or facts()
        self.memory = Memory().after_wish(self.facts)
        self.entries: tuple[Entry, ...] = ()
        self.see(0)

    def see(self, seconds: float) -> None:
        self.memory, entries = self.memory.after_seen(self.connector, self.facts, at(seconds))
        self.entries += entries

    def draw(self, current_a: float, *times_s: float, measurand: str = CURRENT) -> None:
        for seconds in times_s:
            self.connector = drawing(self.connector, current_a, seconds, measurand)
            self.see(seconds)


# ---- what is seen


def test_a_charger_that_connects_or_boots_is_given_time_and_another_chance() -> None:
    memory = replace(Memory().after_wish(facts()), unstoppable=ZERO, unpausable=ZERO)
    booted = replace(facts().state, boot=BootInformation('V', 'M'))
    for given in (facts(connection=object()), facts(state=booted)):
        seen, entries = memory.after_seen(charging(), given, NOW)
        assert seen.pacing.retry_at == NOW + SETTLED_AFTER
        assert (seen.unstoppable, seen.unpausable, entries) == (None, None, ())
        assert seen.after_seen(charging(), given, at(1))[0].pacing.retry_at == NOW + SETTLED_AFTER


@pytest.mark.parametrize(
    ('status', 'status_at_s', 'measured_at_s', 'is_over'),
    [
        (Activity.CHARGING, 1, None, True),
        (Activity.PAUSED_BY_CAR, 1, None, True),
        (Activity.FINISHING, 1, None, False),
        (Activity.CHARGING, -60, None, False),
        (Activity.CHARGING, None, 1, True),
        (Activity.CHARGING, None, -60, False),
        (Activity.FINISHING, None, 1, False),
        (Activity.CHARGING, None, None, False),
    ],
)
@pytest.mark.parametrize('boots', [False, True])
def test_a_charger_that_reconnects_and_reports_its_session_needs_no_more_time(
    status: Activity, status_at_s: float | None, measured_at_s: float | None, is_over: bool, boots: bool
) -> None:
    given = facts(connection=object())
    before = charging(status_changes=(StatusChange('X', status, NOW),))
    memory, _ = Memory().after_wish(facts()).after_seen(before, given, NOW)
    if boots:
        given = given._replace(state=replace(given.state, boot=BootInformation('V', 'M')))
        memory, _ = memory.after_seen(before, given, NOW)
    reported = before
    if status_at_s is not None:
        given = given._replace(state=replace(given.state, clock_off=at(status_at_s) - at(1)))
        reported = replace(reported, status_heard_at=at(1))
    if measured_at_s is not None:
        reported = reported.with_measured(at(measured_at_s), (MeterSample(CURRENT, 'L1', 9.8),), at(1), None)
    seen, _ = memory.after_seen(reported, given, at(1))
    assert seen.pacing.retry_at == (None if is_over and not boots else NOW + SETTLED_AFTER)


@pytest.mark.parametrize(('boots', 'wait'), [(False, SOON_SETTLED_AFTER), (True, SETTLED_AFTER)])
def test_one_that_was_gone_too_shortly_for_a_restart_has_less_time_unless_it_boots(
    boots: bool, wait: timedelta
) -> None:
    given = facts(connection=object(), was_gone_shortly=True)
    if boots:
        given = given._replace(state=replace(given.state, boot=BootInformation('V', 'M')))
    seen, _ = Memory().after_wish(facts()).after_seen(charging(), given, NOW)
    assert seen.pacing.retry_at == NOW + wait


def test_a_stop_that_was_accepted_on_an_older_connection_is_not_awaited_for_ever() -> None:
    seen, _ = Memory().after_seen(charging(stopping=ZERO), facts(), NOW)
    assert seen.stop_by == Deadline(ZERO, NOW + TRANSACTION_WAIT)


def test_a_connector_counts_as_seen_until_it_the_connection_or_the_boot_is_another() -> None:
    play, booted = Play(charging()), replace(facts().state, boot=BootInformation('V', 'M'))
    assert play.memory.has_seen(play.connector, play.facts)
    assert not play.memory.has_seen(charging(), play.facts)
    assert not play.memory.has_seen(play.connector, facts(connection=object()))
    assert not play.memory.has_seen(play.connector, play.facts._replace(state=booted))


def test_the_same_connector_again_changes_nothing() -> None:
    connector = charging()
    memory, _ = Memory().after_wish(facts()).after_seen(connector, facts(), NOW)
    assert memory.after_seen(connector, facts(), at(1)) == (memory, ())


def test_a_limit_that_is_followed_is_reported_once() -> None:
    play = Play(charging())
    play.draw(9.8, 5, 10, 15)
    assert found(play.entries)[0] == (Verdict.FOLLOWS, Finding.CURRENT_DRAWN, Reaction.NONE)


def test_a_limit_that_is_ignored_long_enough_makes_it_try_another_form() -> None:
    play = Play(charging())
    play.draw(15.0, 5, 10)
    assert play.entries == ()
    play.draw(15.1, 1 + TOO_MUCH_FOR.total_seconds())
    assert found(play.entries) == [(Verdict.IGNORES, Finding.CURRENT_DRAWN, Reaction.OTHER_FORM)]
    assert Learned(play.facts.state.charger_kind, ChargerKnowledge(refused=(FORM,))) in play.entries
    assert play.memory.compliance.write_again


def test_what_is_replayed_says_nothing_of_now() -> None:
    play = Play(replace(charging(), backlog=Backlog(until=at(1000))))
    for seconds in (5, 60, 120):
        connector = drawing(play.connector, 15.0 + seconds / 1000, seconds)
        play.connector = replace(connector, backlog=Backlog(until=at(1000)))
        play.see(seconds)
    assert play.entries == ()


def test_one_that_holds_the_car_back_gets_one_other_form_and_is_then_left() -> None:
    play = Play(charging())
    for seconds in (5, 10, 20 + HELD_BACK_FOR.total_seconds(), 300, 310, 400, 500, 600):
        play.draw(7.0, seconds, measurand=OFFERED)
        play.draw(6.9, seconds)
        if play.memory.compliance.write_again:
            play.memory = play.memory.after_change_accepted(TEN, charging(), at(seconds))
    held_back = [reaction for verdict, _, reaction in found(play.entries) if verdict is Verdict.HOLDS_BACK]
    assert held_back == [Reaction.OTHER_FORM, Reaction.GAVE_UP]
    assert play.memory.compliance.given_up == TEN


# ---- what was accepted


def test_a_start_has_a_minute_until_its_transaction_also_where_it_is_sent_again() -> None:
    memory = Memory().after_start_accepted(TEN, NOW)
    assert memory.start_by == Deadline(TEN, NOW + TRANSACTION_WAIT)
    assert memory.after_start_accepted(TEN, at(30)).start_by == memory.start_by
    assert memory.after_start_accepted(SIX, at(30)).start_by == Deadline(SIX, at(30) + TRANSACTION_WAIT)
    assert memory.after_start_accepted(TEN, at(61)).start_by == Deadline(TEN, at(61) + TRANSACTION_WAIT)


@pytest.mark.parametrize('zero_ends', [False, True])
def test_a_stop_that_is_not_followed_soon_is_backed_by_a_limit_of_0_a(zero_ends: bool) -> None:
    given = facts(quirks=ChargerQuirks(zero_ends=zero_ends))
    connector = charging(ZERO, ZERO, stopping=ZERO)
    memory, _ = Memory().after_wish(given).after_stop_accepted(ZERO, NOW).after_seen(connector, given, at(4))
    assert memory.unstoppable is None
    memory, _ = memory.after_seen(connector, given, NOW + STOP_WAIT)
    assert memory.unstoppable is ZERO
    assert memory.compliance.write_again is not zero_ends


def test_what_became_of_a_stop_is_seen_in_time() -> None:
    memory = Memory().after_wish(facts()).after_stop_accepted(ZERO, NOW)
    ended, _ = memory.after_seen(Connector(1), facts(), NOW + STOP_WAIT)
    assert (ended.unstoppable, ended.stop_soon_by) == (None, None)


def test_a_limit_in_force_is_asked_about_and_its_meter_values_are_missed() -> None:
    play = Play(charging())
    play.memory = play.memory.after_change_accepted(TEN, Connector(1), NOW)
    assert play.memory.follow_ups.schedule_due == NOW + SCHEDULE_AFTER
    assert play.memory.follow_ups.meter_due == NOW + SILENT_FOR
    play.draw(9.0, 20)
    assert play.memory.follow_ups.meter_due == at(20) + SILENT_FOR
    on_trigger = facts(quirks=ChargerQuirks(meter_on_trigger=True))
    assert play.memory.after_meter_asked(on_trigger, at(90)).follow_ups.meter_due == at(90) + ASKED_EVERY


# ---- what failed


def failure(error: CpoError, wish: Limit = SIX, was_reported: bool = True) -> Failure:
    return Failure(wish, found_by(error, wish, charging(), False, NOW), was_reported)


REFUSED = failure(Rejected('The charger refused 6 A', 'SetChargingProfile: Rejected'))


@pytest.mark.parametrize(
    ('error', 'finding'),
    [
        (CallTimeout(30), Finding.NO_ANSWER),
        (CallErrorReceived('InternalError'), Finding.ERROR),
        (Rejected('The charger refused 6 A', 'SetChargingProfile: Rejected'), Finding.REFUSED),
    ],
)
def test_an_error_becomes_a_finding(error: CpoError, finding: Finding) -> None:
    assert failure(error).found.finding is finding


def test_silence_has_it_sent_again_soon_then_rarely() -> None:
    memory, entries = Memory().after_wish(facts()), tuple[Entry, ...]()
    for number in range(1, MAX_FAILURES + 2):
        assert entries == ()
        memory, entries = memory.after_silence(failure(CallTimeout(30)), charging(SIX), NOW)
        rarely = number > MAX_FAILURES
        assert memory.pacing.retry_at == NOW + (RARELY_AFTER if rarely else SOON_AFTER)
        assert memory.compliance.is_deaf is rarely
    assert found(entries) == [(Verdict.IGNORES, Finding.NO_ANSWER, Reaction.RETRIES)]


def test_a_refused_change_leaves_what_is_in_force() -> None:
    assert Memory().after_refused(REFUSED, charging(SIX), facts(), NOW)[1] == (LimitWished(1, TEN),)


def test_a_refused_stop_where_no_limit_is_in_force_ends_the_wish() -> None:
    refused = replace(REFUSED, wish=ZERO)
    assert Memory().after_refused(refused, charging(ZERO, None), facts(), NOW)[1] == (WishEnded(1, WishEnd.REFUSED),)


@pytest.mark.parametrize(
    ('failed', 'connector'),
    [
        pytest.param(REFUSED, charging(SIX, SIX), id='a renewal'),
        pytest.param(replace(REFUSED, was_reported=False), charging(SIX, TEN), id='a decrease nobody waits for'),
    ],
)
def test_what_must_not_be_forgotten_is_sent_again_though_it_was_refused(failed: Failure, connector: Connector) -> None:
    memory, entries = Memory().after_refused(failed, connector, facts(), NOW)
    assert (memory.pacing.retry_at, entries) == (NOW + SOON_AFTER, ())


def test_a_refused_limit_where_none_is_in_force_raises_the_alarm() -> None:
    memory, entries = Memory().after_refused(REFUSED, charging(SIX, None), facts(), NOW)
    assert found(entries) == [(Verdict.ALARM, Finding.REFUSED, Reaction.GAVE_UP)]
    assert memory.compliance.given_up == SIX


def test_a_newer_wish_does_not_wait_for_what_an_older_one_met() -> None:
    memory, newer = Memory(), charging(TEN, ZERO)
    assert memory.after_silence(failure(CallTimeout(30)), newer, NOW) == (memory, ())
    assert memory.after_refused(REFUSED, newer, facts(), NOW) == (memory, ())
    assert memory.after_start_failed(REFUSED, newer) == (memory, ())


def test_a_new_wish_begins_again_and_keeps_the_budget_of_raises() -> None:
    memory, _ = Memory().after_refused(REFUSED, charging(SIX, None), facts(), NOW)
    memory = memory.after_change_accepted(TEN, charging(TEN, SIX), NOW).after_pause_refused(ZERO).after_wish(facts())
    assert (memory.compliance.given_up, memory.unpausable, memory.pacing.retry_at) == (None, None, None)
    assert memory.pacing.raises == (NOW,)


# ---- hanging up


def test_a_wish_that_the_charger_hangs_up_on_is_given_up_once_and_stays_so_on_the_next_connection() -> None:
    before, known = facts(), ChargerKnowledge(form=FORM, hang_ups=HangUps(in_a_row=MAX_TIMES))
    given = facts(known, connection=None)
    memory, entries = Memory().after_wish(before).after_broken(CONNECTION).after_seen(charging(SIX), given, NOW)
    assert found(entries) == [(Verdict.ALARM, Finding.HANGS_UP, Reaction.GAVE_UP)]
    again, entries = memory.after_seen(charging(SIX), given._replace(connection=object()), at(60))
    assert (again.compliance.given_up, entries) == (SIX, ())
    assert again.after_wish(given).compliance.given_up is None


def test_what_ended_above_the_maximum_is_reported() -> None:
    play = Play(charging())
    play.draw(20.0, 5, 10)
    play.memory = play.memory.after_end_sent(at(11))
    play.memory, entries = play.memory.after_end_accepted(TEN, play.connector, play.facts, at(11))
    assert found(entries) == [(Verdict.ALARM, Finding.ABOVE_MAXIMUM, Reaction.STOP_SENT)]
    play.connector = replace(play.connector, transaction_id=None, limit=None, wish_holds=False)
    play.entries = ()
    play.see(15)
    assert found(play.entries) == [(Verdict.ALARM, Finding.ABOVE_MAXIMUM, Reaction.STOPPED)]


def test_a_stop_above_the_maximum_that_is_not_followed_says_to_switch_it_off() -> None:
    play = Play(charging())
    assert play.memory.after_stop_given_up(play.connector, at(1)) == (play.memory, ())
    play.draw(20.0, 5, 10)
    _, entries = play.memory.after_stop_given_up(play.connector, at(71))
    assert found(entries) == [(Verdict.ALARM, Finding.STOP_NOT_FOLLOWED, Reaction.STOP_FAILED)]
    stop_refused = Failure(TEN, ReadBack(Verdict.IGNORES, Finding.STOP_REFUSED, NOW), True)
    _, entries = play.memory.after_end_failed(stop_refused, play.connector)
    assert found(entries) == [(Verdict.ALARM, Finding.STOP_REFUSED, Reaction.STOP_FAILED)]
