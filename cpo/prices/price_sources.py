"""Who publishes prices, as the setting `price_source` names them: where they are asked, and what they answer (pure)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlencode

from cpo.prices.slots import Slot

MWH, PENCE = Decimal(1000), Decimal(100)
MOST = Decimal(10)
"""In EUR or GBP no kWh costs or earns more: a higher price is a mistake."""


class PriceSource(NamedTuple):
    """A publisher: the address to ask at a time, and the slots of import prices per kWh in its answer."""

    name: str
    currency: str
    url: Callable[[datetime], str]
    slots: Callable[[bytes], tuple[Slot, ...]]


def price_source(text: str) -> PriceSource:
    """The publisher that a setting names: `awattar:de`, `energy-charts:DE-LU`, `octopus:AGILE-24-10-01:C`."""
    name, _, rest = text.partition(':')
    if name == 'awattar':
        return PriceSource('aWATTar', 'EUR', lambda now: f'https://api.awattar.{rest}/v1/marketdata', _awattar)
    if name == 'energy-charts':
        return PriceSource('energy-charts', 'EUR', lambda now: _of_energy_charts(rest, now), _energy_charts)
    product, _, region = rest.partition(':')
    path = f'https://api.octopus.energy/v1/products/{product}/electricity-tariffs/E-1R-{product}-{region}'
    return PriceSource('Octopus', 'GBP', lambda now: f'{path}/standard-unit-rates/?{_since(now)}', _octopus)


def _of_energy_charts(zone: str, now: datetime) -> str:
    days = {'start': f'{now:%Y-%m-%d}', 'end': f'{now + timedelta(days=1):%Y-%m-%d}'}
    return f'https://api.energy-charts.info/price?{urlencode({"bzn": zone, **days})}'


def _since(now: datetime) -> str:
    return urlencode({'period_from': f'{now - timedelta(hours=1):%Y-%m-%dT%H:00Z}', 'page_size': 200})


def _awattar(body: bytes) -> tuple[Slot, ...]:
    rows = _read(body)['data']
    return _ordered(
        Slot(_at(r['start_timestamp'] / 1000), _at(r['end_timestamp'] / 1000), _price(r['marketprice'], MWH))
        for r in rows
    )


def _energy_charts(body: bytes) -> tuple[Slot, ...]:
    """A slot without a price is left out; the last is as long as that before it, as the answer has beginnings only."""
    document = _read(body)
    prices, starts = document['price'], [_at(seconds) for seconds in document['unix_seconds']]
    ends = [*starts[1:], starts[-1] + (starts[-1] - starts[-2])]
    rows = zip(starts, ends, prices, strict=True)
    return _ordered(Slot(a, b, _price(price, MWH)) for a, b, price in rows if price is not None)


def _octopus(body: bytes) -> tuple[Slot, ...]:
    rows = (row for row in _read(body)['results'] if row['valid_to'] is not None)
    return _ordered(
        Slot(
            datetime.fromisoformat(row['valid_from']).astimezone(UTC),
            datetime.fromisoformat(row['valid_to']).astimezone(UTC),
            _price(row['value_inc_vat'], PENCE),
        )
        for row in rows
    )


def _ordered(slots: Iterator[Slot]) -> tuple[Slot, ...]:
    """The slots in order of time. Raises ValueError where they are none, or overlap."""
    found = tuple(sorted(slots))
    is_sound = all(slot.starts_at < slot.ends_at for slot in found)
    if not is_sound or any(later.starts_at < slot.ends_at for slot, later in pairwise(found)):
        raise ValueError('the slots overlap')
    return found


def _read(body: bytes) -> Any:
    """The JSON of an answer. Raises ValueError where it is none."""
    try:
        return json.loads(body, parse_float=Decimal)
    except RecursionError:
        raise ValueError('the JSON is nested too deep') from None


def _at(seconds: float | Decimal) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _price(value: Any, per: Decimal) -> Decimal:
    price = Decimal(value) / per
    if not price.is_finite() or abs(price) > MOST:
        raise ValueError('a price is none')
    return price
