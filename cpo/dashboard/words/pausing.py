"""Sentences about a session that stops, pauses or is over: rows of the table in `sentence`.

They return None where they do not apply.
"""

from __future__ import annotations

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.dashboard.words.faults import stopped_by
from cpo.dashboard.words.numbers import current, phases
from cpo.dashboard.words.phrases import Words, about_to_start, card, hours_words, session_summary, was_set
from cpo.dashboard.words.situation import Situation
from cpo.dashboard.words.times import charger_text, moment_marker
from cpo.sentences import source_name
from cpo.state import RUNNING, THE_CARD, Activity, SourceKind, Verdict

AFTER_A_SESSION = (
    Activity.IDLE,
    Activity.PLUGGED_IN,
    Activity.PAUSED_BY_CAR,
    Activity.PAUSED_BY_CHARGER,
    Activity.FINISHING,
)
STILL_DRAWN_A = 0.5
START = ' Press Start to go on now.'


def disobeyed(s: Situation) -> Words | None:
    """Words for a last session that the charger did not end or limit as asked, until another limit is asked for."""
    if s.verdict is not Verdict.ALARM or s.runs or s.start or s.activity not in AFTER_A_SESSION:
        return None
    advice = 'Set a maximum in the charger before charging again.'
    if s.ended_here:
        headline, what = 'Ended, charger does not obey', 'It obeyed no limit, and one had to hold.'
    else:
        headline, what = 'The charger does not obey', 'It gave more than its limit.'
    return Words('Check the charger', 'error', 'bad', headline, f'{what} {advice}')


def car_is_full(s: Situation) -> Words | None:
    """Words for a car that draws no current and reports a full battery."""
    if s.activity is not Activity.PAUSED_BY_CAR or s.soc_percent is None or s.soc_percent < 100:
        return None
    full = session_summary(s.session) or 'Its battery is at 100\u00a0%.'
    return Words('Paused by the car', 'pause_circle', 'battery', 'The car is full', full)


def limit_too_low(s: Situation) -> Words | None:
    """Words for a car that draws nothing as the limit is below the minimum of this make of charger, or of any car."""
    if s.limit is None or not s.runs or s.is_stopping or not 0 < s.limit.limit_a < s.min_current_a:
        return None
    if s.activity not in RUNNING or (s.activity is Activity.CHARGING and not _takes_nothing(s)):
        return None
    needs = 'This charger needs' if s.min_current_a > MIN_CHARGING_CURRENT_A else 'Cars need'
    sentence = f'{was_set(s.limit)} {needs} at least {current(s.min_current_a)}.'
    return Words('Paused', 'pause_circle', 'house', 'Paused, the limit is too low', sentence)


def stopping(s: Situation) -> Words | None:
    """Words for a session that the charger agreed to end."""
    if not s.is_stopping or s.activity not in RUNNING:
        return None
    return Words('Stopping', 'hourglass_top', 'car', 'About to stop', f'The charger accepted the stop.{_still(s)}')


def changing_phases(s: Situation) -> Words | None:
    """Words for a charger that switches to one phase or to three."""
    if s.changes_to is None or s.is_stopping:
        return None
    headline = f'Changing to {phases(s.changes_to)}'
    return Words('Pausing', 'hourglass_top', 'car', headline, 'The car pauses until the charger has switched over.')


def paused(s: Situation) -> Words | None:
    """Words for a session with an accepted limit of 0 A."""
    if not s.paused or s.limit is None or s.activity not in RUNNING:
        return None
    if s.activity is Activity.CHARGING and _still(s):
        return Words('Pausing', 'hourglass_top', 'car', 'About to pause', f'The charger accepted the pause.{_still(s)}')
    if s.limit.by.kind is SourceKind.PLAN:
        then = 'The plan is over.' if s.plan is None else 'It goes on as its goal needs it.'
        return Words('Paused', 'schedule', 'house', 'Paused by the plan', f'{then}{START}', viewers=then)
    known = s.session.card if s.session else None
    if s.limit.by == THE_CARD and known is not None and known.hours is not None:
        then = f'{card(known.id_tag, known)} may charge from {hours_words(known.hours)} and goes on then.'
        return Words('Paused', 'schedule', 'house', 'Paused, its hours are over', f'{then}{START}', viewers=then)
    by = charger_text(source_name(s.limit.by), 24)
    sentence = 'Press Start to go on. Unplugging ends the session.'
    return Words('Paused', 'pause_circle', 'house', f'Paused by {by}', sentence, viewers='Unplugging ends the session.')


