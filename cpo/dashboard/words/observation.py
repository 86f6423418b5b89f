"""Makes the `Situation` of a connector, which the sentence on Home is made of, from the state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cpo.chargers import ChargerQuirks
from cpo.controllers import Decision
from cpo.dashboard.words.observed_cards import with_cards
from cpo.dashboard.words.situation import NOTHING_W, LastCharged, NextStep, Session, Situation, WaitingLimit
from cpo.frozen import replace
from cpo.limits import SWITCHES_WITHIN, drawn, held_until, lowered, supply_of
from cpo.settings import Settings
from cpo.state import (
    CURRENT,
    MAXIMUM,
    THE_GUARD,
    THE_SUN,
    Activity,
    Ceiling,
    ChargePointState,
    Connector,
    Ending,
    Limit,
    SolarReading,
    StatusChange,
    Transaction,
    cards,
    current_a,
    missed_start,
    power_arrival,
    power_w,
    share_of_sun,
    silent_since,
    unmeasured,
)

START_PATIENCE = timedelta(seconds=30)
CHARGING_W = 1_000
"""Less may be a paused car that heats, or what the charger itself needs."""
UNREPORTED = StatusChange('', Activity.UNKNOWN, datetime.min.replace(tzinfo=UTC))


def situation_of(
    state: ChargePointState,
    connector_id: int,
    decision: Decision,
    settings: Settings,
    quirks: ChargerQuirks,
    now: datetime,
) -> Situation:
    """The situation of one connector at `now`.

    It also changes with time alone: a start that was accepted is overdue after 30 s, a refused card is shown for 2 min.
    """
    connector, running = state.connector(connector_id), state.running_transaction(connector_id)
    situation = Situation(
        ever_seen=state.charge_box_id is not None,
        connected=state.connected,
        since=state.since,
        seen_before=_seen_before(state),
        asks_for_status=settings.startup_requests,
        plug_in_limit_a=settings.max_current if settings.free_charging else None,
        min_current_a=quirks.min_current_a,
        mode=connector.mode,
        mode_after=connector.mode_after,
        fault_trace=connector.fault_trace,
        next=_next_step(connector, running is None or cards.may_be_steered(running, state), decision, now),
        decided=decision.record,
        plan=decision.plan,
    )
    situation = with_cards(situation, state, connector, now)
    situation = _with_status(situation, state, connector, running)
    situation = _with_session(situation, state, connector, running, now)
    sun_asks = running is None and situation.start is None and bool(decision.limit_a)
    silent = silent_since(state, now, settings.heartbeat_interval)
    situation = _with_power(situation, state, connector, silent is not None or not state.connected, now)
    if _charges_though_paused(situation):
        situation = replace(situation, activity=Activity.CHARGING)
    missing, ceiling = unmeasured(state, connector_id, now), _ceiling(state, connector, settings, quirks)
    return replace(situation, sun_asks=sun_asks, silent_since=silent, unmeasured=missing, ceiling=ceiling)


def _switched_off(state: ChargePointState, connector: Connector) -> bool:
    """The charger has accepted that the connector, or all of it, goes out of service."""
    asked = (connector.availability, state.connector(0).availability)
    return any(each is not None and not each.is_operative for each in asked)


def _with_status(
    situation: Situation, state: ChargePointState, connector: Connector, running: Transaction | None
) -> Situation:
    status = _status(state, connector)
    return replace(
        situation,
        activity=status.activity,
        unknown_status=(status.status or None) if status.activity is Activity.UNKNOWN else None,
        switched_off_here=_switched_off(state, connector),
        status_at=None if status is UNREPORTED else status.at,
        fault=status.fault,
        error_code=status.error_code,
        vendor_error_code=status.vendor_error_code,
        was_charging=_was_charging(connector, status, running),
    )


def _with_session(
    situation: Situation, state: ChargePointState, connector: Connector, running: Transaction | None, now: datetime
) -> Situation:
    newest = running or state.transaction(connector.last_transaction_id)
    start = connector.remote_start
    return replace(
        situation,
        limit=connector.limit_shown,
        unproven=None if connector.limit_shown else connector.limit,
        waiting=_waiting(state, connector, now),
        hangs_up=state.known.hang_ups.is_hopeless,
        start=start,
        missed_start=missed_start(connector, now),
        start_overdue=start is not None and now - start.at >= START_PATIENCE,
        session=_session(running or (newest if situation.activity is Activity.FINISHING else None), state),
        stopped_by_sun=running is None and _by_sun(connector.last_wish),
        last_charged=_last_charged(newest),
        verdict=connector.read_back.verdict if connector.read_back else None,
        ended_here=running is None and newest is not None and newest.ending is Ending.FROM_HERE,
        has_just_ended=running is None and _ended_after(newest, connector.last_status),
        is_stopping=connector.is_stopping,
    )


def _with_power(
    situation: Situation, state: ChargePointState, connector: Connector, gone: bool, now: datetime
) -> Situation:
    measured, sun = power_arrival(connector), state.solar.arrival('pv_w')
    solar, car_w = state.solar.fresh(now), power_w(connector, gone)
    situation = replace(
        situation,
        car_w=car_w,
        car_a=_last_a(connector, state.since) if gone else _car_a(connector, state.phases, car_w),
        on_unseen_phases=state.phases == 1
        and connector.meter.current_a is None
        and connector.meter.phases_seen is None,
        measured_at=measured.at if measured is not None and measured.is_stale(now) else None,
        sun_at=sun.at if sun is not None and solar.pv_w is None else None,
        soc_percent=connector.meter.soc_percent,
        sun_w=solar.pv_w,
        grid_w=solar.grid_w,
        house_w=solar.house_w(car_w),
        exports=(solar.grid_w or 0.0) < -100,
        sun_share=sun_share(solar, car_w),
    )
    return _with_phases(situation, connector, now)


def _with_phases(situation: Situation, connector: Connector, now: datetime) -> Situation:
    """With the phases, where the limit says them: a switch pauses a car that has charged, for two minutes at most."""
    limit, counted = connector.limit, connector.watt_phases
    if limit is None or limit.phases is None or situation.session is None:
        return situation
    is_pending = counted.is_tried if limit.phases > 1 else counted.count > 1
    pauses = connector.activity is Activity.PAUSED_BY_CHARGER or situation.takes_nothing
    has_charged = bool(limit.limit_a and situation.session.energy_wh) and now - limit.at < SWITCHES_WITHIN
    changes = is_pending and pauses and has_charged
    return replace(situation, phases=connector.meter.phases_seen, changes_to=limit.phases if changes else None)


def _charges_though_paused(situation: Situation) -> bool:
    """A fresh measurement, which is always newer than the status, shows a car charging that is reported as paused."""
    is_paused = situation.activity in (Activity.PAUSED_BY_CAR, Activity.PAUSED_BY_CHARGER)
    return is_paused and situation.measured_at is None and (situation.car_w or 0.0) >= CHARGING_W


def _car_a(connector: Connector, phases: int, car_w: float | None) -> float | None:
    """The current of the phase with most of it: as measured, else by the power and the phases seen or configured."""
    supply = supply_of(connector.meter, phases)
    measured_a = current_a(connector, drawn(connector.meter, supply), gone=False)
    if measured_a is not None or car_w is None:
        return measured_a
    return car_w / supply.phases / supply.voltage_v


def _last_a(connector: Connector, lost_at: datetime | None) -> float | None:
    """The current in A that was measured last, None where that was too long before the contact was lost."""
    measured = connector.meter.arrival(CURRENT)
    if measured is None or (lost_at is not None and measured.is_stale(lost_at)):
        return None
    return connector.meter.current_a


def sun_share(solar: SolarReading, car_w: float | None) -> float | None:
    """The part of the car's power that the sun gives now, 0 … 1, None where it is unknown."""
    return None if car_w is None or car_w < NOTHING_W else share_of_sun(solar, car_w)


