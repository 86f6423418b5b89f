"""The answers to the Calls of the Smart Charging profile (OCPP 1.6 §5.5, §5.7, §5.16)."""

from datetime import datetime

from simulator.car import VOLTAGE_V
from simulator.charging_profile import read_charging_profile
from simulator.connection import Payload, Reply
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
    if not station.profiles.add(profile):
        return Reply(REJECTED)
    return Reply(ACCEPTED, lambda: station.update(now))


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
