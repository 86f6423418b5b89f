"""Sentences about a car that charges: rows of the table in `sentence`, None where they do not apply."""

from __future__ import annotations

from cpo.amperes import MAX_PHASES
from cpo.dashboard.words.decision import SILENT, what_would_change, why_it_charges
from cpo.dashboard.words.modes import MODE_NAMES
from cpo.dashboard.words.numbers import current, percent, phases, power
from cpo.dashboard.words.phrases import Words, card, no_reading, was_set
from cpo.dashboard.words.situation import Session, Situation, WaitingLimit
from cpo.dashboard.words.times import marker, until_marker
from cpo.sentences import UNMEASURED
from cpo.state import (
    FULL_SPEED,
    THE_CARD,
    THE_MAXIMUM,
    THE_SUN,
    Activity,
    Limit,
    Mode,
    SourceKind,
    TagStatus,
    Unmeasured,
    Verdict,
)

ABOVE_A = 0.5
BELOW_A = 1.0
BELOW_SHARE = 0.1
"""A car takes a little less than its limit; this much below is another thing."""


def not_obeyed(s: Situation) -> Words | None:
    """Words for a session whose limit the charger does not follow; advice on it is in the message beside the limit."""
    if s.activity is not Activity.CHARGING:
        return None
    takes = '' if s.car_a is None else f' The car takes {current(s.car_a)}.'
    sentence = f'{was_set(s.limit) if s.limit else "It decides by itself how much it gives."}{takes}'
    if s.verdict is Verdict.ALARM and s.hangs_up:
        return Words('Charging', 'error', 'bad', 'The charger hangs up on limits', f'It is sent none any more.{takes}')
    if s.verdict is Verdict.ALARM:
        return Words('Charging', 'error', 'bad', 'The charger does not obey', sentence)
    if s.verdict is Verdict.IGNORES:
        return Words('Charging', 'schedule', 'warn', 'The limit is not followed yet', sentence)
    if s.verdict is Verdict.HOLDS_BACK:
        return Words('Charging', 'schedule', 'warn', 'The charger holds back', sentence)
    return None


def charging(s: Situation) -> Words | None:
    """Words for charging without a problem: from which source, or with which limit."""
    if s.activity is not Activity.CHARGING:
        return None
    if s.session is None and s.has_just_ended:
        return Words('Stopping', 'hourglass_top', 'car', 'Stopping…')
    if s.session is None:
        headline, sentence = 'Charging', 'The charger has not reported a session yet.'
    elif s.session.id_tag_status != TagStatus.ACCEPTED:
        return _with_refused_card(s.session)
    elif s.takes_nothing:
        return Words('Waiting', 'hourglass_top', 'house', 'The car takes nothing now', _why_nothing(s))
    elif s.waiting is not None:
        headline, sentence = _waits(s.waiting)
    elif s.plan is None and s.follows_sun and not s.session.is_led:
        headline, sentence = 'Charging, not led by the sun', _not_led(s.session)
    elif s.plan is None and s.follows_sun:
        headline, sentence = _led_by_the_sun(s)
    elif s.unproven is not None:
        headline = 'Charging'
        sentence = f'It was started with {current(s.unproven.limit_a)}. Nothing has shown yet that it keeps to that.'
    elif s.limit is None:
        headline, sentence = 'Charging without a limit', _without_limit(s)
    elif s.limit.by == THE_MAXIMUM:
        headline, sentence = _measured(s, s.limit, 'the maximum', f'{_starter(s.session)}, and nobody set a limit.')
    else:
        headline, sentence = _measured(s, s.limit, _whose(s.limit), was_set(s.limit), _until_when(s, s.limit))
    if s.unmeasured is not None and s.session is not None:
        sentence = _without_measurements(s.unmeasured, s.unproven)
    return Words('Charging', 'bolt', 'car', headline, sentence)


def _with_refused_card(session: Session) -> Words:
    sentence = f'{card(session.id_tag, session.card)} is not accepted here. The charger lets it charge all the same.'
    return Words('Charging', 'bolt', 'warn', 'Charging with a refused card', sentence)


def _without_measurements(missing: Unmeasured, unproven: Limit | None) -> str:
    if unproven is None:
        return UNMEASURED[missing]
    sends = 'measures nothing' if missing is Unmeasured.EVERYTHING else 'sends no power'
    return f'It was started with {current(unproven.limit_a)}. This charger {sends}, so nothing shows what it gives.'


def _whose(limit: Limit) -> str:
    if limit.by == THE_MAXIMUM:
        return 'the maximum'
    if limit.by == FULL_SPEED:
        return 'full speed'
    if limit.by.kind is SourceKind.PLAN:
        return "the plan's limit"
    if limit.by == THE_CARD:
        return "the card's limit"
    return "the sun's limit" if limit.by == THE_SUN else 'your limit'


