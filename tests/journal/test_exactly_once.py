"""What the charger says twice counts once, what it says late counts where it belongs; also over restarts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cpo.state import TransactionNote
from tests.journal.quiet_house import OpenHouse, rows

FOREIGN_IDS = (0, -1, 4711, 2**31 - 1)


def ledger(folder: Path) -> list[tuple[Any, ...]]:
    """Of each transaction in the file: id, meterStart, meterStop, energy, note."""
    return rows(
        folder,
        'SELECT CAST(transaction_id AS INTEGER), meter_start_wh, meter_stop_wh, energy_wh, note '
        'FROM transactions ORDER BY number',
    )


# ---- the same once more


@pytest.mark.parametrize('microseconds', [0, 1, 250_999])
async def test_a_start_sent_again_gets_the_same_id(tmp_path: Path, open_house: OpenHouse, microseconds: int) -> None:
    async with open_house() as house:
        house.clock.now = house.clock.now.replace(microsecond=microseconds)
        payload = house.start_payload()
        first = await house.call('StartTransaction', payload, 'a')
        assert await house.call('StartTransaction', payload, 'a') == first
        assert await house.call('StartTransaction', payload, 'b') == first
    async with open_house() as house:
        assert await house.call('StartTransaction', payload, 'a') == first
        assert await house.call('StartTransaction', payload, 'c') == first
    assert ledger(tmp_path) == [(first['transactionId'], 1000, None, 0, None)]


@pytest.mark.parametrize(
    'other', [{'connectorId': 2}, {'idTag': 'Tag2'}, {'meterStart': 1001}, {'timestamp': '2026-06-14T11:00:00.001Z'}]
)
async def test_another_start_is_another_transaction_whatever_its_message_id(
    open_house: OpenHouse, other: dict[str, Any]
) -> None:
    async with open_house() as house:
        payload = house.start_payload()
        first = await house.call('StartTransaction', payload, 'a')
    async with open_house() as house:
        second = await house.call('StartTransaction', {**payload, **other}, 'a')
    assert second['transactionId'] > first['transactionId']


async def test_a_stop_sent_again_counts_once(tmp_path: Path, open_house: OpenHouse) -> None:
    async with open_house() as house:
        transaction_id = await house.start()
        house.clock.let_pass(hours=1)
        payload = {'transactionId': transaction_id, 'meterStop': 3500, 'timestamp': house.clock.text()}
        for message_id in 'aab':
            assert await house.call('StopTransaction', payload, message_id) == {}
    async with open_house() as house:
        for message_id in 'ac':
            assert await house.call('StopTransaction', payload, message_id) == {}
        assert await house.call('StopTransaction', {**payload, 'meterStop': 9000}) == {}
    assert ledger(tmp_path) == [(transaction_id, 1000, 3500, 2500, None)]


@pytest.mark.parametrize('foreign_id', FOREIGN_IDS)
async def test_the_stop_of_an_unknown_transaction_is_persisted_as_what_it_is_and_once(
    tmp_path: Path, open_house: OpenHouse, foreign_id: int
) -> None:
    async with open_house() as house:
        payload = {'transactionId': foreign_id, 'meterStop': 3500, 'timestamp': house.clock.text(-60)}
        for _ in range(2):
            assert await house.call('StopTransaction', payload) == {}
    async with open_house() as house:
        assert await house.call('StopTransaction', payload) == {}
        other_one = {**payload, 'timestamp': house.clock.text(-30)}
        assert await house.call('StopTransaction', other_one) == {}
        assert [t.transaction_id for t in house.state.transactions] == [str(foreign_id)] * 2
        assert len({t.number for t in house.state.transactions}) == 2
    assert ledger(tmp_path) == [(foreign_id, None, 3500, None, TransactionNote.NEVER_STARTED)] * 2


async def test_signed_data_in_an_unknown_stop_is_persisted(tmp_path: Path, open_house: OpenHouse) -> None:
    sample = {'value': 'OCMF|{}|{}', 'format': 'SignedData'}
    async with open_house() as house:
        data = [{'timestamp': house.clock.text(-60), 'sampledValue': [sample]}]
        await house.stop(-1, 3500, -60, transactionData=data)
        number = house.state.transactions[0].number
    assert rows(tmp_path, 'SELECT number, text FROM signed_values') == [(number, 'OCMF|{}|{}')]


# ---- late


async def test_transactions_of_an_offline_night_arrive_late_while_a_newer_one_is_live(
    tmp_path: Path, open_house: OpenHouse
) -> None:
    hour = 3600
    async with open_house() as house:
        live = await house.start(meter_start=9000)
        await house.meter(live, energy=9100, power=7000)
        late = await house.start(meter_start=1000, seconds=-9 * hour)
        await house.meter(late, -8.5 * hour, energy=2000, power=3000)
        connector = house.state.connector(1)
        assert (connector.transaction_id, connector.meter.power_w, connector.meter.energy_wh) == (str(live), 7000, 9100)
    async with open_house() as house:
        await house.stop(late, 3000, -8 * hour)
        second = await house.start(meter_start=3000, seconds=-7 * hour)
        await house.stop(second, 8000, -5 * hour)
        running = house.state.running_transaction(1)
        assert running is not None
        assert running.transaction_id == str(live)
        assert running.note is None
        connector = house.state.connector(1)
        assert (connector.transaction_id, connector.meter.power_w, connector.meter.energy_wh) == (str(live), 7000, 9100)
        await house.stop(live, 9500)
        first_begin = house.state.transactions[-2].start_timestamp
        assert first_begin is not None
        assert timedelta(hours=8.9) < house.clock.now - first_begin < timedelta(hours=9.3)
    assert ledger(tmp_path) == [
        (live, 9000, 9500, 500, None),
        (late, 1000, 3000, 2000, None),
        (second, 3000, 8000, 5000, None),
    ]


async def test_a_start_from_a_clock_that_was_set_back_is_live_all_the_same(open_house: OpenHouse) -> None:
    async with open_house() as house:
        old = await house.start()
        payload = {**house.start_payload(meter_start=5000), 'timestamp': '1970-01-01T00:00:07Z'}
        new = (await house.call('StartTransaction', payload))['transactionId']
        assert house.state.connector(1).transaction_id == str(new)
        closed = house.state.transaction(str(old))
        assert closed is not None
        assert closed.note == TransactionNote.ANOTHER_BEGAN
        assert closed.start_timestamp == closed.stop_timestamp


async def test_late_meter_values_are_persisted_but_never_live(tmp_path: Path, open_house: OpenHouse) -> None:
    async with open_house() as house:
        transaction_id = await house.start()
        house.clock.let_pass(minutes=30)
        await house.meter(transaction_id, -5, energy=2000, power=7000)
    async with open_house() as house:
        await house.meter(transaction_id, -1200, energy=1500, power=3000)
        await house.meter(None, -1300, energy=1400, power=2000)
        meter = house.state.connector(1).meter
        assert (meter.power_w, meter.energy_wh) == (7000, 2000)
    values = rows(tmp_path, 'SELECT value FROM meter_samples ORDER BY series_id, at')
    assert [value for (value,) in values] == [1400, 1500, 2000, 2000, 3000, 7000]


# ---- what the charger forgot


async def test_available_closes_a_forgotten_transaction_and_its_late_stop_completes_it(
    tmp_path: Path, open_house: OpenHouse
) -> None:
    async with open_house() as house:
        transaction_id = await house.start()
        house.clock.let_pass(hours=1)
        await house.meter(transaction_id, energy=2500)
    async with open_house() as house:
        await house.status('Available')
        assert house.state.running_transaction(1) is None
    assert ledger(tmp_path) == [(transaction_id, 1000, None, 1500, TransactionNote.NEVER_ENDED)]
    async with open_house() as house:
        assert house.state.transactions[0].energy_estimated
        await house.stop(transaction_id, 3000, -3600)
        assert not house.state.transactions[0].energy_estimated
    assert ledger(tmp_path) == [(transaction_id, 1000, 3000, 2000, None)]


async def test_a_new_start_closes_the_old_transaction_and_its_late_stop_completes_it(
    tmp_path: Path, open_house: OpenHouse
) -> None:
    async with open_house() as house:
        old = await house.start()
        house.clock.let_pass(hours=1)
    async with open_house() as house:
        new = await house.start(meter_start=3000)
    assert ledger(tmp_path) == [(old, 1000, None, None, TransactionNote.ANOTHER_BEGAN), (new, 3000, None, 0, None)]
    async with open_house() as house:
        await house.stop(old, 3000, -1200)
        assert house.state.connector(1).transaction_id == str(new)
    assert ledger(tmp_path) == [(old, 1000, 3000, 2000, None), (new, 3000, None, 0, None)]


# ---- other chargers


async def test_a_charger_of_another_name_does_not_end_the_transaction_of_the_first(
    tmp_path: Path, open_house: OpenHouse
) -> None:
    async with open_house() as house:
        transaction_id = await house.start()
        house.clock.let_pass(hours=1)
        house.connect('CP2')
        await house.stop(transaction_id, 7000)
        await house.status('Available')
    async with open_house() as house:
        running = house.state.running_transaction(1)
        assert running is not None
        assert running.transaction_id == str(transaction_id)
        await house.stop(transaction_id, 3000)
    names = (
        'SELECT charge_box_id, CAST(transaction_id AS INTEGER), meter_stop_wh, note FROM transactions ORDER BY number'
    )
    assert rows(tmp_path, names) == [
        ('CP1', transaction_id, 3000, None),
        ('CP2', transaction_id, 7000, TransactionNote.NEVER_STARTED),
    ]
