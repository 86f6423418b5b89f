"""Sentences about the time before a car charges: the charger is disconnected, faulted, free or waiting.

They are rows of the table in `sentence`, and return None where they do not apply.
"""

from __future__ import annotations

from datetime import timedelta

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.controllers import HOLD_S, START_ABOVE_W
from cpo.dashboard.words.decision import SILENT, to_spare
from cpo.dashboard.words.faults import fault_advice, fault_name
from cpo.dashboard.words.numbers import UNIT_SPACE, current, duration, power
from cpo.dashboard.words.phrases import Tone, Words, about_to_start, card, hours_words, last_charged, no_reading
from cpo.dashboard.words.situation import Situation
from cpo.dashboard.words.times import charger_text, link, moment_marker, since_marker
from cpo.state import (
    Activity,
    IdTag,
    Limit,
    Mode,
    TagStatus,
    cards,
)

CONNECT = link('Connect', '/connect')
CARDS = link('Cards', '/tags')
CHARGER = link('Charger', '/charger')
BY_CARD = 'It starts with a card, or by somebody who may charge.'
HOLD = duration(timedelta(seconds=HOLD_S))
BEFORE_A_SESSION = (Activity.IDLE, Activity.PLUGGED_IN)
TAG_REFUSALS: dict[str, str] = {
    TagStatus.BLOCKED: 'This card is blocked',
    TagStatus.EXPIRED: 'This card has expired',
    TagStatus.CONCURRENT: 'This card is already in use',
}


def never_seen(s: Situation) -> Words | None:
    """Words where no charger has ever connected."""
    if s.ever_seen:
        return None
    return Words(
        'Waiting for the first charger', 'hourglass_top', 'outline', 'Connect your wallbox',
        "Three steps in the wallbox's own app or web page. This page changes by itself when it connects.",
    )  # fmt: skip


def not_connected(s: Situation) -> Words | None:
    """Words for a disconnected charger: its last known state as it was measured, and what it probably does now."""
    if s.connected:
        return None
    headline = f'No contact for {since_marker(s.since)}' if s.since else 'No contact'
    when = f'At {moment_marker(s.since)}' if s.since else 'When last heard of'
    if s.is_unreported:
        sentence = f'It has not told its state yet. See {CONNECT} if it stays away.'
    elif s.session is not None and s.activity in BEFORE_A_SESSION:  # the status of its beginning was lost
        sentence = f'{when} a session had just begun. See {CONNECT} if it stays away.'
    elif not s.was_charging:
        sentence = f'{when} it was not charging. See {CONNECT} if it stays away.'
    else:
        amount = f' with {current(s.car_a)}' if s.car_a is not None else ''
        under = f'with its limit of {current(s.limit.limit_a)} until it is back' if s.limit else 'by itself'
        sentence = f'{when} it was charging{amount}. It most likely goes on {under}.'
    return Words('Not connected', 'link_off', 'outline', headline, sentence)


def silent(s: Situation) -> Words | None:
    """Words for a charger that is connected, but was not heard for three Heartbeats: its state may be out of date."""
    if s.silent_since is None:
        return None
    was = 'it was charging' if s.was_charging else 'it was not charging'
    known = '' if s.is_unreported else f' At {moment_marker(s.silent_since)} {was}.'
    return Words(
        'No answer', 'hourglass_disabled', 'warn', f'Nothing heard for {since_marker(s.silent_since)}',
        f'The line is open, but the charger says nothing.{known} A limit may get no answer.',
    )  # fmt: skip


def no_status(s: Situation) -> Words | None:
    """Words for a connected charger that has not reported a status of the connector yet."""
    if not s.is_unreported:
        return None
    headline = 'The charger is back' if s.seen_before else 'The charger is connected'
    sentence = 'Asking for its state.' if s.asks_for_status else 'It has not told its state yet.'
    return Words('Connected', 'sync', 'house', headline, sentence)


