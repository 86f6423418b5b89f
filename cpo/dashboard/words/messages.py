"""One logged message in words, for the Messages page; no frame, however broken, raises an error.

`summary` is the short line below the Action, `explanation` the sentence in the detail, `category` the filter. All
return plain text without markers, to be shown as text and never as HTML.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cpo.dashboard.words.message_meanings import CATEGORIES, MEANINGS, Category
from cpo.dashboard.words.numbers import current, hero_power, percent, power, register
from cpo.dashboard.words.times import charger_text
from cpo.ocpp import Direction, LoggedMessage
from cpo.state import ENERGY, Meter, MeterSample

Payload = dict[str, Any]
EPOCH = datetime.fromtimestamp(0, UTC)
KILO = {'kW': 1000.0, 'kWh': 1000.0, 'kvar': 1000.0, 'kvarh': 1000.0, 'kVA': 1000.0}
FAILURES = frozenset(
    {'Rejected', 'Failed', 'NotSupported', 'NotImplemented', 'UnlockFailed', 'VersionMismatch'}
    | {'Faulted', 'Invalid', 'Blocked', 'Expired', 'ConcurrentTx'}
)


def category(message: LoggedMessage) -> Category:
    """The filter of the Messages page that shows the message."""
    return CATEGORIES.get(message.action or '', 'other')


def summary(message: LoggedMessage) -> str:
    """A message's content in short, as in `12.0 A · 2.82 kW · 6 421 Wh` or `Tag1 · Accepted`; may be empty."""
    return _joined(facts_of(message), outcome(message))


def facts_of(message: LoggedMessage) -> str:
    """What the message says: `12.0 A · 2.82 kW · 6 421 Wh`, the frame itself where it is not OCPP; may be empty."""
    if message.action is None:
        return charger_text(message.frame, 60)
    facts = FACTS.get(message.action)
    return _joined(*facts(_payload(message.frame, 3), _payload(message.answer, 2))) if facts else ''


def outcome(message: LoggedMessage) -> str:
    """How a message was answered: `Accepted`, `CallError NotImplemented`; may be empty."""
    if message.action is None:
        return ''
    answer = _payload(message.answer, 2)
    tag_status = _text(_member(answer, 'idTagInfo', 'status'))
    if message.action in ('StartTransaction', 'StopTransaction') and tag_status == 'Accepted':
        return ''
    return charger_text(message.status or '') or _text(answer.get('status')) or tag_status


def is_failure(message: LoggedMessage) -> bool:
    """True where the message did not bring about what its sender wanted."""
    return message.failed or outcome(message) in FAILURES


def _joined(*parts: str) -> str:
    """The parts that say something, with dots between them."""
    return ' · '.join(part for part in parts if part)


def explanation(message: LoggedMessage) -> str:
    """Who sent the message and what it means: `From the charger. 12 values of connector 1, transaction 118.`"""
    sender = 'From the charger.' if message.direction is Direction.FROM_CHARGER else 'To the charger.'
    if message.action is None:
        return f'{sender} Not a message of OCPP.'
    if message.action == 'MeterValues':
        return f'{sender} {_values(_payload(message.frame, 3))}'
    return f'{sender} {MEANINGS.get(message.action, "An action this program does not know.")}'


def _payload(frame: str | None, index: int) -> Payload:
    """The JSON object at `index` of a frame, empty when it cannot be parsed (truncated, broken, not OCPP)."""
    try:
        parts = json.loads(frame or '')
    except (ValueError, RecursionError):
        return {}
    found = parts[index] if isinstance(parts, list) and len(parts) > index else None
    return found if isinstance(found, dict) else {}


