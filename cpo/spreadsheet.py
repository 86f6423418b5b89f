"""CSV that spreadsheets read as it is meant (RFC 4180): cells as texts, and none that becomes a formula (pure)."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

BOM = '\ufeff'
FORMULA = ('=', '+', '-', '@', '＝', '＋', '－', '＠')
"""What spreadsheets take for the beginning of a formula, also in full width and after white space."""
NUMBER = re.compile(r'[\d\s.,:/+-]*\d[\d\s.,:/+-]*([eE][+-]?\d+)?[\s%]*')
"""What they take for a number, a date or a time, and write differently from then on: `00012345`, `1E10`, `3/4`."""

INVISIBLE = ('Cc', 'Cf')
"""The categories of characters that nobody sees, such as the zero-width space U+200B and the byte order mark."""
TRUTH_VALUES = ('true', 'false')
"""What they take for a truth value, in upper or lower case."""


class Money(NamedTuple):
    """An amount in hundredths of its currency."""

    cents: int


class Day(NamedTuple):
    """A day, month or time as it is to be read, in ISO 8601."""

    text: str


Cell = str | int | float | bool | datetime | Decimal | Money | Day | None


def csv_line(cells: Sequence[str] | Mapping[str, object], separator: str) -> str:
    """A CSV line of these cells, quoted where necessary, with CRLF."""
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator='\r\n').writerow(cells)
    return line.getvalue()


def shown(cell: Cell, separator: str) -> str:
    """A cell as text; with the separator `;`, numbers have a decimal comma."""
    match cell:
        case None:
            return ''
        case bool():
            return 'yes' if cell else 'no'
        case Money(cents):
            return shown_decimal(f'{cents / 100:.2f}', separator)
        case Day(text):
            return text
        case Decimal():
            return shown_decimal(str(cell), separator)
        case float():
            return shown_decimal(f'{cell:.3f}', separator)
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec='seconds').replace('+00:00', 'Z')
        case str():
            text = cell.encode(errors='replace').decode()
            return f"'{text}" if is_read_differently(text) else text
        case _:
            return str(cell)


def shown_decimal(text: str, separator: str) -> str:
    """A decimal number with the mark that goes with the separator."""
    return text.replace('.', ',') if separator == ';' else text


def is_read_differently(text: str) -> bool:
    """True for a text that a spreadsheet would take for a formula, a number, a date or a truth value.

    White space and characters that nobody sees, before and between the others, do not count.
    """
    seen = ''.join(c for c in text if unicodedata.category(c) not in INVISIBLE).strip()
    is_formula = seen.startswith(FORMULA) or text[:1] in ('\t', '\r', '\n')
    return is_formula or NUMBER.fullmatch(seen) is not None or seen.lower() in TRUTH_VALUES
