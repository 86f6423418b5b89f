"""A price, and how it is known (pure)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class PriceKind(StrEnum):
    """What is paid for energy from the grid, and what the grid pays for energy fed in."""

    IMPORT = 'import'
    EXPORT = 'export'


class PriceBasis(StrEnum):
    """How a price is known.

    FALLBACK: prices are pushed, but none for this time; the fixed price stands in for the one that is missing.
    """

    PUSHED = 'pushed'
    FIXED = 'fixed'
    FALLBACK = 'fallback'


class Price(NamedTuple):
    """A price per kWh in the currency of the settings, from one instant until another; the end is exclusive.

    `source` is who pushed it, '' where nobody did.
    """

    starts_at: datetime
    ends_at: datetime
    price: Decimal
    basis: PriceBasis
    source: str = ''
