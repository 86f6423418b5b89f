"""What asks for limits besides people and other programs: the solar controller, and charging without a card."""

from cpo.controllers.clock_watch import ClockWatch
from cpo.controllers.free_charging import FreeCharging
from cpo.controllers.fuse_keeper import FuseKeeper
from cpo.controllers.mode_choice import choose_mode
from cpo.controllers.peak_keeper import PeakKeeper
from cpo.controllers.solar_controller import SolarController
from cpo.controllers.solar_rule import HOLD_S, START_ABOVE_W, Decision

__all__ = [
    'HOLD_S',
    'START_ABOVE_W',
    'ClockWatch',
    'Decision',
    'FreeCharging',
    'FuseKeeper',
    'PeakKeeper',
    'SolarController',
    'choose_mode',
]
