"""Sessions and statements for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cpo.frozen import replace
from cpo.statement.row import Missing, Obtained, StatementRow
from cpo.statement.signatures import Ed25519Key
from cpo.statement.statement import Month, Statement, statement_of

KEY = Ed25519Key(bytes(range(32)))
BEGUN = datetime(2026, 1, 7, 18, 5, tzinfo=UTC)
ROW = StatementRow(
    number=12,
    charge_box_id='garage',
    connector_id=1,
    charger='Home Works Wallbox 10',
    meter_serial='21070006',
    person='Anna',
    card='Tag1',
    card_name='Blue card',
    begun=BEGUN,
    ended=BEGUN + timedelta(hours=3),
    meter_start_wh=19000,
    meter_stop_wh=26480,
    energy_wh=7480,
    sun_wh=6100,
    price=Decimal('0.1206'),
    cents=90,
    currency='EUR',
    obtained=Obtained.REGISTER,
)


def row(number: int = 12, day: str = '2026-01-07', **members: Any) -> StatementRow:
    """A session that ended on this day."""
    ended = datetime.fromisoformat(f'{day}T21:05:00+00:00')
    times = {'begun': ended - timedelta(hours=3), 'ended': ended}
    return replace(ROW, number=number, **(times | members))


def statement(*rows: StatementRow, of: str | None = None) -> Statement:
    """The statement of the year 2026, of an open month each."""
    months: dict[str, list[StatementRow]] = {}
    for each in rows or (ROW,):
        months.setdefault(each.month, []).append(each)
    open_months = (Month(month, tuple(found)) for month, found in months.items())
    made_at = datetime(2026, 12, 31, 9, tzinfo=UTC)
    return statement_of(open_months, date(2026, 1, 1), date(2026, 12, 31), of, made_at, 'Garage')


AWKWARD = row(
    13,
    '2026-02-03',
    person='Şafak 李雷 <b>&"',
    card='=1+2',
    card_name=None,
    begun=None,
    meter_start_wh=None,
    price=None,
    cents=None,
    currency=None,
    obtained=Obtained.ESTIMATE,
    missing=(Missing.START, Missing.METER_START, Missing.PRICE),
)
