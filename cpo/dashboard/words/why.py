"""The page Why in words: each decision and each limit with what it came from, and what is asked, offered and taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cpo.controllers import INPUTS, Decided, UsedInput, input_text, reason_sentence
from cpo.dashboard.words.decision import what_would_change, with_unit_spaces
from cpo.dashboard.words.numbers import MINUS, UNKNOWN, current, percent, power
from cpo.dashboard.words.times import charger_text, marker, second_marker
from cpo.sentences import source_name
from cpo.state import CURRENT, Connector, Event, EventKind, ReadingName, SolarReading, Source, SourceKind

MAX_ROWS = 50
RULES = {'surplus': 'what is left over', 'surplus_and_minimum': 'left over, at least the minimum', 'fast': 'fast'}
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


def why_rows(decided: Iterable[Decided], events: Iterable[Event]) -> Mapping[tuple[datetime, int], WhyRow]:
    """The newest decisions of the surplus rule, wishes of people and programs, and limits accepted; newest first."""
    rows = {**dict(_decisions(decided)), **dict(_limits(events))}
    return {key: rows[key] for key in sorted(rows, reverse=True)[:MAX_ROWS]}


def _decisions(decided: Iterable[Decided]) -> Iterator[tuple[tuple[datetime, int], WhyRow]]:
    before: dict[int, float] = {}
    for number, (connector_id, record) in enumerate(decided):
        old_a = before.get(connector_id, record.limit_a)
        before[connector_id] = record.limit_a
        rule = f'rule: {RULES[record.rule]}, λ\u00a0{record.import_price:g}'
        yield (
            (record.at, number),
            WhyRow(
                second_marker(record.at),
                'sun' if record.limit_a else '',
                with_unit_spaces(reason_sentence(record)),
                ' · '.join((*_inputs(record.inputs), rule)),
                what_would_change(record),
                _change(old_a, record.limit_a),
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


def _limits(events: Iterable[Event]) -> Iterator[tuple[tuple[datetime, int], WhyRow]]:
    for event in events:
        if event.kind not in (EventKind.WISH, EventKind.LIMIT):
            continue
        by = Source(SourceKind(event.details['by']), event.details.get('name', ''))
        is_wish, name = event.kind == EventKind.WISH, charger_text(source_name(by), 24)
        if by.kind is SourceKind.SUN:
            continue  # the decision says it
        what = f'Asked for by {name}.' if is_wish else f'The charger accepted the limit of {name}.'
        tone = 'car' if is_wish else ''
        yield (
            (event.at, event.number),
            WhyRow(second_marker(event.at), tone, what, change=current(event.details['limit'])),
        )


def asked_offered_taken(connector: Connector, connected: bool, most_a: float) -> tuple[Value, ...]:
    """What was asked of the charger, what it accepted and offers, and what the car takes, each as it was last known."""
    wish, limit, meter = connector.wish, connector.limit, connector.meter
    offered_a = meter.offered_a if meter.offered_a is not None else connector.scheduled_a
    taken = meter.arrival(CURRENT)
    lines = (
        ('We asked', None if wish is None else wish.limit_a, charger_text(source_name(wish.by), 24) if wish else ''),
        ('It accepted', None if limit is None else limit.in_force_a, ''),
        ('It offers', offered_a if connected else None, ''),
        ('The car takes', meter.current_a if connected else None, marker('age', taken.at) if taken else ''),
    )
    return tuple(Value(name, current(a), source, _share(a, most_a)) for name, a, source in lines)


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
