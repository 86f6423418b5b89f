"""Who wishes for a limit besides people and programs: the sun, and charging without a card."""

from cpo.controllers.free_charging import FreeCharging
from cpo.controllers.solar_controller import SolarController
from cpo.controllers.solar_rule import HOLD_S, START_ABOVE_W, Decision

__all__ = [
    'HOLD_S',
    'START_ABOVE_W',
    'Decision',
    'FreeCharging',
    'SolarController',
]
