"""The texts of a session in the table of the Sessions page (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from cpo.dashboard.words import numbers
from cpo.dashboard.words.sessions import (
    Share,
    begun_at,
    charged,
    cost_of,
    last_contact,
    missing_price,
    refusal,
    session_length,
    shown_share,
    start_and_end,
    who,
)
from cpo.dashboard.words.times import charger_text, day_marker, time_marker
from cpo.sentences import NOTES
from cpo.state import IdTag, Transaction


@dataclass(frozen=True, slots=True)
class SessionRow:
    """The texts of one row of the Sessions table, which may contain time markers (`words.times`).

    `tags` are (text, colour).
    """

    day: str
    time: str
    who: str
    energy: str
    cost: str
    duration: str
    sun: Share
    start_and_end: str
    tags: tuple[tuple[str, str], ...]
    note: str | None
    plan: str | None
    estimated: bool


def session_row(
    transaction: Transaction, known: IdTag | None = None, plan: str | None = None, grid_known: bool = True
) -> SessionRow:
    """The row of the Sessions table for a transaction.

    Its card is `known`, and `plan` says how its plan went; `grid_known` as for `shown_share`.
    """
    begun, start = begun_at(transaction), transaction.begun_at
    end = transaction.ended_at or transaction.no_contact_since
    refused, away = refusal(transaction), last_contact(transaction)
    runs = transaction.running and not away
    whole = 'The charger named no connector.' if transaction.connector_id == 0 else None
    price = missing_price(transaction)
    notes = (transaction.note and NOTES[transaction.note], price, whole, away and f'Its end is unknown: {away}.')
    tags = (('running', 'running') if runs else None, ('demo', 'idle') if transaction.demo else None)
    return SessionRow(
        day_marker(begun) if begun else numbers.UNKNOWN,
        f'{time_marker(start) + " –" if start else "until"} {time_marker(end) if end else "now"}',
        charger_text(who(transaction, known)),
        charged(transaction),
        cost_of(transaction) or '',
        session_length(transaction),
        shown_share(transaction, grid_known),
        charger_text(start_and_end(transaction), 80),
        (*(tag for tag in tags if tag), *(((charger_text(refused), 'bad'),) if refused else ())),
        ' '.join(filter(None, notes)) or None,
        plan and f'Plan: {plan}',
        transaction.energy_estimated,
    )
