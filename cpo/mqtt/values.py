"""What is published of a charger: its values, those of each connector, and the record of a session (pure).

Energy is in kWh, power in W, current in A, durations in whole minutes, times in ISO 8601. An unknown value is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cpo.limits import offered, supply_of
from cpo.mqtt.discovery import least_limit_a
from cpo.mqtt.entities import OFF, ON
from cpo.state import (
    PLUGGED,
    VOLTAGE,
    Activity,
    ChargePointState,
    Connector,
    StatusChange,
    Transaction,
    currents_a,
    power_w,
)

LIVE = frozenset(
    {'power', 'current_l1', 'current_l2', 'current_l3', 'voltage', 'offered', 'energy', 'session_energy'}
    | {'session_duration', 'session_sun', 'session_cost', 'soc', 'temperature', 'sentence'}
)
"""Values that a charger sends again and again: published at most once a second, all others at once."""
OCCUPIED = PLUGGED | {Activity.STARTING}
FREE = (Activity.IDLE, Activity.RESERVED)
NO_ERROR = 'none'


def connector_values(
    connector: Connector, state: ChargePointState, max_current_a: float, words: tuple[str, str], now: datetime
) -> dict[str, Any]:
    """The values of one connector by the keys of its entities; `words` are headline and sentence of Home."""
    headline, sentence = words
    meter, limit, volts = connector.meter, connector.limit_shown, connector.meter.per_phase(VOLTAGE).values()
    values = {
        'status': str(connector.activity),
        'why': headline[:255],
        'sentence': sentence,
        'plugged': _plugged(connector),
        'power': _power_w(connector, state.connected),
        **_currents(connector, not state.connected),
        'voltage': _rounded(sum(volts) / len(volts), 1) if volts else None,
        'offered': _rounded(offered(connector, supply_of(meter, state.phases)), 1),
        'wanted': None if connector.wish is None else connector.wish.as_wished.limit_a,
        'limit': None if limit is None else limit.in_force_a,
        'energy': _kwh(meter.energy_wh),
        'soc': _rounded(meter.soc_percent, 0),
        'temperature': _rounded(meter.temperature_c, 1),
        'last_error': _last_error((*connector.status_changes, *state.connector(0).status_changes)),
        'charge_limit': _set_limit(connector, max_current_a),
        'mode': str(connector.mode),
        'charging': ON if _is_charging(connector, now) else OFF,
        **_session_values(state.transaction(connector.last_transaction_id), now),
    }
    return known(values)


def charger_values(state: ChargePointState) -> dict[str, Any]:
    """The values of the whole charger by the keys of its entities."""
    return known({'firmware': None if state.boot is None else state.boot.firmware_version})


def session_record(transaction: Transaction) -> dict[str, Any]:
    """The record of a session that has ended."""
    begun, ended = transaction.begun_at, transaction.ended_at
    return known(
        {
            'number': transaction.number,
            'transaction_id': transaction.transaction_id,
            'connector': transaction.connector_id,
            'id_tag': transaction.id_tag,
            'start': _time(begun),
            'end': _time(ended),
            'duration_min': _minutes(begun, ended),
            'energy_kwh': _kwh(transaction.energy_wh),
            'meter_start_kwh': _kwh(transaction.meter_start_wh),
            'meter_stop_kwh': _kwh(transaction.meter_stop_wh),
            'sun_kwh': _kwh(transaction.sun_wh),
            'sun_percent': _sun_percent(transaction),
            'cost': _cost(transaction),
            'currency': None if transaction.cost is None else transaction.cost.currency,
            'person': transaction.person,
            'ended_by': None if transaction.ending is None else str(transaction.ending),
            'note': None if transaction.note is None else str(transaction.note),
        }
    )


def last_session(state: ChargePointState, connector_id: int) -> Transaction | None:
    """The session of this charger that ended last on the connector, None before the first."""
    ended = (t for t in state.transactions if not t.running and t.is_session and t.connector_id == connector_id)
    return next((t for t in ended if t.charge_box_id == state.charge_box_id), None)


def known(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def _plugged(connector: Connector) -> str | None:
    """Whether a car is plugged in; None where the status does not say it."""
    if connector.activity in OCCUPIED or connector.transaction_id is not None:
        return ON
    return OFF if connector.activity in FREE else None


def _power_w(connector: Connector, connected: bool) -> float | None:
    """The power, 0 while no session runs and nothing else is measured: averages count only the time it is known."""
    known_w = power_w(connector, not connected)
    if known_w is None and connected and connector.transaction_id is None:
        return 0.0
    return _rounded(known_w, 0)


def _currents(connector: Connector, gone: bool) -> dict[str, float]:
    """The current by phase; one without a phase counts as that of L1."""
    currents = currents_a(connector, gone)
    named = {phase: a for phase, a in currents.items() if phase}
    if not named and '' in currents:
        named = {'L1': currents['']}
    return {f'current_{phase.lower()}': round(a, 1) for phase, a in named.items()}


def _last_error(changes: Iterable[StatusChange]) -> str:
    """The newest error code that is remembered, with the vendor's own."""
    failed = [change for change in changes if change.error_code or change.vendor_error_code]
    if not failed:
        return NO_ERROR
    newest = max(failed, key=lambda change: change.at)
    return ' '.join(code for code in (newest.error_code, newest.vendor_error_code) if code)[:255]


def _set_limit(connector: Connector, max_current_a: float) -> float | None:
    """The limit the slider shows: what is wanted, else what a person or program wanted last; None off its scale."""
    wish = connector.wish
    limit_a = wish.as_wished.limit_a if wish and wish.as_wished.limit_a else connector.own_limit_a
    return limit_a if limit_a and least_limit_a(max_current_a) <= limit_a <= max_current_a else None


def _is_charging(connector: Connector, now: datetime) -> bool:
    """True while the connector charges or is to: a pause by a ceiling or the car is no reason to call it off."""
    wish = connector.wish
    if wish is not None and wish.as_wished.limit_a == 0:
        return False
    if connector.transaction_id is None:
        return connector.awaited_start(now) is not None
    return not connector.is_stopping


def _session_values(transaction: Transaction | None, now: datetime) -> dict[str, Any]:
    """The values of the session that runs, or of the last one."""
    if transaction is None:
        return {}
    begun = transaction.begun_at
    return {
        'session_energy': _kwh(transaction.energy_wh),
        'session_start': _time(begun),
        'session_duration': _minutes(begun, transaction.ended_at or transaction.no_contact_since or now),
        'session_sun': _sun_percent(transaction),
        'session_cost': _cost(transaction),
    }


def _sun_percent(transaction: Transaction) -> int | None:
    if transaction.sun_wh is None or not transaction.energy_wh:
        return None
    return round(100 * min(1.0, max(0.0, transaction.sun_wh / transaction.energy_wh)))


def _cost(transaction: Transaction) -> float | None:
    return None if transaction.cost is None else transaction.cost.cents / 100


def _minutes(begun: datetime | None, ended: datetime | None) -> int | None:
    return None if begun is None or ended is None else max(0, int((ended - begun).total_seconds() // 60))


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec='seconds').replace('+00:00', 'Z')


def _kwh(energy_wh: float | None) -> float | None:
    return None if energy_wh is None else round(energy_wh / 1000, 3)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
