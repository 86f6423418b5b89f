"""What a statement can be chosen for: months, years and people that have had sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from cpo.clock import LOCAL
from cpo.state import (
    MAX_TRANSACTIONS,
    ChargePointState,
    Transaction,
    cards,
)
from cpo.statement import starter_name

MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class StatementChoices:
    """The periods and people of the form, each as (what is asked for, what is shown), in their order."""

    periods: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]


def statement_choices(state: ChargePointState, now: datetime) -> StatementChoices:
    """The months of the known sessions and this one, newest first, then their years; and whose sessions these are."""
    real = [t for t in state.transactions if t.is_session and not t.demo]
    ended = (t.ended_at for t in real if t.ended_at is not None)
    found = {_month_of(now), *map(_month_of, ended)}
    months = sorted(found, reverse=True)[:MOST_MONTHS]
    years = dict.fromkeys(month[:4] for month in months)
    names = {name.casefold(): name for t in real if (name := _who(t, state))}
    people = tuple((names[key], names[key]) for key in sorted(names))
    return StatementChoices(
        (*((month, _month_name(month)) for month in months), *((year, f'All of {year}') for year in years)),
        (('', 'Everybody'), *people),
    )


@lru_cache(maxsize=MAX_TRANSACTIONS + 1)  # all that the state has, and now: pages ask at each meter value
def _month_of(at: datetime) -> str:
    return f'{at.astimezone(LOCAL):%Y-%m}'


def _month_name(month: str) -> str:
    return f'{date.fromisoformat(f"{month}-01"):%B %Y}'


def _who(transaction: Transaction, state: ChargePointState) -> str | None:
    """The person, else the card, else what had it started, as statements name them."""
    known = transaction.person or cards.card_name(transaction, state) or transaction.counts_for
    return known or starter_name(transaction)
