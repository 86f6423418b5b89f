"""What a kWh costs at any time: by what was pushed, by the tariff of the settings, in nights of 23 and 25 hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.journal import Journal, SlotTables
from cpo.prices import KEEP, PriceBasis, PriceKind, Prices, PushedList, PushedLists, Slot, Tariff, replaced
from cpo.settings import Settings

BERLIN = ZoneInfo('Europe/Berlin')
NOON = datetime(2026, 6, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
IMPORT, EXPORT = PriceKind.IMPORT, PriceKind.EXPORT


def slot(begin: float, end: float, price: str = '0.25') -> Slot:
    """A price for some hours after noon."""
    return Slot(NOON + begin * HOUR, NOON + end * HOUR, Decimal(price))


def hours(slots: Iterable[Slot]) -> list[tuple[float, float, str]]:
    """Slots as `slot` takes them."""
    return [((s.starts_at - NOON) / HOUR, (s.ends_at - NOON) / HOUR, str(s.value)) for s in slots]


OLD = (slot(0, 1, '1'), slot(1, 2, '2'), slot(4, 8, '3'))


@pytest.mark.parametrize(
    ('pushed', 'expected'),
    [
        pytest.param([], [(0, 1, '1'), (1, 2, '2'), (4, 8, '3')], id='nothing'),
        pytest.param([(2, 4, '9')], [(0, 1, '1'), (1, 2, '2'), (2, 4, '9'), (4, 8, '3')], id='a gap is filled'),
        pytest.param([(0, 1, '9')], [(0, 1, '9'), (1, 2, '2'), (4, 8, '3')], id='one slot is replaced'),
        pytest.param([(-1, 9, '9')], [(-1, 9, '9')], id='all of it is covered'),
        pytest.param([(0.5, 1.5, '9')], [(0, 0.5, '1'), (0.5, 1.5, '9'), (1.5, 2, '2'), (4, 8, '3')], id='two in part'),
        pytest.param(
            [(5, 5.25, '8'), (5.25, 6, '9'), (7, 7.5, '7')],
            [
                *[(0, 1, '1'), (1, 2, '2'), (4, 5, '3'), (5, 5.25, '8'), (5.25, 6, '9')],
                *[(6, 7, '3'), (7, 7.5, '7'), (7.5, 8, '3')],
            ],
            id='quarters within a block',
        ),
    ],
)
def test_what_is_pushed_replaces_what_it_covers(
    pushed: list[tuple[float, float, str]], expected: list[tuple[float, float, str]]
) -> None:
    assert hours(replaced(OLD, [slot(*each) for each in pushed])) == expected


LISTS = st.lists(st.integers(0, 40), unique=True, max_size=12).map(sorted)


@given(LISTS, LISTS, st.floats(0, 40))
def test_every_instant_has_the_price_pushed_last(old: list[int], pushed: list[int], at: float) -> None:
    before = [slot(a, b, '1') for a, b in pairwise(old)][::2]
    after = [slot(a, b, '2') for a, b in pairwise(pushed)][::2]
    merged = replaced(before, after)

    def price(slots: Iterable[Slot]) -> Decimal | None:
        return next((s.value for s in slots if s.starts_at <= NOON + at * HOUR < s.ends_at), None)

    assert price(merged) == (price(after) or price(before))
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(merged))


TWO_LEVELS = Settings(price=0.34, night_price=0.21, night_hours=('22:00-06:00', 'sat-sun 00:00-24:00'))


@pytest.mark.parametrize(
    ('local', 'price'),
    [
        ('2026-06-12T21:59', '0.34'),
        ('2026-06-12T22:00', '0.21'),
        ('2026-06-13T12:00', '0.21'),  # Saturday
        ('2026-06-15T05:59', '0.21'),
        ('2026-06-15T06:00', '0.34'),
        ('2026-03-29T03:30', '0.21'),  # the clock was put forward
        ('2026-10-26T05:59', '0.21'),
    ],
)
def test_a_night_tariff_is_by_the_local_clock(local: str, price: str) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=BERLIN).astimezone(UTC)
    assert str(Tariff.of(TWO_LEVELS, BERLIN).fixed_at(at, IMPORT)) == price


@pytest.mark.parametrize(
    ('day', 'night_h'),
    [
        pytest.param('2026-03-29', 3, id='the night of 23 hours'),
        pytest.param('2026-06-14', 4, id='a night'),
        pytest.param('2026-10-25', 5, id='the night of 25 hours'),
    ],
)
def test_a_night_lasts_as_long_as_the_clock_says(day: str, night_h: int) -> None:
    tariff = Tariff.of(Settings(night_price=0.2, night_hours=('00:00-04:00',)), BERLIN)
    midnight = datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(UTC)
    assert tariff.holds_until(midnight, IMPORT, midnight + 24 * HOUR) - midnight == night_h * HOUR
    assert tariff.fixed_at(midnight + night_h * HOUR - timedelta(seconds=1), IMPORT) == Decimal('0.2')


def test_hours_of_weekdays_belong_to_the_day_they_begin_on() -> None:
    tariff = Tariff.of(Settings(night_price=0.2, night_hours=('fri 22:00-06:00', 'sun-mon 3:00-4:00')), BERLIN)
    nights = [
        begin
        for begin in (datetime(2026, 6, 8, hour=2, tzinfo=BERLIN) + n * HOUR for n in range(7 * 24))
        if tariff.fixed_at(begin, IMPORT) == Decimal('0.2')
    ]
    expected = ['Mon 03', 'Fri 22', 'Fri 23', 'Sat 00', 'Sat 01', 'Sat 02', 'Sat 03', 'Sat 04', 'Sat 05', 'Sun 03']
    assert [f'{begin:%a %H}' for begin in nights] == expected


@pytest.mark.parametrize(
    'text', ['', '22-6', '22:00-22:00', '25:00-06:00', 'son 22:00-06:00', '22:60-06:00', 'mon-sun']
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='is not written as'):
        Settings(night_hours=(text,))


IMPORTS, EXPORTS = PushedList.IMPORT, PushedList.EXPORT


class House(NamedTuple):
    """Prices with lists and a journal of their own."""

    prices: Prices
    pushed: PushedLists
    journal: Journal


def house_of(folder: Path | None = None, now: datetime = NOON, **settings: Any) -> House:
    journal, chosen = Journal(folder), Settings(**settings)
    pushed = PushedLists(SlotTables(journal), lambda: now)
    return House(Prices(pushed, lambda: chosen, BERLIN), pushed, journal)


async def test_a_pushed_price_counts_with_taxes_and_fees_and_a_feed_in_price_as_it_is() -> None:
    prices, pushed, journal = house_of(price_factor=1.19, price_plus=0.1632)
    await pushed.push({IMPORTS: [slot(0, 1, '0.0871')], EXPORTS: [slot(0, 1, '0.071')]})
    assert prices.at(NOON).price == Decimal('0.266849')
    assert prices.at(NOON, EXPORT).price == Decimal('0.071')
    journal.close()


async def test_a_price_that_is_missing_falls_back_to_the_fixed_one_and_says_so() -> None:
    prices, pushed, journal = house_of(price=0.31, night_price=0.2)
    assert prices.at(NOON) == (NOON, NOON, Decimal('0.31'), PriceBasis.FIXED, '')
    await pushed.push({IMPORTS: [slot(1, 2, '0.1'), slot(9, 10, '-0.05')]})
    found = [
        (round((p.ends_at - NOON) / HOUR, 2), str(p.price), p.basis) for p in prices.between(NOON, NOON + 12 * HOUR)
    ]
    assert found == [
        (1, '0.31', PriceBasis.FALLBACK),
        (2, '0.100000', PriceBasis.PUSHED),
        (8, '0.31', PriceBasis.FALLBACK),
        (9, '0.2', PriceBasis.FALLBACK),
        (10, '-0.050000', PriceBasis.PUSHED),
        (12, '0.2', PriceBasis.FALLBACK),
    ]
    assert prices.at(NOON, EXPORT).basis is PriceBasis.FIXED
    journal.close()


@given(LISTS, st.floats(0, 20), st.floats(0.01, 20))
def test_prices_between_two_times_have_no_gap(pushed: list[int], begin: float, length: float) -> None:
    class Nowhere:
        def load(self) -> dict[PushedList, list[Slot]]:
            return {IMPORTS: [slot(a, b) for a, b in pairwise(pushed)][::2]}

        def replace(self, *_: object) -> None: ...

        async def flushed(self) -> None: ...

    since, until = NOON + begin * HOUR, NOON + (begin + length) * HOUR
    prices = Prices(PushedLists(Nowhere()), lambda: TWO_LEVELS, BERLIN)
    found = prices.between(since, until)
    assert (found[0].starts_at, found[-1].ends_at) == (since, until)
    assert all(one.ends_at == other.starts_at for one, other in pairwise(found))
    assert all(price.starts_at < price.ends_at and price[2:4] == prices.at(price.starts_at)[2:4] for price in found)


async def test_prices_are_there_after_a_restart_and_old_ones_go(tmp_path: Path) -> None:
    prices, pushed, journal = house_of(tmp_path)
    await pushed.push({IMPORTS: [slot(-1, 0, '0.1'), slot(0, 1, '0.123456789')], EXPORTS: [slot(0, 1, '0.07')]})
    await pushed.push({IMPORTS: [slot(0.5, 1, '1E-7')]})
    before = prices.between(NOON - HOUR, NOON + HOUR)
    journal.close()
    prices, pushed, journal = house_of(tmp_path)
    assert prices.between(NOON - HOUR, NOON + HOUR) == before
    journal.close()
    prices, pushed, journal = house_of(tmp_path, NOON + KEEP + HOUR / 4)
    await pushed.push({EXPORTS: None, IMPORTS: [slot(100, 101)]})
    assert prices.at(NOON - HOUR / 2).basis is PriceBasis.FALLBACK
    assert prices.at(NOON).basis is PriceBasis.PUSHED
    assert prices.at(NOON, EXPORT).basis is PriceBasis.FIXED
    journal.close()


async def test_listeners_hear_of_new_prices_and_not_of_the_same_ones() -> None:
    _, pushed, journal = house_of()
    heard: list[int] = []
    pushed.subscribe(lambda: heard.append(1))
    for _ in range(2):
        await pushed.push({IMPORTS: [slot(0, 1)]})
    assert heard == [1]
    journal.close()
