"""Sessions in words, and the summary of a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cpo.dashboard.words.session_row import session_row
from cpo.dashboard.words.sessions import MonthSummary, month_summary, refusal, start_and_end, sun_share, who
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import (
    HOME_ASSISTANT,
    REST,
    THE_SUN,
    YOU,
    Ending,
    IdTag,
    SessionCost,
    SessionEnergy,
    Source,
    SourceKind,
    Transaction,
)

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


STARTED_AT = NOW - timedelta(hours=2, minutes=14)
STARTED = SessionEnergy.started(1000, STARTED_AT)


def session(**members: Any) -> Transaction:
    finished: dict[str, Any] = {
        'transaction_id': '118',
        'charge_box_id': 'garage',
        'id_tag': 'Blue card',
        'meter_start_wh': 1000.0,
        'meter_stop_wh': 7420.0,
        'start_timestamp': STARTED_AT,
        'energy': STARTED.stopped(7420, NOW),
        'stop_timestamp': NOW,
        'stop_reason': 'EVDisconnected',
        'ending': Ending.UNPLUGGED,
        'sun_wh': 3210.0,
    }
    return Transaction(**finished | members)


RUNNING = session(stop_timestamp=None, meter_stop_wh=None, energy=STARTED.with_register(2000, NOW), sun_wh=1000.0)


def test_a_month_counts_the_running_session_and_leaves_out_the_demo_charger_and_last_month() -> None:
    last_month = session(start_timestamp=NOW - timedelta(days=20))
    known = [RUNNING, session(), session(charge_box_id=DEMO_CHARGE_BOX_ID), session(sun_wh=None), last_month]
    assert month_summary(known, NOW, UTC) == MonthSummary(
        energy_wh=13840.0, sessions=3, sun_share=4210 / 7420, demo_sessions=1
    )


def test_a_month_without_a_solar_reading_has_no_share() -> None:
    assert month_summary([session(sun_wh=None)], NOW, UTC).sun_share is None


def test_what_sessions_cost_is_shown_and_a_missing_price_is_told() -> None:
    costly = session(cost=SessionCost('EUR', NOW, nano=1_915_000_000, energy_wh=6420, fallback_wh=2000))
    row = session_row(costly)
    assert (row.cost, session_row(session()).cost) == ('1.92\u00a0€', '')
    assert row.note == 'No price was known for 2.00\u00a0kWh: the fixed one was used.'
    swiss = session(cost=SessionCost('CHF', NOW, nano=-50_000_000))
    assert session_row(swiss).cost == '−0.05\u00a0CHF'
    assert month_summary([costly, costly, swiss], NOW, UTC).cost == '3.84\u00a0€ + −0.05\u00a0CHF'


def test_a_session_with_a_plan_says_how_it_went() -> None:
    assert session_row(session(), plan='1.92 €; with perfect knowledge 1.84 €.').plan == (
        'Plan: 1.92 €; with perfect knowledge 1.84 €.'
    )
    assert session_row(session()).plan is None


def test_the_month_begins_at_midnight_of_the_zone() -> None:
    late = session(start_timestamp=datetime(2026, 5, 31, 22, 30, tzinfo=UTC))
    assert month_summary([late], NOW, UTC).sessions == 0
    assert month_summary([late], NOW, ZoneInfo('Europe/Berlin')).sessions == 1


@pytest.mark.parametrize(
    ('members', 'words'),
    [
        ({}, 'at the charger → unplugged'),
        ({'remote': True, 'ending': Ending.FROM_HERE}, 'from here → stopped from here'),
        ({'stop_reason': None, 'ending': Ending.OTHER}, 'at the charger → stopped'),
        ({'stop_reason': 'Whatever', 'ending': None}, 'at the charger → Whatever'),
        ({'start_timestamp': None}, 'start never reported → unplugged'),
        ({'stop_timestamp': None}, 'at the charger'),
    ],
)
def test_how_a_session_began_and_ended(members: dict[str, Any], words: str) -> None:
    assert start_and_end(session(**members)) == words


@pytest.mark.parametrize(
    ('members', 'words'),
    [
        ({}, 'Blue card'),
        ({'remote': True}, 'Dashboard'),
        ({'remote': True, 'started_by': YOU}, 'Dashboard'),
        ({'remote': True, 'started_by': THE_SUN}, 'The sun'),
        ({'remote': True, 'started_by': HOME_ASSISTANT}, 'Home Assistant'),
        ({'remote': True, 'started_by': REST}, 'REST'),
        ({'remote': True, 'started_by': Source(SourceKind.PLUG_AND_CHARGE)}, 'Plug and charge'),
        ({'id_tag': None}, 'Unknown card'),
    ],
)
def test_who_charged(members: dict[str, Any], words: str) -> None:
    assert who(session(**members)) == words


@pytest.mark.parametrize(
    ('members', 'card', 'words'),
    [
        ({'person': 'Anna'}, None, 'Anna'),
        ({'person': 'Anna'}, IdTag('Tag1', name='Red card', person='Ben'), 'Anna'),
        ({}, IdTag('Tag1', name='Red card'), 'Red card'),
        ({'remote': True}, IdTag('Tag1', name='Red card'), 'Red card'),
        ({}, IdTag('Tag1', person='Ben'), 'Blue card'),
        ({'remote': True, 'started_by': THE_SUN}, IdTag('Tag1'), 'The sun'),
    ],
)
def test_a_session_is_named_by_its_person_else_by_its_card(
    members: dict[str, Any], card: IdTag | None, words: str
) -> None:
    assert who(session(**members), card) == words


@pytest.mark.parametrize(('status', 'words'), [('Accepted', None), ('Invalid', 'card not known'), ('Odd', 'Odd')])
def test_a_card_that_was_refused_is_named(status: str, words: str | None) -> None:
    assert refusal(session(id_tag_status=status)) == words


@pytest.mark.parametrize(('sun_wh', 'share'), [(3210.0, 0.5), (0.0, 0.0), (9999.0, 1.0), (None, None)])
def test_the_share_of_the_sun_is_never_above_one(sun_wh: float | None, share: float | None) -> None:
    assert sun_share(session(sun_wh=sun_wh)) == share


def test_the_row_of_a_running_demo_session_counts_on_and_is_tagged() -> None:
    row = session_row(replace(RUNNING, charge_box_id=DEMO_CHARGE_BOX_ID))
    assert row.time == '⟦time:2026-06-14T09:46:00Z⟧ – now'
    assert row.duration == '⟦since:2026-06-14T09:46:00Z⟧'
    assert [words for words, _ in row.tags] == ['running', 'demo']


@pytest.mark.parametrize(
    ('energy', 'words'),
    [
        (STARTED.stopped(7420, NOW), '6.42\u00a0kWh'),
        (STARTED.with_register(7420, NOW).abandoned(), 'about\u00a06.42\u00a0kWh'),
        (STARTED.abandoned(), '–'),
        (None, '–'),
    ],
)
def test_an_estimated_energy_is_marked_as_one(energy: SessionEnergy | None, words: str) -> None:
    assert session_row(session(energy=energy)).energy == words


def test_a_card_cannot_forge_a_time() -> None:
    assert '⟦' not in session_row(session(id_tag='⟦time:2026-06-14T09:46:00Z⟧')).who


@pytest.mark.parametrize(
    ('running', 'grid_known', 'words'),
    [(True, False, 'at most 40\u00a0%'), (True, True, '40\u00a0%'), (False, False, '40\u00a0%')],
)
def test_without_a_reading_of_the_grid_a_running_session_has_at_most_that_share_of_the_sun(
    running: bool, grid_known: bool, words: str
) -> None:
    ended = session(energy=SessionEnergy.started(0, NOW).stopped(1000, NOW))
    shown = replace(ended, sun_wh=400, stop_timestamp=None if running else ended.stop_timestamp)
    assert session_row(shown, grid_known=grid_known).sun.words == words
