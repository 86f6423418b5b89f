"""A statement as it stands on paper: texts in tables, for the page and the PDF (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cpo.statement.row import Missing, Obtained, StatementRow, amount_text
from cpo.statement.statement import Month, Statement, Sum
from cpo.statement.words import OBTAINED, OBTAINED_MEANS, missing_words

TITLE = 'Charging statement'
COLUMNS = ('Began', 'Ended', 'Who', 'Meter start', 'Meter stop', 'kWh', 'Price per kWh', 'Cost', 'How')
SUM_COLUMNS = ('', 'Sessions', 'kWh', 'Cost')
UNKNOWN = '–'
SHOWN_OF_HASH = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its cells, and in smaller letters below them what else there is to say."""

    cells: tuple[str, ...]
    below: str = ''


@dataclass(frozen=True, slots=True)
class Table:
    """The sessions of a month, and their sum."""

    heading: str
    lines: tuple[Line, ...]
    sum: Line


@dataclass(frozen=True, slots=True)
class Paper:
    """All texts of a statement. `sums` are by person and card, the last one of all."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sums: tuple[Line, ...]
    tables: tuple[Table, ...]
    remarks: tuple[str, ...]


def paper_of(statement: Statement, key: str) -> Paper:
    """A statement as texts; `key` is the fingerprint of the one that seals it."""
    facts = (
        ('Period', f'{_day(statement.first)} to {_day(statement.last)}'),
        ('For', statement.of or 'everybody'),
        ('Charging point', statement.issuer),
        ('Made', f'{_time(statement.made_at)} ({statement.made_at:%z})'),
        ('Sealed with', f'key {key}'),
    )
    sums = [_sum_line(who or 'nobody known', found) for who, found in statement.by(lambda row: row.who).items()]
    total = _sum_line('Together', statement.sum)
    tables = tuple(_table(month) for month in statement.months)
    return Paper(TITLE, facts, (*sums, total), tables, tuple(_remarks(statement)))


def _table(month: Month) -> Table:
    closed = f'closed, seal {month.hash[:SHOWN_OF_HASH]}' if month.hash else 'not closed yet'
    heading = f'{date.fromisoformat(f"{month.month}-01"):%B %Y} ({closed})'
    total = month.sum
    cells = (
        'Sum',
        '',
        f'{total.sessions} session{"" if total.sessions == 1 else "s"}',
        '',
        '',
        _kwh(total.energy_wh),
        '',
        _amounts(total),
        '',
    )
    return Table(heading, tuple(_line(row) for row in month.rows), Line(cells))


def _line(row: StatementRow) -> Line:
    cells = (
        UNKNOWN if row.begun is None else _time(row.begun),
        _time(row.ended),
        row.who or UNKNOWN,
        _kwh(row.meter_start_wh),
        _kwh(row.meter_stop_wh),
        _kwh(None if Missing.ENERGY in row.missing else row.energy_wh),
        UNKNOWN if row.price is None else f'{row.price} {row.currency}',
        UNKNOWN if row.cents is None else f'{amount_text(row.cents)} {row.currency}',
        UNKNOWN if Missing.ENERGY in row.missing else OBTAINED[row.obtained],
    )
    return Line(cells, ' · '.join(_below(row)))


def _below(row: StatementRow) -> Iterator[str]:
    """The charger, its meter, the card, and what is missing."""
    connector = '' if row.connector_id in (None, 0, 1) else f', connector {row.connector_id}'
    yield f'{row.charger or "Charger"} ({row.charge_box_id}{connector})'
    if row.meter_serial:
        yield f'meter {row.meter_serial}'
    if row.card and row.card != row.who:
        yield f'card {row.card}'
    if row.adds_to:
        month = f'{date.fromisoformat(f"{row.adds_to}-01"):%B %Y}'
        yield f'difference to what {month} states' if row.is_difference else f'reported after {month} was closed'
    if row.missing:
        yield missing_words(row.missing)


def _remarks(statement: Statement) -> Iterator[str]:
    used = {row.obtained for row in statement.rows}
    yield from (OBTAINED_MEANS[obtained] for obtained in Obtained if obtained in used)
    yield 'The meter is in kWh; times are local. Energy from the sun costs what it would have earned.'
    yield 'A session counts for the month in which it ended; what is reported later is added to the next open month.'
    if unpriced := statement.sum.unpriced:
        yield f'{unpriced} without a price: the sums leave {"it" if unpriced == 1 else "them"} out.'
    for month in statement.broken:
        yield f'WARNING: the journal has another {month} than was sealed. Do not rely on that month.'


def _sum_line(name: str, found: Sum) -> Line:
    return Line((name, str(found.sessions), _kwh(found.energy_wh), _amounts(found)))


def _amounts(found: Sum) -> str:
    return ' + '.join(f'{amount_text(cents)} {currency}' for currency, cents in found.cents.items()) or UNKNOWN


def _kwh(wh: int | None) -> str:
    return UNKNOWN if wh is None else f'{wh / 1000:.3f}'


def _time(at: datetime) -> str:
    return f'{at:%d %b %Y, %H:%M}'.lstrip('0')


def _day(day: date) -> str:
    return f'{day:%d %B %Y}'.lstrip('0')
