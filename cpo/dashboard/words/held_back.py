"""Sentences about a limit that a ceiling lowers: rows of the table in `sentence`, None where they do not apply.

The ceilings are the main fuse, the grid operator, the month's peak, a maximum that was lowered, and those of other
programs.
"""

from __future__ import annotations

from cpo.amperes import MIN_CHARGING_CURRENT_A, NOMINAL_VOLTAGE_V
from cpo.dashboard.words.numbers import current, power
from cpo.dashboard.words.phrases import Words
from cpo.dashboard.words.situation import Situation
from cpo.dashboard.words.times import charger_text, moment_marker
from cpo.sentences import ceiling_name, ceiling_reason
from cpo.state import FUSE, MAXIMUM, PEAK, RUNNING, Activity, Ceiling

MAX_SHOWN_NAME, MAX_SHOWN_REASON = 18, 60


def held_back(s: Situation) -> Words | None:
    """Words for a car that charges with less than was asked for, as a ceiling leaves no more."""
    if s.activity is not Activity.CHARGING or s.ceiling is None or not s.runs or s.takes_nothing or not s.limit_a:
        return None
    gets = current(s.limit_a)
    if s.ceiling.name == FUSE and s.ceiling.load is None:
        sentence = f'No meter tells what the house takes. Keeping to the safe {gets}.'
        return Words('Charging', 'schedule', 'warn', 'Charging without a reading', sentence)
    sentence = f'{_reason(s.ceiling)}The car gets {gets} until {_until(s.ceiling)}.'
    return Words('Charging', 'shield', 'car', f'Held back by {_name(s.ceiling)}', sentence)


def paused_for(s: Situation) -> Words | None:
    """Words for a session that a ceiling pauses."""
    if s.ceiling is None or not s.paused or s.activity not in RUNNING or (s.car_a or 0.0) >= 1:
        return None
    goes_on = 'when it is raised' if s.ceiling.name == MAXIMUM else 'by itself'
    return _paused(s.ceiling, f'Goes on {goes_on}.')


def start_held_back(s: Situation) -> Words | None:
    """Words for a start that waits until a ceiling leaves enough."""
    if s.ceiling is None or s.runs or s.start is not None:
        return None
    if s.activity not in (Activity.PLUGGED_IN, Activity.FINISHING, Activity.PAUSED_BY_CHARGER):
        return None
    return _paused(s.ceiling, 'Starts by itself.')


def by_ceiling(s: Situation) -> Words | None:
    """Words for a connector that a ceiling lowers or pauses; None where none does."""
    return (held_back(s) or paused_for(s) or start_held_back(s)) if s.connected else None


def _paused(ceiling: Ceiling, what_follows: str) -> Words:
    sentence = f'{_needed(ceiling) or _reason(ceiling)}{what_follows}'
    return Words('Paused', 'shield', 'house', f'Paused for {_name(ceiling)}', sentence)


def _name(ceiling: Ceiling) -> str:
    return charger_text(ceiling_name(ceiling.name), MAX_SHOWN_NAME)


def _reason(ceiling: Ceiling) -> str:
    """The reason as a sentence and a space; '' where none is known."""
    text = charger_text(ceiling_reason(ceiling), MAX_SHOWN_REASON)
    return f'{text.rstrip(".")}. ' if text else ''


def _needed(ceiling: Ceiling) -> str:
    """What is left where it is for the car alone and in W, and what the least current needs, as a sentence and a space.

    '' for other ceilings.
    """
    if ceiling.name != PEAK or ceiling.limit_w is None or ceiling.load is None:
        return ''
    one, three = (power(MIN_CHARGING_CURRENT_A * NOMINAL_VOLTAGE_V * phases) for phases in (1, 3))
    left, least = power(ceiling.limit_w), current(MIN_CHARGING_CURRENT_A)
    return f'{left} left in this quarter hour; {least} need {one}, on three phases {three}. '


def _until(ceiling: Ceiling) -> str:
    if ceiling.ends_at is not None:
        return moment_marker(ceiling.ends_at)
    if ceiling.name == MAXIMUM:
        return 'it is raised'
    return 'it is lifted' if ceiling.is_kept else 'there is room'
