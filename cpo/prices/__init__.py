"""What a kWh costs, and what it earns: prices that were pushed, and where there are none those of the settings."""

from cpo.prices.price import Price, PriceBasis, PriceKind
from cpo.prices.price_list import PriceSlot, replaced
from cpo.prices.prices import KEEP, Prices, PriceStore
from cpo.prices.tariff import Tariff

__all__ = [
    'KEEP',
    'Price',
    'PriceBasis',
    'PriceKind',
    'PriceSlot',
    'PriceStore',
    'Prices',
    'Tariff',
    'replaced',
]
