"""What the surplus rule is given: the readings of house, charger and car in the state, and the settings (pure).

All times are cut to milliseconds, as the journal stores them: what is read from there gives the same decisions.
"""

from __future__ import annotations

from cpo.amperes import MAX_PHASES, rounded_down
from cpo.chargers import ChargerKnowledge, ChargerQuirks, coarsest
from cpo.clock import whole_ms
from cpo.controllers.surplus_car import Car
from cpo.controllers.surplus_echo import Offer
from cpo.controllers.surplus_values import (
    PRESETS,
    Aim,
    BatteryRules,
    CarRules,
    Preset,
    Reading,
    Readings,
    SurplusRules,
    SurplusState,
)
from cpo.settings import Settings
from cpo.state import (
    CURRENT,
    RUNNING,
    VOLTAGE,
    Activity,
    Arrival,
    ChargePointState,
    Connector,
    Mode,
    ReadingName,
    SolarReading,
    power_arrival,
    power_w,
)

PLUGGED_IN = RUNNING | {Activity.PLUGGED_IN, Activity.FINISHING}


def rules_of(
    settings: Settings,
    connector: Connector,
    preset: str,
    car: CarRules,
    phases: tuple[int, ...],
) -> SurplusRules:
    """The settings of the rule for a connector, by its mode, the preset that counts, and what is known of the car.

    `phases` are the numbers of phases that it can choose from.
    """
    _, import_price = PRESETS[Preset(preset)]
    if settings.solar_lambda is not None:
        import_price = settings.solar_lambda
    return SurplusRules(
        aim=Aim.SURPLUS_AND_MINIMUM if connector.mode is Mode.SOLAR_MIN else Aim.SURPLUS,
        import_price=import_price,
        phases=phases,
        stale_a=min(settings.meter_fallback, settings.max_current),
        car=car,
        battery=BatteryRules(settings.battery_first, settings.battery_max_w),
    )


def phases_of_car(known: int | None, connector: Connector) -> int | None:
    """The most phases that the car charges on; `known` is that before, None where nothing has shown it.

    It has one where its charger was allowed to use all, and it charged on one for long enough.
    """
    seen, limit = connector.meter.phases_seen, connector.limit
    if seen is not None and seen > 1:
        return max(seen, known or seen)
    may_use_all = limit is not None and limit.phases == MAX_PHASES
    is_one = seen == 1 == connector.watt_phases.count
    return 1 if known is None and may_use_all and is_one else known


def phases_to_choose(
    settings: Settings, switches: bool, most: int | None, seen: int | None, shown: int | None = None
) -> tuple[int, ...]:
    """The numbers of phases that the rule can choose from: one and the most of the car where the charger `switches`.

    `most` is as of `phases_of_car`, `seen` what the car was seen to charge on since it was plugged in, and `shown` what
    the grid shows (`surplus_echo`), which counts where it is more than the settings say. None: nothing has shown it.
    """
    if not switches:
        return (seen or max(settings.phases, shown or 0),)
    most = most or (settings.phases if 'phases' in settings.model_fields_set else MAX_PHASES)
    return (1, most) if most > 1 else (1,)


def car_rules_of(settings: Settings, quirks: ChargerQuirks, known: ChargerKnowledge) -> CarRules:
    """What car and charger can take, by the settings and what is known of the make."""
    return CarRules(
        min_current_a=least_current_a(settings, quirks),
        max_current_a=rounded_down(settings.max_current),
        numbers=coarsest(quirks.numbers, known.numbers),
        restarts=settings.car_restarts,
    )


def least_current_a(settings: Settings, quirks: ChargerQuirks) -> float:
    """The least current in A with which this car charges at this charger."""
    return max(settings.car_min_current, quirks.min_current_a)


def readings_of(state: ChargePointState, connector: Connector, held_a: float | None = None) -> Readings:
    """All that is known of house, charger and car, with ages and sources; what is unknown is None."""
    solar, meter = state.solar, connector.meter
    transaction = state.running_transaction(connector.connector_id)
    limit = connector.remote_start if transaction is None else connector.limit
    voltages = [voltage_v for voltage_v in meter.per_phase(VOLTAGE).values() if voltage_v > 0]
    is_unknown = transaction is not None and limit is None
    return Readings(
        grid_w=_of_house(solar, 'grid_w'),
        pv_w=_of_house(solar, 'pv_w'),
        battery_w=_of_house(solar, 'battery_w'),
        battery_soc=_of_house(solar, 'battery_soc'),
        charger_w=_of_charger(power_w(connector, not state.connected), power_arrival(connector)),
        charger_a=_of_charger(meter.current_a, meter.arrival(CURRENT)),
        voltage_v=_of_charger(sum(voltages) / len(voltages) if voltages else None, meter.arrival(VOLTAGE)),
        in_force_a=None if is_unknown else 0.0 if limit is None else limit.limit_a,
        phases=meter.phases_seen,
        activity=connector.activity,
        plugged_in=connector.activity in PLUGGED_IN or transaction is not None,
        held_a=held_a,
    )


def state_found(readings: Readings, rules: SurplusRules) -> SurplusState:
    """The state the rule begins with: that of a car just plugged in, or of one that is found charging."""
    charger_a, limit_a = readings.charger_a, readings.in_force_a
    if readings.activity is not Activity.CHARGING or not limit_a:
        return SurplusState()
    current_a = limit_a if charger_a is None else charger_a.value
    at = None if readings.grid_w is None else readings.grid_w.at
    car = Car(current_a, at=at, offers=(Offer(limit_a),), draws=True)
    phases = readings.phases if readings.phases in rules.phases else rules.phases[0]
    return SurplusState(phases=phases or rules.phases[0], limit_a=limit_a, car=car, charged=True, starts=1)


def _of_house(solar: SolarReading, name: ReadingName) -> Reading | None:
    value, arrival = getattr(solar, name), solar.arrival(name)
    if value is None or solar.at is None:
        return None
    if arrival is None:  # what a person simulates holds until it is changed
        return Reading(value, whole_ms(solar.at), solar.source(name))
    return Reading(value, whole_ms(arrival.at), arrival.by, whole_ms(arrival.fresh_until))


def _of_charger(value: float | None, arrival: Arrival | None) -> Reading | None:
    if value is None or arrival is None:
        return None
    return Reading(value, whole_ms(arrival.at), None, whole_ms(arrival.fresh_until))