def _status(state: ChargePointState, connector: Connector) -> StatusChange:
    """The connector's status; a later fault or outage of the whole charger counts more."""
    own, whole = connector.last_status, state.connector(0).last_status
    if whole and whole.activity in (Activity.FAULTED, Activity.UNAVAILABLE) and (own is None or own.at <= whole.at):
        return whole
    return own or UNREPORTED


def _seen_before(state: ChargePointState) -> bool:
    return any(t.charge_box_id == state.charge_box_id for t in state.transactions)


def _was_charging(connector: Connector, status: StatusChange, running: Transaction | None) -> bool:
    if status.activity is not Activity.FAULTED:
        return status.activity is Activity.CHARGING
    earlier = next((c.activity for c in connector.status_changes if c.activity is not Activity.FAULTED), None)
    return running is not None or earlier is Activity.CHARGING


def _by_sun(wish: Limit | None) -> bool:
    return wish is not None and wish.by == THE_SUN and wish.limit_a == 0


def _session(transaction: Transaction | None, state: ChargePointState) -> Session | None:
    if transaction is None:
        return None
    energy_wh, sun_wh = transaction.energy_wh, transaction.sun_wh
    return Session(
        remote=transaction.remote,
        id_tag=transaction.id_tag,
        id_tag_status=transaction.id_tag_status,
        card=cards.card_of(transaction, state),
        is_led=cards.may_be_steered(transaction, state),
        started_at=transaction.begun_at,
        stopped_at=transaction.ended_at,
        energy_wh=energy_wh,
        sun_share=min(1.0, sun_wh / energy_wh) if sun_wh is not None and energy_wh else None,
    )


