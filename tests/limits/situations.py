"""From which state a charger begins, why it cannot reach a wish, and what a person does about that."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from simulator import Persona
from simulator.car import VOLTAGE_V
from simulator.charging_profile import ChargingProfile, Period
from simulator.connector import MIN_CURRENT_A, Connector, Reservation
from tests.simulated.house import SimulatedHouse, car_for
from tests.simulated.recorder import TOLERANCE_A

STATES = (
    'Available',
    'Preparing',
    'SuspendedEV',
    'SuspendedEVSE',
    'Charging',
    'Finishing',
    'Reserved',
    'Faulted',
    'Unavailable',
)
KINDS = ('Relative', 'Absolute')
OFFLINE_S = 1800
A_LITTLE_A = 0.6  # a car draws a little less than it may, and limits in W are rounded


# ---- how it begins


async def bring_to(house: SimulatedHouse, state: str) -> bool:
    """Bring connector 1 there without the program's help; False where a charger of this persona cannot be there."""
    outlet, car = _outlet(house), car_for(house.persona)
    if state not in ('Available', 'Reserved', 'Unavailable'):
        car.soc = 100 if state == 'SuspendedEV' else car.soc
        house.charger.plug_in(1, car)
        await house.settle(2)
    if state in ('SuspendedEV', 'SuspendedEVSE', 'Charging', 'Finishing'):
        if not outlet.transaction:
            house.charger.tap('Tag1', 1)
        await house.settle(20)
    if state in ('SuspendedEV', 'Charging'):  # a charger that takes W alone is tried with those of three phases later
        await house.seconds_until(lambda: outlet.status == state, within_s=70)
    if state == 'SuspendedEVSE':
        _hold_back(house)
    elif state == 'Finishing' and outlet.transaction:
        house.charger.tap(outlet.transaction.id_tag, 1)
    elif state == 'Reserved':
        expires_at = house.charger.clock.now() + timedelta(hours=1)
        outlet.reservation = Reservation(1, 'Neighbour', expires_at)
    elif state == 'Faulted':
        house.charger.fault(1, 'GroundFailure')
    elif state == 'Unavailable':
        outlet.operative = False
    _update(house)
    await house.settle(15)
    return outlet.status == state


def _hold_back(house: SimulatedHouse) -> None:
    """Another system sends a profile of 0 A, in a form that this charger obeys rather than the one it has."""
    station, now = house.charger.station, house.charger.clock.now()
    nothing = (Period(0, 0.0, 3),)
    highest = int(house.charge_point.state.configuration.get('ChargeProfileMaxStackLevel') or 0)
    levels = (highest, *range(min(highest, 9), -1, -1))
    for level, purpose, kind, unit in product(levels, ('TxProfile', 'TxDefaultProfile'), KINDS, ('A', 'W')):
        station.profiles.add(ChargingProfile(1, now, 77, level, purpose, kind, unit, nothing, start_schedule=now))
        if station.offer_a(_outlet(house), now) == 0:
            return


# ---- what can be reached


def is_reached(house: SimulatedHouse, limit_a: float) -> bool:
    """The car draws what it can have at this limit, and no more; of a limit that is too low the person read so."""
    current_a, most_a = house.car_current_a, attainable_a(house.persona, limit_a)
    if limit_a and not current_a and not most_a:
        return TOO_LITTLE.is_shown_in(house.sentence)
    return most_a - A_LITTLE_A <= current_a <= limit_a + 0.05


def attainable_a(persona: Persona, limit_a: float) -> float:
    """What a charger of this persona can let a car draw at a limit in A; 0 where the limit is too low for it."""
    ignored = (pattern for pattern in persona.ignored_profiles if pattern.below and pattern.unit in (None, 'A'))
    if any(limit_a < (pattern.below or 0) for pattern in ignored):
        return 0.0
    power_w = VOLTAGE_V * limit_a * (1 if switches_to_one_phase(persona, limit_a) else persona.phases)
    if power_w < persona.stops_below_w:
        return 0.0
    steps_a = [step_a for step_a in persona.steps_a if step_a <= limit_a]
    offer_a = limit_a - persona.household_a
    offer_a = max(steps_a, default=0.0) if persona.steps_a else offer_a
    return offer_a if offer_a >= MIN_CURRENT_A else 0.0


