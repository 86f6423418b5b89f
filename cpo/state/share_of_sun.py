"""The part of a car's power that the sun gives (pure)."""

from __future__ import annotations

from cpo.state.solar_reading import SolarReading


def share_of_sun(solar: SolarReading, car_w: float) -> float | None:
    """The part of the car's power, in W and above 0, that the sun gives, 0 … 1; None without a solar reading.

    All the house draws from the grid and from a home battery counts as drawn by the car. Without a reading of the grid
    it is the most it can be, as the house may take the sun first.
    """
    if solar.pv_w is None:
        return None
    from_sun = max(0.0, solar.pv_w)
    if solar.grid_w is not None:
        from_sun = min(from_sun, car_w - max(0.0, solar.grid_w) - max(0.0, solar.battery_w or 0.0))
    return min(1.0, max(0.0, from_sun / car_w))
