"""A charger whose clock is off, or is set while it charges, is counted right and shown live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.journal.quiet_house import QuietHouse

HOUR = 3600


@pytest.fixture
async def house() -> AsyncIterator[QuietHouse]:
    async with QuietHouse(None) as house:
        yield house


class Car:
    """A session that draws 7.2 kW, reported by a charger whose clock is `ahead_s` ahead."""

    def __init__(self, house: QuietHouse, ahead_s: float, has_register: bool = True) -> None:
        self.house, self.ahead_s, self.has_register = house, ahead_s, has_register
        self.register_wh, self.transaction_id = 1000, 0

    async def connects(self) -> None:
        self.house.connect()
        await self.house.boot()
        await self.house.status('Preparing', seconds=self.ahead_s)

    async def starts(self) -> None:
        self.transaction_id = await self.house.start(self.register_wh, self.ahead_s)
        await self.house.status('Charging', seconds=self.ahead_s)

    async def charges(self, minutes: int, power_w: float = 7200, every_s: int = 60) -> None:
        for _ in range(minutes * 60 // every_s):
            self.house.clock.let_pass(seconds=every_s)
            self.register_wh += round(power_w * every_s / 3600)
            values = {'energy': self.register_wh} if self.has_register else {}
            await self.house.meter(self.transaction_id, self.ahead_s, power=power_w, **values)

    async def stops(self) -> None:
        await self.house.stop(self.transaction_id, self.register_wh, self.ahead_s)

    @property
    def session_length(self) -> timedelta:
        session = self.house.state.transactions[0]
        assert session.begun_at is not None
        assert session.ended_at is not None
        return session.ended_at - session.begun_at


def about(minutes: int) -> object:
    return pytest.approx(minutes * 60, abs=2)


@pytest.mark.parametrize('ahead_s', [0, 2400, -2400, 2 * HOUR, -8 * HOUR])
async def test_a_clock_that_is_off_changes_no_energy_and_no_time(house: QuietHouse, ahead_s: float) -> None:
    car = Car(house, ahead_s)
    await car.connects()
    house.clock.let_pass(hours=9)
    await car.starts()
    await car.charges(20)
    running = house.state.transactions[0]
    assert running.begun_at is not None
    assert (house.clock.now - running.begun_at).total_seconds() == about(20)
    assert house.state.connector(1).meter.power_w == 7200
    await car.charges(10, 3600)
    assert house.state.connector(1).meter.power_w == 3600
    await car.stops()
    session = house.state.transactions[0]
    assert (session.energy_wh, session.energy_estimated) == (3000, False)
    assert car.session_length.total_seconds() == about(30)


@pytest.mark.parametrize('step_s', [-HOUR, HOUR, -2400, 2400, -2 * HOUR])
@pytest.mark.parametrize('has_register', [True, False])
async def test_a_clock_that_is_set_in_the_session_freezes_nothing(
    house: QuietHouse, step_s: float, has_register: bool
) -> None:
    car = Car(house, 2 * HOUR, has_register)
    await car.connects()
    house.clock.let_pass(hours=9)
    await car.starts()
    await car.charges(20)
    car.ahead_s += step_s
    await car.charges(2, 3600)
    assert house.state.connector(1).meter.power_w == 3600
    energy_wh = house.state.transactions[0].energy_wh
    assert energy_wh == pytest.approx(2520, abs=1 if has_register else 200)
    await car.charges(8, 3600)
    await car.stops()
    assert house.state.transactions[0].energy_wh == 3000
    assert car.session_length.total_seconds() == about(30)


async def test_a_session_from_a_time_without_contact_has_its_own_times(house: QuietHouse) -> None:
    car = Car(house, 2400)
    await car.connects()
    house.disconnect()
    house.clock.let_pass(hours=9)
    house.connect()
    await house.status('Available', seconds=2400)
    transaction_id = await house.start(1000, 2400 - 5 * HOUR)
    await house.stop(transaction_id, 9000, 2400 - 3 * HOUR)
    session = house.state.transactions[0]
    assert session.energy_wh == 8000
    assert session.begun_at is not None
    assert (house.clock.now - session.begun_at).total_seconds() == about(5 * 60)
    assert car.session_length.total_seconds() == about(2 * 60)


async def test_what_is_sent_after_the_end_of_summer_time_closes_and_starts_sessions(house: QuietHouse) -> None:
    car = Car(house, 2 * HOUR)
    await car.connects()
    house.clock.let_pass(hours=9)
    await car.starts()
    await car.charges(10)
    car.ahead_s -= HOUR
    await car.charges(5)
    await car.stops()
    await car.starts()
    await car.charges(5)
    first, second = reversed(house.state.transactions)
    assert (first.energy_wh, second.energy_wh) == (1800, 600)
    assert second.running
    assert house.state.connector(1).transaction_id == second.transaction_id
