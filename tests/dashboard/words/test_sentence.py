"""Every row of the design's table of sentences, in its order; then precedence between rows, and further situations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpo.chargers import ChargerQuirks
from cpo.controllers import Decision, PlanOutline
from cpo.dashboard.words.commands import read_back_message
from cpo.dashboard.words.faults import FAULTS
from cpo.dashboard.words.observation import situation_of
from cpo.dashboard.words.sentence import Message, Words, message_for, sentence
from cpo.dashboard.words.situation import (
    LastCharged,
    NextStep,
    Session,
    Situation,
    WaitingLimit,
)
from cpo.dashboard.words.times import to_html
from cpo.errors import (
    CallErrorReceived,
    CallTimeout,
    ConnectionClosed,
    CpoError,
    InvalidLimit,
    NotConnected,
    Rejected,
)
from cpo.limits import read_back_sentence
from cpo.settings import Settings
from cpo.state import (
    HOME_ASSISTANT,
    REST,
    THE_CARD,
    THE_MAXIMUM,
    THE_SUN,
    YOU,
    Activity,
    ChargePointState,
    Connector,
    Fault,
    Figures,
    Finding,
    IdTag,
    Limit,
    Mode,
    ReadBack,
    RefusedTag,
    Reservation,
    Source,
    SourceKind,
    Unmeasured,
    Verdict,
    cards,
)
from tests.dashboard.words.plain_text import plain_text
from tests.statuses import status_change

NOW = datetime(2026, 6, 14, 14, 33, tzinfo=UTC)


def ago(**duration: float) -> datetime:
    """A point in time before now."""
    return NOW - timedelta(**duration)


def shown(words: Words) -> tuple[str, str, str, str]:
    """Pill, icon, headline and sentence as plain text with times in UTC."""
    headline, text = (plain_text(text, NOW).replace(' UTC', '') for text in (words.headline, words.sentence))
    return words.pill, words.icon, headline, text


YOURS = Limit(12.0, YOU, ago(minutes=2))
FROM_SUN = Limit(10.2, THE_SUN, ago(minutes=2))
NOTHING = Limit(0.0, THE_SUN, ago(minutes=2))
HALT = replace(YOURS, limit_a=0.0)
FROM_PLAN = replace(HALT, by=Source(SourceKind.PLAN))
SESSION = Session(started_at=ago(hours=2, minutes=14), energy_wh=6421, sun_share=0.83)
BY_CARD = replace(SESSION, remote=False, id_tag='Tag2')
FULL = Session(started_at=ago(hours=5, minutes=2), energy_wh=18_900, sun_share=0.91)
ENDED = replace(SESSION, stopped_at=NOW)
LOST = Situation(connected=False, since=ago(minutes=12), activity=Activity.CHARGING, was_charging=True, limit=YOURS)
FAULT = Situation(activity=Activity.FAULTED, fault=Fault.GROUND, error_code='GroundFailure', was_charging=True)
OUT = Situation(activity=Activity.UNAVAILABLE, status_at=ago(minutes=31))
READY = Situation(activity=Activity.IDLE)
PLUGGED = Situation(activity=Activity.PLUGGED_IN)
CHARGING = Situation(activity=Activity.CHARGING, session=SESSION, limit=YOURS)
SOLAR = replace(CHARGING, mode=Mode.SOLAR, limit=FROM_SUN, sun_w=3600, car_w=2400)
RESERVATION = Reservation(1, 'garage', 1, 'Blue card', NOW + timedelta(minutes=57))
COUNTING = NextStep('start', 8.1, NOW + timedelta(seconds=7))
ANNAS_CARD = IdTag('04A2 91C3', name='Red card', person='Anna')
UNKNOWN_CARD = RefusedTag('04A2 91C3', 'Invalid', ago(seconds=5))
BY_CAR = Situation(activity=Activity.PAUSED_BY_CAR, session=SESSION, limit=FROM_SUN, mode=Mode.SOLAR)
BY_CHARGER = Situation(activity=Activity.PAUSED_BY_CHARGER, session=SESSION, limit=FROM_SUN)
DONE = Situation(activity=Activity.FINISHING, session=ENDED)

DESIGN = [
    (Situation(ever_seen=False, connected=False), 'Waiting for the first charger', 'hourglass_top',
     'Connect your wallbox',
     "Three steps in the wallbox's own app or web page. This page changes by itself when it connects."),
    (LOST, 'Not connected', 'link_off', 'No contact for 12 min',
     'At 14:21 it was charging. It most likely goes on with its limit of 12.0 A until it is back.'),
    (replace(LOST, activity=Activity.IDLE, was_charging=False), 'Not connected', 'link_off', 'No contact for 12 min',
     'At 14:21 it was not charging. See Connect if it stays away.'),
    (Situation(seen_before=True), 'Connected', 'sync', 'The charger is back', 'Asking for its state.'),
    (FAULT, 'Fault', 'error', 'Ground fault, charging stopped',
     'Unplug the car, wait 30 s, plug in again. If it returns, call an electrician and leave it off.'),
    (OUT, 'Out of service', 'block', 'The charger is out of service',
     'It says so itself since 14:02. Often an update, or its own app.'),
    (replace(OUT, switched_off_here=True), 'Out of service', 'block', 'Switched off here',
     'Out of service since 14:02. Put it back in service under Charger.'),
    (Situation(activity=Activity.RESERVED, reservation=RESERVATION),
     'Reserved', 'event', 'Reserved for Blue card', 'Until 15:30. Other cards are refused.'),
    (replace(READY, mode=Mode.SOLAR, sun_w=0), 'Ready', 'check_circle', 'Ready for a car',
     'Plug in, and it charges with the sun.'),
    (replace(READY, plug_in_limit_a=10.0), 'Ready', 'check_circle',
     'Ready for a car',
     'Plug in, and it charges with 10.0 A.'),
    (replace(READY, mode=Mode.SOLAR, sun_w=0, last_charged=LastCharged(ago(days=1), 11_200)), 'Ready', 'check_circle',
     'Ready for a car',
     'Plug in, and it charges with the sun. Last charged: Yesterday, 11.20 kWh.'),
    (replace(PLUGGED, start=YOURS, start_overdue=True), 'Plugged in', 'hourglass_top', 'Accepted, but nothing starts',
     'Check the plug, and whether the car waits for a charging time of its own.'),
    (PLUGGED, 'Plugged in', 'pause_circle', 'Plugged in, ready to start',
     'Press Start, or hold a card to the charger.'),
    (replace(PLUGGED, mode=Mode.SOLAR, sun_w=1100), 'Waiting for sun', 'wb_sunny', 'Plugged in, waiting for sun',
     '1.1 kW of sun. Starts by itself after 10 s above 1.5 kW.'),
    (replace(BY_CHARGER, mode=Mode.SOLAR, limit=NOTHING, sun_w=1100), 'Waiting for sun', 'wb_sunny',
     'Plugged in, waiting for sun', '1.1 kW of sun. Starts by itself after 10 s above 1.5 kW.'),
    (replace(PLUGGED, mode=Mode.SOLAR, sun_w=1904, next=COUNTING), 'Starting soon', 'schedule',
     'Enough sun, about to start',
     '1.9 kW of sun.'),
    (replace(CHARGING, verdict=Verdict.IGNORES, car_a=16.0), 'Charging', 'schedule', 'The limit is not followed yet',
     'You set 12.0 A at 14:31. The car takes 16.0 A.'),
    (replace(CHARGING, verdict=Verdict.HOLDS_BACK, car_a=8.0), 'Charging', 'schedule', 'The charger holds back',
     'You set 12.0 A at 14:31. The car takes 8.0 A.'),
    (replace(CHARGING, verdict=Verdict.ALARM), 'Charging', 'error', 'The charger does not obey',
     'You set 12.0 A at 14:31.'),
    (replace(SOLAR, sun_share=0.99, house_w=400), 'Charging', 'bolt', 'Charging on sun alone',
     '3.6 kW from the roof. The house takes 0.4 kW, the car gets the rest.'),
    (replace(SOLAR, sun_share=0.98, sun_w=3000), 'Charging', 'bolt', 'Charging on sun alone',
     '3.0 kW from the roof. The car takes 2.4 kW of it.'),
    (replace(SOLAR, sun_share=0.78), 'Charging', 'bolt', 'Charging, mostly sun',
     'The sun covers 78 % of what the car takes. The rest comes from the grid.'),
    (replace(SOLAR, sun_share=0.2), 'Charging', 'bolt', 'Charging, mostly grid',
     'The sun covers 20 % of what the car takes.'),
    (replace(CHARGING, car_a=11.8), 'Charging', 'bolt', 'Charging at your limit',
     'You set 12.0 A at 14:31. The sun does not change it until you go back to Solar.'),
    (replace(BY_CAR, soc_percent=100, session=FULL), 'Paused by the car', 'pause_circle', 'The car is full',
     '18.90 kWh in 5 h 02 min, 91 % from the sun.'),
    (BY_CAR, 'Paused by the car', 'pause_circle', 'The car has stopped charging',
     'Probably full, or at the limit set in the car. It may take more at any time.'),
    (replace(BY_CHARGER, limit=replace(YOURS, limit_a=0.0)), 'Paused', 'pause_circle', 'Paused by you',
     'Press Start to go on. Unplugging ends the session.'),
    (BY_CHARGER, 'Paused by the charger', 'pause_circle', 'The charger holds back',
     'We offer 10.2 A. Its own app, schedule or temperature may hold it back.'),
    (DONE, 'Finished', 'check_circle', 'Done, please unplug', '6.42 kWh in 2 h 14 min, 83 % from the sun.'),
    (replace(DONE, start=YOURS, start_overdue=True), 'Finished', 'check_circle', 'Done, please unplug',
     'This charger wants the plug pulled before it starts again.'),
]  # fmt: skip


@pytest.mark.parametrize(('situation', 'pill', 'icon', 'headline', 'text'), DESIGN, ids=[row[3] for row in DESIGN])
def test_a_row_of_the_design(situation: Situation, pill: str, icon: str, headline: str, text: str) -> None:
    assert shown(sentence(situation)) == (pill, icon, headline, text)


OURS = [
    (replace(LOST, activity=Activity.PLUGGED_IN, was_charging=False, session=SESSION), 'No contact for 12 min',
     'At 14:21 a session had just begun. See Connect if it stays away.'),
    (replace(LOST, since=None), 'No contact',
     'When last heard of it was charging. It most likely goes on with its limit of 12.0 A until it is back.'),
    (replace(LOST, car_a=2.0), 'No contact for 12 min',
     'At 14:21 it was charging with 2.0 A. It most likely goes on with its limit of 12.0 A until it is back.'),
    (replace(LOST, limit=None, car_a=9.5), 'No contact for 12 min',
     'At 14:21 it was charging with 9.5 A. It most likely goes on by itself.'),
    (replace(LOST, activity=Activity.UNKNOWN, was_charging=False), 'No contact for 12 min',
     'It has not told its state yet. See Connect if it stays away.'),
    (Situation(asks_for_status=False), 'The charger is connected', 'It has not told its state yet.'),
    (Situation(activity=Activity.RESERVED), 'Reserved for one card', 'Other cards are refused.'),
    (replace(CHARGING, unmeasured=Unmeasured.EVERYTHING), 'Charging',
     'This charger measures nothing: no meter values come, no limit can be checked, Solar cannot see the car.'),
    (replace(CHARGING, unmeasured=Unmeasured.POWER), 'Charging',
     'This charger sends no power: no limit can be checked, and Solar cannot see what the car takes.'),
    (replace(READY, start=YOURS), 'Plug in to start',
     'The charger was asked to start. It charges with 12.0 A when the car is plugged in.'),
    (READY, 'Ready for a car', 'Plug in, then press Start or hold a card to the charger.'),
    (replace(READY, mode=Mode.SOLAR), 'Ready for a car',
     'No solar reading yet. Plug in, and it charges once the sun is known and strong enough.'),
    (replace(READY, mode=Mode.SOLAR, sun_at=ago(minutes=1)), 'Ready for a car',
     'No solar reading now. Plug in, and it charges once the sun is known and strong enough.'),
    (replace(READY, refused_tag=UNKNOWN_CARD), 'This card is not known',
     'Card 04A2 91C3 was held to the charger. Allow it under Cards.'),
    (replace(PLUGGED, refused_tag=replace(UNKNOWN_CARD, status='Blocked')), 'This card is blocked',
     'Card 04A2 91C3 was held to the charger.'),
    (replace(PLUGGED, refused_tag=replace(UNKNOWN_CARD, status='Blocked'), refused_card=ANNAS_CARD),
     'This card is blocked', 'Red card of Anna was held to the charger.'),
    (replace(BY_CHARGER, limit=replace(HALT, by=THE_CARD),
             session=replace(SESSION, card=replace(ANNAS_CARD, hours=cards.Hours.parse('22-6')))),
     'Paused, its hours are over',
     'Red card of Anna may charge from 22:00 to 06:00 and goes on then. Press Start to go on now.'),
    (replace(PLUGGED, refused_tag=replace(UNKNOWN_CARD, status='Blocked'), refusal=cards.CardRefusal.OUTSIDE_HOURS,
             refused_card=replace(ANNAS_CARD, hours=cards.Hours.parse('22-6'))),
     'Outside the hours of this card', 'Red card of Anna may charge from 22:00 to 06:00.'),
    (replace(READY, refused_tag=replace(UNKNOWN_CARD, status='Blocked'), refusal=cards.CardRefusal.ALLOWANCE_USED,
             refused_card=replace(ANNAS_CARD, allowance_kwh=50.0)),
     'The allowance is used up', 'Red card of Anna has charged the 50 kWh it has for this month.'),
    (replace(BY_CHARGER, limit=FROM_PLAN, plan=PlanOutline()), 'Paused by the plan',
     'It goes on as its goal needs it. Press Start to go on now.'),
    (replace(BY_CHARGER, limit=FROM_PLAN), 'Paused by the plan', 'The plan is over. Press Start to go on now.'),
    (replace(BY_CHARGER, limit=FROM_PLAN, mode=Mode.SOLAR, plan=PlanOutline(is_done=True)), 'The goal is reached',
     'The plan has nothing left to do. Press Start to charge more.'),
    (replace(BY_CHARGER, limit=FROM_PLAN, mode=Mode.SOLAR, plan=PlanOutline(ago(hours=-3))), 'Paused by the plan',
     'It goes on at 17:33. Press Start to go on now.'),
    (replace(PLUGGED, mode=Mode.SOLAR, plan=PlanOutline(ago(hours=-3))), 'Plugged in, waits for its plan',
     'It starts at 17:33. Press Start to charge now.'),
    (replace(PLUGGED, mode=Mode.FAST, plan=PlanOutline(), sun_asks=True), 'About to start',
     'The plan charges now. A charger that refuses is asked again after a minute.'),
    (replace(CHARGING, mode=Mode.SOLAR, limit=replace(YOURS, by=Source(SourceKind.PLAN)), plan=PlanOutline(),
             car_a=12.0), "Charging at the plan's limit", 'The plan set 12.0 A at 14:31.'),
    (replace(CHARGING, mode=Mode.FAST, limit=FROM_SUN, car_a=10.0), "Charging at the sun's limit",
     'The sun set 10.2 A at 14:31.'),
    (replace(PLUGGED, start=YOURS), 'About to start', 'The charger was asked to start with 12.0 A.'),
    (replace(DONE, start=YOURS), 'About to start', 'The charger was asked to start with 12.0 A.'),
    (replace(CHARGING, limit=HALT, is_stopping=True, car_a=9.0), 'About to stop',
     'The charger accepted the stop. The car still takes 9.0 A.'),
    (replace(BY_CHARGER, limit=HALT, is_stopping=True), 'About to stop', 'The charger accepted the stop.'),
    (replace(CHARGING, is_stopping=True, limit=None), 'About to stop', 'The charger accepted the stop.'),
    (replace(CHARGING, limit=HALT, car_a=9.0), 'About to pause',
     'The charger accepted the pause. The car still takes 9.0 A.'),
    (replace(CHARGING, limit=HALT, car_a=0.1), 'Paused by you', 'Press Start to go on. Unplugging ends the session.'),
    (replace(BY_CAR, mode=Mode.MANUAL, limit=HALT), 'Paused by you',
     'Press Start to go on. Unplugging ends the session.'),
    (replace(BY_CHARGER, limit=replace(NOTHING, by=HOME_ASSISTANT)), 'Paused by Home Assistant',
     'Press Start to go on. Unplugging ends the session.'),
    (replace(BY_CHARGER, limit=replace(YOURS, limit_a=6.0), min_current_a=7), 'Paused, the limit is too low',
     'You set 6.0 A at 14:31. This charger needs at least 7.0 A.'),
    (replace(BY_CAR, limit=replace(FROM_SUN, limit_a=6.0), min_current_a=7), 'Paused, the limit is too low',
     'The sun set 6.0 A at 14:31. This charger needs at least 7.0 A.'),
    (replace(BY_CHARGER, limit=replace(YOURS, limit_a=5.0)), 'Paused, the limit is too low',
     'You set 5.0 A at 14:31. Cars need at least 6.0 A.'),
    (replace(CHARGING, limit=replace(YOURS, limit_a=6.0), min_current_a=7, car_w=0), 'Paused, the limit is too low',
     'You set 6.0 A at 14:31. This charger needs at least 7.0 A.'),
    (replace(CHARGING, limit=replace(YOURS, limit_a=6.0), min_current_a=7, car_a=6.0), 'Charging at your limit',
     'You set 6.0 A at 14:31. The sun does not change it until you go back to Solar.'),
    (replace(CHARGING, limit=replace(YOURS, limit_a=6.0), min_current_a=7), 'Charging',
     'You set 6.0 A at 14:31. The charger does not tell what the car takes.'),
    (replace(CHARGING, car_a=10.8), 'Charging at your limit',
     'You set 12.0 A at 14:31. The sun does not change it until you go back to Solar.'),
    (replace(CHARGING, car_a=10.7), 'Charging below your limit', 'You set 12.0 A at 14:31. The car takes 10.7 A.'),
    (replace(CHARGING, car_a=12.5), 'Charging at your limit',
     'You set 12.0 A at 14:31. The sun does not change it until you go back to Solar.'),
    (replace(CHARGING, car_a=12.6), 'Charging above your limit', 'You set 12.0 A at 14:31. The car takes 12.6 A.'),
    (replace(CHARGING, car_a=30.0, car_w=6900, on_unseen_phases=True), 'Charging',
     'You set 12.0 A at 14:31. The car takes 6.9 kW, on one phase or three.'),
    (replace(CHARGING, car_a=40.0, car_w=9200, on_unseen_phases=True), 'Charging above your limit',
     'You set 12.0 A at 14:31. The car takes 40.0 A.'),
    (replace(CHARGING, car_a=12.6, limit=FROM_SUN), "Charging above the sun's limit",
     'The sun set 10.2 A at 14:31. The car takes 12.6 A.'),
    (replace(CHARGING, car_a=11.8, measured_at=ago(minutes=1)), 'Charging',
     'You set 12.0 A at 14:31. What the car takes was last measured 1 min ago.'),
    (replace(CHARGING, car_w=0, car_a=0), 'The car takes nothing now',
     'You set 12.0 A at 14:31. The charger lets it charge.'),
    (replace(CHARGING, car_w=0, limit=None), 'The car takes nothing now', 'The charger lets it charge.'),
    (replace(CHARGING, silent_since=ago(minutes=4), was_charging=True), 'Nothing heard for 4 min',
     'The line is open, but the charger says nothing. At 14:29 it was charging. A limit may get no answer.'),
    (Situation(silent_since=ago(minutes=4)), 'Nothing heard for 4 min',
     'The line is open, but the charger says nothing. A limit may get no answer.'),
    (replace(SOLAR, sun_w=None, sun_at=ago(minutes=3)), 'Charging, no solar reading',
     'The last solar reading came 3 min ago. Without a newer one it does not charge.'),
    (replace(DONE, verdict=Verdict.ALARM, ended_here=True), 'Ended, charger does not obey',
     'It obeyed no limit, and one had to hold. Set a maximum in the charger before charging again.'),
    (replace(DONE, verdict=Verdict.ALARM), 'The charger does not obey',
     'It gave more than its limit. Set a maximum in the charger before charging again.'),
    (replace(CHARGING, limit=None, unproven=YOURS), 'Charging',
     'It was started with 12.0 A. Nothing has shown yet that it keeps to that.'),
    (replace(CHARGING, limit=None, unproven=YOURS, unmeasured=Unmeasured.EVERYTHING), 'Charging',
     'It was started with 12.0 A. This charger measures nothing, so nothing shows what it gives.'),
    (replace(CHARGING, verdict=Verdict.UNCLEAR, car_a=12.0), 'Charging at your limit',
     'You set 12.0 A at 14:31. The sun does not change it until you go back to Solar.'),
    (replace(DONE, mode=Mode.SOLAR, sun_w=3000, next=COUNTING), 'Enough sun, about to start', '3.0 kW of sun.'),
    (replace(PLUGGED, session=SESSION), 'The session has begun', 'It charges once the car is ready.'),
    (replace(PLUGGED, mode=Mode.SOLAR), 'Plugged in, no solar reading',
     'Nothing has told how strong the sun is. Press Start to charge now.'),
    (replace(PLUGGED, mode=Mode.SOLAR, sun_w=3000, sun_asks=True), 'Enough sun, asking to start',
     '3.0 kW of sun. A charger that refuses is asked again after a minute.'),
    (Situation(activity=Activity.PAUSED_BY_CHARGER), 'Plugged in, ready to start',
     'Press Start, or hold a card to the charger.'),
    (replace(DONE, mode=Mode.SOLAR, stopped_by_sun=True, sun_w=900), 'Plugged in, waiting for sun',
     '0.9 kW of sun. Starts by itself after 10 s above 1.5 kW.'),
    (replace(CHARGING, session=None), 'Charging', 'The charger has not reported a session yet.'),
    (replace(SOLAR, session=replace(SESSION, remote=False, is_led=False, id_tag='Tag2'), sun_share=1.0),
     'Charging, not led by the sun',
     'Card Tag2 started it, so the sun does not change it. Set a limit to change it yourself.'),
    (replace(CHARGING, session=replace(SESSION, remote=False, id_tag='Tag2'), limit=None), 'Charging without a limit',
     'Card Tag2 started it, and the charger decides how much. Set a limit to change that.'),
    (replace(CHARGING, session=BY_CARD, limit=None, hangs_up=True), 'Charging without a limit',
     'Card Tag2 started it, and the charger decides how much: it hangs up on limits.'),
    (replace(CHARGING, limit=None, hangs_up=True, verdict=Verdict.ALARM, car_a=10.0), 'The charger hangs up on limits',
     'It is sent none any more. The car takes 10.0 A.'),
    (replace(CHARGING, session=BY_CARD, limit=None, waiting=WaitingLimit(YOURS, NOW + timedelta(seconds=42), True)),
     'Your limit waits', 'Your limit of 12.0 A is sent again in 42 s: the charger hung up on it twice.'),
    (replace(CHARGING, session=BY_CARD, limit=None, waiting=WaitingLimit(YOURS, NOW + timedelta(seconds=4))),
     'Your limit waits', 'Your limit of 12.0 A is sent in 4 s: the charger has just connected.'),
    (replace(SOLAR, limit=None, waiting=WaitingLimit(FROM_SUN)), "The sun's limit is on its way",
     "The sun's limit of 10.2 A is being sent."),
    (replace(CHARGING, limit=replace(YOURS, written_a=10.0), car_a=10.0), 'Charging at your limit',
     'You set 12.0 A at 14:31; 10.0 A were sent. The sun does not change it until you go back to Solar.'),
    (replace(CHARGING, session=replace(SESSION, remote=False, id_tag='X', id_tag_status='Invalid')),
     'Charging with a refused card', 'Card X is not accepted here. The charger lets it charge all the same.'),
    (replace(CHARGING, limit=replace(YOURS, by=HOME_ASSISTANT), car_a=12.0), 'Charging at your limit',
     'Home Assistant set 12.0 A at 14:31. The sun does not change it until you go back to Solar.'),
    (replace(CHARGING, limit=FROM_SUN, car_a=10.2), "Charging at the sun's limit",
     'The sun set 10.2 A at 14:31. It stays until you change it or go back to Solar.'),
    (replace(SOLAR, sun_w=None), 'Charging, no solar reading',
     'Nothing has told how strong the sun is. It stays at 10.2 A.'),
    (replace(SOLAR, car_w=None), 'Charging with the sun',
     '3.6 kW from the roof. The charger has not told what the car takes.'),
    (replace(SOLAR, car_w=0), 'The car takes nothing now', '3.6 kW from the roof. The charger lets it charge.'),
    (replace(SOLAR, sun_share=1.0, house_w=400, exports=True), 'Charging on sun alone',
     '3.6 kW from the roof. The car takes 2.4 kW of it.'),
    (replace(SOLAR, sun_share=1.0, house_w=400, phases=1), 'Charging on sun alone',
     '3.6 kW from the roof. The house takes 0.4 kW, the car gets the rest. It charges on one phase.'),
    (replace(CHARGING, car_a=12.0, phases=3), 'Charging at your limit',
     'You set 12.0 A at 14:31. The sun does not change it until you go back to Solar. It charges on three phases.'),
    (replace(BY_CHARGER, changes_to=1), 'Changing to one phase', 'The car pauses until the charger has switched over.'),
    (replace(SOLAR, car_w=0, changes_to=3), 'Changing to three phases',
     'The car pauses until the charger has switched over.'),
    (replace(BY_CAR, session=replace(SESSION, energy_wh=0)), 'The car takes nothing yet',
     'Offered 10.2 A. It is full, or waits for a charging time of its own.'),
    (replace(BY_CAR, session=None), 'Plugged in, no solar reading',
     'Nothing has told how strong the sun is. Press Start to charge now.'),
    (replace(DONE, session=None), 'Done, please unplug', 'The session is over.'),
    (Situation(activity=Activity.STARTING), 'The session has begun', 'It charges once the car is ready.'),
    (Situation(unknown_status='Occupied'), 'The charger is connected',
     'It calls its state “Occupied”, which is not known here. Limit and Start are tried all the same.'),
]  # fmt: skip


@pytest.mark.parametrize(('situation', 'headline', 'text'), OURS)
def test_where_a_row_of_the_design_would_not_be_true(situation: Situation, headline: str, text: str) -> None:
    assert shown(sentence(situation))[2:] == (headline, text)


@pytest.mark.parametrize(
    ('situation', 'headline'),
    [
        (replace(SOLAR, ever_seen=False, connected=False), 'Connect your wallbox'),
        (replace(FAULT, connected=False, since=ago(minutes=12)), 'No contact for 12 min'),
        (replace(FAULT, refused_tag=UNKNOWN_CARD), 'Ground fault, charging stopped'),
        (replace(READY, start=YOURS, refused_tag=UNKNOWN_CARD), 'Plug in to start'),
        (replace(PLUGGED, mode=Mode.SOLAR, sun_w=1100, refused_tag=UNKNOWN_CARD), 'This card is not known'),
        (replace(PLUGGED, mode=Mode.SOLAR, sun_w=1100, start=YOURS, start_overdue=True),
         'Accepted, but nothing starts'),
        (replace(CHARGING, sun_share=1.0, sun_w=5000, car_w=2400, car_a=12), 'Charging at your limit'),
        (replace(BY_CAR, soc_percent=100, limit=HALT), 'The car is full'),
        (replace(PLUGGED, mode=Mode.SOLAR, sun_w=1100, verdict=Verdict.ALARM, ended_here=True),
         'Ended, charger does not obey'),
        (replace(DONE, verdict=Verdict.ALARM, start=YOURS), 'About to start'),
        (replace(FAULT, verdict=Verdict.ALARM), 'Ground fault, charging stopped'),
    ],
)  # fmt: skip
def test_the_first_match_wins(situation: Situation, headline: str) -> None:
    assert shown(sentence(situation))[2] == headline


NEXT = [
    (NextStep('raise', 12.8, NOW + timedelta(seconds=7)), 'Up to 12.8 A in 7 s if the sun stays'),
    (COUNTING, 'Starts with 8.1 A in 7 s if the sun stays'),
]


@pytest.mark.parametrize(('step', 'line'), NEXT)
def test_the_next_line_says_what_comes_and_when(step: NextStep, line: str) -> None:
    words = sentence(replace(SOLAR, next=step))
    assert words.next_step is not None
    assert plain_text(words.next_step, NOW) == line
    assert words.next_at == step.at


@pytest.mark.parametrize(
    'situation',
    [
        LOST,
        FAULT,
        READY,
        BY_CAR,
        replace(PLUGGED, start=YOURS),
        replace(DONE, start=YOURS),
        replace(SOLAR, session=None),
    ],
)
def test_nothing_is_announced_while_no_car_can_follow(situation: Situation) -> None:
    assert sentence(replace(situation, mode=Mode.SOLAR, next=COUNTING)).next_step is None


@pytest.mark.parametrize(
    ('error_code', 'vendor_code', 'headline', 'advice'),
    [
        ('OverVoltage', None, 'Mains voltage too high', 'call an electrician'),
        ('ReaderFailure', None, 'Card reader failure', 'its maker knows code ReaderFailure.'),
        ('PowerMeterFailure', 'E17', 'Meter failure', 'its maker knows code E17.'),
        ('OtherError', 'E17', 'Fault E17', 'its maker knows code E17.'),
        ('InternalError', None, 'Fault InternalError', 'its maker knows code InternalError.'),
        ('NoError', None, 'Fault', 'ask its maker.'),
        ('NoError', '⟦b⟧\x00', 'Fault b', 'its maker knows code b.'),
    ],
)
def test_a_fault_has_a_name_and_advice(error_code: str, vendor_code: str | None, headline: str, advice: str) -> None:
    change = replace(status_change('Faulted', NOW, error_code), vendor_error_code=vendor_code)
    broken = Connector(1, status_changes=(change,))
    state = ChargePointState('garage', connected=True, connectors={1: broken})
    words = sentence(situation_of(state, 1, Decision(), Settings(), ChargerQuirks(), NOW))
    assert (words.headline, words.tone) == (headline, 'bad')
    assert advice in words.sentence


SITUATIONS = [*(row[0] for row in DESIGN), *(row[0] for row in OURS)]


def test_words_fit_their_places() -> None:
    rows = [shown(sentence(situation))[2:] for situation in SITUATIONS]
    assert [headline for headline, _ in rows if len(headline) > 31] == []
    assert [text for _, text in rows if len(text) > 110] == []


def test_faults_fit_where_nothing_was_charging() -> None:
    too_long = {name for name in FAULTS.values() if len(name) > 31}
    assert too_long == {'Car and charger do not understand each other'}


OCPP_WORDS = ('Suspended', 'Preparing', 'Finishing', 'Transaction', 'idTag', 'connector', 'Faulted', 'Rejected')


def test_no_word_of_the_protocol_is_on_home() -> None:
    texts = [' '.join(shown(sentence(situation))) for situation in SITUATIONS]
    assert [text for text in texts if any(word in text for word in (*OCPP_WORDS, '!'))] == []


TEXTS = st.text(max_size=60)
SOURCES = st.builds(Source, st.sampled_from(SourceKind), TEXTS)
LIMITS = st.none() | st.builds(Limit, st.floats(0, 80), SOURCES, st.just(NOW))


@settings(deadline=None)
@given(
    st.builds(
        Situation,
        activity=st.sampled_from(Activity),
        unknown_status=st.none() | TEXTS,
        fault=st.none() | st.sampled_from(Fault),
        error_code=TEXTS,
        vendor_error_code=st.none() | TEXTS,
        reservation=st.none() | st.builds(Reservation, st.just(1), TEXTS, st.just(1), TEXTS, st.just(NOW)),
        refused_tag=st.none() | st.builds(RefusedTag, TEXTS, TEXTS, st.just(NOW)),
        mode=st.sampled_from(Mode),
        limit=LIMITS,
        start=LIMITS,
        session=st.none() | st.builds(Session, id_tag=st.none() | TEXTS, id_tag_status=TEXTS, energy_wh=st.floats()),
        car_w=st.none() | st.floats(),
        sun_w=st.none() | st.floats(),
    )
)
def test_no_text_of_the_charger_breaks_the_words(situation: Situation) -> None:
    words = sentence(situation)
    assert words.headline
    for text in (words.headline, words.sentence):
        html = to_html(text, NOW)
        assert '⟦' not in html
        html.encode()


REFUSED = Rejected('The charger refused 16 A', 'SetChargingProfile: Rejected')


@pytest.mark.parametrize(
    ('error', 'title', 'text', 'links'),
    [
        (REFUSED, 'The charger refused 16.0 A.', 'It stays at 12.0 A.', ['What was sent', 'Try again']),
        (CallTimeout(30), 'No answer within 30 s.', 'It may still happen.', ['What was sent', 'Try again']),
        (CallErrorReceived('InternalError', 'out of memory'), 'The charger answered with an error:', 'out of memory',
         ['What was sent', 'Try again']),
        (CallErrorReceived(), 'The charger answered with an error:', 'It gave no reason.', ['What was sent',
         'Try again']),
        (NotConnected(), 'Limit and start need a connected charger.', 'Nothing is kept for later.',
         ['Why is it away?']),
        (ConnectionClosed(was_sent=True), 'The charger hung up before it answered.', 'It may still happen.',
         ['Why is it away?']),
        (InvalidLimit('17 A is above 16 A.'), 'Nothing was sent.', '17 A is above 16 A.', []),
        (CpoError('Something else.'), 'This did not work.', 'Something else.', []),
    ],
)  # fmt: skip
def test_a_failed_command_says_what_happened_and_what_is_true_now(
    error: CpoError, title: str, text: str, links: list[str]
) -> None:
    message = message_for(error, wanted_a=16.0, in_force_a=12.0)
    said = (message.title.replace('\u00a0', ' '), message.text.replace('\u00a0', ' '))
    assert (*said, [link.label for link in message.links]) == (title, text, links)


@pytest.mark.parametrize(('verdict', 'failed'), [('holds back', False), ('ignores', False), ('alarm', True)])
def test_a_limit_that_is_not_followed_is_a_notice_and_in_the_end_an_alert(verdict: str, failed: bool) -> None:
    figures = Figures(limit_a=8, current_a=16)
    message = read_back_message(ReadBack(Verdict(verdict), Finding.CURRENT_DRAWN, NOW, figures))
    assert message is not None
    assert message.failed is failed
    assert '16.0 A' in message.text


def test_an_unclear_read_back_is_explained_with_what_would_clarify_it() -> None:
    figures = Figures(limit_a=10, current_a=30, least_a=10, power_w=6900, phases=1)
    found = ReadBack(Verdict.UNCLEAR, Finding.PHASES_UNKNOWN, NOW, figures)
    message = read_back_message(found)
    assert message == Message('', read_back_sentence(found), failed=False, icon='info')
    assert 'set CPO_PHASES to 3' in message.text


@pytest.mark.parametrize(
    ('error', 'title', 'text'),
    [
        (Rejected('The charger refused to start with 10 A', 'RemoteStartTransaction: Rejected',
                  'The last session has ended here. Unplug the car and plug it in again.'),
         'The charger refused 10.0 A.', 'The last session has ended here. Unplug the car and plug it in again.'),
        (Rejected('This charger does not start a second time', advice='Unplug the car and plug it in again.'),
         'This charger does not start a second time.', 'Unplug the car and plug it in again.'),
        (Rejected('The charger refused to start with 10.5 A', 'RemoteStartTransaction: ⟦b⟧', 'Plug in the car.'),
         'The charger refused 10.0 A.', 'Plug in the car.'),
        (Rejected('The charger refused 10 A', 'SetChargingProfile: Rejected, in 5 forms'),
         'The charger refused 10.0 A.', 'Nothing has changed.'),
    ],
)  # fmt: skip
def test_a_refused_start_says_what_to_do(error: Rejected, title: str, text: str) -> None:
    message = message_for(error, 10.0, None)
    assert (message.title.replace('\u00a0', ' '), message.text) == (title, text)


def test_nothing_is_said_of_a_limit_that_is_followed() -> None:
    assert (
        read_back_message(ReadBack(Verdict.FOLLOWS, Finding.CURRENT_DRAWN, NOW, Figures(limit_a=8, current_a=8)))
        is None
    )
    assert read_back_message(None) is None


def test_a_program_that_set_the_limit_begins_the_sentence() -> None:
    words = sentence(replace(CHARGING, limit=Limit(16.0, Source(SourceKind.PLUG_AND_CHARGE), NOW)))
    assert words.sentence.startswith('Plug and charge set ')


def test_a_refused_stop_and_a_refused_start_say_so() -> None:
    assert message_for(REFUSED, 0, 12.0).title == 'The charger refused to stop.'
    assert message_for(REFUSED, 10.0, None).text == 'Nothing has changed.'
    assert message_for(REFUSED).title == 'The charger refused.'


def test_an_error_of_the_charger_cannot_forge_a_marker() -> None:
    message = message_for(CallErrorReceived('InternalError', '⟦b⟧<script>'))
    assert isinstance(message, Message)
    assert to_html(message.text, NOW) == 'b&lt;script&gt;'


@pytest.mark.parametrize(
    ('by', 'text'),
    [
        (YOU, 'You set 4.0 A at 14:31.'),
        (THE_MAXIMUM, 'The limit is 4.0 A, the configured maximum.'),
        (Source(SourceKind.PROGRAM_END), 'The limit became 4.0 A when this program ended at 14:31.'),
    ],
)
def test_who_set_a_limit_is_said_in_a_sentence_of_its_own(by: Source, text: str) -> None:
    too_low = replace(CHARGING, limit=Limit(4.0, by, YOURS.at), car_w=0, car_a=0)
    assert shown(sentence(too_low))[3] == f'{text} Cars need at least 6.0 A.'


MEASURED = (None, 0.0, 0.3, 5.0, 10.0, 11.5, 12.0, 12.4, 12.6, 16.0, 32.0)


@pytest.mark.parametrize('by', [YOU, HOME_ASSISTANT, REST, THE_SUN, THE_MAXIMUM], ids=str)
@pytest.mark.parametrize('measured_at', [None, YOURS.at], ids=['fresh', 'old'])
def test_only_a_fresh_measurement_near_the_limit_says_that_it_charges_at_it(
    by: Source, measured_at: datetime | None
) -> None:
    for car_a, mode, verdict in product(MEASURED, Mode, [None, *Verdict]):
        car_w = None if car_a is None else car_a * 230
        limit = Limit(12.0, by, YOURS.at)
        situation = replace(CHARGING, limit=limit, car_a=car_a, car_w=car_w, measured_at=measured_at, mode=mode)
        headline = sentence(replace(situation, verdict=verdict)).headline
        is_near = car_a is not None and measured_at is None and 10.8 <= car_a <= 12.5
        if headline.startswith('Charging at'):
            assert is_near, (car_a, mode, verdict, headline)
        if 'above' in headline or 'below' in headline:
            assert car_a is not None, (mode, verdict, headline)
            assert not is_near, (car_a, mode, verdict, headline)
        if car_w is not None and car_w < 50 and measured_at is None and verdict is None:
            assert 'harging' not in headline, (car_a, mode, headline)
