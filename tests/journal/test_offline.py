"""What a charger tells late, with a clock that is off, or around a demo."""

from __future__ import annotations

from pathlib import Path

from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import YOU, Mode
from tests.journal.quiet_house import Clock, OpenHouse, QuietHouse, persisted


def energies(house: QuietHouse) -> list[tuple[float | None, bool]]:
    """Of each transaction, newest first: the energy, and whether it is an estimate."""
    return [(t.energy_wh, t.energy_estimated) for t in house.state.transactions]


async def test_a_live_reading_before_the_queue_changes_no_energy_in_it(open_house: OpenHouse) -> None:
    async with open_house() as house:
        await house.meter(None, -5, energy=9000)
        late = await house.start(4000, -30000)
        await house.meter(late, -29000, energy=5000)
        await house.stop(late, 6000, -28000)
        assert energies(house) == [(2000, False)]


async def test_a_live_reading_before_a_late_stop_changes_nothing_of_its_energy(open_house: OpenHouse) -> None:
    async with open_house() as house:
        transaction_id = await house.start(1000, -60000)
        await house.meter(transaction_id, -59000, energy=2000)
        await house.meter(None, 0, energy=9000)
        await house.stop(transaction_id, 4000, -45000)
        assert energies(house) == [(3000, False)]


async def test_a_start_sent_again_gets_the_status_it_was_given(open_house: OpenHouse) -> None:
    async with open_house() as house:
        payload = house.start_payload()
        first = await house.call('StartTransaction', payload)
        other = await house.call('StartTransaction', house.start_payload(connector_id=2))
        assert other['idTagInfo']['status'] == 'ConcurrentTx'
        assert await house.call('StartTransaction', payload) == first


async def test_a_clock_that_is_two_hours_ahead_loses_no_energy(open_house: OpenHouse) -> None:
    ahead = 7200
    async with open_house() as house:
        transaction_id = await house.start(1000, ahead)
        for minutes in (10, 20):
            await house.meter(transaction_id, ahead + minutes * 60, energy=1000 + minutes * 100)
        assert energies(house) == [(2000, False)]
        await house.call('StatusNotification', {'connectorId': 1, 'status': 'Available', 'errorCode': 'NoError'})
        assert not house.state.transactions[0].running


async def test_the_demo_leaves_the_house_as_it_was(tmp_path: Path) -> None:
    clock = Clock()
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        await house.boot()
        await house.status('Charging', connector_id=2)
        transaction_id = await house.start(1000)
        await house.meter(transaction_id, energy=3000)
        before = persisted(house.state)
        house.connect(DEMO_CHARGE_BOX_ID)
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=5000, by=YOU)
        await house.start(0)
    async with QuietHouse(tmp_path, clock) as house:
        house.connect(DEMO_CHARGE_BOX_ID)
        house.connect()
        state = persisted(house.state)
        assert (state.boot, state.solar, state.connectors) == (before.boot, before.solar, before.connectors)
        assert [t.demo for t in state.transactions] == [False]
        assert state.connector(1).meter.energy_wh == 3000


async def test_the_sun_of_yesterday_starts_nothing_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        house.charge_point.set_mode(1, Mode.SOLAR)
        house.charge_point.record_reading(pv_w=5000)
    clock.let_pass(hours=8)
    async with QuietHouse(tmp_path, clock) as house:
        house.connect()
        await house.status('Preparing')
        assert house.state.connector(1).mode is Mode.SOLAR
        assert house.solar_controller.decision(1).next_limit_a is None
        house.charge_point.record_reading(pv_w=5000)
        assert house.solar_controller.decision(1).next_limit_a == 16
