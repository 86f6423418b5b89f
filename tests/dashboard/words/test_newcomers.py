"""What is said of chargers that knocked and are not let in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cpo.dashboard.words.newcomers import newcomers
from cpo.state import ChargePointState, KnownCharger

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
GARAGE = KnownCharger('garage', True, NOW, '10.0.0.5')
NEW = KnownCharger('new', False, NOW - timedelta(minutes=3), '10.0.0.7')
NEWER = KnownCharger('⟦b⟧newer', False, NOW - timedelta(minutes=1), '10.0.0.8')
OLD = KnownCharger('old', False, NOW - timedelta(days=2), '10.0.0.9')
NEVER = KnownCharger('never')


def state(*chargers: KnownCharger) -> ChargePointState:
    return ChargePointState(chargers={each.charge_box_id: each for each in chargers})


def test_those_that_knocked_within_a_day_wait_the_newest_first() -> None:
    shown = newcomers(state(GARAGE, NEW, NEWER, OLD, NEVER), NOW, frozenset())
    assert [each.charge_box_id for each in shown] == ['⟦b⟧newer', 'new']
    assert [each.is_let_in for each in shown] == [False, False]
    assert shown[0].text.startswith('⟦b⟧bnewer⟦/b⟧ knocks, ')
    assert shown[1].text.endswith('and is new here. It called from 10.0.0.7.')


def test_no_more_than_five_are_shown() -> None:
    many = [replace(NEW, charge_box_id=f'n{number}') for number in range(9)]
    assert len(newcomers(state(*many), NOW, frozenset())) == 5


def test_several_are_one_line_where_the_page_has_more_to_say() -> None:
    many = [replace(NEW, charge_box_id=f'n{number}') for number in range(30)]
    (shown,) = newcomers(state(*many), NOW, frozenset(), in_one_line=True)
    assert (shown.charge_box_id, shown.text) == (None, '30 chargers knock, and are new here.')
    assert newcomers(state(NEW), NOW, frozenset(), in_one_line=True) == newcomers(state(NEW), NOW, frozenset())


def test_one_that_was_just_let_in_says_when_it_comes() -> None:
    let_in = replace(NEW, adopted=True)
    just, here = frozenset({'new'}), state(GARAGE, let_in)
    (shown,) = newcomers(here, NOW, just)
    assert (shown.text, shown.is_let_in) == (
        '⟦b⟧new⟦/b⟧ is let in from now on. Most wallboxes try again within a minute or two.',
        True,
    )
    with_other = replace(here, charge_box_id='garage', connected=True)
    assert 'it connects once garage is switched off.' in newcomers(with_other, NOW, just)[0].text
    with_it = replace(here, charge_box_id='new', connected=True)
    assert newcomers(with_it, NOW, just)[0].text.endswith('It is connected.')


def test_the_name_that_people_gave_stands_for_the_id() -> None:
    assert newcomers(state(replace(NEW, name='Left')), NOW, frozenset())[0].text.startswith('⟦b⟧Left⟦/b⟧ knocks')