def planned(s: Situation) -> Words | None:
    """Words for a car that waits, as the plan of a goal says: until its time comes, or as the goal is reached."""
    waits = (Activity.PLUGGED_IN, Activity.PAUSED_BY_CHARGER, Activity.FINISHING)
    if s.plan is None or s.activity not in waits or s.start or s.refused_tag or (s.limit_a and s.runs):
        return None
    if s.sun_asks:
        sentence = 'The plan charges now. A charger that refuses is asked again after a minute.'
        return Words('Starting', 'hourglass_top', 'car', 'About to start', sentence)
    if s.plan.is_done:
        more, rest = ' Press Start to charge more.', 'The plan has nothing left to do.'
        return Words('Paused', 'check_circle', 'house', 'The goal is reached', rest + more, viewers=rest)
    has_begun = s.runs or s.activity is Activity.FINISHING
    then = f'at {moment_marker(s.plan.starts_at)}' if s.plan.starts_at else 'as its goal needs it'
    if has_begun:
        then = f'It goes on {then}.'
        return Words('Paused', 'schedule', 'house', 'Paused by the plan', f'{then}{START}', viewers=then)
    then = f'It starts {then}.'
    now = f'{then} Press Start to charge now.'
    return Words('Planned', 'schedule', 'house', 'Plugged in, waits for its plan', now, viewers=then)


def suspended_by_car(s: Situation) -> Words | None:
    """Words for a car that draws no current by its own choice."""
    if s.activity is not Activity.PAUSED_BY_CAR:
        return None
    if s.session and s.session.energy_wh:
        return Words(
            'Paused by the car', 'pause_circle', 'house', 'The car has stopped charging',
            'Probably full, or at the limit set in the car. It may take more at any time.',
        )  # fmt: skip
    offer = f'Offered {current(s.limit_a)}. ' if s.limit_a else ''
    sentence = f'{offer}It is full, or waits for a charging time of its own.'
    return Words('Paused by the car', 'pause_circle', 'house', 'The car takes nothing yet', sentence)


def suspended_by_charger(s: Situation) -> Words | None:
    """Words for a charger that offers no current, though this program did not ask for that."""
    if s.activity is not Activity.PAUSED_BY_CHARGER:
        return None
    offer = f'We offer {current(s.limit_a)}. ' if s.limit else ''
    sentence = f'{offer}Its own app, schedule or temperature may hold it back.'
    return Words('Paused by the charger', 'pause_circle', 'house', 'The charger holds back', sentence)


def finishing(s: Situation) -> Words | None:
    """Words for a session that is over while the car is still plugged in."""
    if s.activity is not Activity.FINISHING:
        return None
    sentence = session_summary(s.session) or 'The session is over.'
    if s.start and not s.start_overdue:
        return about_to_start(s.start)
    if s.fault_trace is not None:
        return Words('Stopped', 'error', 'bad', 'Stopped by a fault', stopped_by(s.fault_trace))
    if s.start:
        sentence = 'This charger wants the plug pulled before it starts again.'
    return Words('Finished', 'check_circle', 'battery', 'Done, please unplug', sentence)


def _takes_nothing(s: Situation) -> bool:
    """True when the car is known to draw less than half an ampere."""
    if s.car_a is not None:
        return s.car_a < STILL_DRAWN_A
    return s.car_w is not None and s.car_w < STILL_DRAWN_A * 230


def _still(s: Situation) -> str:
    return f' The car still takes {current(s.car_a)}.' if (s.car_a or 0.0) >= STILL_DRAWN_A else ''
