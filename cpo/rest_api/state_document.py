"""The document of `GET /api/chargepoint`.

Home Assistant configurations rely on its members: members may be added, existing ones never change. An unknown value
is absent; null appears only with a meaning of its own (no limit, no end yet, no status of the whole charger).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cpo.chargers import ChargerKnowledge, form_words, question_words
from cpo.limits import drawn, offered, read_back_sentence, supply_of
from cpo.rest_api.json_response import milliseconds, whole
from cpo.rest_api.transaction_ids import shown_id
from cpo.rest_api.transactions import cost_members
from cpo.sentences import REMOTE_STARTS, source_name
from cpo.state import (
    VOLTAGE,
    ChargePointState,
    Connector,
    Limit,
    Transaction,
    current_a,
    currents_a,
    newest_arrivals,
    power_w,
)

NOT_CONNECTED = 'Not connected'


def state_document(
    state: ChargePointState, now: datetime, advice: Sequence[str] = (), silent_since: datetime | None = None
) -> dict[str, Any]:
    """The JSON document of the whole state; times are milliseconds since 1970.

    `advice` are sentences for the owner. `silent_since` is when a charger was last heard that is connected but sends
    nothing, else None.
    """
    gone = silent_since is not None or not state.connected
    whole = state.connectors.get(0)
    change = whole.last_status if whole else None
    boot = state.boot
    added = {
        'since': milliseconds(state.since),
        'lastMessage': milliseconds(state.last_message_at),
        'silentSince': milliseconds(silent_since),
        'vendor': boot.vendor if boot else None,
        'model': boot.model if boot else None,
        'firmwareVersion': boot.firmware_version if boot else None,
        'learned': learned_document(state.known) or None,
        'advice': list(advice) or None,
    }
    return {
        'chargePointId': NOT_CONNECTED if state.charge_box_id is None else state.charge_box_id.strip('/'),
        'status': change.status if change else None,
        'timestamp': milliseconds(change.at) if change else None,
        'connected': state.connected,
        'demo': state.demo,
        **known(added | progress_document(state)),
        'connectors': {str(c.connector_id): connector_document(c, state, now, gone) for c in state.charging_connectors},
    }


def progress_document(state: ChargePointState) -> dict[str, Any]:
    """How far the charger's update and its uploads are, each in its own word; None where it never reported one."""
    return {
        'firmwareStatus': state.firmware_status,
        'diagnosticsStatus': state.diagnostics_status,
        'logStatus': state.log_status,
    }


def learned_document(knowledge: ChargerKnowledge) -> dict[str, Any]:
    """The JSON document of what was learned about this make of charger; empty where nothing was."""
    members = {
        'profile': form_words(knowledge.form) if knowledge.form else None,
        'remoteStart': knowledge.remote_start and REMOTE_STARTS[knowledge.remote_start],
        'switchesPhases': knowledge.switches_phases,
        'neverAsked': [question_words(question) for question in knowledge.unasked] or None,
    }
    return known(members)


def connector_document(connector: Connector, state: ChargePointState, now: datetime, gone: bool) -> dict[str, Any]:
    """The JSON document of one connector, with its last transaction under `attributes`; `gone`: not connected."""
    meter, limit, found = connector.meter, connector.limit_shown, connector.read_back
    supply, writes, arrivals = supply_of(meter, state.phases), connector.profile_writes, newest_arrivals(connector)
    added = {
        'power': power_w(connector, gone),
        'currents': by_phase(currents_a(connector, gone)),
        'voltages': by_phase(meter.per_phase(VOLTAGE)),
        'modeAfter': connector.mode_after,
        'phases': meter.phases_seen,
        'wish': connector.wish.limit_a if connector.wish else None,
        'offered': hundredths(offered(connector, supply)),
        'measured': hundredths(current_a(connector, drawn(meter, supply), gone)),
        'readBack': {'verdict': found.verdict, 'detail': read_back_sentence(found)} if found else None,
        'profileWritesToday': (writes.count if writes.on == now.date() else 0) if writes else None,
        'soc': meter.soc_percent,
        'temperature': meter.temperature_c,
        'energy': meter.energy_wh,
        'ages': {name: round(arrival.age_s(now)) for name, arrival in arrivals.items()} or None,
        'stale': [name for name, arrival in arrivals.items() if arrival.is_stale(now)] or None,
        'availability': availability_document(connector),
        **status_members(connector),
    }
    return {
        'status': connector.status,
        'mode': connector.mode,
        **limit_document(limit),
        **known(added),
        **of_running(state.running_transaction(connector.connector_id)),
        'attributes': attributes(connector, state.transaction(connector.last_transaction_id)),
    }


def of_running(running: Transaction | None) -> dict[str, Any]:
    """The members about a running session: whose card it is, and what it costs so far; none where nothing runs."""
    return {} if running is None else known({'person': running.person, **cost_members(running.cost)})


