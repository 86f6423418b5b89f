"""A closed month as a text that never changes, signed, with the hash of the one before it (pure)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from cpo.journal import ClosedMonth
from cpo.statement.row import StatementRow, document_of, row_from
from cpo.statement.seal import SigningKey

BEFORE_THE_FIRST = ''


def closed_month(
    month: str, rows: Iterable[StatementRow], before: ClosedMonth | None, at: datetime, key: SigningKey
) -> ClosedMonth:
    """The month with these rows, which follows the closed month `before`; it is closed `at`."""
    text = json.dumps(
        {
            'month': month,
            'closedAt': at.isoformat(timespec='seconds'),
            'previous': BEFORE_THE_FIRST if before is None else before.hash,
            'sessions': [document_of(row) for row in rows],
        },
        ensure_ascii=False,
        separators=(',', ':'),
    )
    data = text.encode(errors='replace')
    return ClosedMonth(month, data.decode(), hashlib.sha256(data).hexdigest(), key.sign(data).hex(), key.public.hex())


def rows_of(closed: ClosedMonth) -> tuple[StatementRow, ...]:
    """The rows of a closed month."""
    return tuple(row_from(document) for document in json.loads(closed.text)['sessions'])


def month_in(file: bytes) -> ClosedMonth | None:
    """The closed month in a file that `exported_month` made, None where there is none in it."""
    try:
        document = json.loads(file)
        members = [document[name] for name in ('month', 'sealed', 'sha256', 'signature', 'publicKey')]
    except (ValueError, KeyError, TypeError):
        return None
    return ClosedMonth(*members) if all(isinstance(member, str) for member in members) else None


def not_following(months: Iterable[ClosedMonth]) -> list[str]:
    """Of closed months in any order, those that are not what was signed, or do not follow the one before them here."""
    chain = sorted(months)
    first = [each.month for each in chain[:1] if not _is_whole(each, None)]
    return first + [each.month for before, each in pairwise(chain) if not _is_whole(each, before.hash)]


def broken(chain: Sequence[ClosedMonth]) -> list[str]:
    """The closed months, oldest first, that are not what was sealed, or do not follow the one before them."""
    first = [each.month for each in chain[:1] if not _is_whole(each, BEFORE_THE_FIRST)]
    return first + [each.month for before, each in pairwise(chain) if not _is_whole(each, before.hash)]


def _is_whole(closed: ClosedMonth, previous: str | None) -> bool:
    """Whether the month is what was signed, and follows the one with the hash `previous` (None: whichever)."""
    from cpo.statement import signatures  # noqa: PLC0415 (it takes a while)

    data = closed.text.encode()
    try:
        is_signed = signatures.is_ed25519(data, bytes.fromhex(closed.signature), bytes.fromhex(closed.key))
    except ValueError:
        return False
    is_next = previous is None or json.loads(data)['previous'] == previous
    return is_signed and hashlib.sha256(data).hexdigest() == closed.hash and is_next
