"""Sessions cost money: what a kWh cost when it was charged, whatever it costs later."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cpo.prices import PushedList, Slot
from cpo.state import REST, SessionCost, SolarRead
from tests.journal.quiet_house import Clock, QuietHouse, rows

HOUR = timedelta(hours=1)


async def begin(house: QuietHouse) -> int:
    house.connect()
    await house.boot()
    return await house.start(meter_start=0)


async def charge(house: QuietHouse, transaction_id: int, register_wh: float, hours: float = 1) -> None:
    """Let so many hours pass, until the register has this value."""
    house.clock.let_pass(hours=hours)
    await house.meter(transaction_id, energy=register_wh)


def cost(house: QuietHouse) -> SessionCost:
    found = house.state.transactions[0].cost
    assert found is not None
    return found


async def test_a_session_costs_the_fixed_price_where_nobody_pushed_one(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, price=0.30, currency='CHF') as house:
        transaction_id = await begin(house)
        await charge(house, transaction_id, 10_000)
        assert (cost(house).cents, cost(house).currency, cost(house).fallback_wh) == (300, 'CHF', 0)
        await house.stop(transaction_id, meter_stop=11_000)
        assert cost(house).cents == 330


async def test_history_never_changes_when_the_price_does(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, price=0.30) as house:
        transaction_id = await begin(house)
        await charge(house, transaction_id, 10_000)
        everything = Slot(house.clock.now - 9 * HOUR, house.clock.now + 9 * HOUR, Decimal('0.50'), 'test')
        await house.planning.pushed.push({PushedList.IMPORT: [everything]})
        await charge(house, transaction_id, 20_000)
        assert cost(house).cents == 300 + 500
        await house.stop(transaction_id, meter_stop=20_000)
        before = cost(house)
        await house.planning.pushed.push({PushedList.IMPORT: [everything._replace(value=Decimal(9))]})
        await house.boot()
        assert cost(house) == before
        await house.journal.flushed()
    assert [nano for (nano,) in rows(tmp_path, 'SELECT sum(nano) FROM session_prices')] == [before.nano]


async def test_a_pushed_price_counts_for_its_time_and_a_missing_one_says_so(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, price=0.30) as house:
        transaction_id = await begin(house)
        slot = Slot(house.clock.now, house.clock.now + HOUR, Decimal('0.10'), 'test')
        await house.planning.pushed.push({PushedList.IMPORT: [slot]})
        await charge(house, transaction_id, 20_000, hours=2)
        assert cost(house).cents == pytest.approx(100 + 300, abs=1)
        assert cost(house).fallback_wh == pytest.approx(10_000, rel=0.001)


async def test_the_sun_in_the_car_costs_the_feed_in_price(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, price=0.30, feed_in_price=0.08) as house:
        transaction_id = await begin(house)
        house.charge_point.record(SolarRead(house.clock.now, 9000.0, -2000.0, REST))
        await house.meter(transaction_id, energy=0, power=6000)
        for minute in range(1, 7):
            house.clock.let_pass(minutes=10)
            house.charge_point.record(SolarRead(house.clock.now, 9000.0, -2000.0, REST))
            await house.meter(transaction_id, energy=minute * 1000, power=6000)
        assert house.state.transactions[0].sun_wh == pytest.approx(6000)
        assert cost(house).cents == 48


Crash = Callable[[QuietHouse, Path], Awaitable[Path]]


async def killed(house: QuietHouse, folder: Path) -> Path:
    """The files of the journal as they are on the disk, while the program still holds them."""
    await house.journal.flushed()
    return Path(shutil.copytree(folder, folder.with_name('killed')))


async def test_after_a_kill_the_cost_is_the_same_to_the_cent_and_continues(tmp_path: Path) -> None:
    clock = Clock()
    async with QuietHouse(tmp_path / 'journal', clock, price=0.2987) as house:
        transaction_id = await begin(house)
        for kwh in range(1, 8):
            await charge(house, transaction_id, kwh * 1333, hours=0.25)
        before = cost(house)
        copy = await killed(house, tmp_path / 'journal')
    async with QuietHouse(copy, clock, price=0.2987) as house:
        assert cost(house).nano == before.nano
        house.connect()
        await house.stop(transaction_id, meter_stop=10_000)
        assert cost(house).cents == 299
        parts = rows(copy, 'SELECT sum(nano), sum(energy_wh) FROM session_prices') if await flushed(house) else []
        assert parts == [(cost(house).nano, pytest.approx(10_000))]


async def flushed(house: QuietHouse) -> bool:
    await house.journal.flushed()
    return True


async def test_a_stop_that_comes_days_later_is_priced_for_the_time_in_which_it_charged(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path, price=0.30) as house:
        transaction_id = await begin(house)
        began: datetime = house.clock.now
        slot = Slot(began - HOUR, began + 2 * HOUR, Decimal('0.10'), 'test')
        await house.planning.pushed.push({PushedList.IMPORT: [slot]})
        house.disconnect()
        house.clock.let_pass(days=3)
        house.connect()
        await house.stop(transaction_id, meter_stop=10_000, seconds=-(timedelta(days=3) - HOUR).total_seconds())
        assert cost(house).cents == 100


async def test_a_session_without_a_known_energy_has_no_cost(tmp_path: Path) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        await house.stop(4711, meter_stop=10_000)
        assert house.state.transactions[0].cost is None