def status_members(connector: Connector) -> dict[str, Any]:
    """What the connector does in the neutral word; the error and the time of its newest status, where it has one."""
    change, found = connector.last_status, {'activity': connector.activity}
    if change is None:
        return found
    return {**found, 'errorCode': change.error_code or 'NoError', 'statusTimestamp': milliseconds(change.at)}


def availability_document(connector: Connector) -> dict[str, Any] | None:
    """What the charger was asked last about its service; `scheduled` while a transaction has to end before."""
    asked = connector.availability
    if asked is None:
        return None
    requested = 'operative' if asked.is_operative else 'inoperative'
    return {'requested': requested, 'scheduled': asked.is_pending(connector.activity)}


def limit_document(limit: Limit | None) -> dict[str, Any]:
    """The members about the limit in force; on how many phases it lets the car charge only where it says so."""
    if limit is None:
        return {'limit': None, 'limitSetBy': None}
    return {'limit': limit.in_force_a, 'limitSetBy': source_name(limit.by), **known({'limitPhases': limit.phases})}


def attributes(connector: Connector, transaction: Transaction | None) -> dict[str, Any]:
    """The member `attributes` of a connector's document: its last transaction, its register and the newest time.

    The members of the transaction are absent before the first one, other unknown ones too.
    """
    meter, change = connector.meter, connector.last_status
    times = [at for at in (meter.timestamp, change.at if change else None) if at is not None]
    newest = milliseconds(max(times, default=None))
    if transaction is None:
        return known({'lastMeterValue': whole(meter.energy_wh), 'timestamp': newest})
    registers_wh = (meter.energy_wh, transaction.meter_stop_wh, transaction.meter_start_wh)
    measured = {
        'meterStart': whole(transaction.meter_start_wh),
        'lastMeterValue': whole(next((wh for wh in registers_wh if wh is not None), None)),
        'totalCharged': whole(transaction.energy_wh),
        'timestamp': newest,
    }
    return {
        'txId': shown_id(transaction.transaction_id),
        'idTag': transaction.id_tag,
        'txStartTimestamp': milliseconds(transaction.start_timestamp),
        'txStopTimestamp': milliseconds(transaction.stop_timestamp),
        **known(measured),
    }


def by_phase(values: Mapping[str, float]) -> dict[str, float] | None:
    """The values by phase, None where there is none; a single value without a phase counts as L1's."""
    phases = {phase: value for phase, value in values.items() if phase}
    return phases or ({'L1': values['']} if values else None)


def hundredths(current_a: float | None) -> float | None:
    """A current rounded to 0.01 A; None stays None."""
    return None if current_a is None else round(current_a, 2)


def known(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


LEARNED = {
    'profile': 'TxProfile, Absolute, stack level 0, in A',
    'remoteStart': 'with the profile inside',
    'neverAsked': ['all configuration keys at once'],
}
STATE = {
    'chargePointId': 'garage',
    'status': 'Available',
    'timestamp': 1767261600000,
    'connected': True,
    'demo': False,
    'since': 1767261590000,
    'lastMessage': 1767265200000,
    'vendor': 'VendorX',
    'model': 'SingleSocketCharger',
    'firmwareVersion': '1.4.2',
    'firmwareStatus': 'Installed',
    'diagnosticsStatus': 'Uploaded',
    'logStatus': 'Uploaded',
    'learned': LEARNED,
    'advice': ['Update the firmware of the charger: up to 1.8.21 it starts anew when it is asked for its settings.'],
    'connectors': {
        '1': {
            'status': 'Finishing',
            'activity': 'finishing',
            'headline': 'Ready to charge',
            'sentence': 'Press Start for another session, or unplug the car.',
            'mode': 'manual',
            'limit': 0.0,
            'limitSetBy': 'Home Assistant',
            'limitPhases': 1,
            'power': 0.0,
            'currents': {'L1': 0.0},
            'voltages': {'L1': 230.0},
            'phases': 1,
            'wish': 0.0,
            'offered': 0.0,
            'measured': 0.0,
            'readBack': {'verdict': 'follows', 'detail': 'The charger follows 10 A: it lets the car draw 9.8 A.'},
            'profileWritesToday': 3,
            'person': 'Anna',
            'energy': 20150.0,
            'cost': 0.35,
            'price_per_kwh': 0.3,
            'currency': 'EUR',
            'ceilings': [{'name': 'grid-operator', 'limit': 6.0, 'reason': '§14a EnWG', 'until': None}],
            'ages': {'power': 4, 'current': 4, 'voltage': 4, 'offered': 4, 'energy': 4},
            'availability': {'requested': 'operative', 'scheduled': False},
            'errorCode': 'NoError',
            'statusTimestamp': 1767261660000,
            'attributes': {
                'txId': 7,
                'idTag': 'Tag1',
                'meterStart': 19000,
                'lastMeterValue': 20150,
                'totalCharged': 1150,
                'txStartTimestamp': 1767261655000,
                'txStopTimestamp': 1767265200000,
                'timestamp': 1767265200000,
            },
        }
    },
}
