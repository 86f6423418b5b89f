"""The bodies of `PUT /api/prices` and `/api/forecast`: lists of slots, checked before any of them is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from cpo.errors import BadRequest, InvalidForecast, InvalidPrices
from cpo.prices import PushedList, Slot
from cpo.rest_api.bodies import from_json, is_number, moment_in
from cpo.state import MOST_HOUSE_W

MAX_NAME_LENGTH = 40
MOST = 10_000.0
MOST_OF = dict.fromkeys(('EUR', 'USD', 'GBP', 'CHF'), 10.0)
"""More than any kWh ever cost: such a price is one of a MWh, or in cents."""

SlotLists = dict[PushedList, tuple[Slot, ...] | None]


@dataclass(frozen=True, slots=True)
class Form:
    """What a body may have: lists by name, each with the range of its values, which stand in the member `value`."""

    error: type[BadRequest]
    value: str
    unit: str
    ranges: Mapping[PushedList, tuple[float, float]]
    more: tuple[str, ...] = ()
    currency: str = ''

    @property
    def members(self) -> tuple[str, ...]:
        """All members that a body may have."""
        return (*map(str, self.ranges), *self.more, 'by')


FORECAST = Form(
    InvalidForecast, 'value', 'W', {PushedList.PV: (0.0, MOST_HOUSE_W), PushedList.HOUSE: (-MOST_HOUSE_W, MOST_HOUSE_W)}
)


def pushed_forecast_of(body: bytes, by: str) -> SlotLists:
    """The lists that the body of a forecast has, as `pushed_prices_of`. Raises InvalidForecast."""
    return _lists(_members(body, FORECAST), by, FORECAST)


def pushed_prices_of(body: bytes, by: str, currency: str) -> SlotLists:
    """The lists that a body has, each in order of time, None for one to be forgotten. Raises InvalidPrices.

    `by` is who sends them where the body does not say it.
    """
    most = MOST_OF.get(currency, MOST)
    ranges = dict.fromkeys((PushedList.IMPORT, PushedList.EXPORT), (-most, most))
    form = Form(InvalidPrices, 'price', f'{currency} for one kWh', ranges, ('currency',), currency)
    members = _members(body, form)
    if members.get('currency') not in (None, currency):
        raise InvalidPrices(f'Prices are in {currency} here; the setting currency (CPO_CURRENCY) says so.')
    return _lists(members, by, form)


def _members(body: bytes, form: Form) -> dict[str, Any]:
    members = from_json(body)
    first, *_ = form.members
    if not isinstance(members, dict):
        raise form.error(f'The body must be a JSON object like {{"{first}": [{{"start", "end", "{form.value}"}}]}}.')
    if unknown := members.keys() - {*form.members}:
        raise form.error(f'{min(unknown)!r} is not known here; there are {", ".join(form.members)}.')
    if not members.keys() & {*form.ranges}:
        raise form.error(f'Nothing to do: give a list of slots as {" or ".join(form.ranges)}.')
    return members


def _lists(members: Mapping[str, Any], by: str, form: Form) -> SlotLists:
    source = members.get('by') or by
    if not (isinstance(source, str) and len(source) <= MAX_NAME_LENGTH and source.isprintable()):
        raise form.error(f'by must be the name of a source, at most {MAX_NAME_LENGTH} characters.')
    return {name: _slots(name, members[name], source, form) for name in form.ranges if name in members}


def _slots(name: PushedList, value: object, by: str, form: Form) -> tuple[Slot, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise form.error(f'{name} must be a list of slots, or null to forget all there are.')
    if not value:
        raise form.error(f'{name} has no slots and would change nothing; null forgets all there are.')
    read = (_slot(f'{name}[{index}]', each, by, form, form.ranges[name]) for index, each in enumerate(value))
    slots = tuple(sorted(read))
    if overlap := next((later for slot, later in pairwise(slots) if later.starts_at < slot.ends_at), None):
        raise form.error(f'{name}: two slots overlap, from {overlap.starts_at:%Y-%m-%dT%H:%M:%SZ} on.')
    return slots


def _slot(where: str, value: Any, by: str, form: Form, bounds: tuple[float, float]) -> Slot:
    if not isinstance(value, dict) or value.keys() != {'start', 'end', form.value}:
        raise form.error(f'{where} must have start, end and {form.value}, and nothing else.')
    starts_at, ends_at = (_time(f'{where}.{name}', value[name], form) for name in ('start', 'end'))
    if ends_at <= starts_at:
        raise form.error(f'{where} ends before it begins.')
    number, (least, most) = value[form.value], bounds
    if not (is_number(number) and least <= number <= most):
        raise form.error(f'{where}.{form.value} must be a number from {least:,.10g} to {most:,.10g}, in {form.unit}.')
    return Slot(starts_at, ends_at, Decimal(repr(number)), by, form.currency)


def _time(where: str, value: object, form: Form) -> datetime:
    if (at := moment_in(value)) is None:
        raise form.error(f'{where} must be a time with its zone, like 2026-01-01T11:00:00+01:00.')
    return at
