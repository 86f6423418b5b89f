"""What a running transaction keeps over a restart, and which ids come after it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cpo.state import Transaction, TransactionStarted, first_number
from tests.journal.quiet_house import NOON, Clock, OpenHouse, QuietHouse, persisted


async def test_a_running_transaction_keeps_id_energy_limit_and_connector(open_house: OpenHouse) -> None:
    def seen(house: QuietHouse) -> tuple[Any, ...]:
        connector = house.state.connector(2)
        running = house.state.running_transaction(2)
        assert running is not None
        return (
            running.transaction_id,
            running.energy_wh,
            running.connector_id,
            connector.limit,
            connector.transaction_id,
        )

    async with open_house() as house:
        transaction_id = await house.start(connector_id=2)
        house.clock.let_pass(hours=1)
        await house.meter(transaction_id, energy=2500, connector_id=2)
        before = seen(house)
    assert before[:3] == (str(transaction_id), 1500, 2)
    async with open_house() as house:
        assert seen(house) == before
        house.clock.let_pass(hours=1)
        await house.meter(transaction_id, energy=4000, connector_id=2)
        assert seen(house)[1] == 3000


async def test_ids_go_on_and_pass_over_those_the_charger_made_up(open_house: OpenHouse) -> None:
    async with open_house() as house:
        first = await house.start()
        await house.stop(first + 2)  # recorded as number first + 1, under an id we did not give
    async with open_house() as house:
        assert await house.start(meter_start=2) == first + 3


async def test_without_a_file_no_id_is_given_twice(tmp_path: Path) -> None:
    clock, ids = Clock(), []
    for _ in range(3):
        async with QuietHouse(None, clock) as house:
            house.connect()
            for number in range(5):
                clock.let_pass(seconds=1)
                ids.append(await house.start(meter_start=number))
        clock.let_pass(seconds=2)
    assert ids == sorted(set(ids))


@pytest.mark.parametrize('year', [1970, 2000, 2026, 2038, 2100])
def test_ids_are_positive_and_below_2_to_31_whatever_the_clock_says(year: int) -> None:
    assert 0 < first_number(datetime(year, 1, 1, tzinfo=UTC)) < 2**31 - 10**9


@pytest.mark.turns(3)
async def test_hundreds_of_transactions_later_the_newest_and_the_running_are_there(tmp_path: Path) -> None:
    clock = Clock(NOON)
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        running = await house.start(connector_id=2)
        for number in range(250):
            clock.let_pass(minutes=1)
            await house.stop(await house.start(meter_start=number), number)
        newest = house.state.transactions[0]
    async with QuietHouse(tmp_path, clock) as house:
        restored: tuple[Transaction, ...] = house.state.transactions
        assert restored[0] == persisted(newest)
        assert restored[-1].transaction_id == str(running)
        assert len(restored) == 251


@pytest.mark.parametrize('transaction_id', ['1e5', '0012', '-1', '550e8400-e29b-41d4-a716-446655440000'])
async def test_an_id_of_any_ocpp_version_is_persisted_as_text(transaction_id: str, open_house: OpenHouse) -> None:
    async with open_house() as house:
        house.connect()
        running = Transaction(transaction_id, 'CP1', 1, number=7)
        house.charge_point.record(TransactionStarted(running, NOON))
    async with open_house() as house:
        assert house.state.connector(1).transaction_id == transaction_id
        assert house.state.running_transaction(1) == running
