"""The answers to the Calls of the Smart Charging profile (OCPP 1.6 §5.5, §5.7, §5.16)."""

from datetime import datetime

from simulator.answers import refusal
from simulator.car import VOLTAGE_V
from simulator.charging_profile import ChargingProfile, read_charging_profile
from simulator.connection import Payload, Reply
from simulator.connector import MIN_CURRENT_A, Connector
from simulator.station import Station

MAX_COMPOSITE_SCHEDULE_S = 7 * 86400
ACCEPTED: Payload = {'status': 'Accepted'}
REJECTED: Payload = {'status': 'Rejected'}


def on_set_charging_profile(station: Station, payload: Payload, now: datetime) -> Reply:
    connector = station.connectors.get(payload['connectorId'])
    profile = read_charging_profile(payload['csChargingProfiles'], payload['connectorId'], now)
    if not connector:
        return Reply(REJECTED)
    if profile.purpose == 'TxProfile':
        running = connector.transaction.transaction_id if connector.transaction else None
        if running is None or profile.transaction_id not in (None, running):
            return Reply(REJECTED)
    if not station.profiles.accepts(profile):
        return refusal(station, payload)
    if not (_resumes(connector, profile, now) and station.persona.on_resume != 'limit'):
        station.profiles.add(profile)
    elif station.persona.on_resume == 'no limit':
        station.profiles.remove_replaced(profile)
    return Reply(ACCEPTED, lambda: station.update(now))


def _resumes(connector: Connector, profile: ChargingProfile, now: datetime) -> bool:
    """True for the first profile that allows a paused transaction a current of at least 6 A."""
    transaction = connector.transaction
    if not transaction:
        return False
    asked_before = transaction.resume_asked
    limit_a = profile.limit_a(now, transaction.started_at, connector.phases) or 0.0
    transaction.resume_asked = connector.offered_a < MIN_CURRENT_A <= limit_a
    return transaction.resume_asked and not asked_before


def on_clear_charging_profile(station: Station, payload: Payload, now: datetime) -> Reply:
    cleared = station.profiles.clear(
        payload.get('id'),
        payload.get('connectorId'),
        payload.get('chargingProfilePurpose'),
        payload.get('stackLevel'),
    )
    return Reply({'status': 'Accepted' if cleared else 'Unknown'}, lambda: station.update(now))


def on_get_composite_schedule(station: Station, payload: Payload, now: datetime) -> Reply:
    connector = station.connectors.get(payload['connectorId'])
    unit = payload.get('chargingRateUnit', 'A')
    if not connector or payload['duration'] <= 0 or unit not in ('A', 'W'):
        return Reply(REJECTED)
    duration_s = min(payload['duration'], MAX_COMPOSITE_SCHEDULE_S)
    started_at = connector.transaction.started_at if connector.transaction else now
    schedule = station.profiles.composite_schedule(
        now, duration_s, connector.connector_id, started_at, connector.phases, connector.max_current_a
    )
    if station.persona.composite_a is not None:
        schedule = [(0, station.persona.composite_a)]
    factor = 1 if unit == 'A' else VOLTAGE_V * connector.phases
    periods = [
        {'startPeriod': offset_s, 'limit': round(limit_a * factor, 1), 'numberPhases': connector.phases}
        for offset_s, limit_a in schedule
    ]
    return Reply(
        ACCEPTED
        | {
            'connectorId': connector.connector_id,
            'scheduleStart': station.stamp(now),
            'chargingSchedule': {
                'duration': duration_s,
                'chargingRateUnit': unit,
                'chargingSchedulePeriod': periods,
            },
        }
    )
