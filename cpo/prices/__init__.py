"""What was pushed for a time: prices, with those of the settings where there are none, and forecasts."""

from cpo.prices.price import Price, PriceBasis, PriceKind
from cpo.prices.price_fetcher import PriceFetcher
from cpo.prices.prices import Prices
from cpo.prices.pushed_lists import KEEP, Lists, PushedList, PushedLists, SlotStore
from cpo.prices.slots import Slot, replaced
from cpo.prices.tariff import Tariff

__all__ = [
    'KEEP',
    'Lists',
    'Price',
    'PriceBasis',
    'PriceFetcher',
    'PriceKind',
    'Prices',
    'PushedList',
    'PushedLists',
    'Slot',
    'SlotStore',
    'Tariff',
    'replaced',
]
