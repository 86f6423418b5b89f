"""The page Why in words: each decision and each limit with what it came from, and what is asked, offered and taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from cpo.controllers import (
    INPUTS,
    Aim,
    Decided,
    DecisionRecord,
    UsedInput,
    import_price_words,
    input_text,
    reason_sentence,
)
from cpo.dashboard.words.decision import what_would_change, with_unit_spaces
from cpo.dashboard.words.numbers import MINUS, UNKNOWN, current, percent, phases, power
from cpo.dashboard.words.times import charger_text, exact_marker, marker, moment_marker
from cpo.sentences import ceiling_name, source_name
from cpo.state import CURRENT, YOU, Connector, Event, EventKind, Limit, ReadingName, SolarReading, Source, SourceKind

MAX_ROWS = 50
RULES: Mapping[Aim, str] = {
    Aim.SURPLUS: 'by what is left over; {price}',
    Aim.SURPLUS_AND_MINIMUM: 'by what is left over, at least the minimum; {price}',
    Aim.FAST: 'full speed',
}
CEILING_WORDS: Mapping[str, str] = {
    EventKind.CEILING: 'A ceiling of {name} holds.',
    EventKind.CEILING_LIFTED: 'The ceiling of {name} was lifted.',
    EventKind.CEILING_EXPIRED: 'The time of the ceiling of {name} is over.',
}
SHOWN: tuple[str, ...] = (EventKind.WISH, EventKind.LIMIT, *CEILING_WORDS)
"""The kinds of events that the list shows beside the decisions."""
READING_NAMES: Mapping[ReadingName, str] = {
    'grid_w': 'House meter',
    'pv_w': 'Sun',
    'battery_w': 'House battery',
    'battery_soc': 'Charge of the battery',
    'grid_a': 'Currents L1, L2, L3',
}


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One row of the list: when, what, from which facts, what would have changed it, and the limit before and after.

    `tone` is the colour of its dot: `sun`, `car`, `warn`, or '' for none.
    """

    at: str
    tone: str
    what: str
    facts: str = ''
    would: str = ''
    change: str = ''


@dataclass(frozen=True, slots=True)
class Value:
    """A line with a name, a value, and where the value comes from; `share` is the length of its bar, 0 to 1."""

    name: str
    value: str
    source: str = ''
    share: float | None = None


def why_rows(
    decided: Iterable[Decided], events: Iterable[Event], names: Mapping[int, str] | None = None
) -> Mapping[tuple[datetime, int], WhyRow]:
    """The newest decisions of the surplus rule, wishes of people and programs, ceilings and limits; newest first.

    The key of a row stays: the time, and the number of the event or the negative id of the decision's connector.
    `names` are those of the connectors where there are several, by their ids.
    """
    prefixes = {connector_id: f'{name}: ' for connector_id, name in (names or {}).items()}
    rows = {**dict(_decisions(decided, prefixes)), **dict(_limits(events, prefixes))}
    return {key: rows[key] for key in sorted(rows, reverse=True)[:MAX_ROWS]}


def _decisions(
    decided: Iterable[Decided], prefixes: Mapping[int, str]
) -> Iterator[tuple[tuple[datetime, int], WhyRow]]:
    before: dict[int, DecisionRecord] = {}
    for connector_id, record in decided:
        old = before.get(connector_id, record)
        before[connector_id] = record
        rule = RULES[record.rule].format(price=import_price_words(record.import_price))
        yield (
            (record.at, -connector_id),
            WhyRow(
                exact_marker(record.at),
                'sun' if record.limit_a else '',
                prefixes.get(connector_id, '') + with_unit_spaces(reason_sentence(record)),
                ' · '.join((*_inputs(record.inputs), rule)),
                what_would_change(record),
                _change(old.limit_a, record.limit_a) + _of_phases(old, record),
            ),
        )


def _inputs(inputs: Iterable[UsedInput]) -> Iterator[str]:
    """The inputs, those of one source and age together: `grid −412 W, sun 900 W (house meter, 4 s)`."""
    for (source, age), used in groupby(inputs, key=_origin_of):
        values = ', '.join(f'{INPUTS[each.name]} {input_text(each.name, each.value)}' for each in used)
        yield with_unit_spaces(f'{values} ({source}, {age})').replace(' -', f' {MINUS}')


def _origin_of(used: UsedInput) -> tuple[str, str]:
    source = 'charger' if used.source is None else charger_text(source_name(used.source), 24)
    return source, f'{used.age_s:.0f} s'


def _change(old_a: float, new_a: float) -> str:
    return current(new_a) if old_a == new_a else f'{old_a:g} → {current(new_a)}'


def _of_phases(old: DecisionRecord, new: DecisionRecord) -> str:
    """On how many phases the car is to charge, where that is chosen or has changed."""
    is_chosen = len(new.rules.phases) > 1 or old.phases != new.phases
    return f' on {phases(new.phases)}' if new.limit_a and is_chosen else ''