def faulted(s: Situation) -> Words | None:
    """Words for a charger that reports a fault."""
    if s.activity is not Activity.FAULTED:
        return None
    stopped = ', charging stopped' if s.was_charging else ''
    headline = fault_name(s.fault, s.error_code, s.vendor_error_code) + stopped
    return Words('Fault', 'error', 'bad', headline, fault_advice(s.fault, s.error_code, s.vendor_error_code))


def unavailable(s: Situation) -> Words | None:
    """Words for a charger that reports to be out of service."""
    if s.activity is not Activity.UNAVAILABLE:
        return None
    since = f' since {moment_marker(s.status_at)}' if s.status_at else ''
    if s.switched_off_here:
        sentence = f'Out of service{since}. Put it back in service under {CHARGER}.'
        return Words('Out of service', 'block', 'house', 'Switched off here', sentence)
    sentence = f'It says so itself{since}. Often an update, or its own app.'
    return Words('Out of service', 'block', 'house', 'The charger is out of service', sentence)


def reserved(s: Situation) -> Words | None:
    """Words for a connector that is reserved for one card."""
    if s.activity is not Activity.RESERVED:
        return None
    headline, until = 'Reserved for one card', ''
    if s.reservation is not None:
        name = s.reserved_card.name if s.reserved_card else ''
        headline = f'Reserved for {charger_text(name or s.reservation.id_tag, 20) or "one card"}'
        until = f'Until {moment_marker(s.reservation.expiry_date)}. '
    return Words('Reserved', 'event', 'house', headline, f'{until}Other cards are refused.')


def available(s: Situation) -> Words | None:
    """Words for a connector without a car."""
    if s.activity is not Activity.IDLE:
        return None
    if s.start:
        amount = current(s.start.limit_a)
        sentence = f'The charger was asked to start. It charges with {amount} when the car is plugged in.'
        return Words('Ready', 'check_circle', 'battery', 'Plug in to start', sentence)
    if s.refused_tag:
        return _refused_card(s, 'Ready')
    return Words('Ready', 'check_circle', 'battery', 'Ready for a car', _how_to_start(s) + last_charged(s))


def plugged_in(s: Situation) -> Words | None:
    """Words for a car that is plugged in without a session, or with one that waits for the sun."""
    started = s.session is not None and s.activity is not Activity.FINISHING
    if s.activity is Activity.STARTING or (s.activity is Activity.PLUGGED_IN and started):
        return Words('Starting', 'hourglass_top', 'car', 'The session has begun', 'It charges once the car is ready.')
    held = s.activity in (Activity.PAUSED_BY_CAR, Activity.PAUSED_BY_CHARGER)
    if s.activity is Activity.PLUGGED_IN or (held and not started):
        return _ready_to_start(s)
    held_by_sun = s.activity is Activity.PAUSED_BY_CHARGER and s.limit_a == 0 and s.follows_sun
    sun_starts = s.stopped_by_sun or s.next is not None or s.sun_asks
    starts_again = s.activity is Activity.FINISHING and s.start is None and s.follows_sun and sun_starts
    return _waiting_for_sun(s) if held_by_sun or starts_again else None


def _ready_to_start(s: Situation) -> Words:
    if s.refused_tag and not s.start:
        return _refused_card(s, 'Plugged in')
    if s.start and s.start_overdue:
        return Words(
            'Plugged in', 'hourglass_top', 'warn', 'Accepted, but nothing starts',
            'Check the plug, and whether the car waits for a charging time of its own.',
        )  # fmt: skip
    if s.start:
        return about_to_start(s.start)
    if s.mode in (Mode.SOLAR_MIN, Mode.FAST):
        sentence = 'The charger is asked to start. One that refuses is asked again after a minute.'
        return Words('Starting', 'hourglass_top', 'car', 'About to start', sentence)
    if s.follows_sun:
        return _waiting_for_sun(s)
    if s.missed_start is not None:
        return _missed_start(s.missed_start)
    if s.mode is Mode.OFF:
        off = 'Choose Solar, or press Start.'
        return Words('Plugged in', 'pause_circle', 'house', 'Plugged in, charging is off', off, viewers=BY_CARD)
    sentence = 'Press Start, or hold a card to the charger.'
    return Words('Plugged in', 'pause_circle', 'house', 'Plugged in, ready to start', sentence, viewers=BY_CARD)


