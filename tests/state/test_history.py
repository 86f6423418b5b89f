"""The minutes of the last hour stay as they were, whatever ends the flow in the minute after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cpo.state import REST, ChargePointState, Limit, LimitAccepted, SolarRead
from tests.journal.quiet_house import QuietHouse

Story = Callable[[QuietHouse, int], Awaitable[object]]


async def _stop(house: QuietHouse, transaction_id: int) -> None:
    await house.stop(transaction_id)


async def _fault(house: QuietHouse, _: int) -> None:
    await house.status('Faulted')


async def _pause(house: QuietHouse, _: int) -> None:
    await house.status('SuspendedEV')


async def _hang_up(house: QuietHouse, _: int) -> None:
    house.disconnect()


@pytest.mark.parametrize('end', [_stop, _fault, _pause, _hang_up])
async def test_the_power_of_a_minute_is_not_that_of_the_next(tmp_path: Path, end: Story) -> None:
    async with QuietHouse(tmp_path) as house:
        house.connect()
        await house.boot()
        await house.status('Charging')
        transaction_id = await house.start()
        await house.call(
            'MeterValues',
            {
                'connectorId': 1,
                'transactionId': transaction_id,
                'meterValue': [
                    {
                        'timestamp': house.clock.text(0),
                        'sampledValue': [{'value': '3600', 'measurand': 'Power.Active.Import', 'unit': 'W'}],
                    }
                ],
            },
        )
        minute = house.clock.now.replace(second=0, microsecond=0)
        house.clock.now += timedelta(seconds=60)
        await end(house, transaction_id)
        assert [(point.at, point.car_w) for point in house.state.history] == [(minute, 3600)]


def test_a_limit_that_is_sent_again_long_after_it_was_asked_for_begins_no_older_minute() -> None:
    noon = datetime(2026, 6, 14, 12, tzinfo=UTC)
    state, accepted = ChargePointState(), LimitAccepted(1, Limit(8.0, REST, noon))
    for minutes in range(3):
        state = SolarRead(noon + timedelta(minutes=minutes), pv_w=3000, by=REST).apply(state)
        state = accepted.apply(state)
    assert [point.at for point in state.history] == [noon, noon + timedelta(minutes=1)]
    assert state.changed_in == noon + timedelta(minutes=2)
