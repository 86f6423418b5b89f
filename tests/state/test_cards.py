"""Whose session it is, and how much a card has charged in a month."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import (
    ChargePointState,
    IdTag,
    IdTagChanged,
    SeenTag,
    SessionEnergy,
    StatusNotified,
    TagSeen,
    Transaction,
    TransactionStarted,
    TransactionStopped,
    cards,
)
from cpo.state.record_entries import MAX_UNKNOWN_TAGS
from tests.statuses import status_change

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
ANNAS = IdTag('04A2', name='Blue card', person='Anna')
TAG1 = IdTag('Tag1', name='This page')


def begun(number: int, id_tag: str, at: datetime = NOW, remote: bool = False) -> TransactionStarted:
    return TransactionStarted(
        Transaction(str(number), 'CP1', 1, id_tag, number=number, remote=remote, start_timestamp=at), at
    )


def after(*entries: TransactionStarted | TransactionStopped | IdTagChanged | str) -> ChargePointState:
    """The state after these entries; a text is a status of connector 1."""
    state = ChargePointState('CP1', connected=True, since=NOW, id_tags={'04a2': ANNAS, 'tag1': TAG1})
    for entry in entries:
        fact = StatusNotified(1, status_change(entry, NOW), NOW) if isinstance(entry, str) else entry
        state = fact.apply(state)
    return state


def stopped(number: int) -> TransactionStopped:
    return TransactionStopped(str(number), 2000, NOW, 'Remote', NOW, number)


def test_a_session_belongs_to_whom_the_card_belonged_to_when_it_began() -> None:
    state = after(begun(1, '04a2'), stopped(1), IdTagChanged(replace(ANNAS, person='Ben', name='Red card')))
    (session,) = state.transactions
    assert (session.person, cards.card_name(session, state)) == ('Anna', 'Red card')
    assert begun(2, '04A2').apply(state).transactions[0].person == 'Ben'


def test_a_session_of_an_unknown_card_belongs_to_nobody() -> None:
    state = after(begun(1, 'Stranger'))
    assert (state.transactions[0].person, cards.card_name(state.transactions[0], state)) == (None, None)


@pytest.mark.parametrize(
    ('between', 'person'),
    [((), 'Anna'), (('Finishing', 'Preparing'), 'Anna'), (('Finishing', 'Available', 'Preparing'), None)],
)
def test_a_session_that_is_begun_again_for_the_same_car_counts_for_the_same_card(
    between: tuple[str, ...], person: str | None
) -> None:
    state = after('Charging', begun(1, '04A2'), stopped(1), *between, begun(2, 'Tag1', remote=True))
    session = state.transactions[0]
    assert (session.id_tag, session.counts_for, session.person) == ('Tag1', '04A2' if person else None, person)


def test_the_tag_of_a_remote_start_is_no_card_unless_it_is_somebodys() -> None:
    state = after(begun(1, 'Tag1', remote=True))
    assert (state.transactions[0].counts_for, cards.month_energies_wh(state, NOW)) == (None, {})
    state = after(begun(1, '04A2', remote=True))
    assert (state.transactions[0].counts_for, state.transactions[0].person) == ('04A2', 'Anna')


def test_another_card_at_the_same_car_is_another_owner() -> None:
    state = after('Charging', begun(1, '04A2'), stopped(1), begun(2, 'Tag1'))
    assert state.transactions[0].counts_for == 'Tag1'


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('TZ', request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ('zone', 'now', 'begin', 'end'),
    [
        ('UTC', '2026-06-14T12:00', '2026-06-01T00:00', '2026-07-01T00:00'),
        ('Europe/Berlin', '2026-03-30T12:00', '2026-02-28T23:00', '2026-03-31T22:00'),
        ('Europe/Berlin', '2026-10-25T01:30', '2026-09-30T22:00', '2026-10-31T23:00'),
        ('Europe/Berlin', '2026-12-31T23:30', '2026-12-31T23:00', '2027-01-31T23:00'),
        ('America/St_Johns', '2026-01-01T02:00', '2025-12-01T03:30', '2026-01-01T03:30'),
    ],
    indirect=['zone'],
)
@pytest.mark.usefixtures('zone')
def test_a_month_is_that_of_the_household(now: str, begin: str, end: str) -> None:
    bounds = cards.month_bounds(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert [f'{each.astimezone(UTC):%Y-%m-%dT%H:%M}' for each in bounds] == [begin, end]


def charged(number: int, wh: float, at: datetime = NOW, **members: object) -> Transaction:
    energy = SessionEnergy.started(0, at).stopped(wh, at)
    session = Transaction(str(number), 'CP1', 1, '04A2', number=number, start_timestamp=at, stop_timestamp=at)
    return replace(session, energy=energy, **members)  # type: ignore[arg-type]


def test_the_energy_of_a_month_is_that_of_the_sessions_of_one_card_that_began_in_it() -> None:
    sessions = (
        charged(1, 1000),
        charged(2, 2000, id_tag='Tag1'),
        charged(3, 4000, id_tag='Tag1', card='04a2'),
        charged(4, 8000, NOW - timedelta(days=31)),
        charged(5, 16000, charge_box_id=DEMO_CHARGE_BOX_ID),
        charged(6, 32000, datetime(1, 1, 1, tzinfo=UTC)),
    )
    state = ChargePointState('CP1', transactions=sessions)
    assert cards.month_energy_wh('04A2', state, NOW) == 5000
    assert cards.month_energy_wh('Nobody', state, NOW) == 0


def test_of_unknown_cards_the_newest_are_kept_and_all_known_ones() -> None:
    state = after()
    for number in range(MAX_UNKNOWN_TAGS + 2):
        at = NOW + timedelta(seconds=number)
        state = TagSeen(SeenTag('04A2' if number == 0 else f'X{number}', 'Invalid', at)).apply(state)
    assert len(state.seen_tags) == MAX_UNKNOWN_TAGS + 1
    assert '04a2' in state.seen_tags
    assert 'x1' not in state.seen_tags