def _missed_start(asked: Limit) -> Words:
    sentence = f'The start with {current(asked.limit_a)} was given up before it was plugged in. Press Start again.'
    return Words('Plugged in', 'hourglass_disabled', 'warn', 'The car came too late for the start', sentence)


def _waiting_for_sun(s: Situation) -> Words:
    tone: Tone = 'sun'
    if s.next and s.next.kind == 'start':
        sun = f'{power(s.sun_w)} of sun.' if s.sun_w is not None else ''
        return Words('Starting soon', 'schedule', tone, 'Enough sun, about to start', sun)
    if s.sun_asks:
        sun = f'{power(s.sun_w)} of sun. ' if s.sun_w is not None else ''
        sentence = f'{sun}A charger that refuses is asked again after a minute.'
        return Words('Starting soon', 'schedule', tone, 'Enough sun, asking to start', sentence)
    if s.decided is not None and s.decided.reason in SILENT:
        pill, missing = SILENT[s.decided.reason]
        return Words(pill, 'schedule', 'warn', f'Plugged in, {missing}', to_spare(s.decided))
    if s.decided is not None:
        return Words('Waiting for sun', 'wb_sunny', tone, 'Plugged in, waiting for sun', to_spare(s.decided))
    if s.sun_w is None:
        return Words(
            'Waiting for sun', 'wb_sunny', tone, 'Plugged in, no solar reading',
            f'{no_reading(s)} Press Start to charge now.', viewers=no_reading(s),
        )  # fmt: skip
    sentence = f'{power(s.sun_w)} of sun. Starts by itself after {HOLD} above {power(START_ABOVE_W)}.'
    return Words('Waiting for sun', 'wb_sunny', tone, 'Plugged in, waiting for sun', sentence)


def _refused_card(s: Situation, pill: str) -> Words:
    assert s.refused_tag is not None
    if s.refusal is not None and s.refused_card is not None:
        headline, sentence = _refused_by_rule(s.refusal, s.refused_card)
        return Words(pill, 'nfc', 'warn', headline, sentence)
    headline = TAG_REFUSALS.get(s.refused_tag.status, 'This card is not known')
    sentence = f'{card(s.refused_tag.id_tag, s.refused_card)} was held to the charger.'
    if headline not in TAG_REFUSALS.values():
        sentence += f' Allow it under {CARDS}.'
    return Words(pill, 'nfc', 'warn', headline, sentence)


def _refused_by_rule(refusal: cards.CardRefusal, known: IdTag) -> tuple[str, str]:
    name = card(known.id_tag, known)
    if refusal is cards.CardRefusal.ALLOWANCE_USED:
        amount = f'{known.allowance_kwh:g}{UNIT_SPACE}kWh'
        return 'The allowance is used up', f'{name} has charged the {amount} it has for this month.'
    return 'Outside the hours of this card', f'{name} may charge from {hours_words(known.hours)}.'


def _how_to_start(s: Situation) -> str:
    if s.mode is Mode.OFF:
        return 'Charging is off.'
    if s.mode is Mode.FAST:
        return 'Plug in, and it charges at full speed.'
    if s.mode is Mode.SOLAR_MIN:
        return f'Plug in, and it charges with {MIN_CHARGING_CURRENT_A:g} A, with more when the sun gives it.'
    if s.plug_in_limit_a is not None and not s.follows_sun:
        return f'Plug in, and it charges with {current(s.plug_in_limit_a)}.'
    if not s.follows_sun:
        return 'Plug in, then press Start or hold a card to the charger.'
    if s.decided is not None:
        without = '' if s.grid_w is not None else 'No reading of the house meter now. '
        return f'{without}Plug in, and it charges with what is left over.'
    if s.sun_w is None:
        when = 'yet' if s.sun_at is None else 'now'
        return f'No solar reading {when}. Plug in, and it charges once the sun is known and strong enough.'
    return 'Plug in, and it charges with the sun.'