def _limits(events: Iterable[Event], prefixes: Mapping[int, str]) -> Iterator[tuple[tuple[datetime, int], WhyRow]]:
    for event in events:
        at, key = exact_marker(event.at), (event.at, event.number)
        if event.kind in CEILING_WORDS:
            name = charger_text(ceiling_name(event.details['ceiling']), 24)
            yield key, WhyRow(at, 'warn', CEILING_WORDS[event.kind].format(name=name), *_of_ceiling(event.details))
        elif event.kind in (EventKind.WISH, EventKind.LIMIT):
            by, held_by = _source_in(event.details), event.details.get('heldBy')
            is_wish, name = event.kind == EventKind.WISH, charger_text(source_name(by), 24)
            if by.kind is SourceKind.SUN and not held_by:
                continue  # the decision says it
            what = f'Asked for by {name}.' if is_wish else f'The charger accepted the limit of {name}.'
            what = prefixes.get(event.connector_id or 0, '') + what
            held = f'{_leaves(held_by, event.details["limit"])}.' if held_by else ''
            change = current(event.details['limit'])
            yield key, WhyRow(at, 'car' if is_wish else '', what, held[:1].upper() + held[1:], change=change)


def _of_ceiling(details: Mapping[str, Any]) -> tuple[str, str, str]:
    """Facts, what would change it (nothing), and the amount of a ceiling."""
    by = charger_text(source_name(_source_in(details)), 24) if 'by' in details else ''
    until = datetime.fromisoformat(details['until']) if 'until' in details else None
    ends = '' if until is None else f'until {moment_marker(until)}'
    reason = charger_text(details.get('reason', ''), 60)
    limit_w, limit_a = details.get('limit_w'), details.get('limit_a')
    amount = power(limit_w) if limit_w is not None else '' if limit_a is None else current(limit_a)
    return ' · '.join(filter(None, (by, reason, ends))), '', amount


def _source_in(details: Mapping[str, Any]) -> Source:
    return Source(SourceKind(details['by']), details.get('name', ''))


def _leaves(ceiling: str, limit_a: float) -> str:
    """What a ceiling leaves of a wish: `the fuse leaves 8.0 A`."""
    return f'{charger_text(ceiling_name(ceiling), 24)} leaves {current(limit_a) if limit_a else "too little"}'


def asked_offered_taken(connector: Connector, connected: bool, most_a: float) -> tuple[Value, ...]:
    """What was asked of the charger, what it accepted and offers, and what the car takes, each as it was last known.

    `connector` is as `lowered` returns it: what is asked is what the ceilings leave of the wish.
    """
    wish, limit, meter = connector.wish, connector.limit, connector.meter
    offered_a = meter.offered_a if meter.offered_a is not None else connector.scheduled_a
    taken = meter.arrival(CURRENT)
    lines = (
        ('We asked', None if wish is None else wish.limit_a, _asked_by(wish) if wish else ''),
        ('It accepted', None if limit is None else limit.in_force_a, _on_phases(limit)),
        ('It offers', offered_a if connected else None, ''),
        ('The car takes', meter.current_a if connected else None, marker('age', taken.at) if taken else ''),
    )
    return tuple(Value(name, current(a), source, _share(a, most_a)) for name, a, source in lines)


def _asked_by(wish: Limit) -> str:
    """Who asked: `the sun`; where a ceiling lowers it, `you want 12 A, the fuse leaves 8.0 A`."""
    name = charger_text(source_name(wish.by), 24)
    if wish.held_by is None:
        return name
    wants = 'want' if wish.by == YOU else 'wants'
    return f'{name} {wants} {current(wish.as_wished.limit_a)}, {_leaves(wish.held_by, wish.limit_a)}'


def _on_phases(limit: Limit | None) -> str:
    """On how many phases a limit lets the car charge, where it says so."""
    return '' if limit is None or limit.phases is None else f'on {phases(limit.phases)}'


def _share(amperes: float | None, most_a: float) -> float:
    return 0.0 if amperes is None else min(1.0, max(0.0, amperes / most_a))


def readings(solar: SolarReading, now: datetime) -> tuple[Value, ...]:
    """The readings of the house with source and age; a stale one says so."""
    fresh = solar.fresh(now)
    return tuple(
        Value(name, _reading(solar, key), _origin(solar, key, getattr(fresh, key) is None))
        for key, name in READING_NAMES.items()
        if getattr(solar, key) is not None
    )


def _reading(solar: SolarReading, key: ReadingName) -> str:
    value = getattr(solar, key)
    if key == 'grid_a':
        return ', '.join(current(amperes) for amperes in value)
    if key == 'battery_soc':
        return percent(value / 100)
    return power(value) if value is not None else UNKNOWN


def _origin(solar: SolarReading, key: ReadingName, is_stale: bool) -> str:
    source, arrival = solar.source(key), solar.arrival(key)
    by = charger_text(source_name(source), 32) if source is not None else ''
    age = marker('age', arrival.at) if arrival is not None else 'simulated'
    return ', '.join(filter(None, (by, age, 'too old to use' if is_stale else '')))
