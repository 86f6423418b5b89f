"""What a card may do: its hours and its allowance refuse it, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cpo.state import (
    HOME_ASSISTANT,
    THE_CARD,
    THE_SUN,
    YOU,
    ChargePointState,
    Connector,
    IdTag,
    Limit,
    Mode,
    RefusedTag,
    SessionEnergy,
    Source,
    Transaction,
    cards,
)

NOON = datetime(2026, 6, 14, 12, 0).astimezone()
NIGHT = NOON.replace(hour=23)
OPEN, SHUT = cards.Hours.parse('8-20'), cards.Hours.parse('22-6')
REFUSE, SUN, SAY = cards.AfterAllowance.REFUSE, cards.AfterAllowance.SUN, cards.AfterAllowance.SAY
SESSION = Transaction('1', 'CP1', 1, '04A2', number=1, start_timestamp=NOON - timedelta(hours=1))


def card(**members: Any) -> IdTag:
    return replace(IdTag('04A2'), **members)


def charged(kwh: float, at: datetime = NOON) -> ChargePointState:
    """A house in which the card has charged so much, in a session that is over."""
    energy = SessionEnergy.started(0, at).stopped(kwh * 1000, at)
    session = replace(SESSION, start_timestamp=at, stop_timestamp=at, energy=energy)
    return ChargePointState('CP1', transactions=(session,))


@pytest.mark.parametrize(
    ('members', 'kwh', 'refusal'),
    [
        ({}, 0, None),
        ({'hours': OPEN}, 0, None),
        ({'hours': SHUT}, 0, cards.CardRefusal.OUTSIDE_HOURS),
        ({'allowance_kwh': 50, 'after_allowance': REFUSE}, 49.9, None),
        ({'allowance_kwh': 50, 'after_allowance': REFUSE}, 50, cards.CardRefusal.ALLOWANCE_USED),
        ({'allowance_kwh': 0, 'after_allowance': REFUSE}, 0, cards.CardRefusal.ALLOWANCE_USED),
        ({'allowance_kwh': 50, 'after_allowance': SUN}, 60, None),
        ({'allowance_kwh': 50, 'after_allowance': SAY}, 60, None),
        ({'after_allowance': REFUSE}, 60, None),
        ({'hours': SHUT, 'allowance_kwh': 50, 'after_allowance': REFUSE}, 60, cards.CardRefusal.OUTSIDE_HOURS),
    ],
)
def test_hours_and_allowance_refuse_a_card(
    members: dict[str, Any], kwh: float, refusal: cards.CardRefusal | None
) -> None:
    assert cards.card_refusal(card(**members), charged(kwh), NOON) == refusal


def test_an_allowance_is_new_each_month() -> None:
    spent = card(allowance_kwh=50, after_allowance=REFUSE)
    assert cards.card_refusal(spent, charged(60), NOON.replace(day=30)) is cards.CardRefusal.ALLOWANCE_USED
    assert cards.card_refusal(spent, charged(60), NOON.replace(month=7, day=1, hour=0)) is None


RUNNING = ChargePointState('CP1', transactions=(SESSION,))
GROUP = replace(
    RUNNING,
    transactions=(replace(SESSION, id_tag='Other'),),
    id_tags={'other': IdTag('Other', parent_id_tag='Family'), 'lone': IdTag('Lone')},
)
STARTING = ChargePointState('CP1', connectors={1: Connector(1, remote_start=Limit(10, YOU, NOON))})


@pytest.mark.parametrize(
    ('members', 'state', 'remote_start_tag', 'status'),
    [
        ({}, ChargePointState(), 'Tag1', 'Accepted'),
        ({'hours': SHUT}, ChargePointState(), 'Tag1', 'Blocked'),
        ({'hours': SHUT, 'status': 'Invalid'}, ChargePointState(), 'Tag1', 'Invalid'),
        ({'hours': SHUT, 'expiry_date': NOON}, ChargePointState(), 'Tag1', 'Expired'),
        ({'hours': SHUT}, RUNNING, 'Tag1', 'Accepted'),
        ({'hours': SHUT, 'status': 'Blocked'}, RUNNING, 'Tag1', 'Blocked'),
        ({'hours': SHUT, 'parent_id_tag': 'Family'}, GROUP, 'Tag1', 'Accepted'),
        ({'hours': SHUT, 'parent_id_tag': 'Work'}, GROUP, 'Tag1', 'Blocked'),
        ({'hours': SHUT}, GROUP, 'Tag1', 'Blocked'),
        ({'hours': SHUT}, STARTING, '04a2', 'Accepted'),
        ({'hours': SHUT}, STARTING, 'Tag1', 'Blocked'),
        ({'hours': SHUT}, ChargePointState(), '04a2', 'Blocked'),
    ],
)
def test_a_charger_is_answered_blocked_but_a_card_may_end_its_session(
    members: dict[str, Any], state: ChargePointState, remote_start_tag: str, status: str
) -> None:
    assert cards.answered_status(card(**members), state, NOON, remote_start_tag) == status


@pytest.mark.parametrize(
    ('members', 'remote', 'may'),
    [
        ({}, False, False),
        ({}, True, True),
        ({'mode': Mode.MANUAL}, False, False),
        ({'mode': Mode.SOLAR}, False, True),
        ({'mode': Mode.FAST}, False, True),
        ({'after_allowance': SUN, 'allowance_kwh': 50}, False, True),
    ],
)
def test_the_sun_leads_a_session_of_a_card_that_wants_it(members: dict[str, Any], remote: bool, may: bool) -> None:
    state = replace(RUNNING, id_tags={'04a2': card(**members)})
    assert cards.may_be_steered(replace(SESSION, remote=remote), state) is may


def wished(by: Source, limit_a: float = 10, at: datetime = NOON) -> Connector:
    return Connector(1, last_wish=Limit(limit_a, by, at), wish_holds=True)


@pytest.mark.parametrize(
    ('hours', 'session', 'connector', 'now', 'ends'),
    [
        (None, SESSION, Connector(1), NOON, False),
        (OPEN, SESSION, Connector(1), NOON, False),
        (OPEN, SESSION, Connector(1), NIGHT, True),
        (OPEN, SESSION, wished(YOU, at=NOON), NIGHT, True),
        (OPEN, SESSION, wished(YOU, at=NIGHT), NIGHT, False),
        (OPEN, SESSION, wished(YOU, at=NIGHT - timedelta(hours=2)), NIGHT, False),
        (OPEN, SESSION, wished(YOU, at=NIGHT - timedelta(days=1)), NIGHT, True),
        (OPEN, SESSION, wished(HOME_ASSISTANT, at=NIGHT), NIGHT, False),
        (OPEN, SESSION, wished(YOU, 0, NIGHT), NIGHT, True),
        (OPEN, SESSION, wished(THE_SUN, at=NIGHT), NIGHT, True),
        (OPEN, SESSION, wished(THE_CARD, at=NIGHT), NIGHT, True),
        (OPEN, replace(SESSION, card='04A2', remote=True, started_by=THE_SUN), Connector(1), NIGHT, True),
        (OPEN, replace(SESSION, card='04A2', remote=True, started_by=YOU), Connector(1), NIGHT, False),
        (OPEN, replace(SESSION, card='04A2', remote=True), Connector(1), NIGHT, False),
        (OPEN, replace(SESSION, id_tag='Other'), Connector(1), NIGHT, False),
    ],
)
def test_a_session_ends_with_the_hours_of_its_card_unless_somebody_wants_more(
    hours: cards.Hours | None, session: Transaction, connector: Connector, now: datetime, ends: bool
) -> None:
    state = ChargePointState('CP1', transactions=(session,), id_tags={'04a2': card(hours=hours)})
    assert cards.must_end(session, connector, state, now) is ends


@pytest.mark.parametrize(
    ('members', 'status', 'refusal'),
    [
        ({'hours': SHUT}, 'Blocked', cards.CardRefusal.OUTSIDE_HOURS),
        ({'hours': SHUT, 'status': 'Blocked'}, 'Blocked', None),
        ({'hours': SHUT}, 'ConcurrentTx', None),
        ({}, 'Blocked', None),
    ],
)
def test_why_a_card_was_refused_is_known_afterwards(
    members: dict[str, Any], status: str, refusal: cards.CardRefusal | None
) -> None:
    state = ChargePointState(id_tags={'04a2': card(**members)})
    assert cards.refusal_of(RefusedTag('04A2', status, NOON), state) == refusal
    assert cards.refusal_of(RefusedTag('Stranger', status, NOON), state) is None
