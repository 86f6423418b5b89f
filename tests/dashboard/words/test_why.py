"""The rows and lines of the page Why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cpo.controllers import Decided, DecisionRecord, Reason
from cpo.controllers.surplus_values import Reading, Readings, SurplusRules, SurplusState
from cpo.dashboard.words.why import asked_offered_taken, readings, why_rows
from cpo.state import (
    HOME_ASSISTANT,
    THE_SUN,
    YOU,
    Arrival,
    Connector,
    Event,
    EventKind,
    Limit,
    SolarReading,
    Source,
    SourceKind,
)
from tests.dashboard.words.plain_text import plain_text

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
METER = Source(SourceKind.PROGRAM, 'house meter')


def decided(
    seconds: float,
    limit_a: float,
    reason: Reason = Reason.FOLLOWS,
    connector_id: int = 1,
    phases: tuple[int, ...] = (1,),
) -> Decided:
    """A decision so many seconds from now."""
    at = NOW + timedelta(seconds=seconds)
    meters_at, charger_at = at - timedelta(seconds=0.3), at - timedelta(seconds=4)
    given = Readings(
        grid_w=Reading(-412.0, meters_at, METER),
        pv_w=Reading(2400.0, meters_at, METER),
        voltage_v=Reading(231.0, charger_at),
    )
    state = SurplusState(phases=phases[-1], limit_a=limit_a, surplus_w=900.0)
    return Decided(connector_id, DecisionRecord(at, given, SurplusRules(phases=phases), reason, state))


def test_decisions_and_wishes_are_told_newest_first_with_what_changed() -> None:
    events = (
        Event(NOW + timedelta(seconds=5), EventKind.WISH, 1, {'limit': 8.0, 'by': 'program', 'name': 'REST'}, 1),
        Event(NOW + timedelta(seconds=6), EventKind.LIMIT, 1, {'limit': 8.0, 'by': 'program', 'name': 'REST'}, 2),
        Event(NOW + timedelta(seconds=7), EventKind.WISH, 1, {'limit': 9.0, 'by': 'sun'}, 3),
        Event(NOW + timedelta(seconds=8), EventKind.BOOT, None, {}, 4),
    )
    rows = [*why_rows([decided(0, 0, Reason.TOO_LITTLE), decided(9, 8.4)], events).values()]
    assert [(row.what, row.change.replace('\u00a0', ' ')) for row in rows] == [
        ('The car gets what is left over.', '0 → 8.4 A'),
        ('The charger accepted the limit of REST.', '8.0 A'),
        ('Asked for by REST.', '8.0 A'),
        ('Too little is left over to charge.', '0 A'),
    ]
    assert rows[0].facts.replace('\u00a0', ' ') == (
        'grid −412 W, sun 2400 W (house meter, 0 s) · voltage 231 V (charger, 4 s) · '
        'by what is left over; an imported kWh counts as one of the sun'
    )
    assert [row.tone for row in rows] == ['sun', '', 'car', '']
    assert why_rows([], []) == {}


def test_several_connectors_are_named_and_phases_that_are_chosen() -> None:
    events = (Event(NOW, EventKind.WISH, 2, {'limit': 8.0, 'by': 'program', 'name': 'REST'}, 1),)
    right = [decided(2, 7.0, connector_id=2, phases=(1, 3)), decided(3, 6.0, connector_id=2, phases=(1,))]
    rows = why_rows([decided(1, 0), *right], events, {1: 'Left', 2: 'Right'})
    assert [(row.what, row.change.replace('\u00a0', ' ')) for row in rows.values()] == [
        ('Right: The car gets what is left over.', '7 → 6.0 A on one phase'),
        ('Right: The car gets what is left over.', '7.0 A on three phases'),
        ('Left: The car gets what is left over.', '0 A'),
        ('Right: Asked for by REST.', '8.0 A'),
    ]


def test_what_was_asked_accepted_offered_and_taken_is_each_as_last_known() -> None:
    connector = Connector(1, limit=Limit(8.0, THE_SUN, NOW, 3), last_wish=Limit(9.2, THE_SUN, NOW), wish_holds=True)
    lines = asked_offered_taken(connector, connected=True, most_a=16)
    assert [(line.name, line.value.replace('\u00a0', ' '), line.source) for line in lines] == [
        ('We asked', '9.2 A', 'the sun'),
        ('It accepted', '8.0 A', 'on three phases'),
        ('It offers', '–', ''),
        ('The car takes', '–', ''),
    ]
    assert [line.share for line in lines] == [0.575, 0.5, 0.0, 0.0]


def test_what_a_ceiling_leaves_is_what_was_asked() -> None:
    held = Limit(8.0, YOU, NOW, held_by='fuse', wished_a=12.0)
    asked, *_ = asked_offered_taken(Connector(1, last_wish=held, wish_holds=True), connected=True, most_a=16)
    assert (asked.value, asked.source) == ('8.0\u00a0A', 'you want 12.0\u00a0A, the fuse leaves 8.0\u00a0A')
    paused = replace(held, limit_a=0.0, by=THE_SUN)
    asked, *_ = asked_offered_taken(Connector(1, last_wish=paused, wish_holds=True), connected=True, most_a=16)
    assert (asked.value, asked.source) == ('0\u00a0A', 'the sun wants 12.0\u00a0A, the fuse leaves too little')


def test_ceilings_and_what_they_make_of_limits_are_among_the_decisions() -> None:
    until, by = '2026-06-14T13:00:00.000Z', {'by': 'program', 'name': 'EMS'}
    details = {'ceiling': 'grid-operator', 'limit_a': 8.0, 'until': until, 'reason': '§14a EnWG', **by}
    events = (
        Event(NOW, EventKind.CEILING, None, details, 1),
        Event(NOW, EventKind.LIMIT, 1, {'limit': 8.0, 'by': 'sun', 'heldBy': 'grid-operator'}, 2),
        Event(NOW, EventKind.LIMIT, 1, {'limit': 11.0, 'by': 'sun'}, 3),
        Event(NOW, EventKind.CEILING_LIFTED, None, {'ceiling': 'grid-operator'}, 4),
        Event(NOW, EventKind.CEILING_EXPIRED, None, {'ceiling': 'oven'}, 5),
        Event(NOW, EventKind.CEILING, None, {'ceiling': 'peak', 'limit_w': 1400, 'by': 'guard'}, 6),
    )
    rows = [*why_rows([], events).values()][::-1]
    assert [(row.what, plain_text(row.facts, NOW), row.change.replace('\u00a0', ' ')) for row in rows] == [
        ('A ceiling of the grid operator holds.', 'EMS · §14a EnWG · until 13:00 UTC', '8.0 A'),
        ('The charger accepted the limit of the sun.', 'The grid operator leaves 8.0 A.', '8.0 A'),
        ('The ceiling of the grid operator was lifted.', '', ''),
        ('The time of the ceiling of oven is over.', '', ''),
        ("A ceiling of the month's peak holds.", 'the house', '1.4 kW'),
    ]


def test_readings_are_told_with_source_and_age_and_stale_ones_as_such() -> None:
    solar = SolarReading(
        pv_w=2400,
        grid_w=-900,
        at=NOW,
        battery_soc=64,
        grid_a=(-4.1, 0.2, 0),
        arrivals={
            'grid_w': Arrival(NOW, by=HOME_ASSISTANT),
            'battery_soc': Arrival(NOW - timedelta(hours=1), by=METER),
            'grid_a': Arrival(NOW, by=METER),
        },
    )
    lines = {
        line.name: (line.value.replace('\u00a0', ' '), plain_text(line.source, NOW)) for line in readings(solar, NOW)
    }
    assert lines['House meter'] == ('−0.9 kW', 'Home Assistant, now')
    assert lines['Sun'] == ('2.4 kW', 'you, simulated')
    assert lines['Charge of the battery'][0] == '64 %'
    assert lines['Charge of the battery'][1].endswith('too old to use')
    assert lines['Currents L1, L2, L3'][0] == '−4.1 A, 0.2 A, 0 A'
    assert 'House battery' not in lines
    assert readings(SolarReading(), NOW) == ()
