"""Sentences about a limit: what came of a wished one, what a person should know, the result of the read-back (pure).

Everything else in this package is a value, not a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.errors import ended
from cpo.state import Activity, Finding, Limit, Reaction, ReadBack, Verdict, WishEnd

ACCEPTED = 'Accepted.'
BEGAN_WITH_LIMIT = 'The transaction began with this limit.'
NOTHING_CHARGES = 'Nothing is charging, so nothing was sent.'
POSTPONED = 'The charger is still starting, stopping or catching up. This limit is kept until it has done so.'
PAUSED_INSTEAD = 'It is paused instead.'

WISH_ENDS = {
    WishEnd.OVERRIDDEN: 'Another command took its place before it was sent.',
    WishEnd.SUN_LEFT: 'Another mode was chosen before it was sent.',
    WishEnd.START_TOO_LATE: 'The charger was away for so long that it was not started any more.',
}


def held_back(limit: Limit) -> str:
    """A sentence on the ceiling that lowers a wished limit; '' where none does."""
    if limit.held_by is None:
        return ''
    wished = f'{limit.as_wished.limit_a:g} A are kept and come back by themselves.'
    if not limit.limit_a:
        return f'The ceiling "{limit.held_by}" leaves too little to charge, so it is paused; {wished}'
    return f'The ceiling "{limit.held_by}" leaves {limit.limit_a:g} A; {wished}'


def superseded_by(limit_a: float) -> str:
    """A sentence on why a wished limit was not sent, as the newer one of `limit_a` replaced it."""
    return f'A newer limit of {limit_a:g} A took its place before it was sent.'


def wish_ended(end: WishEnd | None) -> str:
    """A sentence on why a limit above 0 A that somebody wished was not sent, where no newer one replaced it."""
    return (end and WISH_ENDS.get(end)) or 'The charger accepted the start, but no transaction began.'


def stays(limit_a: float | None) -> str:
    """A sentence on which limit stays in force after a refusal; '' where none is."""
    return '' if limit_a is None else f'It stays at {limit_a:g} A.'


def advice(limit_a: float, min_current_a: float = MIN_CHARGING_CURRENT_A) -> str:
    """A sentence on what a person should know about an accepted limit; '' where there is nothing."""
    if 0 < limit_a < MIN_CHARGING_CURRENT_A:
        return f'Cars need at least 6 A to charge; {limit_a:g} A most likely pauses it.'
    if 0 < limit_a < min_current_a:
        return f'This charger needs at least {min_current_a:g} A to charge; {limit_a:g} A most likely pauses it.'
    return ''


def why_no_start(activity: Activity, fault: str, id_tag: str) -> str:
    """A sentence on what to do about a refused start, by the activity of the connector.

    `fault` is its error code or ''.
    """
    match activity:
        case Activity.FAULTED:
            return f'The charger reports a fault ({fault or "no reason given"}). Look at the charger.'
        case Activity.UNAVAILABLE:
            return 'The charger is out of service. Put it into service first.'
        case Activity.RESERVED:
            return f'The charger is reserved for another card than {id_tag}. Cancel the reservation first.'
        case Activity.FINISHING:
            return 'The last session has ended here. Unplug the car and plug it in again.'
        case Activity.IDLE:
            return f'Plug in the car. If it is plugged in: may {id_tag} charge?'
        case Activity.PLUGGED_IN | Activity.PAUSED_BY_CAR | Activity.PAUSED_BY_CHARGER:
            return f'May {id_tag} charge? Some chargers must be told in their own settings that this program decides.'
        case _:
            return f'Is the car plugged in, and may {id_tag} charge?'


# ---- the read-back


def read_back_sentence(found: ReadBack) -> str:
    """Sentences on a read-back: whether the charger follows its limit, by which observation, what the program did."""
    if found.finding is Finding.UNKNOWN:
        return UNKNOWN[found.verdict]
    if found.finding in (Finding.ABOVE_MAXIMUM, Finding.UNMEASURED):
        return _above_maximum(found)
    what = FINDINGS[found.finding](found)
    if found.reaction is Reaction.STOP_FAILED:
        return f'The charger draws more than the configured maximum and does not stop: switch it off. {what}'
    return f'{what} {_reaction(found)}'.rstrip()


UNKNOWN = {
    Verdict.FOLLOWS: 'The charger follows its limit.',
    Verdict.UNCLEAR: 'Whether the charger follows its limit cannot be measured.',
    Verdict.HOLDS_BACK: 'The charger gives less than the limit it accepted.',
    Verdict.IGNORES: 'The charger does not do what it accepted.',
    Verdict.ALARM: 'The charger takes no limits from here.',
}


def _current(found: ReadBack) -> str:
    figures = found.figures
    does = 'offers' if found.finding is Finding.CURRENT_OFFERED else 'lets the car draw'
    current = f'{does} {figures.current_a or 0:.1f} A'
    match found.verdict:
        case Verdict.FOLLOWS:
            return f'The charger follows {figures.limit_a:g} A: it {current}.'
        case Verdict.HOLDS_BACK:
            return f'The charger accepted {figures.limit_a:g} A, but offers only {figures.current_a or 0:.1f} A.'
        case _:
            hint = '' if figures.least_a is None else f' {_phases(found)}'
            return f'The charger accepted {figures.limit_a:g} A, but {current}.{hint}'


def _phases(found: ReadBack) -> str:
    figures = found.figures
    return (
        f'The charger tells its power alone, {(figures.power_w or 0) / 1000:.1f} kW. That is {figures.least_a:.1f} A '
        f'on three phases, or {figures.current_a:.1f} A on {figures.phases}. If your car charges with three, set '
        'CPO_PHASES to 3.'
    )


def _paused(found: ReadBack) -> str:
    return f'The charger accepted {found.figures.limit_a:g} A, but still holds the car back ({found.figures.status}).'


def _no_transaction(found: ReadBack) -> str:
    figures = found.figures
    why = why_no_start(Activity(figures.status), figures.answer, figures.id_tag)
    return f'The charger accepted the start, but no transaction began. {why}'


def _refused(found: ReadBack) -> str:
    figures = found.figures
    what = 'to stop' if found.finding is Finding.STOP_REFUSED else f'{figures.limit_a:g} A'
    words = ' '.join(figures.answer.split())
    answer = f' ({words})' if words else ''
    return f'The charger refused {what}{answer}. {stays(figures.stays_a)}'.rstrip()


def _no_answer(found: ReadBack) -> str:
    return f'No answer within {found.figures.timeout_s:g} s. It may still happen.'


def _error(found: ReadBack) -> str:
    return f'The charger answered with an error: {ended(found.figures.answer) or "it gave no reason."}'


FINDINGS: Mapping[Finding, Callable[[ReadBack], str]] = {
    Finding.CURRENT_DRAWN: _current,
    Finding.CURRENT_OFFERED: _current,
    Finding.PHASES_UNKNOWN: _phases,
    Finding.PAUSED_BY_CHARGER: _paused,
    Finding.NO_TRANSACTION: _no_transaction,
    Finding.NO_ANSWER: _no_answer,
    Finding.REFUSED: _refused,
    Finding.STOP_REFUSED: _refused,
    Finding.STOP_NOT_FOLLOWED: lambda found: 'It accepted to end it, and goes on.',
    Finding.ERROR: _error,
    Finding.HANGS_UP: lambda found: 'The charger hangs up whenever it is sent a limit.',
}


def _above_maximum(found: ReadBack) -> str:
    ended = 'So charging was ended.' if found.reaction is Reaction.STOPPED else 'So it was told to end the charging.'
    held_by = found.figures.held_by
    most = 'configured maximum' if not held_by else f'most that the ceiling "{held_by}" leaves'
    limit = f'{found.figures.max_a:g} A, the {most}'
    what = f'The charger let the car draw more than {limit}, whatever it was told.'
    if found.finding is Finding.UNMEASURED:
        what = f'The charger takes no limit, and it measures no current that would show that it keeps to {limit}.'
    return f'{what} {ended} Set the maximum current in the charger itself.'


def _reaction(found: ReadBack) -> str:
    match found.reaction:
        case Reaction.OTHER_FORM:
            profiles = found.figures.profiles or 1
            times = f'It is so with {profiles} profiles. ' if profiles > 1 else ''
            return f'{times}Telling it in another way.'
        case Reaction.RETRIES:
            return 'It is sent again every 5 minutes.'
        case Reaction.GAVE_UP if found.verdict is Verdict.HOLDS_BACK:
            return 'It may have a limit of its own: in its app, or one that another system left there.'
        case Reaction.NONE if found.verdict is Verdict.UNCLEAR and found.finding in (Finding.REFUSED, Finding.ERROR):
            return 'Nothing shows whether it keeps to the limit of its start.'
        case Reaction.GAVE_UP:
            return (
                'It takes no limits from here. Set its maximum in its own app, and look for another limit there '
                '(load management).'
            )
        case _:
            return ''