def _waiting(state: ChargePointState, connector: Connector, now: datetime) -> WaitingLimit | None:
    """The wished limit where the session has none, or where another one stays in force after hang-ups."""
    wish, hung_up = connector.wish, state.known.hang_ups.is_last_try
    if wish is None or not wish.limit_a or connector.transaction_id is None or state.known.hang_ups.is_hopeless:
        return None
    if wish == connector.limit or (connector.limit is not None and not hung_up):
        return None
    until = held_until(state.since or now, hung_up)
    return WaitingLimit(wish, until if until > now else None, hung_up)


def _ceiling(
    state: ChargePointState, connector: Connector, settings: Settings, quirks: ChargerQuirks
) -> Ceiling | None:
    """The ceiling that lowers the limit in force, or where nothing runs, the one that holds a start back."""
    runs = connector.transaction_id is not None
    held = connector.limit if runs else lowered(connector, state, settings, quirks).wish
    if held is None or held.held_by is None or (held.limit_a and not runs):
        return None
    if held.held_by == MAXIMUM:
        return Ceiling(MAXIMUM, settings.max_current, None, THE_GUARD, held.at)
    return state.ceilings.get(held.held_by)


def _ended_after(transaction: Transaction | None, status: StatusChange | None) -> bool:
    ended_at = transaction.stop_timestamp if transaction is not None else None
    return ended_at is not None and status is not None and ended_at >= status.at


def _last_charged(transaction: Transaction | None) -> LastCharged | None:
    if transaction is None or transaction.stop_timestamp is None or not transaction.energy_wh:
        return None
    return LastCharged(transaction.ended_at or transaction.stop_timestamp, transaction.energy_wh)


def _next_step(connector: Connector, is_led: bool, decision: Decision, now: datetime) -> NextStep | None:
    """The raise that waits, where the sun may steer: a session started by this program, or none yet."""
    if not connector.mode.follows_sun or decision.next_limit_a is None or decision.next_at is None:
        return None
    if decision.next_at <= now or not is_led:
        return None
    charging = connector.transaction_id is not None and connector.limit is not None and connector.limit.limit_a > 0
    return NextStep('raise' if charging else 'start', decision.next_limit_a, decision.next_at)