def switches_to_one_phase(persona: Persona, limit_a: float) -> bool:
    """Whether a charger of this persona charges with one phase at a limit in A for each of its phases."""
    return VOLTAGE_V * limit_a * persona.phases < persona.one_phase_below_w


# ---- why not, and what then


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a wish is not reached; `words` is what a person has to read, `help` what a person can do then."""

    name: str
    words: str
    can_be_removed: bool = True

    def is_shown_in(self, sentence: str) -> bool:
        """The sentence names it."""
        return re.search(self.words, sentence, re.IGNORECASE) is not None


NO_CAR = Obstacle('no car', r'plug in')
FAULT = Obstacle('a fault', r'fault')
OUT_OF_SERVICE = Obstacle('out of service', r'out of service|unavailable')
RESERVED = Obstacle('reserved for another', r'reserved')
OFFLINE = Obstacle('not connected', r'connected|hung up|no contact')
USED_UP = Obstacle('its session has ended', r'unplug')
TOO_LITTLE = Obstacle('below its minimum', r'at least|holds? (it |the car )?back', can_be_removed=False)
TOO_MUCH = Obstacle('it draws too much', r'refus|obey|ignor|lets the car draw|offers', can_be_removed=False)
DREW_TOO_MUCH = Obstacle('ended: it drew too much', r'charging was ended', can_be_removed=False)
NOTHING_HAPPENS = Obstacle(
    'it does not charge',
    r'refus|obey|ignor|holds? (it |the car )?back|offers only|no transaction|no answer',
    can_be_removed=False,
)


def obstacle(house: SimulatedHouse, limit_a: float, wished_at_s: float = math.inf) -> Obstacle:
    """What really keeps the car from this limit, looked at from inside the charger, now and since the wish."""
    outlet = _outlet(house)
    hung_up = house.newest is not None and house.newest.error in ('NotConnected', 'ConnectionClosed')
    if hung_up or not house.charge_point.state.connected:
        return OFFLINE
    if house.car_current_a > limit_a + 0.05:
        return TOO_MUCH
    if outlet.status == 'Faulted':
        return FAULT
    if not outlet.operative:
        return OUT_OF_SERVICE
    if outlet.reservation:
        return RESERVED
    if not outlet.car:
        return NO_CAR
    if outlet.is_used_up:
        return USED_UP
    if any(s.current_a > house.max_current_a + TOLERANCE_A for s in house.recorder.samples if s.at_s > wished_at_s):
        return DREW_TOO_MUCH
    return TOO_LITTLE if outlet.transaction and not attainable_a(house.persona, limit_a) else NOTHING_HAPPENS


async def wish_again(house: SimulatedHouse, limit_a: float) -> None:
    """Unless this wish still holds."""
    wish = house.charge_point.state.connector(1).wish
    if wish is None or wish.limit_a != limit_a:
        await house.wish(1, limit_a)


async def remove(house: SimulatedHouse, what: Obstacle) -> None:
    """What a person does after reading that; the car is plugged in afterwards."""
    outlet = _outlet(house)
    if what is FAULT:
        house.charger.fault(1, 'NoError')
    elif what is OUT_OF_SERVICE:
        outlet.operative = True
    elif what is RESERVED:
        outlet.reservation = None
    elif what is OFFLINE:
        await house.seconds_until(lambda: house.charge_point.state.connected, OFFLINE_S)
    elif what is USED_UP:
        house.charger.unplug(1)
        await house.settle(10)
    _update(house)
    if not outlet.car:
        house.charger.plug_in(1, car_for(house.persona))
    await house.settle(5)


async def wake_the_car(house: SimulatedHouse) -> None:
    """A car that wanted nothing does now, but not before it has seen what it is offered."""
    car = _outlet(house).car
    if car is not None and car.full:
        await house.settle(2 * car.reaction_s)
        car.soc = 20


def _outlet(house: SimulatedHouse) -> Connector:
    return house.charger.station.connectors[1]


def _update(house: SimulatedHouse) -> None:
    house.charger.station.update(house.charger.clock.now())
