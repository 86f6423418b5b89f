"""What the planner is given: prices, forecasts, charger and car of the house as they are known now."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain

from cpo.amperes import rounded_down
from cpo.charge_point import ChargePoint
from cpo.chargers import coarsest
from cpo.controllers.goal_progress import missing_kwh
from cpo.controllers.goal_values import GoalBook, Progress
from cpo.controllers.plan_room import GUARDS, blind_guards
from cpo.controllers.plan_values import Charging, Goal, PlanInputs, PlanRules, Powers, Prices, Series, Span
from cpo.controllers.planning import Planning
from cpo.controllers.surplus_inputs import least_current_a, phases_to_choose
from cpo.limits import ceilings_a, switches_phases
from cpo.prices import PriceBasis, PriceKind, PushedList
from cpo.settings import Settings
from cpo.state import CURRENT, Activity, ChargePointState, Connector

PAST = timedelta(days=14)
SOON = timedelta(minutes=15)
SETTLED_AFTER = timedelta(seconds=60)
CLOSING = 0.13
"""What closing the contactor once costs, in kWh of the fixed price."""
LARGE_UNIT = 1.0
"""A kWh costs less in the currencies whose prices the planner takes as they are; in others it is given parts of it."""


def unit_of(settings: Settings) -> float:
    """What the planner's prices are multiplied by to be those of the settings."""
    return max(1.0, settings.price / LARGE_UNIT)


def inputs_of(
    book: GoalBook,
    progress: Progress,
    charge_point: ChargePoint,
    planning: Planning,
    now: datetime,
    has_settled: bool = True,
) -> PlanInputs:
    """All that is known for a goal with a departure, which is `book.until`.

    Until the program `has_settled` after its start, readings of the house are still to come.
    """
    assert book.until is not None
    settings, state = charge_point.settings, charge_point.state
    connector, goal = state.connector(book.connector_id), book.in_force
    missing = missing_kwh(goal, progress, settings.car_battery)
    return PlanInputs(
        Goal(missing, book.until, is_estimated=goal.soc is not None),
        rules_of(connector, charge_point, planning),
        prices_of(planning, settings, now, book.until),
        powers_of(planning, state, now),
        charging_of(connector, state, book, settings, now),
        _ceilings(connector, charge_point, now, book.until, has_settled),
    )


def rules_of(connector: Connector, charge_point: ChargePoint, planning: Planning) -> PlanRules:
    """What charger and car can take together."""
    settings, quirks = charge_point.settings, charge_point.quirks
    seen = connector.meter.phases_seen
    phases = phases_to_choose(settings, switches_phases(charge_point), seen, seen)
    return PlanRules(
        min_current_a=least_current_a(settings, quirks),
        max_current_a=rounded_down(settings.max_current),
        phases=phases,
        numbers=coarsest(quirks.numbers, charge_point.state.known.numbers),
        car_phases=seen or (settings.phases if len(phases) == 1 else None),
        closing_price=CLOSING * settings.price / unit_of(settings),
        zone=planning.prices.zone,
    )


def prices_of(planning: Planning, settings: Settings, now: datetime, until: datetime) -> Prices:
    """The prices until the departure that are known, and those of the last days, by which the others are guessed."""
    prices, unit = planning.prices, unit_of(settings)

    def series(begin: datetime, end: datetime, kind: PriceKind, *bases: PriceBasis) -> Series:
        found = prices.between(begin, end, kind)
        return tuple(Span(p.starts_at, p.ends_at, float(p.price) / unit) for p in found if p.basis in bases)

    known = (PriceBasis.PUSHED, PriceBasis.FIXED)
    return Prices(
        imported=series(now, until, PriceKind.IMPORT, *known),
        feed_in=series(now, until, PriceKind.EXPORT, *known),
        past_imported=series(now - PAST, now, PriceKind.IMPORT, PriceBasis.PUSHED),
        fixed_import=settings.price / unit,
        fixed_feed_in=settings.feed_in_price / unit,
    )


def powers_of(planning: Planning, state: ChargePointState, now: datetime) -> Powers:
    """Sun and house: forecasts, the last days, and what is measured now."""

    def pushed(name: PushedList) -> Series:
        slots = planning.pushed.slots(name)
        return tuple(Span(s.starts_at, s.ends_at, float(s.value)) for s in slots if s.ends_at > now)

    solar = state.solar.fresh(now)
    return Powers(
        pv_w=pushed(PushedList.PV),
        house_w=pushed(PushedList.HOUSE),
        past_pv_w=planning.quarters.series(PushedList.PV),
        past_house_w=planning.quarters.series(PushedList.HOUSE),
        pv_now_w=solar.pv_w,
    )


def charging_of(
    connector: Connector, state: ChargePointState, book: GoalBook, settings: Settings, now: datetime
) -> Charging:
    """What the charger does now; what the car draws counts only while the charger says so."""
    meter, limit, seen = connector.meter, connector.limit, connector.meter.phases_seen
    is_charging = connector.activity is Activity.CHARGING and state.connected
    arrival = meter.arrival(CURRENT)
    is_fresh = is_charging and arrival is not None and not arrival.is_stale(now) and _has_settled(connector, now)
    offered_phases = (limit.phases if limit is not None and limit.phases else seen) or 0
    restarts = settings.car_restarts
    return Charging(
        phases=(seen or offered_phases or settings.phases) if is_charging else 0,
        offered_a=limit.limit_a if limit is not None else 0.0,
        offered_phases=offered_phases,
        drawn_a=(meter.current_a or 0.0) if is_fresh else 0.0,
        drawn_phases=(seen or 0) if is_fresh else 0,
        closings_left=None if restarts is None else max(restarts - closings(book), 0),
    )


def _has_settled(connector: Connector, now: datetime) -> bool:
    """True where the car had the time to follow the limit in force: what it draws then says what it takes."""
    changes = (connector.status_heard_at, connector.limit.at if connector.limit is not None else None)
    return all(at is not None and now - at >= SETTLED_AFTER for at in changes)


def closings(book: GoalBook) -> int:
    """How often the contactor has closed in the quarters of an hour that are over."""
    drew = [slot.energy_kwh > 0 for slot in book.memory.past]
    return sum(later and not earlier for earlier, later in zip(chain((False,), drew), drew, strict=False))


def _ceilings(
    connector: Connector, charge_point: ChargePoint, now: datetime, until: datetime, has_settled: bool
) -> Series:
    """The ceilings as far as they are known; those that change with every reading count for a quarter of an hour.

    Without readings a guard leaves its floor, which counts until the departure: nobody knows when readings come again.
    """
    state, found = charge_point.state, []
    blind = blind_guards(state) if has_settled else ()
    for limit_a, name in ceilings_a(connector, state.ceilings, charge_point.settings, state):
        is_brief = name in GUARDS and name not in blind
        ends_at = now + SOON if is_brief else state.ceilings[name].ends_at or until
        if ends_at > now:
            found.append(Span(now, ends_at, limit_a))
    return tuple(sorted(found))
