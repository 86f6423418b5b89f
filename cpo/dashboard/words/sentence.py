"""What the charger is doing and why, in one sentence: a pure function of the situation.

The functions in `ROWS` are called in order, and the first that does not return None decides. All texts may contain time
markers, so they are shown by `times.to_html` only. They have no OCPP words, which are for the page Messages.
"""

from __future__ import annotations

from dataclasses import replace

from cpo.dashboard.words.charging import charging, not_obeyed
from cpo.dashboard.words.commands import Link, Message, Question, message_for
from cpo.dashboard.words.held_back import held_back, paused_for, start_held_back
from cpo.dashboard.words.pausing import (
    car_is_full,
    changing_phases,
    disobeyed,
    finishing,
    limit_too_low,
    paused,
    planned,
    stopping,
    suspended_by_car,
    suspended_by_charger,
)
from cpo.dashboard.words.phrases import Tone, Words, next_words
from cpo.dashboard.words.situation import Situation
from cpo.dashboard.words.times import charger_text
from cpo.dashboard.words.waiting import (
    available,
    faulted,
    never_seen,
    no_status,
    not_connected,
    plugged_in,
    reserved,
    silent,
    unavailable,
)
from cpo.state import Activity

__all__ = ['Link', 'Message', 'Question', 'Tone', 'Words', 'message_for', 'sentence']

ROWS = (
    never_seen,
    not_connected,
    silent,
    no_status,
    faulted,
    unavailable,
    reserved,
    disobeyed,
    start_held_back,
    paused_for,
    available,
    planned,
    plugged_in,
    car_is_full,
    limit_too_low,
    not_obeyed,
    stopping,
    changing_phases,
    held_back,
    paused,
    charging,
    suspended_by_car,
    suspended_by_charger,
    finishing,
)


def sentence(situation: Situation) -> Words:
    """The words for a situation; a status that the specification does not know has words, too."""
    words = next((words for row in ROWS if (words := row(situation))), None) or _not_understood(situation)
    step = situation.next
    if step is None or not _has_next_step(situation):
        return words
    return replace(words, next_step=next_words(step), next_at=step.at)


def _has_next_step(situation: Situation) -> bool:
    """True when a car can follow the controller's next step."""
    plugged_in = situation.activity in (Activity.PLUGGED_IN, Activity.CHARGING, Activity.PAUSED_BY_CHARGER)
    waits = situation.activity is Activity.FINISHING and situation.follows_sun
    asked = situation.start is not None
    unreported = situation.activity is Activity.CHARGING and situation.session is None
    return situation.connected and not asked and not unreported and (plugged_in or waits)


def _not_understood(situation: Situation) -> Words:
    status = charger_text(situation.unknown_status or '', 24) or '–'
    sentence = f'It calls its state “{status}”, which is not known here. Limit and Start are tried all the same.'
    return Words('Connected', 'sensors', 'house', 'The charger is connected', sentence)
