"""What the statement's form offers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import process_time

from cpo.dashboard.words.statement import statement_choices
from cpo.state import MAX_TRANSACTIONS, ChargePointState, SessionEnergy, Transaction

NOW = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)


def session(hours_ago: int, person: str | None = None) -> Transaction:
    ended = NOW - timedelta(hours=hours_ago)
    begun = ended - timedelta(hours=1)
    return Transaction(
        transaction_id=str(hours_ago),
        charge_box_id='garage',
        id_tag='Blue card',
        meter_start_wh=0.0,
        meter_stop_wh=1000.0,
        start_timestamp=begun,
        energy=SessionEnergy.started(0, begun).stopped(1000, ended),
        stop_timestamp=ended,
        person=person,
    )


def test_it_offers_the_months_with_sessions_and_this_one_then_their_years_and_people_by_name() -> None:
    two_months, half_a_year = 61 * 24, 183 * 24
    sessions = (session(two_months, person='Maya'), session(half_a_year, person='Ben'))
    choices = statement_choices(ChargePointState(transactions=sessions), NOW)
    assert choices.periods == (
        ('2026-06', 'June 2026'),
        ('2026-04', 'April 2026'),
        ('2025-12', 'December 2025'),
        ('2026', 'All of 2026'),
        ('2025', 'All of 2025'),
    )
    assert choices.people == (('', 'Everybody'), ('Ben', 'Ben'), ('Maya', 'Maya'))


def test_at_each_meter_value_only_new_sessions_cost_it_a_look_at_the_calendar() -> None:
    state = ChargePointState(transactions=tuple(session(hours) for hours in range(7, 7 + MAX_TRANSACTIONS)))

    def cost(now: datetime) -> float:
        before = process_time()
        statement_choices(state, now)
        return process_time() - before

    first, *later = (cost(NOW + timedelta(seconds=second)) for second in range(8))
    assert min(later) < first / 2
