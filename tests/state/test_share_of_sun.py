"""How much of a session's energy the sun gave."""

from __future__ import annotations

import pytest

from tests.conftest import House
from tests.scripted_charger import ScriptedCharger


@pytest.mark.parametrize(
    ('grid_w', 'sun_wh'),
    [(None, 1000), (-500, 1000), (0, 1000), (3000, 250), (4000, 0), (9000, 0)],
)
async def test_what_the_grid_gives_is_not_from_the_sun(house: House, grid_w: float | None, sun_wh: float) -> None:
    """The roof gives more than the 4 kW of the car, but the house buys at the same time."""
    async with ScriptedCharger(house.ocpp()) as charger:
        await charger.boot()
        house.charge_point.record_reading(pv_w=5000, grid_w=grid_w)
        transaction_id = await charger.start(meter_start=1000)
        await charger.status(1, 'Charging')
        await charger.meter(transaction_id, power=4000, energy=2000)
        assert house.charge_point.state.transactions[0].sun_wh == pytest.approx(sun_wh)