def _member(value: Any, *path: str | int) -> Any:
    """The value at a path of member names and indexes, None when the path does not exist."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return charger_text(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ''


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _named(name: str, value: Any) -> str:
    shown = _text(value)
    return f'{name} {shown}' if shown else ''


def _connector(request: Payload) -> str:
    connector_id = _text(request.get('connectorId'))
    return 'charger' if connector_id == '0' else _named('connector', connector_id)


def _limit(request: Payload, member: str) -> str:
    schedule = _member(request, member, 'chargingSchedule')
    limit = _number(_member(schedule, 'chargingSchedulePeriod', 0, 'limit'))
    if limit is None:
        return ''
    return power(limit) if _member(schedule, 'chargingRateUnit') == 'W' else current(limit)


def _register(value: Any) -> str:
    found = _number(value)
    return '' if found is None else f'meter {register(found)}'


def _started(request: Payload, answer: Payload) -> list[str]:
    transaction = _named('transaction', answer.get('transactionId'))
    meter = _register(request.get('meterStart'))
    return [_text(request.get('idTag')), ' → '.join(part for part in (meter, transaction) if part)]


def _stopped(request: Payload, answer: Payload) -> list[str]:
    transaction = _named('transaction', request.get('transactionId'))
    return [transaction, _register(request.get('meterStop')), _text(request.get('reason'))]


def _status(request: Payload, answer: Payload) -> list[str]:
    where, status, error = _connector(request), _text(request.get('status')), _text(request.get('errorCode'))
    shown = ': '.join(part for part in (where, status) if part)
    return [
        shown,
        '' if error == 'NoError' else error,
        _text(request.get('vendorErrorCode')),
        _text(request.get('info')),
    ]


def _configured(request: Payload, answer: Payload) -> list[str]:
    key, value = _text(request.get('key')), _text(request.get('value'))
    return [f'{key} = {value}' if key else '']


def _configuration(request: Payload, answer: Payload) -> list[str]:
    asked, values = request.get('key'), answer.get('configurationKey')
    keys = ', '.join(_text(key) for key in asked[:3]) if isinstance(asked, list) and asked else 'all keys'
    more = isinstance(asked, list) and len(asked) > 3
    return [keys + (', …' if more else ''), f'{len(values)} values' if isinstance(values, list) else '']


def _samples(request: Payload) -> list[Any]:
    values = request.get('meterValue')
    found: list[Any] = []
    for value in values if isinstance(values, list) else ():
        samples = _member(value, 'sampledValue')
        found += samples if isinstance(samples, list) else ()
    return found


def _metered(request: Payload, answer: Payload) -> list[str]:
    samples = _samples(request)
    meter = Meter().updated(EPOCH, tuple(read for sample in samples if (read := _sample(sample)) is not None))
    soc = meter.soc_percent
    shown = (
        '' if meter.current_a is None else current(meter.current_a),
        '' if meter.power_w is None else str(hero_power(meter.power_w)),
        '' if meter.energy_wh is None else register(meter.energy_wh),
        '' if soc is None else percent(soc / 100),
    )
    return [part for part in shown if part] or [_count(len(samples))]


def _sample(sample: Any) -> MeterSample | None:
    value = _number(_member(sample, 'value'))
    measurand, phase = _member(sample, 'measurand') or ENERGY, _member(sample, 'phase') or ''
    if value is None or not isinstance(measurand, str) or not isinstance(phase, str):
        return None
    return MeterSample(measurand, phase.removesuffix('-N'), value * KILO.get(_text(_member(sample, 'unit')), 1.0))


def _values(request: Payload) -> str:
    count = _count(len(_samples(request)))
    where = [_connector(request), _named('transaction', request.get('transactionId'))]
    place = ', '.join(part for part in where if part)
    return f'{count} of {place}.' if place else f'{count}.'


def _count(number: int) -> str:
    return '1 value' if number == 1 else f'{number} values'


def _only(*members: str) -> Callable[[Payload, Payload], list[str]]:
    return lambda request, answer: [_text(request.get(member)) for member in members]


FACTS: dict[str, Callable[[Payload, Payload], list[str]]] = {
    'Authorize': _only('idTag'),
    'BootNotification': _only('chargePointVendor', 'chargePointModel', 'firmwareVersion'),
    'DataTransfer': _only('vendorId', 'messageId'),
    'DiagnosticsStatusNotification': _only('status'),
    'FirmwareStatusNotification': _only('status'),
    'Heartbeat': lambda request, answer: ['sign of life'],
    'MeterValues': _metered,
    'StartTransaction': _started,
    'StatusNotification': _status,
    'StopTransaction': _stopped,
    'CancelReservation': lambda request, answer: [_named('reservation', request.get('reservationId'))],
    'ChangeAvailability': lambda request, answer: [_connector(request), _text(request.get('type'))],
    'ChangeConfiguration': _configured,
    'ClearChargingProfile': lambda request, answer: [_connector(request), _named('profile', request.get('id'))],
    'GetCompositeSchedule': lambda request, answer: [_connector(request)],
    'GetConfiguration': _configuration,
    'GetDiagnostics': lambda request, answer: [_text(answer.get('fileName'))],
    'GetLocalListVersion': lambda request, answer: [_named('version', answer.get('listVersion'))],
    'RemoteStartTransaction': lambda request, answer: [_text(request.get('idTag')), _limit(request, 'chargingProfile')],
    'RemoteStopTransaction': lambda request, answer: [_named('transaction', request.get('transactionId'))],
    'ReserveNow': lambda request, answer: [_connector(request), _text(request.get('idTag'))],
    'Reset': _only('type'),
    'SendLocalList': lambda request, answer: [_named('version', request.get('listVersion'))],
    'SetChargingProfile': lambda request, answer: [_limit(request, 'csChargingProfiles')],
    'TriggerMessage': lambda request, answer: [_text(request.get('requestedMessage')), _connector(request)],
    'UnlockConnector': lambda request, answer: [_connector(request)],
    'UpdateFirmware': lambda request, answer: [],
}
