"""In which month what is stated, also where it becomes known late."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.state import SessionEnergy, Source, SourceKind, Transaction
from cpo.statement.closed_month import broken, closed_month, rows_of
from cpo.statement.closing import Stated, open_months, stated_of
from cpo.statement.row import Device, Missing, StatementRow, document_of, row_from, row_of
from cpo.statement.statement import Sum
from tests.statement.books import AWKWARD, BEGUN, KEY, ROW, row

JANUARY, FEBRUARY = '2026-01', '2026-02'


def test_a_session_is_stated_in_the_month_in_which_it_ended() -> None:
    found = open_months([row(1, '2026-02-01'), row(2, '2026-01-31'), row(3, '2026-09-01')], {}, None, FEBRUARY)
    assert {month: [each.number for each in rows] for month, rows in found.items()} == {JANUARY: [2], FEBRUARY: [1]}


def test_what_is_reported_after_a_month_was_closed_is_added_to_the_next_and_names_it() -> None:
    found = open_months([row(1, '2026-01-31'), row(2, '2026-02-03')], {}, JANUARY, FEBRUARY)
    assert [(each.number, each.adds_to, each.is_difference) for each in found[FEBRUARY]] == [
        (1, JANUARY, False),
        (2, None, False),
    ]


def test_a_session_that_was_corrected_adds_the_difference_only() -> None:
    stated = {1: Stated(5000, 150), 2: Stated(7480, 90)}
    found = open_months([row(1, energy_wh=4000, cents=120), row(2)], stated, JANUARY, FEBRUARY)
    (difference,) = found[FEBRUARY]
    assert (difference.energy_wh, difference.cents, difference.adds_to) == (-1000, -30, JANUARY)
    assert difference.is_difference
    assert stated_of([row(1, energy_wh=5000, cents=150), difference]) == {1: Stated(4000, 120)}


Look = list[tuple[int, int, int | None]]
FIGURES = st.tuples(st.integers(1, 4), st.integers(-100, 90_000), st.integers(-500, 5_000) | st.none())


@given(st.lists(st.lists(FIGURES, max_size=6), max_size=6))
def test_the_sums_of_months_are_the_sums_of_what_is_known_in_the_end(
    looks: list[Look],
) -> None:
    """Each look, one a month, finds sessions with other figures than before."""
    known: dict[int, tuple[int, int | None]] = {}
    closed_rows: list[StatementRow] = []
    closed: str | None = None
    for month, look in enumerate(looks, 1):
        for number, energy_wh, cents in look:
            before = known.get(number, (0, None))[1]
            known[number] = energy_wh, before if cents is None else cents
        rows = [row(n, f'2026-0{min(n, month)}-02', energy_wh=wh, cents=c) for n, (wh, c) in known.items()]
        for name, stated_rows in open_months(rows, stated_of(closed_rows), closed, f'2026-0{month}').items():
            closed_rows += stated_rows
            closed = name
    total = Sum.of(closed_rows)
    assert total.energy_wh == sum(wh for wh, _ in known.values())
    assert sum(total.cents.values()) == sum(c or 0 for _, c in known.values())


def test_a_row_is_the_same_after_it_was_sealed() -> None:
    for each in (ROW, AWKWARD, ROW.less(1000, 20), row(meter_serial=None, connector_id=None)):
        assert row_from(document_of(each)) == each


def test_closed_months_are_a_chain_that_breaks_where_one_is_changed() -> None:
    january = closed_month(JANUARY, [ROW], None, BEGUN, KEY)
    february = closed_month(FEBRUARY, [AWKWARD], january, BEGUN, KEY)
    march = closed_month('2026-03', [], february, BEGUN, KEY)
    assert rows_of(february) == (AWKWARD,)
    assert broken([january, february, march]) == []
    assert broken([january._replace(text=january.text.replace('7480', '7481')), february, march]) == [JANUARY]
    assert broken([january, march]) == ['2026-03']
    assert broken([february]) == [FEBRUARY]
    other = closed_month(JANUARY, [], None, BEGUN, KEY)
    assert broken([other, february]) == [FEBRUARY]


@pytest.mark.parametrize(
    ('ended', 'month'),
    [
        (datetime(2026, 7, 31, 21, 59, tzinfo=UTC), '2026-07'),
        (datetime(2026, 7, 31, 22, 1, tzinfo=UTC), '2026-08'),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), '2026-12'),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), '2027-01'),
    ],
)
def test_a_month_ends_at_midnight_by_the_local_clock(ended: datetime, month: str) -> None:
    energy = SessionEnergy.started(0, ended).stopped(4000, ended)
    session = Transaction('7', 'garage', 1, 'Tag1', number=7, stop_timestamp=ended, energy=energy)
    found = row_of(session, Device(), zone=ZoneInfo('Europe/Berlin'))
    assert found.month == month
    assert row_from(document_of(found)) == found


def test_a_session_that_was_started_from_here_is_stated_by_who_started_it_not_by_the_tag_that_was_sent() -> None:
    session = Transaction(
        '7', 'garage', 1, 'Tag1', number=7, remote=True, started_by=Source(SourceKind.SUN), stop_timestamp=BEGUN
    )
    found = row_of(session, Device())
    assert (found.card, found.who, found.is_of('tag1'), found.is_of('the sun')) == (None, 'The sun', False, True)
    assert Missing.WHO not in found.missing
    assert row_from(document_of(found)) == found
