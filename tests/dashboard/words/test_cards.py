"""How pages name the cards of the household."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.dashboard.words.allowance import allowance_sentence
from cpo.dashboard.words.cards import cards_sentence
from cpo.dashboard.words.phrases import card
from cpo.state import ChargePointState, Connector, IdTag, SeenTag, SessionEnergy, Transaction, cards

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ('known', 'words'),
    [
        (None, 'Card 04A2'),
        (IdTag('04A2'), 'Card 04A2'),
        (IdTag('04A2', name='Blue card'), 'Blue card'),
        (IdTag('04A2', person='Anna'), 'Card 04A2 of Anna'),
        (IdTag('04A2', name='Blue card', person='Anna'), 'Blue card of Anna'),
        (IdTag('04A2', name='⟦b⟧x', person='⟦/b⟧'), 'bx of /b'),
    ],
)
def test_a_card_is_called_by_what_is_known_of_it(known: IdTag | None, words: str) -> None:
    assert card('04A2', known) == words


@pytest.mark.parametrize(
    ('statuses', 'seen_ago', 'words'),
    [
        ((), None, 'No cards may charge.'),
        (('Accepted', 'Blocked'), None, 'One card may charge.'),
        (('Accepted', 'Accepted'), timedelta(days=1), '2 cards may charge.'),
        (('Accepted',), timedelta(hours=1), 'One card may charge. Card X was held to the charger '
         '⟦age:2026-06-14T11:00:00Z⟧, and is not known here.'),
    ],
)  # fmt: skip
def test_how_many_may_charge_and_which_is_unknown(
    statuses: tuple[str, ...], seen_ago: timedelta | None, words: str
) -> None:
    known = {str(number): IdTag(str(number), status) for number, status in enumerate(statuses)}
    seen = {} if seen_ago is None else {'x': SeenTag('X', 'Invalid', NOW - seen_ago)}
    assert cards_sentence(ChargePointState(id_tags=known, seen_tags=seen), NOW) == words


@pytest.mark.parametrize(
    ('after', 'then'),
    [
        (cards.AfterAllowance.SAY, ''),
        (cards.AfterAllowance.SUN, ' It charges from the sun only.'),
        (cards.AfterAllowance.REFUSE, ' It begins no further session.'),
    ],
)
def test_a_card_that_charges_beyond_its_allowance_is_named(after: cards.AfterAllowance, then: str) -> None:
    energy = SessionEnergy.started(0, NOW).stopped(51_000, NOW)
    session = Transaction('1', 'CP1', 1, '04A2', number=1, start_timestamp=NOW, energy=energy)
    tag = IdTag('04A2', person='Anna', allowance_kwh=50, after_allowance=after)
    connectors = {1: Connector(1, transaction_id='1')}
    state = ChargePointState('CP1', transactions=(session,), connectors=connectors, id_tags={'04a2': tag})
    words = 'Card 04A2 of Anna has charged the 50\u00a0kWh it has for this month.'
    assert allowance_sentence(state, NOW) == words + then
    assert allowance_sentence(replace(state, id_tags={'04a2': replace(tag, allowance_kwh=52)}), NOW) is None
    assert allowance_sentence(replace(state, connectors={}), NOW) is None