def _waits(waiting: WaitingLimit) -> tuple[str, str]:
    """A limit that somebody wants and that is not in force, with the reason."""
    whose = _whose(waiting.limit)
    whose = whose[0].upper() + whose[1:]
    what = f'{whose} of {current(waiting.limit.limit_a)}'
    if waiting.until is None:
        return f'{whose} is on its way', f'{what} is being sent.'
    when = f'in {until_marker(waiting.until)}'
    if waiting.hung_up:
        return f'{whose} waits', f'{what} is sent again {when}: the charger hung up on it twice.'
    return f'{whose} waits', f'{what} is sent {when}: the charger has just connected.'


def _led_by_the_sun(s: Situation) -> tuple[str, str]:
    is_metered = s.decided is not None and (s.sun_w is None or s.decided.reason in SILENT)
    headline, sentence = why_it_charges(s.decided) if s.decided and is_metered else _with_the_sun(s)
    would = '' if s.decided is None else f' {what_would_change(s.decided)}'
    return headline, f'{sentence}{_on_phases(s)}{would}'.rstrip()


def _on_phases(s: Situation) -> str:
    """On how many phases it charges, where the limit says that."""
    return '' if s.phases is None else f' It charges on {phases(s.phases)}.'


def _with_the_sun(s: Situation) -> tuple[str, str]:
    if s.sun_w is None:
        stays = f' It stays at {current(s.limit_a)}.' if s.limit and s.sun_at is None else ''
        return 'Charging, no solar reading', f'{no_reading(s)}{stays}'
    roof = f'{power(s.sun_w)} from the roof.'
    if s.sun_share is None:
        taken = 'The charger has not told what the car takes.' if s.car_w is None else 'The car takes nothing yet.'
        return 'Charging with the sun', f'{roof} {taken}'
    if s.sun_share >= 0.98:
        if s.house_w is not None and not s.exports:
            return 'Charging on sun alone', f'{roof} The house takes {power(s.house_w)}, the car gets the rest.'
        return 'Charging on sun alone', f'{roof} The car takes {power(s.car_w)} of it.'
    covers = f'The sun covers {percent(s.sun_share)} of what the car takes.'
    if s.sun_share >= 0.5:
        return 'Charging, mostly sun', f'{covers} The rest comes from the grid.'
    return 'Charging, mostly grid', covers


def _measured(s: Situation, limit: Limit, whose: str, was_set_by: str, until_when: str = '') -> tuple[str, str]:
    """Only a measurement shows that the limit is what the car charges with."""
    takes = f'The car takes {current(s.car_a)}.'
    if s.measured_at is not None:
        return 'Charging', f'{was_set_by} What the car takes was last measured {marker("age", s.measured_at)}.'
    if s.car_a is None:
        return 'Charging', f'{was_set_by} The charger does not tell what the car takes.'
    if s.car_a > limit.in_force_a + ABOVE_A:
        if s.on_unseen_phases and s.car_a / MAX_PHASES <= limit.in_force_a + ABOVE_A:
            return 'Charging', f'{was_set_by} The car takes {power(s.car_w)}, on one phase or three.'
        return f'Charging above {whose}', f'{was_set_by} {takes}'
    if s.car_a < limit.in_force_a - max(BELOW_A, limit.in_force_a * BELOW_SHARE):
        return f'Charging below {whose}', f'{was_set_by} {takes}'
    return f'Charging at {whose}', f'{was_set_by} {until_when}'.rstrip() + _on_phases(s)


def _until_when(s: Situation, limit: Limit) -> str:
    if limit.by.kind is SourceKind.PLAN or (s.mode is Mode.FAST and limit.by in (FULL_SPEED, THE_SUN)):
        return ''
    if limit.by == THE_SUN:
        return 'It stays until you change it or go back to Solar.'
    if limit.by == FULL_SPEED:
        return 'It stays until you change it.'
    if s.mode_after is not None:
        return f'{MODE_NAMES[s.mode_after]} again at the next plug-in.'
    return 'The sun does not change it until you go back to Solar.'


def _why_nothing(s: Situation) -> str:
    if s.follows_sun and s.sun_w is not None:
        return f'{power(s.sun_w)} from the roof. The charger lets it charge.'
    return f'{was_set(s.limit)} The charger lets it charge.' if s.limit else 'The charger lets it charge.'


def _not_led(session: Session) -> str:
    return f'{_starter(session)}, so the sun does not change it. Set a limit to change it yourself.'


def _without_limit(s: Situation) -> str:
    assert s.session is not None
    if s.hangs_up:
        return f'{_starter(s.session)}, and the charger decides how much: it hangs up on limits.'
    return f'{_starter(s.session)}, and the charger decides how much. Set a limit to change that.'


def _starter(session: Session) -> str:
    if session.remote:
        return 'It was started from here'
    return f'{card(session.id_tag, session.card)} started it' if session.id_tag else 'It started by itself'
