"""How much of a session's energy the sun gave."""

from __future__ import annotations

import pytest

from cpo.state import REST, SolarRead
from tests.conftest import House
from tests.scripted_charger import ScriptedCharger


@pytest.mark.parametrize(
    ('readings', 'sun_wh'),
    [
        ({}, 1000),
        ({'grid_w': -500}, 1000),
        ({'grid_w': 0}, 1000),
        ({'grid_w': 3000}, 250),
        ({'grid_w': 4000}, 0),
        ({'grid_w': 9000}, 0),
        ({'grid_w': 0, 'battery_w': -1000}, 1000),
        ({'grid_w': 0, 'battery_w': 1000}, 750),
        ({'grid_w': 2000, 'battery_w': 1000}, 250),
    ],
)
async def test_what_grid_and_battery_give_is_not_from_the_sun(
    house: House, readings: dict[str, float], sun_wh: float
) -> None:
    """The roof gives more than the 4 kW of the car, but the house buys or empties its battery at the same time."""
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        entry = SolarRead(house.charge_point.now(), pv_w=5000, by=REST, **readings)  # type: ignore[arg-type]
        house.charge_point.record(entry)
        transaction_id = await charger.start(meter_start=1000)
        await charger.status(1, 'Charging')
        await charger.meter(transaction_id, power=4000, energy=2000)
        assert house.charge_point.state.transactions[0].sun_wh == pytest.approx(sun_wh)
