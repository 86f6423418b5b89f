"""The situation derived from a state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpo.chargers import ChargerQuirks
from cpo.controllers import Decision
from cpo.dashboard.words.observation import situation_of, sun_share
from cpo.dashboard.words.sentence import sentence
from cpo.dashboard.words.situation import LastCharged, NextStep, Session, Situation
from cpo.dashboard.words.times import since_marker
from cpo.settings import Settings
from cpo.state import (
    CURRENT,
    POWER,
    REST,
    THE_SUN,
    YOU,
    Activity,
    ChargePointState,
    Connector,
    Ending,
    Finding,
    Limit,
    Meter,
    MeterSample,
    Mode,
    ReadBack,
    RefusedTag,
    Reservation,
    SessionEnergy,
    SolarRead,
    SolarReading,
    Transaction,
    Verdict,
    WattPhases,
)
from cpo.state.meter import SOC
from tests.statuses import status_change

NOW = datetime(2026, 6, 14, 14, 33, tzinfo=UTC)
SETTINGS = Settings()
FROM_SUN = Limit(10.2, THE_SUN, NOW - timedelta(minutes=2))
STARTED_AT = NOW - timedelta(hours=1)
RUNNING = Transaction(
    '118', 'garage', connector_id=1, id_tag='Tag1', remote=True, meter_start_wh=1000, sun_wh=1500,
    start_timestamp=STARTED_AT, energy=SessionEnergy.started(1000, STARTED_AT).with_register(3000, NOW),
)  # fmt: skip
STOPPED = replace(RUNNING, stop_timestamp=NOW, meter_stop_wh=3000)


def ago(seconds: float) -> datetime:
    """A point in time before now."""
    return NOW - timedelta(seconds=seconds)


def meter(**values: float) -> Meter:
    """A meter with these values."""
    names = {'power_w': POWER, 'current_a': CURRENT, 'soc': SOC}
    return Meter().updated(NOW, tuple(MeterSample(names[name], '', value) for name, value in values.items()))


def state_with(*statuses: str, transactions: tuple[Transaction, ...] = (), **members: Any) -> ChargePointState:
    """The state of a connected charger whose connector 1 had these statuses, newest first."""
    changes = tuple(status_change(status, ago(60 * age)) for age, status in enumerate(statuses))
    connector = replace(Connector(1, status_changes=changes), **members)
    return ChargePointState(
        'garage', True, ago(900), last_message_at=NOW, connectors={1: connector}, transactions=transactions
    )


def situation(state: ChargePointState, decision: Decision | None = None) -> Situation:
    """The situation of connector 1 at NOW."""
    return situation_of(state, 1, decision or Decision(), SETTINGS, ChargerQuirks(), NOW)


def test_before_any_charger_nothing_is_known() -> None:
    found = situation(ChargePointState())
    assert (found.ever_seen, found.connected, found.is_unreported, found.status_at) == (False, False, True, None)


def test_a_first_contact_is_not_called_a_return() -> None:
    state = ChargePointState('garage', connected=True)
    assert not situation(state).seen_before
    whole = Connector(0, status_changes=(status_change('Available', NOW),))
    assert not situation(replace(state, connectors={0: whole})).seen_before
    assert situation(replace(state, transactions=(STOPPED,))).seen_before
    assert not situation(replace(state, transactions=(replace(STOPPED, charge_box_id='another'),))).seen_before


def test_a_lost_charger_was_charging_if_that_was_its_last_status() -> None:
    assert situation(replace(state_with('Charging'), connected=False)).was_charging
    assert not situation(replace(state_with('SuspendedEV', 'Charging'), connected=False)).was_charging


@pytest.mark.parametrize(('lost_after_s', 'car_a'), [(10, 2.0), (29, 2.0), (30, None)])
def test_a_lost_charger_was_charging_with_what_was_measured_shortly_before(
    lost_after_s: float, car_a: float | None
) -> None:
    state = state_with('Charging', meter=meter(current_a=2.0), limit=Limit(16, YOU, NOW))
    lost = replace(state, connected=False, since=NOW + timedelta(seconds=lost_after_s))
    assert situation(lost).car_a == car_a
    assert situation(replace(lost, since=None)).car_a == 2.0
    assert situation(replace(lost, connectors={1: Connector(1)})).car_a is None


@pytest.mark.parametrize('status', ['SuspendedEV', 'SuspendedEVSE'])
@pytest.mark.parametrize(
    ('values', 'headline'),
    [
        ({'power_w': 3450.0, 'current_a': 15.0}, 'Charging at your limit'),
        ({'power_w': 11_000.0, 'current_a': 16.0}, 'Charging at your limit'),
        ({'current_a': 8.0}, 'Charging below your limit'),
        ({'power_w': 22_000.0, 'current_a': 32.0}, 'Charging above your limit'),
        ({'power_w': 300.0}, None),
        ({'power_w': 0.0}, None),
        ({}, None),
    ],
)
def test_a_car_measured_to_charge_does_so_whatever_the_status(
    status: str, values: dict[str, float], headline: str | None
) -> None:
    limit = Limit(16, YOU, NOW)
    state = state_with(
        status,
        transactions=(RUNNING,),
        transaction_id='118',
        last_transaction_id='118',
        meter=meter(**values),
        limit=limit,
    )
    words = sentence(situation(state))
    if headline is None:
        assert words.pill.startswith('Paused')
    else:
        assert (words.pill, words.headline) == ('Charging', headline)


def test_a_car_is_paused_again_once_the_power_is_stale_or_the_session_is_over() -> None:
    flows = meter(power_w=3450)
    old = state_with('SuspendedEV', transactions=(RUNNING,), transaction_id='118', meter=flows)
    later = NOW + timedelta(seconds=60)
    found = situation_of(replace(old, last_message_at=later), 1, Decision(), SETTINGS, ChargerQuirks(), later)
    assert found.activity is Activity.PAUSED_BY_CAR
    assert situation(state_with('SuspendedEV', meter=flows)).activity is Activity.PAUSED_BY_CAR
    assert situation(replace(old, connected=False)).activity is Activity.PAUSED_BY_CAR


def test_a_fault_stopped_charging_if_the_status_before_it_was_charging() -> None:
    assert situation(state_with('Faulted', 'Faulted', 'Charging')).was_charging
    assert not situation(state_with('Faulted', 'Available', 'Charging')).was_charging


def test_a_later_fault_of_the_whole_charger_counts_more_than_the_connector() -> None:
    state = state_with('Available')
    whole = status_change('Faulted', NOW, 'GroundFailure')
    broken = replace(state, connectors={**state.connectors, 0: Connector(0, status_changes=(whole,))})
    assert situation(broken).error_code == 'GroundFailure'
    earlier = Connector(0, status_changes=(replace(whole, at=ago(3600)),))
    assert situation(replace(state, connectors={**state.connectors, 0: earlier})).activity is Activity.IDLE
    fine = Connector(0, status_changes=(status_change('Available', NOW),))
    charging = state_with('Charging')
    assert situation(replace(charging, connectors={**charging.connectors, 0: fine})).activity is Activity.CHARGING


def test_the_running_session_has_its_energy_and_share_of_the_sun() -> None:
    state = state_with(
        'Charging', transactions=(RUNNING,), transaction_id='118', last_transaction_id='118', limit=FROM_SUN,
        mode=Mode.SOLAR, meter=meter(power_w=2400, current_a=10.4, soc=80),
    )  # fmt: skip
    found = situation(replace(state, solar=SolarReading(pv_w=3000)))
    assert found.session == Session(True, 'Tag1', 'Accepted', RUNNING.start_timestamp, None, 2000, 0.75)
    assert (found.mode, found.limit_a, found.car_w, found.car_a, found.soc_percent) == (
        Mode.SOLAR,
        10.2,
        2400,
        10.4,
        80,
    )
    assert (found.sun_w, found.sun_share) == (3000, 1.0)
    assert sentence(found).headline == 'Charging on sun alone'


def test_an_ended_session_counts_only_while_the_plug_is_in() -> None:
    ended: dict[str, Any] = {'transactions': (STOPPED,), 'last_transaction_id': '118'}
    assert situation(state_with('Finishing', **ended)).session is not None
    free = situation(state_with('Available', **ended))
    assert free.session is None
    assert free.last_charged == LastCharged(NOW, 2000)


def test_a_session_the_sun_ended_waits_for_the_sun() -> None:
    ended: dict[str, Any] = {'transactions': (STOPPED,), 'last_transaction_id': '118', 'mode': Mode.SOLAR}
    by_sun = situation(state_with('Finishing', last_wish=Limit(0, THE_SUN, NOW), **ended))
    by_you = situation(state_with('Finishing', last_wish=Limit(0, YOU, NOW), **ended))
    assert (by_sun.stopped_by_sun, by_you.stopped_by_sun) == (True, False)


def test_an_accepted_start_is_overdue_after_30_s() -> None:
    assert not situation(state_with('Preparing', remote_start=Limit(12, YOU, ago(29)))).start_overdue
    assert situation(state_with('Preparing', remote_start=Limit(12, YOU, ago(30)))).start_overdue


def test_a_refused_card_is_forgotten_after_2_min() -> None:
    tag = RefusedTag('X', 'Invalid', ago(119))
    assert situation(replace(state_with('Preparing'), refused_tag=tag)).refused_tag == tag
    assert situation(replace(state_with('Preparing'), refused_tag=replace(tag, at=ago(120)))).refused_tag is None
    asked = state_with('Preparing', last_wish=Limit(12, YOU, NOW))
    assert situation(replace(asked, refused_tag=replace(tag, at=ago(1)))).refused_tag is None


def test_a_reserved_connector_is_shown_with_the_card_and_the_end_of_its_own_reservation() -> None:
    reservation = Reservation(3, 'garage', 1, 'Blue card', NOW + timedelta(minutes=57))
    others = (
        replace(reservation, reservation_id=8, status='Cancelled'),
        replace(reservation, reservation_id=7, expiry_date=ago(1)),
        replace(reservation, reservation_id=6, charge_box_id='another'),
        replace(reservation, reservation_id=5, connector_id=2),
        replace(reservation, reservation_id=4, connector_id=0, id_tag='Of the whole charger'),
    )
    reserved = state_with('Reserved')
    found = situation(replace(reserved, reservations=(*others, reservation)))
    assert found.reservation == reservation
    assert sentence(found).headline == 'Reserved for Blue card'
    assert situation(replace(reserved, reservations=others)).reservation == others[-1]
    assert sentence(situation(reserved)).headline == 'Reserved for one card'


IN_7_S = NOW + timedelta(seconds=7)
COUNTING = Decision(next_limit_a=8.1, next_at=IN_7_S)


def test_a_raise_that_counts_starts_or_raises() -> None:
    waiting = state_with('Preparing', mode=Mode.SOLAR)
    charging = state_with('Charging', transactions=(RUNNING,), transaction_id='118', limit=FROM_SUN, mode=Mode.SOLAR)
    assert situation(waiting, COUNTING).next == NextStep('start', 8.1, IN_7_S)
    assert situation(charging, COUNTING).next == NextStep('raise', 8.1, IN_7_S)


def test_nothing_is_announced_in_manual_for_a_card_or_once_the_time_is_over() -> None:
    by_card = (replace(RUNNING, remote=False),)
    charging = state_with('Charging', transactions=by_card, transaction_id='118', mode=Mode.SOLAR)
    assert situation(state_with('Preparing'), COUNTING).next is None
    assert situation(charging, COUNTING).next is None
    assert situation(state_with('Preparing', mode=Mode.SOLAR), replace(COUNTING, next_at=NOW)).next is None


def test_the_sun_asks_while_a_wanted_start_is_not_accepted() -> None:
    waiting = state_with('Preparing', mode=Mode.SOLAR)
    assert situation(waiting, Decision(8.1)).sun_asks
    assert not situation(waiting, Decision(0.0)).sun_asks
    assert not situation(waiting, Decision()).sun_asks
    asked = state_with('Preparing', mode=Mode.SOLAR, remote_start=FROM_SUN)
    assert not situation(asked, Decision(8.1)).sun_asks


@pytest.mark.parametrize(
    ('pv_w', 'grid_w', 'car_w', 'share'),
    [
        (3000, None, 2400, 1.0), (1200, None, 2400, 0.5), (-20, None, 2400, 0.0), (None, None, 2400, None),
        (3000, None, None, None), (3000, None, 0, None), (3000, 600, 2400, 0.75), (3000, -200, 2400, 1.0),
        (500, 5000, 2400, 0.0),
    ],
)  # fmt: skip
def test_the_share_of_the_sun_is_what_the_roof_gives_and_the_grid_does_not(
    pv_w: float | None, grid_w: float | None, car_w: float | None, share: float | None
) -> None:
    assert sun_share(SolarReading(pv_w, grid_w), car_w) == share


def test_the_house_is_what_is_left_where_a_grid_meter_is_known() -> None:
    state = state_with('Charging', meter=meter(power_w=2400))
    known = situation(replace(state, solar=SolarReading(pv_w=3000, grid_w=-200)))
    assert (known.house_w, known.exports) == (400, True)
    assert situation(replace(state, solar=SolarReading(pv_w=3000))).house_w is None


def test_with_free_charging_a_car_gets_the_maximum_when_it_is_plugged_in() -> None:
    settings = SETTINGS.model_copy(update={'free_charging': True})
    found = situation_of(state_with('Available'), 1, Decision(), settings, ChargerQuirks(), NOW)
    assert (found.plug_in_limit_a, situation(state_with('Available')).plug_in_limit_a) == (settings.max_current, None)


def test_a_session_is_paused_or_about_to_stop() -> None:
    nothing = Limit(0, YOU, ago(5))
    running: dict[str, Any] = {'transactions': (RUNNING,), 'transaction_id': '118', 'limit': nothing}
    paused, stopping = state_with('Charging', **running), state_with('Charging', stopping=nothing, **running)
    assert (situation(paused).paused, situation(stopping).paused) == (True, False)
    assert sentence(situation(paused)).headline == 'Paused by you'
    assert sentence(situation(stopping)).headline == 'About to stop'


def test_what_this_make_needs_at_least_is_known_to_the_words() -> None:
    running: dict[str, Any] = {'transactions': (RUNNING,), 'transaction_id': '118', 'limit': Limit(6, YOU, ago(5))}
    state, quirks = state_with('SuspendedEVSE', **running), ChargerQuirks(min_current_a=7)
    assert (
        sentence(situation_of(state, 1, Decision(), SETTINGS, quirks, NOW)).headline == 'Paused, the limit is too low'
    )
    assert sentence(situation(state)).headline == 'The charger holds back'


@pytest.mark.parametrize('status', ['Finishing', 'Preparing', 'Available', 'SuspendedEVSE'])
def test_a_session_ended_here_for_disobedience_is_distinguished_from_one_that_ended_by_itself(status: str) -> None:
    alarm = ReadBack(Verdict.ALARM, Finding.UNKNOWN, ago(5))
    by_us, by_itself = 'Ended, charger does not obey', 'The charger does not obey'
    for ending, headline in ((Ending.FROM_HERE, by_us), (Ending.AT_CHARGER, by_itself)):
        ended = (replace(STOPPED, ending=ending),)
        state = state_with(status, transactions=ended, last_transaction_id='118', read_back=alarm)
        assert sentence(situation(state)).headline == headline


def test_a_charger_that_misses_three_heartbeats_is_silent_and_its_power_is_unknown() -> None:
    state = state_with('Charging', transactions=(RUNNING,), transaction_id='118', meter=meter(power_w=3660))
    quiet = replace(state, last_message_at=ago(180))
    assert situation(replace(state, last_message_at=ago(179))).silent_since is None
    found = situation(quiet)
    assert (found.silent_since, found.car_w) == (ago(180), None)
    assert sentence(found).headline == f'Nothing heard for {since_marker(ago(180))}'


def test_an_old_measurement_and_an_old_solar_reading_are_called_so() -> None:
    late = NOW + timedelta(seconds=40)
    state = replace(state_with('Charging', meter=meter(power_w=3660)), last_message_at=late)
    state = SolarRead(NOW, pv_w=3000, by=REST).apply(state)
    fresh = situation_of(state, 1, Decision(), SETTINGS, ChargerQuirks(), NOW + timedelta(seconds=29))
    assert (fresh.measured_at, fresh.sun_at, fresh.sun_w) == (None, None, 3000)
    stale = situation_of(state, 1, Decision(), SETTINGS, ChargerQuirks(), late)
    assert (stale.measured_at, stale.sun_at, stale.sun_w, stale.car_w) == (NOW, NOW, None, 3660)


def test_a_simulated_sun_has_no_age() -> None:
    state = SolarRead(ago(86400), pv_w=3000, by=YOU).apply(state_with('Preparing'))
    assert situation(state).sun_w == 3000


def test_power_alone_does_not_show_more_than_the_limit_where_three_phases_may_carry_it() -> None:
    running: dict[str, Any] = {'transactions': (RUNNING,), 'transaction_id': '118', 'limit': Limit(16, YOU, ago(5))}
    by_power = situation(state_with('Charging', meter=meter(power_w=11_000), **running))
    assert (by_power.on_unseen_phases, sentence(by_power).headline) == (True, 'Charging')
    phases = Meter().updated(NOW, tuple(MeterSample(CURRENT, phase, 15.9) for phase in ('L1', 'L2', 'L3')))
    by_current = situation(state_with('Charging', meter=phases, **running))
    assert (by_current.on_unseen_phases, sentence(by_current).headline) == (False, 'Charging at your limit')


@pytest.mark.parametrize(
    ('said', 'counted', 'energy_wh', 'seconds', 'changes_to'),
    [
        (1, WattPhases(3), 2000, 20, 1),
        (3, WattPhases(3, is_tried=True), 2000, 20, 3),
        (3, WattPhases(3), 2000, 20, None),
        (1, WattPhases(1), 2000, 20, None),
        (1, WattPhases(3), 0, 20, None),  # it has not charged yet: something else holds it back
        (1, WattPhases(3), 2000, 120, None),
        (None, WattPhases(3), 2000, 20, None),
    ],
)
def test_a_pause_to_change_phases_is_known(
    said: int | None, counted: WattPhases, energy_wh: float, seconds: float, changes_to: int | None
) -> None:
    limit = Limit(8.0, THE_SUN, ago(seconds), said)
    running = replace(RUNNING, energy=SessionEnergy.started(1000, STARTED_AT).with_register(1000 + energy_wh, NOW))
    connector = Connector(
        1,
        status_changes=(status_change('SuspendedEVSE', NOW),),
        limit=limit,
        watt_phases=counted,
        transaction_id='118',
        last_transaction_id='118',
    )
    state = ChargePointState('garage', connected=True, connectors={1: connector}, transactions=(running,))
    situation = situation_of(state, 1, Decision(), SETTINGS, ChargerQuirks(), NOW)
    assert situation.changes_to == changes_to
