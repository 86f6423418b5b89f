"""The class `Words`, and phrases that several sentences share; texts may contain time markers (`times`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cpo.dashboard.words.icons import Icon
from cpo.dashboard.words.numbers import current, duration, energy, percent
from cpo.dashboard.words.situation import NextStep, Session, Situation
from cpo.dashboard.words.times import (
    charger_text,
    day_marker,
    marker,
    moment_marker,
    since_marker,
    strong,
    until_marker,
)
from cpo.sentences import ceiling_name, source_name
from cpo.state import (
    IdTag,
    Limit,
    Mode,
    Source,
    SourceKind,
    cards,
)

Tone = Literal['car', 'sun', 'battery', 'house', 'warn', 'bad', 'outline']


@dataclass(frozen=True, slots=True)
class Words:
    """The connector's state in words; `tone` is a colour's name.

    `next_step` is the line about the solar controller's next step, `next_at` its time; both None when no step is
    planned. `viewers` takes the place of a `sentence` that tells of a button, for who has none.
    """

    pill: str
    icon: Icon
    tone: Tone
    headline: str
    sentence: str = ''
    next_step: str | None = None
    next_at: datetime | None = None
    viewers: str | None = None


def who(by: Source) -> str:
    """The person or program that set a limit, as the beginning of a sentence."""
    name = charger_text(source_name(by), 24) or 'Somebody'
    return name[0].upper() + name[1:]


def was_set(limit: Limit) -> str:
    """Who set a limit and when: `You set 12.0 A at 14:31.`, and what was sent for it where that is less."""
    amount, at = current(limit.limit_a), moment_marker(limit.at)
    if limit.by.kind is SourceKind.MAXIMUM:
        return f'The limit is {amount}, the configured maximum.'
    if limit.by.kind is SourceKind.FAST:
        return f'{amount}, as much as car and house allow.'
    if limit.by.kind is SourceKind.PROGRAM_END:
        return f'The limit became {amount} when this program ended at {at}.'
    if limit.held_by is not None:
        leaves = f'{charger_text(ceiling_name(limit.held_by), 24)} leaves {amount}'
        return f'{who(limit.by)} set {current(limit.as_wished.limit_a)} at {at}; {leaves}.'
    sent = '' if limit.written_a is None else f'; {current(limit.written_a)} were sent'
    return f'{who(limit.by)} set {amount} at {at}{sent}.'


def card(id_tag: str | None, known: IdTag | None = None) -> str:
    """A card as the beginning of a sentence, by what is `known` of it.

    Its name and person, such as `Blue card of Anna`, or else its idTag: `Card 04A2`; `A card` without one.
    """
    shown, person = charger_text(id_tag or '', 20), charger_text(known.person if known else '', 20)
    name = charger_text(known.name if known else '', 20) or (f'Card {shown}' if shown else 'A card')
    return f'{name} of {person}' if person else name


def hours_words(hours: cards.Hours | None) -> str:
    """Hours of a day as a part of a sentence: `22:00 to 06:00`."""
    return str(hours or '').replace('-', ' to ')


def no_reading(s: Situation) -> str:
    """A sentence on why the sun is unknown: no reading ever came, or none has come for too long."""
    if s.sun_at is None:
        return 'Nothing has told how strong the sun is.'
    without = 'it gets no more than that' if s.mode is Mode.SOLAR_MIN else 'it does not charge'
    return f'The last solar reading came {marker("age", s.sun_at)}. Without a newer one {without}.'


def about_to_start(start: Limit) -> Words:
    """Words for a start that was requested, for the limit `start`; the charger may not have answered yet."""
    return Words(
        'Starting', 'hourglass_top', 'car', 'About to start',
        f'The charger was asked to start with {current(start.limit_a)}.',
    )  # fmt: skip


def session_summary(session: Session | None) -> str:
    """A session's energy, length and share of sun, as in `6.42 kWh in 2 h 14 min, 83 % from the sun.`

    Unknown parts are left out; empty without a known energy.
    """
    if session is None or session.energy_wh is None:
        return ''
    text = energy(session.energy_wh)
    if session.started_at is not None:
        stopped = session.stopped_at
        lasted = since_marker(session.started_at) if stopped is None else duration(stopped - session.started_at)
        text += f' in {lasted}'
    if session.sun_share is not None:
        text += f', {percent(session.sun_share)} from the sun'
    return text + '.'


def last_charged(situation: Situation) -> str:
    """The last session, as in ` Last charged: Yesterday, 11.20 kWh.` with the leading space; empty without one."""
    last = situation.last_charged
    return f' Last charged: {day_marker(last.at)}, {energy(last.energy_wh)}.' if last else ''


def next_words(step: NextStep) -> str:
    """Words for the next step of the solar controller: what it does to the limit, and when."""
    what = 'Up to' if step.kind == 'raise' else 'Starts with'
    return f'{what} {strong(current(step.limit_a))} in {strong(until_marker(step.at))} if the sun stays'
