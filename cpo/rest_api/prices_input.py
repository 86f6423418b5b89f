"""The body of `PUT /api/prices`: lists of slots, checked before any of them is taken."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from cpo.errors import InvalidPrices
from cpo.prices import PriceKind, PriceSlot
from cpo.rest_api.bodies import from_json, is_number

MEMBERS = (*(str(kind) for kind in PriceKind), 'currency', 'by')
SLOT = {'start', 'end', 'price'}
MAX_NAME_LENGTH = 40
MOST = 10_000.0
MOST_OF = dict.fromkeys(('EUR', 'USD', 'GBP', 'CHF'), 10.0)
"""More than any kWh ever cost: such a price is one of a MWh, or in cents."""

PushedLists = dict[PriceKind, tuple[PriceSlot, ...] | None]


def pushed_prices_of(body: bytes, by: str, currency: str) -> PushedLists:
    """The lists that a body has, each in order of time, None for one to be forgotten. Raises InvalidPrices.

    `by` is who sends them where the body does not say it.
    """
    members = from_json(body)
    if not isinstance(members, dict):
        raise InvalidPrices('The body must be a JSON object like {"import": [{"start", "end", "price"}]}.')
    if unknown := members.keys() - {*MEMBERS}:
        raise InvalidPrices(f'{min(unknown)!r} is not known here; there are {", ".join(MEMBERS)}.')
    kinds = [kind for kind in PriceKind if kind in members]
    if not kinds:
        raise InvalidPrices('Nothing to do: give a list of slots as import or export.')
    if members.get('currency') not in (None, currency):
        raise InvalidPrices(f'Prices are in {currency} here; the setting currency (CPO_CURRENCY) says so.')
    name = members.get('by') or by
    if not (isinstance(name, str) and len(name) <= MAX_NAME_LENGTH and name.isprintable()):
        raise InvalidPrices(f'by must be the name of a source, at most {MAX_NAME_LENGTH} characters.')
    return {kind: _slots(kind, members[kind], name, MOST_OF.get(currency, MOST)) for kind in kinds}


def _slots(kind: PriceKind, value: object, by: str, most: float) -> tuple[PriceSlot, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        raise InvalidPrices(f'{kind} must be a list of slots, or null to forget all there are.')
    slots = tuple(sorted(_slot(f'{kind}[{index}]', each, by, most) for index, each in enumerate(value)))
    if overlap := next((later for slot, later in pairwise(slots) if later.starts_at < slot.ends_at), None):
        raise InvalidPrices(f'{kind}: two slots overlap, from {_text(overlap.starts_at)} on.')
    return slots


def _slot(where: str, value: Any, by: str, most: float) -> PriceSlot:
    if not isinstance(value, dict) or value.keys() != SLOT:
        raise InvalidPrices(f'{where} must have start, end and price, and nothing else.')
    starts_at, ends_at = (_time(f'{where}.{name}', value[name]) for name in ('start', 'end'))
    if ends_at <= starts_at:
        raise InvalidPrices(f'{where} ends before it begins.')
    price = value['price']
    if not (is_number(price) and abs(price) <= most):
        raise InvalidPrices(f'{where}.price must be a number for one kWh, from {-most:g} to {most:g}.')
    return PriceSlot(starts_at, ends_at, Decimal(repr(price)), by)


def _time(where: str, value: object) -> datetime:
    """A time cut to the milliseconds that the journal stores."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        if at is not None and at.tzinfo is not None:
            at = at.astimezone(UTC)
            return at.replace(microsecond=at.microsecond // 1000 * 1000)
    except (ValueError, OverflowError):
        pass
    raise InvalidPrices(f'{where} must be a time with its zone, like 2026-01-01T11:00:00+01:00.')


def _text(at: datetime) -> str:
    return f'{at:%Y-%m-%dT%H:%M:%SZ}'
